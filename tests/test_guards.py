from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestGuards(WriteoffCommon):
    """No side door leaves a write-off half undone; each refusal shows the way to the undo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(100.0)

    def setUp(self):
        super().setUp()
        self.writeoff = self._write_off(self.invoice)
        self.entry = self.writeoff.entry_ids

    def assertUntouched(self):
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(self.invoice.state, "posted")
        self.assertEqual(self.entry.state, "posted")
        self.assertEqual(self.writeoff.state, "posted")

    def test_reset_invoice(self):
        with self.assertRaisesRegex(UserError, "100.00 of .* is written off. Undo .*WO/"):
            self.invoice.button_draft()
        self.assertUntouched()

    def test_cancel_invoice(self):
        with self.assertRaisesRegex(UserError, "is written off"):
            self.invoice.button_cancel()
        self.assertUntouched()

    def test_reset_entry(self):
        with self.assertRaisesRegex(UserError, "belongs to write-off WO/.*press Undo"):
            self.entry.button_draft()
        self.assertUntouched()

    def test_cancel_entry(self):
        with self.assertRaisesRegex(UserError, "belongs to write-off"):
            self.entry.button_cancel()
        self.assertUntouched()

    def test_state_is_not_written_past_the_buttons(self):
        """As an API call may: the field is read-only on the screen only."""
        for state in ("draft", "cancel"):
            with self.subTest(state):
                with self.assertRaisesRegex(UserError, "is written off"), self.cr.savepoint():
                    self.invoice.with_user(self.biller).write({"state": state})
                with self.assertRaisesRegex(UserError, "belongs to write-off"), self.cr.savepoint():
                    self.entry.write({"state": state})
        self.assertUntouched()

    def test_delete_entry(self):
        with self.assertRaises(UserError):
            self.entry.unlink()
        with self.assertRaisesRegex(UserError, "belongs to write-off"), self.cr.savepoint():
            self.entry.with_context(force_delete=True).unlink()
        self.assertUntouched()

    def test_reverse_entry(self):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.entry.ids)
            .create({"journal_id": self.entry.journal_id.id})
        )
        for is_modify in (False, True):
            with self.assertRaisesRegex(UserError, "cannot be reversed on its own"):
                wizard.reverse_moves(is_modify=is_modify)
        self.assertUntouched()

    def test_reverse_and_create_invoice(self):
        """Core would unmatch the write-off on the way: 100 would be given up twice."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.invoice.ids)
            .create({"journal_id": self.invoice.journal_id.id})
        )
        with self.assertRaisesRegex(UserError, "is written off. Undo"), self.cr.savepoint():
            wizard.reverse_moves(is_modify=True)
        self.assertUntouched()

    def test_reversal_entry_is_guarded_too(self):
        counter = self._reverse(self.writeoff.with_user(self.clerk), self.writeoff.accounting_date)
        with self.assertRaisesRegex(UserError, "belongs to write-off"):
            counter.button_draft()

    def test_invoice_is_free_after_the_undo(self):
        self._reverse(self.writeoff.with_user(self.clerk), self.writeoff.accounting_date)
        self.invoice.button_draft()
        self.assertEqual(self.invoice.state, "draft")
        self.assertEqual(self.writeoff.state, "reversed")

    def test_register_entry_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, "is part of the register"):
            self.writeoff.sudo().unlink()

    def test_copies_carry_no_link(self):
        copy = self.entry.copy()
        self.assertFalse(copy.writeoff_id)
        self.assertFalse(copy.line_ids.writeoff_line_id)
        self.assertFalse(self.invoice.copy().writeoff_state)

    def test_history_survives_the_customer(self):
        """A merge moves the documents to another customer; what the line noted stays readable."""
        keeper = self.env["res.partner"].create({"name": "Birch & Sons", "is_company": True})
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.customer | keeper).ids, keeper
        )
        line = self.writeoff.line_ids
        self.env.invalidate_all()
        self.assertEqual(line.partner_id, keeper)
        self.assertEqual(line.amount_currency, 100.0)
        self.assertEqual(line.item_name, self.invoice.name)
        self.assertEqual(line.state, "done")
        self.assertEqual(line.partner_name, "Birch")
        self.assertEqual(self.writeoff.partner_id, keeper)
        self.assertEqual(self.writeoff.partner_names, "Birch & Sons")

    def test_reset_of_ordinary_entries_stays_possible(self):
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create({"account_id": self.bad_debt_account.id, "debit": 5.0}),
                    Command.create({"account_id": self.other_account.id, "credit": 5.0}),
                ],
            }
        )
        entry.action_post()
        entry.button_draft()
        self.assertEqual(entry.state, "draft")
