from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestDrafts(WriteoffCommon):
    """Entries left in draft: reserved and open, until somebody posts them in whatever way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.writeoff_leave_draft = "yes"
        cls.accountant = cls._user(
            "accountant", "account.group_account_user", "account.group_account_invoice"
        )

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(100.0)
        self.writeoff = self._write_off(self.invoice)
        self.entry = self.writeoff.entry_ids

    def assertFinished(self):
        self.assertEqual(self.entry.state, "posted")
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(self.invoice.writeoff_state, "full")
        self.assertEqual(self.writeoff.state, "posted")
        self.assertEqual(self.writeoff.line_ids.state, "done")

    def assertWaiting(self):
        self.assertEqual(self.entry.state, "draft")
        self.assertEqual(self.invoice.amount_residual, 100.0)
        self.assertEqual(self.writeoff.state, "entries_draft")

    def test_nothing_is_closed_before(self):
        self.assertWaiting()
        self.assertFalse(self.invoice.writeoff_state)
        self.assertEqual(self.invoice.payment_state, "not_paid")
        self.assertEqual(self.writeoff.line_ids.state, "entry_draft")
        self.assertEqual(self.writeoff.amount, 100.0)
        self.assertEqual(self.writeoff.amount_net, 0.0)

    # --- what waits is shown ---

    def test_banner(self):
        """Billers see what will be written off, and the way to the entry."""
        other = self._invoice(50.0)
        invoice = self.invoice.with_user(self.biller)
        self.assertTrue(invoice.is_writeoff_waiting)
        self.assertEqual(invoice.writeoff_waiting_amount, 100.0)
        self.assertEqual(invoice.action_open_waiting_entries()["res_id"], self.entry.id)
        arch = invoice.get_view(view_type="form")["arch"]
        self.assertIn("will be written off", arch)
        found = invoice.search([("is_writeoff_waiting", "=", True)])
        self.assertEqual(found & (self.invoice | other), self.invoice)
        self.assertNotIn(self.invoice, invoice.search([("is_writeoff_waiting", "=", False)]))
        self.entry.action_post()
        self.env.invalidate_all()
        self.assertFalse(invoice.is_writeoff_waiting)
        self.assertFalse(invoice.search([("is_writeoff_waiting", "=", True)]))

    def test_customers_do_not_see_what_waits(self):
        customer = new_test_user(self.env, login="customer_test", groups="base.group_portal")
        fields_ = self.env["account.move"].with_user(customer).fields_get()
        self.assertFalse({"is_writeoff_waiting", "writeoff_waiting_amount"} & set(fields_))

    def test_wizard_does_not_promise_more(self):
        message = self._wizard(self._invoice(20.0)).action_confirm()["params"]["message"]
        self.assertIn("20.00 will be written off when the draft entries are posted", message)

    # --- ways of posting ---

    def test_post_from_the_write_off(self):
        self.writeoff.with_user(self.clerk).action_post_entries()
        self.assertFinished()
        self.assertIn(self.writeoff.name, self.invoice.message_ids[0].body)

    def test_post_button_of_somebody_without_write_off_rights(self):
        self.entry.with_user(self.accountant).action_post()
        self.assertFinished()

    def test_mass_validation(self):
        self.env["validate.account.move"].with_user(self.accountant).with_context(
            active_model="account.move", active_ids=self.entry.ids
        ).create({}).validate_move()
        self.assertFinished()

    def test_scheduled_posting(self):
        self.entry.write({"auto_post": "at_date", "date": "2024-06-29"})
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            self.env["account.move"]._autopost_draft_entries()
        self.assertFinished()

    def test_approval_addon(self):
        """An addon that refuses the state until somebody approved leaves everything as it was."""
        move_class = self.env.registry["account.move"]
        write = move_class.write

        def refusing_write(moves, vals):
            if vals.get("state") == "posted":
                raise ValidationError("not approved yet")
            return write(moves, vals)

        self.patch(move_class, "write", refusing_write)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.entry.action_post()
        self.assertWaiting()
        self.patch(move_class, "write", write)
        self.entry.action_post()
        self.assertFinished()

    def test_other_date_chosen_by_the_reviewer(self):
        self.entry.date = "2024-06-20"
        self.entry.action_post()
        self.assertFinished()
        self.assertEqual(self.entry.date, fields.Date.to_date("2024-06-20"))

    # --- what happened meanwhile ---

    def test_paid_meanwhile(self):
        self._pay(self.invoice, 30.0)
        with self.assertRaisesRegex(UserError, "only .*70.00 is still open, .*100.00"):
            self.entry.action_post()
        self.assertEqual(self.entry.state, "draft")
        self.assertEqual(self.invoice.amount_residual, 70.0)

    def test_worth_changed_meanwhile(self):
        """80 EUR booked at 100.01: a half drafted is worth 50.01; once the other half was paid,
        50.00 are left, and a cent would stay open on the counterpart for ever."""
        currency = self.setup_other_currency("EUR", rates=[("1900-01-01", 80 / 100.01)])
        invoice = self._invoice(80.0, currency_id=currency.id)
        writeoff = self._write_off(invoice, amounts=[40.0])
        self.assertEqual(writeoff.amount, 50.01)
        self._pay(invoice, 40.0, currency_id=currency.id, date="2024-01-15")
        left = self._items(invoice).amount_residual
        if left == writeoff.amount:
            self.fail("the payment took the other cent: choose other figures")
        with self.assertRaisesRegex(UserError, "is worth in USD changed since it was planned"):
            writeoff.entry_ids.action_post()
        writeoff.entry_ids.unlink()
        rest = self._write_off(invoice)
        rest.entry_ids.action_post()
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])

    def test_closed_meanwhile(self):
        self._pay(self.invoice, 100.0)
        with self.assertRaisesRegex(UserError, "is closed: nothing is open on it"):
            self.entry.action_post()

    def test_locked_meanwhile(self):
        self.company.sudo().fiscalyear_lock_date = "2024-06-30"
        with self.assertRaisesRegex(UserError, "06/30/2024 lies in a closed period"):
            self.entry.action_post()
        self.assertEqual(self.entry.state, "draft")
        self.assertEqual(self.entry.date, fields.Date.to_date("2024-06-30"))

    def test_blocked_meanwhile(self):
        self.invoice.action_toggle_block_payment()
        with self.assertRaisesRegex(UserError, "is blocked"):
            self.entry.action_post()

    def test_reason_archived_meanwhile(self):
        self.bad_debt.active = False
        with self.assertRaisesRegex(UserError, "Bad debt.* is archived"), self.cr.savepoint():
            self.entry.action_post()
        self.assertWaiting()
        self.bad_debt.active = True
        self.entry.action_post()
        self.assertFinished()

    def test_invoice_deleted_meanwhile(self):
        self.invoice.button_draft()
        self.invoice.with_context(force_delete=True).unlink()
        self.assertFalse(self.writeoff.line_ids.item_id)
        self.assertEqual(self.writeoff.line_ids.amount_currency, 100.0)
        with self.assertRaisesRegex(UserError, "does not exist any more"):
            self.entry.action_post()

    # --- edited ---

    def assertEditRefused(self, commands):
        self.entry.write({"line_ids": commands})
        with (
            self.assertRaisesRegex(UserError, "was changed since write-off WO/"),
            self.cr.savepoint(),
        ):
            self.entry.action_post()
        self.assertEqual(self.invoice.amount_residual, 100.0)

    def _lines(self):
        counterpart = self._items(self.entry)
        return counterpart, self.entry.line_ids - counterpart

    def test_account_changed(self):
        _counterpart, loss = self._lines()
        self.assertEditRefused([Command.update(loss.id, {"account_id": self.other_account.id})])

    def test_amount_changed(self):
        counterpart, loss = self._lines()
        self.assertEditRefused(
            [
                Command.update(counterpart.id, {"credit": 90.0}),
                Command.update(loss.id, {"debit": 90.0}),
            ]
        )

    def test_customer_changed(self):
        counterpart, _loss = self._lines()
        self.assertEditRefused(
            [Command.update(counterpart.id, {"partner_id": self.other_customer.id})]
        )

    def test_line_added(self):
        self.assertEditRefused(
            [
                Command.create({"account_id": self.other_account.id, "debit": 5.0}),
                Command.create({"account_id": self.other_account.id, "credit": 5.0}),
            ]
        )

    def test_line_deleted_and_made_again(self):
        """The new line is not the one that was planned, whatever it looks like."""
        counterpart, _loss = self._lines()
        copied = counterpart.copy_data()[0]
        self.entry.write({"line_ids": [Command.delete(counterpart.id), Command.create(copied)]})
        self.assertEqual(self.writeoff.state, "cancelled")
        with self.assertRaisesRegex(UserError, "was changed since"), self.cr.savepoint():
            self.entry.action_post()
        self.assertEqual(self.entry.state, "draft")

    def test_tax_added(self):
        """Core would move a dated entry with tax behind a tax lock without a word."""
        _counterpart, loss = self._lines()
        self.entry.with_context(skip_invoice_sync=True).write(
            {"line_ids": [Command.update(loss.id, {"tax_ids": [Command.set(self.tax_sale_a.ids)]})]}
        )
        self.company.sudo().tax_lock_date = "2024-06-30"
        with self.assertRaisesRegex(UserError, "Tax.* Lock Date"), self.cr.savepoint():
            self.entry.action_post()
        self.company.sudo().tax_lock_date = False
        with self.assertRaisesRegex(UserError, "was changed since"), self.cr.savepoint():
            self.entry.action_post()

    def test_moved_to_a_sales_journal(self):
        self.entry.journal_id = self.company_data["default_journal_sale"].copy({"type": "sale"})
        self.company.sudo().sale_lock_date = "2024-06-30"
        with self.assertRaisesRegex(UserError, "Sales.* Lock Date"), self.cr.savepoint():
            self.entry.action_post()

    def test_cancelled_drafted_again_and_posted(self):
        self.entry.button_cancel()
        self.entry.button_draft()
        self.assertEqual(self.writeoff.state, "entries_draft")
        self.entry.action_post()
        self.assertFinished()

    def test_cancelled_and_drafted_again_when_reserved_by_another(self):
        self.entry.button_cancel()
        second = self._write_off(self.invoice)
        self.assertEqual(second.state, "entries_draft")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.entry.button_draft()
            self.env.flush_all()

    def test_label_changed(self):
        counterpart, _loss = self._lines()
        self.entry.write({"line_ids": [Command.update(counterpart.id, {"name": "Adj."})]})
        self.entry.action_post()
        self.assertFinished()

    # --- given up ---

    def test_deleting_the_entry_frees_the_item(self):
        self.entry.unlink()
        self.assertEqual(self.writeoff.state, "cancelled")
        self.assertEqual(self.writeoff.line_ids.state, "cancelled")
        self.assertEqual(self.writeoff.amount, 0.0)
        second = self._write_off(self.invoice)
        self.assertEqual(second.state, "entries_draft")

    def test_cancelling_the_entry_frees_the_item(self):
        self.entry.button_cancel()
        self.assertEqual(self.writeoff.state, "cancelled")
        self._write_off(self.invoice)

    def test_cancel_button(self):
        self.writeoff.with_user(self.clerk).action_cancel_entries()
        self.assertFalse(self.entry.exists())
        self.assertEqual(self.writeoff.state, "cancelled")

    def test_one_of_two_entries_deleted(self):
        invoices = self._invoice(10.0) | self._invoice(20.0, partner=self.other_customer)
        writeoff = self._write_off(invoices)
        writeoff.entry_ids.filtered(lambda move: move.partner_id == self.customer).unlink()
        self.assertEqual(writeoff.state, "entries_draft")
        writeoff.entry_ids.action_post()
        self.assertEqual(writeoff.state, "posted")
        self.assertEqual(writeoff.amount, 20.0)
        self.assertEqual(invoices.mapped("amount_residual"), [10.0, 0.0])

    # --- reservation ---

    def test_reserved_item_is_refused(self):
        with self.assertRaisesRegex(
            UserError,
            f"{self.invoice.name} .*100.00.* is reserved by write-off {self.writeoff.name}",
        ):
            self.invoice.with_user(self.clerk).action_write_off()

    def test_preview_reserves_nothing(self):
        invoice = self._invoice(50.0)
        first, second = self._wizard(invoice), self._wizard(invoice)
        first.action_preview()
        second.action_preview()
        self.assertFalse(second.has_blockers)
        first.action_confirm()
        second.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "is reserved by write-off"):
            second.action_confirm()
