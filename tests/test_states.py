"""What automation rules see of a write-off: each state once, and none that is not true.

A plan is not in the books yet: its states are left out.
"""

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.ar_writeoff.models.trial import is_trial

from .batch_common import BatchCommon

FOLLOWED = {
    "ar.writeoff.line": "state",
    "ar.writeoff": "state",
    "ar.writeoff.batch": "state",
    "account.move": "writeoff_state",
}


@tagged("post_install", "-at_install")
class TestStates(BatchCommon):
    def setUp(self):
        super().setUp()
        self.seen = {}
        for method in ("create", "write"):
            watch = patch.object(self.env.registry["base"], method, self._watch(method))
            self.startPatcher(watch)
        self.startPatcher(
            patch.object(
                self.env.registry["base"],
                "_compute_field_value",
                self._watch("_compute_field_value"),
            )
        )

    def _watch(self, method):
        """As automation rules do: whatever is written or computed is looked at."""
        original = getattr(self.env.registry["base"], method)

        def watched(records, *args):
            result = original(records, *args)
            name = FOLLOWED.get(records._name)
            [change] = args
            if method == "create":
                records, written = result, [name]
            elif method == "write":
                written = change
            else:  # one computation may set several fields
                written = [field.name for field in records.pool.field_computed[change]]
            if name and name in written and not is_trial(records.env.cr):
                for record in records.filtered("id"):
                    values = self.seen.setdefault(record._origin, [])
                    is_plan = record[name] in ("waiting", "planned", "draft")
                    if not is_plan and values[-1:] != [record[name]]:
                        values.append(record[name])
            return result

        return watched

    def assertSeen(self, records, *states):
        self.env.flush_all()
        for record in records:
            self.assertEqual(tuple(self.seen.get(record, ())), states, record)

    def _undo(self, writeoff, lines=None):
        writeoff = writeoff.with_user(self.clerk)
        self._reverse(writeoff, fields.Date.today(), lines=lines)

    def test_posted_and_undone(self):
        invoices = self._invoice(100.0) | self._invoice(70.0, partner=self.other_customer)
        writeoff = self._write_off(invoices, grouping="partner")
        self.assertEqual(len(writeoff.entry_ids), 2)
        self.assertSeen(writeoff.line_ids, "done")
        self.assertSeen(writeoff, "posted")
        self.assertSeen(invoices, False, "full")
        first, second = writeoff.line_ids
        self._undo(writeoff, first)
        self.assertSeen(first, "done", "reversed")
        self.assertSeen(second, "done")
        self.assertSeen(writeoff, "posted", "partly_reversed")
        self._undo(writeoff)
        self.assertSeen(second, "done", "reversed")
        self.assertSeen(writeoff, "posted", "partly_reversed", "reversed")
        self.assertSeen(invoices, False, "full", False)

    def test_a_look_that_finds_nothing_new_writes_nothing(self):
        """Three thirds and their tax do not add up in binary; they are the same amounts still."""
        self.company.writeoff_separate_tax = "yes"
        tax = self.percent_tax(15.0)
        invoices = [self._invoice(0.1, 0.7, taxes=tax) for _number in range(3)]
        writeoff = self._write_off(self.env["account.move"].union(*invoices)).sudo()
        with patch.object(self.env.registry["ar.writeoff"], "write", autospec=True) as write:
            writeoff._refresh()
            write.assert_not_called()
        amount, amount_net = writeoff.amount, writeoff.amount_net
        writeoff.line_ids[0]._get_matches().unlink()
        self.assertEqual(writeoff.amount, amount)
        self.assertLess(writeoff.amount_net, amount_net)

    def test_totals_that_are_zero_are_stored_as_such(self):
        """Whoever filters, groups or reads the table finds zero, not nothing."""
        writeoff = self._write_off(self._invoice(100.0))
        names = ["amount", "amount_tax", "amount_untaxed", "amount_reversed", "amount_net"]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM ar_writeoff WHERE id = %s",
                SQL(", ").join(map(SQL.identifier, names)),
                writeoff.id,
            )
        )
        self.assertEqual(self.env.cr.fetchone(), (100.0, 0.0, 100.0, 0.0, 100.0))

    def test_left_in_draft(self):
        self.company.writeoff_leave_draft = "yes"
        invoices = self._invoice(100.0) | self._invoice(70.0, partner=self.other_customer)
        writeoff = self._write_off(invoices, grouping="partner")
        first, second = writeoff.line_ids
        self.assertSeen(first | second, "entry_draft")
        self.assertSeen(writeoff, "entries_draft")
        first.entry_id.action_post()
        self.assertSeen(first, "entry_draft", "done")
        self.assertSeen(second, "entry_draft")
        second.entry_id.unlink()
        self.assertSeen(second, "entry_draft", "cancelled")
        self.assertSeen(writeoff, "entries_draft", "posted")
        self._undo(writeoff)
        self.assertSeen(first, "entry_draft", "done", "reversed")
        self.assertSeen(writeoff, "entries_draft", "posted", "reversed")

    def test_scheduled_posting(self):
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._write_off(self._invoice(100.0))
        writeoff.entry_ids.auto_post = "at_date"
        with patch.object(self.env.registry["ir.cron"], "_commit_progress"):
            self.env["account.move"]._autopost_draft_entries()
        self.assertSeen(writeoff.line_ids, "entry_draft", "done")

    def test_several_of_one_document(self):
        """Two instalments, and tax that is due on payment: more lines are matched."""
        term = self._instalments((50, 30), (50, 60))
        invoice = self._invoice(100.0, invoice_payment_term_id=term.id)
        taxed = self._invoice(100.0, taxes=self._on_payment_tax())
        writeoff = self._write_off(invoice | taxed)
        self.assertEqual(len(writeoff.line_ids), 3)
        self.assertSeen(writeoff.line_ids, "done")
        self._undo(writeoff)
        self.assertSeen(writeoff.line_ids, "done", "reversed")

    def test_batch(self):
        self._invoice(100.0)
        self._invoice(70.0, partner=self.other_customer)
        batch = self._select()
        self.seen.clear()
        with self._chunks_of(1):
            self._process(batch)
            self._run_job()
        self.assertEqual(len(batch.line_ids), 2)
        self.assertSeen(batch.line_ids, "done")
        self.assertSeen(batch.writeoff_ids, "posted")
        self.assertSeen(batch, "running", "done")

    def test_by_hand(self):
        """What people do to the ledger is seen, each time."""
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        self._items(invoice).remove_move_reconcile()
        self.assertSeen(writeoff.line_ids, "done", "unmatched")
        (self._items(invoice) | self._items(writeoff.entry_ids)).reconcile()
        self.assertSeen(writeoff.line_ids, "done", "unmatched", "done")
