"""What was given up without the register, and how payment differences come into it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestOutside(BatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._user("auditor", "account.group_account_readonly")
        bank = cls.company_data["default_journal_bank"]
        # Payments with an entry of their own.
        bank.inbound_payment_method_line_ids.payment_account_id = bank.default_account_id
        bank.outbound_payment_method_line_ids.payment_account_id = bank.default_account_id

    def _dialog(self, invoices, user=None, **values):
        """Core's payment dialog, filled in."""
        Register = self.env["account.payment.register"].with_user(user or self.clerk)
        Register = Register.with_context(active_model="account.move", active_ids=invoices.ids)
        with Form(Register) as form:
            for name, value in values.items():
                setattr(form, name, value)
        return form.record

    def _fully_paid(self, invoices, amount, user=None, **values):
        dialog = self._dialog(
            invoices, user, amount=amount, payment_difference_handling="reconcile", **values
        )
        return dialog._create_payments()

    def _outside(self):
        """The list as the auditor reads it."""
        self.env.flush_all()
        return [
            (row.move_id, row.entry_id, row.account_id.code, row.matched, row.amount, row.user_id)
            for row in self.env["ar.writeoff.outside"]
            .with_user(self.auditor)
            .search([("company_id", "=", self.company.id)], order="id")
        ]

    # --- the list ---

    def test_payment_dialog(self):
        invoice = self._invoice(100.0)
        payment = self._fully_paid(invoice, 95.0, writeoff_account_id=self.bad_debt_account)
        self.assertEqual(
            self._outside(),
            [(invoice, payment.move_id, "690100", 100.0, 5.0, self.clerk)],
        )

    def test_entry_by_hand(self):
        """One entry that closes two: each has its share of the loss."""
        invoices = self._invoice(100.0) | self._invoice(300.0)
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create({"account_id": self.bad_debt_account.id, "debit": 400.0}),
                    Command.create(
                        {
                            "account_id": self.receivable.id,
                            "partner_id": self.customer.id,
                            "credit": 400.0,
                        }
                    ),
                ]
            }
        )
        entry.action_post()
        self._items(invoices | entry).reconcile()
        self.assertEqual(
            [(row[0], row[1], row[3], row[4]) for row in self._outside()],
            [(invoices[0], entry, 100.0, 100.0), (invoices[1], entry, 300.0, 300.0)],
        )

    def test_the_register_is_not_outside(self):
        """Nor is a payment, a credit note or an undo."""
        writeoff = self._write_off(self._invoice(100.0))
        self._reverse(writeoff, writeoff.accounting_date)
        self._pay(self._invoice(50.0), 50.0)
        paid = self._invoice(60.0)
        paid._reverse_moves([{"invoice_date": "2024-06-01"}], cancel=True)
        self.assertEqual(self._outside(), [])

    def test_any_account_that_takes_losses(self):
        """An allowance that a reason names; bank charges are no loss."""
        charges = self._account("627000", "Bank Charges", "expense")
        self._fully_paid(self._invoice(100.0), 99.0, writeoff_account_id=charges)
        self.assertEqual(self._outside(), [])
        self.settlement.with_company(self.company).loss_account_id = self.allowance_account
        self._fully_paid(self._invoice(100.0), 98.0, writeoff_account_id=self.allowance_account)
        self.assertEqual([(row[2], row[4]) for row in self._outside()], [("121900", 2.0)])

    def test_gain(self):
        """Paid too much, and marked as fully paid."""
        self._fully_paid(self._invoice(100.0), 103.0, writeoff_account_id=self.gain_account)
        self.assertEqual([(row[2], row[4]) for row in self._outside()], [("490100", -3.0)])

    def test_who_reads_it(self):
        Outside = self.env["ar.writeoff.outside"]
        with self.assertRaises(AccessError):
            Outside.with_user(self.biller).search([])
        other = self.env["res.company"].create({"name": "Other"})
        self.auditor.company_ids |= other
        self._fully_paid(self._invoice(10.0), 9.0, writeoff_account_id=self.bad_debt_account)
        Outside = Outside.with_user(self.auditor).with_context(allowed_company_ids=other.ids)
        self.assertFalse(Outside.search([]))

    # --- the payment dialog by way of the register ---

    def _writeoff(self):
        return self.env["ar.writeoff"].search([], limit=1)

    def test_difference_in_the_register(self):
        self.company.writeoff_from_payments = "yes"
        invoice = self._invoice(100.0)
        payment = self._fully_paid(invoice, 95.0)
        self.assertEqual(sorted(payment.move_id.line_ids.mapped("balance")), [-95.0, 95.0])
        writeoff = self._writeoff()
        self.assertEqual((writeoff.amount, writeoff.reason_id), (5.0, self.bad_debt))
        self.assertIn(payment.display_name, writeoff.comment)
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [("121000", "Birch", 0.0, 5.0), ("690100", "Birch", 5.0, 0.0)],
        )
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])
        self.assertEqual(self._outside(), [])

    def test_reason_can_be_chosen(self):
        self.company.writeoff_from_payments = "yes"
        self._fully_paid(self._invoice(100.0), 95.0, writeoff_reason_id=self.settlement)
        self.assertEqual(self._writeoff().reason_id, self.settlement)

    def test_paid_too_much(self):
        self.company.writeoff_from_payments = "yes"
        unclaimed = self.env.ref("ar_writeoff.reason_unclaimed")
        self.company.writeoff_credit_reason_id = unclaimed
        payment = self._fully_paid(self._invoice(100.0), 103.0)
        writeoff = self._writeoff()
        self.assertEqual((writeoff.amount, writeoff.reason_id), (-3.0, unclaimed))
        self.assertEqual(self._residuals(payment.move_id), [(0.0, 0.0)])

    def test_foreign_currency(self):
        self.company.writeoff_from_payments = "yes"
        currency = self._currency("GBP", 2.0)
        invoice = self._invoice(200.0, currency_id=currency.id)
        self._fully_paid(invoice, 190.0)
        self.assertEqual(self._writeoff().line_ids.amount_currency, 10.0)
        self.assertEqual(self._writeoff().amount, 5.0)
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])

    def test_other_currency_is_refused(self):
        """Nobody can tell how much of the invoice is the difference."""
        self.company.writeoff_from_payments = "yes"
        currency = self._currency("GBP", 2.0)
        invoice = self._invoice(200.0, currency_id=currency.id)
        dollars = self.company.currency_id
        with self.assertRaisesRegex(UserError, "Keep the difference open"), self.cr.savepoint():
            self._dialog(
                invoice, currency_id=dollars, amount=90.0, payment_difference_handling="reconcile"
            )._create_payments()
        self.assertEqual(self._residuals(invoice), [(100.0, 200.0)], "no payment either")

    def test_rules_hold(self):
        """A warning cannot be confirmed there, and who may not write off may not here."""
        self.company.writeoff_from_payments = "yes"
        invoice = self._invoice(100.0)
        self._create_invoice(
            move_type="in_invoice",
            partner_id=self.customer.id,
            invoice_date="2024-02-01",
            post=True,
            invoice_line_ids=[Command.create({"name": "x", "price_unit": 30.0, "tax_ids": []})],
        )
        with self.assertRaisesRegex(UserError, "a set-off may be possible"), self.cr.savepoint():
            self._fully_paid(invoice, 95.0)
        with self.assertRaisesRegex(AccessError, "may not write off"), self.cr.savepoint():
            self._fully_paid(invoice, 95.0, user=self.biller)
        self.assertEqual(self._residuals(invoice), [(100.0, 100.0)])

    def test_suppliers_and_open_differences_as_before(self):
        self.company.writeoff_from_payments = "yes"
        invoice = self._invoice(100.0)
        self._dialog(invoice, amount=95.0)._create_payments()
        self.assertEqual(self._residuals(invoice), [(5.0, 5.0)])
        bill = self._create_invoice(
            move_type="in_invoice",
            partner_id=self.customer.id,
            invoice_date="2024-02-01",
            post=True,
            invoice_line_ids=[Command.create({"name": "x", "price_unit": 30.0, "tax_ids": []})],
        )
        self._fully_paid(bill, 29.0, writeoff_account_id=self.other_account)
        self.assertEqual(bill.amount_residual, 0.0)
        self.assertFalse(self._writeoff())
