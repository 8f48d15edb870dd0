from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestRefusals(WriteoffCommon):
    """Whatever cannot be written off is refused by name, and nothing is changed."""

    def assertRefused(self, message, documents, **write_off):
        entries = self.env["account.move"].search_count([])
        residuals = self._items(documents).mapped("amount_residual")
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            self._write_off(documents, **write_off)
        self.assertEqual(self.env["account.move"].search_count([]), entries)
        self.assertEqual(self._items(documents).mapped("amount_residual"), residuals)
        self.assertFalse(self.env["ar.writeoff"].search([]))

    def test_draft(self):
        invoice = self._create_invoice_one_line(price_unit=10.0, partner_id=self.customer.id)
        self.assertRefused("is not posted", invoice)

    def test_closed(self):
        invoice = self._invoice(10.0)
        self._pay(invoice, 10.0)
        self.assertRefused(f"{invoice.name} is closed", invoice)

    def test_vendor_bill(self):
        bill = self._invoice(10.0, move_type="in_invoice")
        self.assertRefused("is not a customer's receivable", bill)

    def test_no_items_at_all(self):
        entry = self.env["account.move"].create({"move_type": "entry"})
        self.assertRefused("nothing to write off", entry)

    def test_entry_with_on_payment_tax(self):
        """A journal entry has no lines that say which share of its tax belongs to the item."""
        entry = self._on_payment_entry()
        self.assertRefused("is a journal entry with tax that is due on payment", entry)

    def test_blocked(self):
        invoice = self._invoice(10.0)
        invoice.action_toggle_block_payment()
        self.assertRefused("is blocked", invoice)
        invoice.action_toggle_block_payment()
        self.assertEqual(self._write_off(invoice).state, "posted")

    def test_payment_in_process(self):
        """A payment without an entry, as with Odoo's Accounting app: the residual ignores it."""
        invoice = self._invoice(10.0)
        self.inbound_payment_method_line.payment_account_id = False
        with patch.object(
            self.env.registry["account.move"],
            "_get_invoice_in_payment_state",
            lambda move: "in_payment",
        ):
            payment = self._pay(invoice, 10.0)
        self.assertFalse(payment.move_id)
        self.assertEqual(payment.state, "in_process")
        self.assertEqual(self._items(invoice).amount_residual, 10.0)
        wizard = self._wizard(invoice)
        wizard.action_preview()
        self.assertIn("has a payment in process", str(wizard.problems))
        with self.assertRaisesRegex(UserError, "Read the warnings first"):
            wizard.action_confirm()

    def test_two_companies(self):
        other = self.setup_other_company(name="Second Ltd")["company"]
        self.env.user.company_ids |= other
        foreign = self._invoice_of(other, 5.0)
        self.clerk.sudo().company_ids |= other
        companies = (self.company | other).ids
        both = (self._invoice(10.0) | foreign).with_context(allowed_company_ids=companies)
        with self.assertRaisesRegex(UserError, "company_1_data, Second Ltd"):
            both.with_user(self.clerk).action_write_off()

    def test_amounts_past_the_screen(self):
        """The screen sets such an amount back; written directly, it gets no further."""
        wizard = self._wizard(self._invoice(10.0))
        for amount, message in (
            (10.01, "only .*10.00 is still open, .*10.01"),
            (0.0, "must lie between zero and .*10.00"),
            (-1.0, "must lie between zero and .*10.00"),
        ):
            wizard.line_ids.amount_currency = amount
            with self.subTest(amount), self.assertRaisesRegex(UserError, message):
                wizard.action_confirm()
        self.assertFalse(self.env["ar.writeoff"].search([]))

    def test_worth_nothing_in_company_currency(self):
        currency = self.setup_other_currency("EUR", rates=[("1900-01-01", 1000.0)])
        self.assertRefused(
            "is worth nothing in USD",
            self._invoice(500.0, currency_id=currency.id),
            amounts=[0.01],
        )

    def test_nothing_selected(self):
        self.assertRefused("Nothing is selected", self._invoice(10.0), select_all=False)

    def test_no_account(self):
        self.company.writeoff_loss_account_id = False
        invoice = self._invoice(10.0)
        wizard = self._wizard(invoice)
        self.assertFalse(wizard.writeoff_account_id)
        wizard.action_preview()
        self.assertTrue(wizard.has_blockers)
        with self.assertRaisesRegex(UserError, "no loss account"):
            wizard.action_confirm()

    def test_archived_account(self):
        invoice = self._invoice(10.0)
        wizard = self._wizard(invoice)
        self.bad_debt_account.active = False
        with self.assertRaisesRegex(UserError, "is archived"):
            wizard.action_confirm()

    def test_no_journal(self):
        self.company.writeoff_journal_id = False
        self.assertRefused("has no write-off journal", self._invoice(10.0))

    def test_reason_for_credits(self):
        wizard = self._wizard(self._invoice(10.0))
        wizard.reason_id = self.env["ar.writeoff.reason"].create(
            {"name": "Never claimed", "code": "CR", "use": "credit"}
        )
        wizard.writeoff_account_id = self.bad_debt_account
        with self.assertRaisesRegex(UserError, "“Never claimed” is not for balances"):
            wizard.action_confirm()

    def test_archived_reason(self):
        """For all, and on a row of its own."""
        invoice = self._invoice(10.0)
        for distribution in ("one", "line"):
            with self.subTest(distribution):
                wizard = self._wizard(invoice)
                wizard.distribution = distribution
                (wizard.line_ids if distribution == "line" else wizard).reason_id = self.settlement
                wizard.action_preview()
                self.settlement.active = False
                self.assertRaisesArchived(wizard.action_confirm)
                wizard.action_preview()
                self.assertTrue(wizard.has_blockers)
                self.assertRaisesArchived(wizard.action_confirm)
                self.settlement.active = True
        self.assertEqual(invoice.amount_residual, 10.0)

    def assertRaisesArchived(self, act):
        with self.assertRaisesRegex(UserError, "settlement.* is archived"), self.cr.savepoint():
            act()

    def test_archived_reason_of_the_company_is_not_proposed(self):
        self.company.writeoff_reason_id = self.settlement
        self.settlement.active = False
        wizard = self._wizard(self._invoice(10.0))
        self.assertFalse(wizard.reason_id)
        with self.assertRaisesRegex(UserError, "choose a reason"):
            wizard.action_confirm()

    def test_no_reason(self):
        wizard = self._wizard(self._invoice(10.0))
        wizard.reason_id = False
        with self.assertRaisesRegex(UserError, "choose a reason"):
            wizard.action_confirm()

    def test_locked_period(self):
        """Core would move the entry to another month without a word; here it is refused."""
        self.company.sudo().fiscalyear_lock_date = "2024-05-31"
        self.assertRefused(
            "05/31/2024 lies in a closed period of company_1_data: .*Lock.*05/31/2024.*"
            "first open date is 06/01/2024",
            self._invoice(10.0),
            accounting_date=fields.Date.to_date("2024-05-31"),
        )

    def test_default_date_is_the_first_open_one(self):
        self.company.sudo().fiscalyear_lock_date = "2024-07-31"
        wizard = self._wizard(self._invoice(10.0, date="2024-08-01"))
        self.assertEqual(wizard.accounting_date, fields.Date.to_date("2024-08-01"))

    def test_paid_between_preview_and_confirm(self):
        invoice = self._invoice(10.0)
        wizard = self._wizard(invoice)
        wizard.action_preview()
        self._pay(invoice, 4.0)
        wizard.invalidate_recordset()
        self.assertEqual(wizard.line_ids.amount_currency, 10.0)
        with self.assertRaisesRegex(UserError, "only .*6.00 is still open"):
            wizard.action_confirm()
        self.assertEqual(invoice.amount_residual, 6.0)

    def test_warnings_want_a_confirmation(self):
        invoice = self._invoice(10.0, date="2024-06-20")
        wizard = self._wizard(invoice)
        wizard.accounting_date = "2024-06-10"
        wizard.action_preview()
        self.assertTrue(wizard.has_warnings)
        self.assertFalse(wizard.has_blockers)
        with self.assertRaisesRegex(UserError, "Read the warnings first"):
            wizard.action_confirm()
        wizard.warnings_confirmed = True
        wizard.action_confirm()
        writeoff = invoice.writeoff_line_ids.writeoff_id
        self.assertIn("before the date of", writeoff.warnings_confirmed)

    def test_discount_still_open_is_a_warning(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2/180",
                "early_discount": True,
                "discount_percentage": 2.0,
                "discount_days": 180,
                "line_ids": [Command.create({"value": "percent", "value_amount": 100})],
            }
        )
        wizard = self._wizard(self._invoice(10.0, invoice_payment_term_id=term.id))
        wizard.action_preview()
        self.assertIn("early payment discount", str(wizard.problems))
        self.assertTrue(wizard.has_warnings)

    def test_left_out_is_named(self):
        """Of several marked invoices, what cannot be written off is named, the rest offered."""
        paid = self._invoice(10.0)
        self._pay(paid, 10.0)
        wizard = self._wizard(self._invoice(20.0) | paid)
        self.assertEqual(
            wizard.left_out,
            f"{paid.name} is closed: nothing is open on it (Birch, $\xa010.00).",
        )
        self.assertEqual(len(wizard.line_ids), 1)

    def test_biller(self):
        invoice = self._invoice(10.0)
        with self.assertRaisesRegex(AccessError, "may not write off receivables"):
            invoice.with_user(self.biller).action_write_off()
        wizard = self._wizard(invoice)
        with self.assertRaises(AccessError):
            wizard.with_user(self.biller).action_confirm()
        with self.assertRaises(AccessError):
            self.env["ar.writeoff.posting"].with_user(self.biller)._write_off({})
        self.assertEqual(invoice.amount_residual, 10.0)
