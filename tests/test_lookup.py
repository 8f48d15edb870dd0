"""From what a list calls a document to the open items on it, and how an amount is spread."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.ar_writeoff.models.problems import get_problems

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestLookup(WriteoffCommon):
    def setUp(self):
        super().setUp()
        self.lookup = self.env["ar.writeoff.lookup"].with_user(self.clerk)

    def _find(self, *references, companies=None):
        return self.lookup._find(references, companies or self.company)

    def _why(self, reference, **values):
        """Code and message of why nothing is found."""
        problem = self._find(reference, **values)[reference]
        return problem["code"], problem["message"]

    def _in_parts(self, *parts, amount=100.0, **values):
        term = self._instalments(*parts)
        return self._invoice(amount, invoice_payment_term_id=term.id, **values)

    # --- documents ---

    def test_by_number(self):
        invoice, other = self._invoice(10.0), self._invoice(20.0)
        found = self._find(invoice.name, other.name)
        self.assertEqual(
            found, {invoice.name: self._items(invoice), other.name: self._items(other)}
        )

    def test_all_at_once(self):
        """No more queries for thirty documents than for three."""
        names = [self._invoice(10.0).name for _number in range(30)]
        self._find(*names)  # rights and rules are read
        counts = []
        for some in (names[:3], names):
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.cr.sql_log_count
            self._find(*some, "unknown")
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_instalments_oldest_due_first(self):
        invoice = self._in_parts((20.0, 60), (30.0, 0), (50.0, 30))
        items = self._find(invoice.name)[invoice.name]
        self.assertEqual(items.mapped("amount_residual_currency"), [30.0, 50.0, 20.0])

    def test_paid_instalments_are_not_among_them(self):
        invoice = self._in_parts((30.0, 0), (70.0, 30))
        self._pay(invoice, 30.0)
        items = self._find(invoice.name)[invoice.name]
        self.assertEqual(items.mapped("amount_residual_currency"), [70.0])

    def test_credit_note_and_payment(self):
        credit_note = self._invoice(10.0, move_type="out_refund")
        payment = self._payment(20.0)
        found = self._find(credit_note.name, payment.move_id.name)
        self.assertEqual(
            [items.amount_residual_currency for items in found.values()], [-10.0, -20.0]
        )

    def test_other_names(self):
        """A payment reference, or the customer's own, of one document alone."""
        invoice = self._invoice(10.0, payment_reference="RF18 1", ref="PO 4711")
        items = self._items(invoice)
        self.assertEqual(self._find("RF18 1", "PO 4711"), {"RF18 1": items, "PO 4711": items})

    def test_the_number_comes_first(self):
        """Somebody else's reference is no reason to ask which document is meant."""
        invoice = self._invoice(10.0)
        self._invoice(20.0, ref=invoice.name)
        self.assertEqual(self._find(invoice.name)[invoice.name], self._items(invoice))

    def test_unknown(self):
        self._invoice(10.0)
        for reference in ("INV/1999/00001", "inv", "%", "=1+1", "a\x00b", "\ud800", 4711, True):
            with self.subTest(reference):
                self.assertEqual(
                    self._why(reference),
                    ("reference_unknown", f"{reference} is the number of no document."),
                )
        self.assertEqual(self._why(""), ("reference_unknown", "No document: enter its number."))

    def test_only_receivables(self):
        bill = self._invoice(10.0, move_type="in_invoice", ref="B 1")
        self.assertEqual(self._why(bill.name)[0], "reference_unknown")
        self.assertEqual(self._why("B 1")[0], "reference_unknown")

    def test_ambiguous(self):
        one, other = self._invoice(10.0, ref="PO 1"), self._invoice(20.0, ref="PO 1")
        self.assertEqual(
            self._why("PO 1"),
            (
                "reference_ambiguous",
                f"PO 1 means several documents: {one.name} (Birch), {other.name} (Birch). Use the "
                "number of the one that is meant, or choose it in the list of open items.",
            ),
        )

    def test_an_entry_of_several_customers(self):
        entry = self._entry(
            (self.receivable, 10.0, {}),
            (self.receivable, 20.0, {"partner_id": self.other_customer.id}),
            (self.company_data["default_account_revenue"], -30.0, {}),
        )
        self.assertEqual(
            self._why(entry.name),
            (
                "reference_ambiguous",
                f"{entry.name} has open items of several customers or currencies: choose them in "
                "the list of open items.",
            ),
        )

    def test_closed(self):
        invoice = self._invoice(10.0)
        self._pay(invoice, 10.0)
        self.assertEqual(
            self._why(invoice.name),
            ("reference_closed", f"{invoice.name} is closed: nothing is open on it."),
        )

    def test_not_posted(self):
        invoice = self._invoice(10.0)
        invoice.button_draft()
        self.assertEqual(
            self._why(invoice.name),
            ("reference_not_posted", f"{invoice.name} is not posted: post it first."),
        )

    # --- companies ---

    def _sister(self):
        """A company with an invoice whose number nobody else has."""
        sister = self._create_company(name="Sister")
        self.env.user.company_ids |= sister
        customer = self.env["res.partner"].create({"name": "Elm"})
        invoice = self._invoice_of(sister, 10.0, partner=customer)
        invoice.name = "SIS/1"
        return sister, invoice

    def test_another_company_is_named_to_who_works_in_it(self):
        sister, _invoice = self._sister()
        self.clerk.company_ids |= sister
        self.assertEqual(
            self._why("SIS/1"),
            ("reference_foreign_company", "SIS/1 is a document of Sister: write it off there."),
        )

    def test_another_company_is_unknown_to_others(self):
        self._sister()
        self.assertEqual(
            self._why("SIS/1"), ("reference_unknown", "SIS/1 is the number of no document.")
        )

    def test_own_number_before_that_of_another_company(self):
        sister, invoice = self._sister()
        self.clerk.company_ids |= sister
        own = self._invoice(20.0)
        invoice.name = own.name
        self.assertEqual(self._find(own.name)[own.name], self._items(own))

    def test_same_number_in_a_branch(self):
        branch = self._branch("Branch")
        own = self._invoice(10.0)
        journal = own.journal_id.copy({"company_id": branch.id})
        other = own.copy({"company_id": branch.id, "journal_id": journal.id, "name": own.name})
        other.action_post()
        lookup = self.lookup.with_context(allowed_company_ids=(self.company | branch).ids)
        found = lookup._find([own.name], self.company | branch)[own.name]
        self.assertEqual(found["code"], "reference_ambiguous")
        self.assertIn(
            f"{own.name} (Birch, {self.company.name}), {own.name} (Birch, Branch)",
            found["message"],
        )
        self.assertEqual(lookup._find([own.name], branch)[own.name], self._items(other))

    # --- amounts ---

    def _spread(self, move, amount=None):
        items = self._find(move.name)[move.name]
        return [part for _item, part in self.lookup._spread(items, amount)]

    def test_spread(self):
        """30.00 are due first, then 50.00, then 20.00."""
        invoice = self._in_parts((20.0, 60), (30.0, 0), (50.0, 30))
        for amount, parts in (
            (None, [30.0, 50.0, 20.0]),
            (100.0, [30.0, 50.0, 20.0]),
            (10.0, [10.0]),
            (30.0, [30.0]),
            (30.01, [30.0, 0.01]),
            (99.99, [30.0, 50.0, 19.99]),
        ):
            with self.subTest(amount):
                self.assertEqual(self._spread(invoice, amount), parts)

    def test_spread_over_a_credit(self):
        credit_note = self._in_parts((40.0, 0), (60.0, 30), move_type="out_refund")
        self.assertEqual(self._spread(credit_note), [-40.0, -60.0])
        self.assertEqual(self._spread(credit_note, -50.0), [-40.0, -10.0])

    def test_in_document_currency(self):
        """100 forints are open; what they are worth is no matter."""
        invoice = self._in_parts((40.0, 0), (60.0, 30), currency_id=self._currency("HUF", 400.0).id)
        self.assertEqual(self._spread(invoice, 70.0), [40.0, 30.0])

    def test_amounts_refused(self):
        invoice = self._in_parts((40.0, 0), (60.0, 30))
        credit_note = self._invoice(10.0, move_type="out_refund")
        for move, amount, message in (
            (invoice, 100.01, "only $\xa0100.00 is still open, $\xa0100.01 cannot be written off."),
            (invoice, -1.0, "$\xa0-\ufeff1.00 has the wrong sign; $\xa0100.00 is open."),
            (
                invoice,
                0.0,
                "the amount is zero. Leave it empty to write off all that is open, $\xa0100.00.",
            ),
            (invoice, 0.001, "0.001 has more decimals than USD."),
            (credit_note, 10.0, "$\xa010.00 has the wrong sign; $\xa0-\ufeff10.00 is open."),
            (
                credit_note,
                -10.01,
                "only $\xa0-\ufeff10.00 is still open, $\xa0-\ufeff10.01 cannot be written off.",
            ),
        ):
            with self.subTest(message), self.assertRaises(UserError) as refused:
                self._spread(move, amount)
            self.assertEqual(str(refused.exception), f"{move.name}: {message}")
            [problem] = get_problems(refused.exception)
            self.assertEqual(
                (problem["code"], problem["items"]), ("amount", sorted(self._items(move).ids))
            )

    def test_balances_and_credits_of_one_entry(self):
        """All of it is clear, a part is not."""
        entry = self._entry(
            (self.receivable, 10.0, {}),
            (self.receivable, -4.0, {}),
            (self.company_data["default_account_revenue"], -6.0, {}),
        )
        self.assertEqual(sorted(self._spread(entry)), [-4.0, 10.0])
        with self.assertRaises(UserError) as refused:
            self._spread(entry, 6.0)
        self.assertEqual(get_problems(refused.exception)[0]["code"], "reference_ambiguous")
