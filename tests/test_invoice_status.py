from ast import literal_eval

from lxml import etree

from odoo.tests import tagged

from .common import WriteoffCommon

# What the list says, and what the database sorts it under where core's own two differ.
OPEN = ("posted", "not_paid")


@tagged("post_install", "-at_install")
class TestInvoiceStatus(WriteoffCommon):
    """What the invoice list says of invoices of which something was written off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gain_account = cls._account("490100", "Gain", "income_other")
        cls.company.writeoff_gain_account_id = cls.gain_account
        cls.small = cls.env.ref("ar_writeoff.reason_small_difference")

    def _credit_note(self, invoice, amount, linked=True):
        """A credit note, matched with the invoice: by core where it is linked, else by hand."""
        credit_note = self._create_invoice(
            move_type="out_refund",
            partner_id=invoice.partner_id.id,
            invoice_date="2024-02-01",
            currency_id=invoice.currency_id.id,
            invoice_payment_term_id=False,
            reversed_entry_id=invoice.id if linked else False,
            invoice_line_ids=[(0, 0, {"name": "back", "price_unit": amount, "tax_ids": []})],
            post=True,
        )
        if not linked:
            (self._items(invoice) | self._items(credit_note)).reconcile()
        return credit_note

    def assertStatus(self, invoice, expected):
        """The screen, the search, the group and the filter say the same."""
        shown, stored = expected if isinstance(expected, tuple) else (expected, expected)
        self.env.flush_all()
        self.env.invalidate_all()
        invoice = invoice.with_user(self.biller)
        self.assertEqual(invoice.status_in_payment, shown)
        [[group, found]] = invoice._read_group(
            [("id", "=", invoice.id)], ["status_in_payment"], ["id:recordset"]
        )
        self.assertEqual((group, found), (stored, invoice))
        domain = [("id", "=", invoice.id)]
        self.assertEqual(invoice.search([*domain, ("status_in_payment", "=", stored)]), invoice)
        self.assertFalse(invoice.search([*domain, ("status_in_payment", "!=", stored)]))
        selection = dict(invoice._fields["status_in_payment"]._description_selection(self.env))
        self.assertIn(shown, selection)

    # --- nothing open ---

    def test_written_off(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice)
        self.assertStatus(invoice, "written_off")

    def test_paid_and_written_off(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 60.0)
        self._write_off(invoice)
        self.assertStatus(invoice, "written_off_closed")
        self.assertEqual(invoice.writeoff_amount, 40.0)

    def test_written_off_and_paid_later(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, amounts=[40.0])
        self.assertStatus(invoice, "written_off_open")
        self._pay(invoice, 60.0)
        self.assertStatus(invoice, "written_off_closed")

    def test_netted_and_written_off(self):
        invoice = self._invoice(100.0)
        payment = self._payment(40.0)
        (self._items(invoice) | self._items(payment.move_id)).reconcile()
        self._write_off(invoice)
        self.assertStatus(invoice, "written_off_closed")

    def test_netted_with_a_credit_note_of_another_document(self):
        invoice = self._invoice(100.0)
        self._credit_note(invoice, 40.0, linked=False)
        self._write_off(invoice)
        self.assertStatus(invoice, "written_off_closed")

    def test_credited_and_written_off(self):
        """The base is the total less its credit notes: 60 of 60 were given up."""
        invoice = self._invoice(100.0)
        self._credit_note(invoice, 40.0)
        self._write_off(invoice)
        self.assertStatus(invoice, "written_off")

    def test_written_off_and_credited_later(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, amounts=[60.0])
        self.assertStatus(invoice, "written_off_open")
        self._credit_note(invoice, 40.0)
        self.assertStatus(invoice, "written_off")

    def test_credited_paid_and_written_off(self):
        invoice = self._invoice(100.0)
        self._credit_note(invoice, 40.0)
        self._pay(invoice, 10.0)
        self._write_off(invoice)
        self.assertStatus(invoice, "written_off_closed")

    def test_credited_in_foreign_currency(self):
        """80 EUR, 30 of them credited at another rate, 50 given up: measured in euros."""
        currency = self.setup_other_currency(
            "EUR", rates=[("1900-01-01", 0.8), ("2024-02-01", 0.5)]
        )
        invoice = self._invoice(80.0, currency_id=currency.id)
        self._credit_note(invoice, 30.0)
        self._write_off(invoice)
        self.assertEqual(invoice.writeoff_amount, 50.0)
        self.assertStatus(invoice, "written_off")

    def test_written_off_in_two_parts(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, amounts=[30.0])
        self._write_off(invoice)
        self.assertStatus(invoice, "written_off")

    def test_credit_notes(self):
        """A credit that nobody claimed; of the other, a part was used up by its invoice."""
        invoice = self._invoice(40.0)
        used = self._credit_note(invoice, 100.0)
        unused = self._invoice(50.0, move_type="out_refund")
        self._write_off(used)
        self._write_off(unused)
        self.assertStatus(used, "written_off_closed")
        self.assertStatus(unused, "written_off")
        self.assertStatus(invoice, "reversed")

    def test_receipt(self):
        receipt = self._invoice(100.0, move_type="out_receipt")
        self._pay(receipt, 1.0)
        self._write_off(receipt)
        self.assertStatus(receipt, "written_off_closed")

    # --- something open ---

    def test_partly_written_off(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, amounts=[25.0])
        self.assertStatus(invoice, "written_off_open")
        # What the due date and the overdue colour of the list look at.
        self.assertEqual(invoice.payment_state, "partial")

    def test_partly_paid_and_partly_written_off(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 10.0)
        self._write_off(invoice, amounts=[25.0])
        self.assertStatus(invoice, "written_off_open")

    # --- settled ---

    def test_paid_invoice_with_a_small_difference(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 99.98)
        self._write_off(invoice, reason_id=self.small)
        self.assertStatus(invoice, "paid")
        self.assertRecordValues(invoice, [{"writeoff_state": "settled", "writeoff_amount": 0.02}])

    def test_settled(self):
        invoice, partly = self._invoice(100.0), self._invoice(100.0)
        self._write_off(invoice, reason_id=self.settlement)
        self._write_off(partly, amounts=[30.0], reason_id=self.settlement)
        self.assertStatus(invoice, "paid")
        self.assertStatus(partly, "partial")

    def test_settled_and_given_up(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, amounts=[30.0], reason_id=self.settlement)
        writeoff = self._write_off(invoice)
        self.assertStatus(invoice, "written_off")
        self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date)
        self.assertStatus(invoice, "partial")

    def test_reason_turned_into_one_that_settles(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice)
        self.bad_debt.settles_invoice = True
        self.assertStatus(invoice, "paid")

    # --- nothing written off ---

    def test_draft_that_waits(self):
        self.company.writeoff_leave_draft = "yes"
        invoice, partly = self._invoice(100.0), self._invoice(100.0)
        self._pay(partly, 10.0)
        self._write_off(invoice | partly)
        self.assertStatus(invoice, OPEN)
        self.assertStatus(partly, "partial")

    def test_undone(self):
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date)
        self.assertStatus(invoice, OPEN)

    def test_core(self):
        paid, credited = self._invoice(100.0), self._invoice(100.0)
        self._pay(paid, 100.0)
        self._reverse_invoice(credited, post=True, date="2024-02-01")
        self.assertStatus(self._invoice(100.0), OPEN)
        self.assertStatus(paid, "paid")
        self.assertStatus(credited, "reversed")

    # --- blocked ---

    def test_blocked(self):
        """A block is seen although a part was written off, for whatever reason."""
        for reason in (self.bad_debt, self.settlement):
            invoice = self._invoice(100.0)
            self._write_off(invoice, amounts=[25.0], reason_id=reason)
            invoice.action_toggle_block_payment()
            self.assertStatus(invoice, "blocked")

    # --- portal users ---

    def test_customers_find_cores_status(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice)
        portal = self._user("portal_status")
        portal.group_ids = self.env.ref("base.group_portal")
        portal.partner_id.parent_id = self.customer
        invoice.message_subscribe(portal.partner_id.ids)
        self.env.flush_all()
        self.env.invalidate_all()
        moves = self.env["account.move"].with_user(portal)
        domain = [("id", "=", invoice.id)]
        self.assertFalse(moves.search([*domain, ("status_in_payment", "=", "written_off")]))
        self.assertEqual(
            moves._read_group(domain, ["status_in_payment"]),
            [("paid",)],
        )

    # --- filters of the list ---

    def test_filters(self):
        full, closed, opened = (self._invoice(100.0) for _ in range(3))
        settled = self._invoice(100.0)
        self._pay(closed, 60.0)
        self._write_off(full | closed)
        self._write_off(opened, amounts=[10.0])
        self._write_off(settled, amounts=[10.0], reason_id=self.settlement)
        filters = {
            "written_off": full,
            "partly_written_off": closed | opened,
            "writeoff_amount": full | closed | opened | settled,
        }
        arch = self.env["account.move"].get_view(
            self.env.ref("account.view_account_invoice_filter").id, "search"
        )["arch"]
        for name, expected in filters.items():
            with self.subTest(name):
                domain = self._get_filter_domain(arch, name)
                found = self.env["account.move"].search(
                    [*domain, ("id", "in", (full | closed | opened | settled).ids)]
                )
                self.assertEqual(set(found), set(expected))

    def _get_filter_domain(self, arch, name):
        [node] = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
        return literal_eval(node.get("domain"))
