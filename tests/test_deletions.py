"""Nothing that a write-off stands on is deleted, whatever context a caller brings."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import WriteoffCommon

# What passes over core's own checks, as an API call may bring it.
KEYS = ({}, {"force_delete": True}, {"_force_unlink": True})


@tagged("post_install", "-at_install")
class TestDeletions(WriteoffCommon):
    def assertRefused(self, records, message):
        """Refused with each key; the books are as before."""
        for context in KEYS:
            with (
                self.subTest(context=context),
                self.assertRaisesRegex(UserError, message if context else ""),
                self.cr.savepoint(),
            ):
                records.with_context(**context, dynamic_unlink=True).unlink()
        self.assertTrue(records.exists())

    def test_invoice(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, amounts=[80.0])
        self.assertRefused(invoice, "80.00 of .*INV/.* is written off. Undo the write-off")
        self.assertRefused(self._items(invoice), "80.00 of .*INV/.* is written off")
        self.assertEqual(self._residuals(invoice), [(20.0, 20.0)])

    def test_entry(self):
        invoice = self._invoice(100.0)
        entry = self._write_off(invoice).entry_ids
        self.assertRefused(entry, "belongs to write-off WO/.* cannot be deleted")
        for line in (*entry.line_ids, entry.line_ids):
            self.assertRefused(line, "belongs to write-off WO/.* cannot be deleted")
        self.assertRefused(entry | invoice, "is written off|belongs to write-off")
        self.assertEqual(self._balance(self.bad_debt_account), 100.0)

    def test_reversal_entry(self):
        writeoff = self._write_off(self._invoice(100.0))
        counter = self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date)
        self.assertRefused(counter, "belongs to write-off WO/.* cannot be deleted")
        self.assertRefused(counter.line_ids, "belongs to write-off WO/.* cannot be deleted")

    def test_payment(self):
        """A credit that nobody claimed: its payment deletes its entry with ``force_delete``."""
        self.company.writeoff_gain_account_id = self._account("490100", "Gain", "income_other")
        journal = self.company_data["default_journal_bank"]
        statement_line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "date": "2024-02-01",
                "payment_ref": "unknown",
                "amount": 40.0,
                "partner_id": self.customer.id,
                "counterpart_account_id": self.receivable.id,
            }
        )
        self._write_off(statement_line.move_id)
        with self.assertRaisesRegex(UserError, "40.00 of .* is written off"), self.cr.savepoint():
            statement_line.unlink()
        with self.assertRaisesRegex(UserError, "undo that write-off"), self.cr.savepoint():
            statement_line.action_undo_reconciliation()
        self.assertTrue(statement_line.exists())

    def test_unreconciled(self):
        """The counterpart would stay open for ever: the item it was made for is kept."""
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        self._items(invoice).remove_move_reconcile()
        self.assertRefused(invoice, "unreconciled from write-off WO/.*undo that write-off")
        invoice.button_draft()
        self.assertRefused(invoice, "unreconciled from write-off WO/.*undo that write-off")
        self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date)
        invoice.unlink()
        self.assertFalse(invoice.exists())
        self.assertEqual(writeoff.line_ids.state, "reversed")

    def test_drafts_are_deleted(self):
        """The engine's own way, and everybody's."""
        self.company.writeoff_leave_draft = "yes"
        for context in KEYS:
            invoice = self._invoice(100.0)
            writeoff = self._write_off(invoice)
            with self.subTest(context=context):
                writeoff.entry_ids.with_context(**context).unlink()
                self.assertEqual(writeoff.line_ids.state, "cancelled")

    def test_others_are_deleted(self):
        """Core's own clean-ups, and what was never written off."""
        for context in KEYS[1:]:
            invoice = self._invoice(100.0)
            self._pay(invoice, 100.0)
            invoice.with_context(**context).unlink()
            self.assertFalse(invoice.exists())
        draft = self._invoice(100.0)
        draft.button_draft()
        draft.invoice_line_ids = [Command.clear()]
        draft.unlink()
        self.assertFalse(draft.exists())

    def test_no_query_per_record(self):
        """Set-based: whoever deletes many pays one look for all of them."""
        moves = self.env["account.move"]
        counts = []
        for size in (2, 12):
            moves = self.env["account.move"].union(*(self._invoice(10.0) for _ in range(size)))
            moves.button_draft()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            moves._check_not_written_off()
            moves._check_not_writeoff_entry("deleted")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)
