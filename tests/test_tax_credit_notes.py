"""Credit notes on what is written off: what they took back, and what counts as payment."""

from odoo import Command
from odoo.tests import tagged

from .tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestTaxCreditNotes(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._tax("15", 15.0)
        cls.low = cls._tax("5", 5.0)
        cls.zero = cls._tax("0", 0.0)
        cls.eco = cls._tax("eco", 2.0, amount_type="fixed", sequence=1)
        cls.cash = cls._tax("cash", 20.0, tax_exigibility="on_payment")
        cls.revenue = cls.company_data["default_account_revenue"]
        cls.company.writeoff_gain_account_id = cls._account("490100", "Gain", "income_other")

    def _credit(self, *lines, matched, linked=None, **values):
        """A credit note matched with an invoice; linked to it, to another one, or to none."""
        credit_note = self._taxed_invoice(
            *lines, move_type="out_refund", reversed_entry_id=linked and linked.id, **values
        )
        if linked and linked != matched:
            self._items(credit_note).remove_move_reconcile()  # core matched it when it was posted
        both = self._items(credit_note) | self._items(matched)
        both.filtered(lambda item: not item.reconciled).reconcile()
        return credit_note

    def _euro(self):
        """A dollar is 0.80 EUR when the invoice is made, another rate from March on."""
        return self._currency("EUR", 0.8)

    def _set_rate(self, currency, rate):
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": "2024-03-01",
                "rate": rate,
            }
        )

    def _get_boxes_in(self, currency):
        """Boxes in the currency of the documents: box → amount, what is zero left out."""
        boxes = {}
        lines = self.env["account.move.line"].search(
            [("tax_tag_ids", "!=", False), ("currency_id", "=", currency.id)]
        )
        for line in lines.filtered(lambda line: line.parent_state == "posted"):
            for tag in line.tax_tag_ids:
                boxes[tag.name] = boxes.get(tag.name, 0.0) + line.amount_currency
        return {box: amount for box, amount in boxes.items() if currency.round(amount)}

    def _get_notes(self, invoice):
        wizard = self._wizard(invoice)
        wizard.action_preview()
        return [
            problem["message"]
            for problem in wizard.problems.values()
            if problem["code"] == "credit_note"
        ]

    # --- made by hand ---

    def test_not_linked(self):
        """100 at 15 % of 215 were credited by hand: the untaxed 100 contain no tax."""
        invoice = self._taxed_invoice((100.0, self.vat), (100.0, self.zero))
        credit_note = self._credit((100.0, self.vat), matched=invoice)
        (note,) = self._get_notes(invoice)
        self.assertEqual(
            note,
            f"{credit_note.display_name} counts as correction of {invoice.display_name}: "
            "$\u00a0115.00 of it, with the tax in them, were taken back already.",
        )
        writeoff = self._separate(invoice)
        self.assertEqual(
            self._tax_ledger(writeoff.entry_ids),
            [("121000", 0.0, 100.0, "", ""), ("690100", 100.0, 0.0, "0", "0 base")],
        )
        self.assertEqual(self._report(), {})

    def test_other_tax(self):
        """50 at 5 % on an invoice at 15 %: 52.50 of 115 are paid, 62.50 * 15 / 115 go back."""
        invoice = self._taxed_invoice((100.0, self.vat))
        self._credit((50.0, self.low), matched=invoice)
        self.assertRegex(
            self._get_notes(invoice)[0], r"has no tax that is left on .* \$.52\.50 count as payment"
        )
        self._separate(invoice)
        self.assertEqual(
            self._report(),
            {"15 base": -45.65, "15 tax": -6.85, "5 base": 50.0, "5 tax": 2.5},
        )

    def test_more_than_the_document_has(self):
        """172.50 at 15 % on 115 at 15 % and 100 untaxed: 57.50 are paid, 42.50 untaxed are left."""
        invoice = self._taxed_invoice((100.0, self.vat), (100.0, None))
        self._credit((150.0, self.vat), matched=invoice)
        self.assertRegex(
            self._get_notes(invoice)[0], r"with \$.115\.00, .* for the other \$.57\.50,"
        )
        self._separate(invoice)
        self.assertEqual(self._report(), {"15 base": 50.0, "15 tax": 7.5})

    def test_matched_in_part(self):
        """Half of 115 was used on another invoice: the other half takes 50 and 7.50 off this."""
        invoice = self._taxed_invoice((100.0, self.vat), (100.0, None))
        other = self._taxed_invoice((57.5, None))
        credit_note = self._credit((100.0, self.vat), matched=other)
        (self._items(invoice) | self._items(credit_note)).reconcile()
        self.assertEqual(self._residuals(invoice), [(157.5, 157.5)])
        writeoff = self._separate(invoice)
        self.assertEqual(
            sorted(self._tax_ledger(writeoff.entry_ids)),
            [
                ("121000", 0.0, 157.5, "", ""),
                ("251100", 7.5, 0.0, "", "15 tax"),
                ("690100", 50.0, 0.0, "15", "15 base"),
                ("690100", 100.0, 0.0, "", ""),
            ],
        )

    def test_linked_to_another_document(self):
        """57.50 that correct another invoice pay half of this one."""
        invoice, other = (self._taxed_invoice((100.0, self.vat)) for _number in range(2))
        self._credit((50.0, self.vat), matched=invoice, linked=other)
        self.assertRegex(
            self._get_notes(invoice)[0],
            rf" corrects {other.name}.*: on {invoice.name}.* \$.57\.50 count as payment",
        )
        self._separate(invoice)
        self.assertEqual(self._report(), {"15 base": -100.0, "15 tax": -15.0})

    def test_two_for_the_same_line(self):
        """60 and 60 of 100 at 15 %: of the second, 40 are left to correct, 23 are paid."""
        invoice = self._taxed_invoice((100.0, self.vat), (100.0, None))
        self._credit((60.0, self.vat), matched=invoice)
        self._credit((60.0, self.vat), matched=invoice, linked=invoice)
        corrections = self.env["ar.writeoff.credit.note"]._get_corrections(invoice)[invoice]
        self.assertEqual(
            [(c["matched"], c["corrected"], c["paid"]) for c in corrections],
            [(69.0, 69.0, 0.0), (69.0, 46.0, 23.0)],
        )
        self._separate(invoice)
        self.assertEqual(self._report(), {"15 base": 20.0, "15 tax": 3.0})

    def test_one_of_two_taxes_of_a_line(self):
        """100 at 15 % with 2 of eco tax, 50 at 15 % back: 50, 7.50 and the 2 are given up."""
        invoice = self._taxed_invoice((100.0, self.eco | self.vat))
        self._credit((50.0, self.vat), matched=invoice)
        self._separate(invoice)
        self.assertEqual(self._report(), {"eco base": -50.0})

    def test_another_product(self):
        """Its own product first: the loss is what the other product brought."""
        sold, kept = self.env["product.product"].create([{"name": "a"}, {"name": "b"}])
        sold.categ_id = self.env["product.category"].create({"name": "sold"})
        sold.categ_id.with_company(self.company).writeoff_account_id = self.other_account
        lines = [(100.0, self.vat, {"product_id": product.id}) for product in (sold, kept)]
        invoice = self._taxed_invoice(*lines)
        self._credit((120.0, self.vat, {"product_id": sold.id}), matched=invoice)
        self._separate(invoice)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._balance(self.other_account), 0.0)
        self.assertEqual(self._balance(self.bad_debt_account), 80.0)

    def test_without_the_tax(self):
        """Not separated: 100 at 15 % were credited, and the loss is that of the rest."""
        invoice = self._taxed_invoice((100.0, self.vat), (100.0, None))
        self._credit((100.0, self.vat), matched=invoice)
        self._write_off(invoice)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._balance(self.bad_debt_account), 100.0)

    def test_paid_and_credited(self):
        """215; 115 credited, 50 of 100 paid: no tax in the rest, in two parts."""
        invoice = self._taxed_invoice((100.0, self.vat), (100.0, None))
        self._credit((100.0, self.vat), matched=invoice)
        self._pay(invoice, 50.0)
        self._separate(invoice, [20.0])
        self._separate(invoice)
        self.assertEqual(self._report(), {})

    # --- foreign currency ---

    def test_same_rate(self):
        """KWD 7.777 and 3.333 at 15 % are 1.667 of tax; a third back rounds each for itself."""
        dinar = self._currency("KWD", 0.30721)
        dinar.rounding = 0.001
        invoice = self._taxed_invoice((7.777, self.vat), (3.333, self.vat), currency_id=dinar.id)
        self._credit((3.333, self.vat), matched=invoice, linked=invoice, currency_id=dinar.id)
        self._separate(invoice, [4.321])
        self._separate(invoice)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._get_boxes_in(dinar), {})

    def test_rate_changed(self):
        """115 EUR at 0.80 are 143.75; of it 57.50 EUR were credited at 1.00.

        Declared are 125 - 50 and 18.75 - 7.50, and all of it goes back. The claim is 71.88: that
        is 14.37 less, which Odoo booked as exchange difference when it matched the two, so it is
        taken off the loss and of no tax.
        """
        euro = self._euro()
        invoice = self._taxed_invoice((100.0, self.vat), currency_id=euro.id)
        self._set_rate(euro, 1.0)
        self._credit(
            (50.0, self.vat),
            matched=invoice,
            linked=invoice,
            currency_id=euro.id,
            date="2024-03-15",
        )
        ((claim, claim_euro),) = self._residuals(invoice)
        self.assertEqual(claim_euro, 57.5)
        writeoff = self._separate(invoice)
        rest = self.company.currency_id.round(86.25 - claim)
        self.assertEqual(
            sorted(
                (
                    line.account_id.code,
                    line.balance,
                    line.amount_currency,
                    *line.tax_tag_ids.mapped("name"),
                )
                for line in writeoff.entry_ids.line_ids
            ),
            [
                ("121000", -claim, -57.5),
                ("251100", 11.25, 7.5, "15 tax"),
                ("690100", -rest, 0.0),
                ("690100", 75.0, 50.0, "15 base"),
            ],
        )
        self.assertEqual(self._report(), {})
        self.assertEqual(self._get_boxes_in(euro), {})
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])
        self._reverse(writeoff, writeoff.accounting_date)
        self.assertEqual(self._report(), {"15 base": -75.0, "15 tax": -11.25})

    def test_rate_changed_in_parts(self):
        euro = self._euro()
        invoice = self._taxed_invoice((100.0, self.vat), (33.33, self.low), currency_id=euro.id)
        self._set_rate(euro, 1.25)
        self._credit((50.0, self.vat), matched=invoice, currency_id=euro.id, date="2024-03-15")
        for amount in (17.17, 31.31, None):
            self._separate(invoice, [amount] if amount else None)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._get_boxes_in(euro), {})

    def test_line_credited_whole_at_another_rate(self):
        """Nothing is left of the line in euros, 25 and 3.75 dollars are: they go back, too."""
        euro = self._euro()
        invoice = self._taxed_invoice((100.0, self.vat), (100.0, None), currency_id=euro.id)
        self._set_rate(euro, 1.0)
        self._credit((100.0, self.vat), matched=invoice, currency_id=euro.id, date="2024-03-15")
        self._separate(invoice)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._get_boxes_in(euro), {})
        self.assertEqual(self._balance(self.tax_account), 0.0)

    def test_more_taken_back_than_declared(self):
        """90 of 100 EUR back at twice the rate: 10 EUR are left, and 55 dollars too many."""
        euro = self._euro()
        invoice = self._taxed_invoice((100.0, self.vat), currency_id=euro.id)
        self._set_rate(euro, 0.5)
        self._credit((90.0, self.vat), matched=invoice, currency_id=euro.id, date="2024-03-15")
        self.assertEqual(self._report(), {"15 base": 55.0, "15 tax": 8.25})
        writeoff = self._separate(invoice)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._get_boxes_in(euro), {})
        self._reverse(writeoff, writeoff.accounting_date)
        self.assertEqual(self._report(), {"15 base": 55.0, "15 tax": 8.25})

    def test_currency_of_the_credit_note_alone(self):
        """An invoice in dollars, a credit note of 40 EUR at 0.80 dated when a dollar is 0.90."""
        euro = self._euro()
        invoice = self._taxed_invoice((100.0, self.vat), (10.0, None))
        self._set_rate(euro, 0.9)
        self._credit((40.0, self.vat), matched=invoice, currency_id=euro.id, date="2024-03-15")
        self._separate(invoice)
        self.assertEqual(self._report(), {})

    # --- tax due on payment ---

    def test_line_due_on_payment_credited(self):
        """120 with tax due on payment, 115 without; the 120 are credited, the 115 given up.

        All 15 that were declared go back. When Odoo matched the credit note it made the share of
        120 / 235 due, 10.21; the other 9.79 leave the transition account.
        """
        invoice = self._taxed_invoice((100.0, self.cash), (100.0, self.vat))
        self._credit((100.0, self.cash), matched=invoice, linked=invoice)
        before = self._report()
        self.assertEqual(before["15 tax"], -15.0)
        writeoff = self._separate(invoice)
        self.assertEqual(
            sorted(self._tax_ledger(writeoff.entry_ids)),
            [
                ("121000", 0.0, 115.0, "", ""),
                ("251100", 15.0, 0.0, "", "15 tax"),
                ("252100", 9.79, 0.0, "", ""),
                ("690100", 0.0, 9.79, "", ""),
                ("690100", 100.0, 0.0, "15", "15 base"),
            ],
        )
        del before["15 base"], before["15 tax"]
        self.assertEqual(self._report(), before)
        self.assertEqual(self._balance(self.transition_account), 0.0)

    def test_line_due_on_payment_credited_then_parts(self):
        invoice = self._taxed_invoice((100.0, self.cash), (466.67, self.vat))
        self._credit((100.0, self.cash), matched=invoice, linked=invoice)
        for amount in (123.45, None):
            self._separate(invoice, [amount] if amount else None)
        report = self._report()
        self.assertEqual({box for box in report if box.startswith("15")}, set())
        self.assertEqual(self._balance(self.transition_account), 0.0)

    def test_line_declared_at_once_credited(self):
        """The other way round: the line at 15 % is credited; of its tax nothing goes back."""
        invoice = self._taxed_invoice((100.0, self.cash), (100.0, self.vat))
        self._credit((100.0, self.vat), matched=invoice)
        before = self._report()
        self._separate(invoice)
        self.assertEqual(self._report(), before)
        self.assertEqual(self._balance(self.transition_account), 0.0)

    # --- many at once ---

    def _count_queries(self, count, number):
        """Queries it takes to count for so many invoices, each with a credit note."""
        invoices = self.env["account.move"].union(
            *(self._taxed_invoice((100.0, self.vat), (50.0, None)) for _n in range(number))
        )
        for invoice in invoices:
            self._credit((10.0, self.vat), matched=invoice)
        counted = count(invoices)
        counted()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        counted()
        return self.cr.sql_log_count - before

    def _check_set_based(self, count):
        self._count_queries(count, 1)  # what is kept between requests is there from here on
        self.assertEqual(self._count_queries(count, 2), self._count_queries(count, 6))

    def test_queries(self):
        """A document with a credit note more costs no query more."""
        CreditNote = self.env["ar.writeoff.credit.note"]

        def count(invoices):
            return lambda: CreditNote._get_corrections(invoices)

        self._check_set_based(count)

    def test_queries_of_breakdowns(self):
        def count(invoices):
            lines = [
                Command.create(
                    item._prepare_writeoff_line_vals(
                        item.amount_residual, self.bad_debt, separate_tax=True
                    )
                )
                for item in self._items(invoices).filtered("amount_residual")
            ]
            writeoff = (
                self.env["ar.writeoff"]
                .sudo()
                .create(
                    {
                        "company_id": self.company.id,
                        "reason_id": self.bad_debt.id,
                        "accounting_date": "2024-06-30",
                        "line_ids": lines,
                    }
                )
            )
            return lambda: self.env["ar.writeoff.breakdown"]._prepare_breakdowns(writeoff.line_ids)

        self._check_set_based(count)
