"""What a run leaves behind: entries as grouped, entries in draft, and the way back."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBatchResult(BatchCommon):
    def test_grouping(self):
        for partner in (self.customer, self.other_customer):
            for amount in (10.0, 20.0):
                self._invoice(amount, partner=partner)
        for grouping, count in (("one", 1), ("partner", 2), ("document", 4)):
            with self.subTest(grouping):
                savepoint = self.cr.savepoint()
                batch = self._select(grouping=grouping)
                self._process(batch)
                self.assertEqual(len(batch.writeoff_ids.entry_ids), count)
                self.assertEqual(self._balance(self.bad_debt_account), 60.0)
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

    def test_entries_left_in_draft(self):
        """Netting waits with them; a customer of whom nothing is left is netted at once."""
        invoice, payment = self._invoice(100.0), self._payment(30.0)
        settled = self._invoice(5.0, partner=self.other_customer)
        credit = self._payment(5.0, partner=self.other_customer)
        batch = self._select(side="both", leave_draft=True)
        self._process(batch)
        self.assertEqual(batch.status, "entries_draft")
        # The payment of 30 waits, to be matched once the entry is posted.
        self.assertEqual((batch.included_count, batch.finished_count), (1, 3))
        self.assertEqual(
            self._residuals(invoice | payment.move_id), [(100.0, 100.0), (-30.0, -30.0)]
        )
        self.assertEqual(self._residuals(settled | credit.move_id), [(0.0, 0.0)] * 2)
        batch.action_post_entries()
        self.assertEqual(self._balance(self.receivable), 0.0)
        self.assertEqual(batch.status, "posted")
        self.assertEqual(self._balance(self.bad_debt_account), 70.0)

    def test_status_has_a_name(self):
        """What is not in the selection is not shown by the status bar."""
        names = dict(
            self.env["ar.writeoff.batch"]._fields["status"]._description_selection(self.env)
        )
        self._invoice(100.0)
        batch, shown = self._select(), []
        shown.append(names.get(batch.status))
        with self._chunks_of(0):
            self._process(batch)
        shown.append(names.get(batch.status))
        with self._chunks_of(1):
            self._run_job()
        shown.append(names.get(batch.status))
        self._undo_dialog(batch).action_undo()
        shown.append(names.get(batch.status))
        self.assertEqual(shown, ["Draft", "Running", "Posted", "Reversed"])

    def test_undo_of_the_whole_run(self):
        invoice, payment = self._invoice(100.0), self._payment(30.0)
        other = self._invoice(10.0, partner=self.other_customer)
        batch = self._select(side="both")
        self._process(batch)
        undo = self._undo_dialog(batch)
        self.assertEqual(undo.amount, 80.0)
        undo.action_undo()
        self.assertEqual(
            self._residuals(invoice | payment.move_id | other),
            [(100.0, 100.0), (-30.0, -30.0), (10.0, 10.0)],
        )
        self.assertEqual((batch.status, batch.amount_net), ("reversed", 0.0))

    def test_undo_of_more_than_a_list_holds(self):
        """All that is left is undone without a list; what was marked is listed all the same."""
        invoices = [self._invoice(amount) for amount in (10.0, 20.0, 30.0)]
        batch = self._select()
        self._process(batch)
        Undo = self.env.registry["ar.writeoff.undo"]
        self.startPatcher(patch.object(Undo, "_get_list_size", lambda undo: 1))
        undo = self._undo_dialog(batch)
        self.assertEqual((undo.is_whole, undo.item_count, undo.amount), (True, 3, 60.0))
        self.assertFalse(undo.line_ids)
        first = batch.line_ids.filtered(lambda line: line.move_id == invoices[0])
        marked = self._opened(first.with_user(self.clerk).action_open_undo())
        self.assertEqual((marked.is_whole, marked.line_ids, marked.amount), (False, first, 10.0))
        marked.action_undo()
        undo = self._undo_dialog(batch)
        self.assertEqual((undo.is_whole, undo.item_count, undo.amount), (True, 2, 50.0))
        undo.action_undo()
        self.assertEqual([invoice.amount_residual for invoice in invoices], [10.0, 20.0, 30.0])
        self.assertEqual(batch.status, "reversed")

    def _opened(self, action):
        return self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])

    def test_undo_of_many_in_the_background(self):
        """Chunk by chunk; a customer's netting goes with their items."""
        invoice, payment = self._invoice(100.0), self._payment(30.0)
        other = self._invoice(10.0, partner=self.other_customer)
        batch = self._select(side="both")
        self._process(batch)
        undo = self._undo_dialog(batch)
        undo.comment = "Wrong year"
        with self._chunks_of(1):
            undo.action_undo()
            self.assertEqual((batch.state, batch.progress_text), ("running", "0 of 3 items undone"))
            self.assertEqual(self._residuals(other), [(0.0, 0.0)])
            again = self._undo_dialog(batch)
            with self.assertRaisesRegex(UserError, "is being undone already"):
                again.with_user(self.clerk).action_undo()
            self.assertEqual(self._run_job(), [0, 1, 1])
        self.assertEqual(
            self._residuals(invoice | payment.move_id | other),
            [(100.0, 100.0), (-30.0, -30.0), (10.0, 10.0)],
        )
        self.assertEqual((batch.status, batch.amount_net), ("reversed", 0.0))
        self.assertIn("Wrong year", batch.sudo().message_ids[1].body + batch.message_ids[0].body)

    def test_undo_in_the_background_that_is_refused(self):
        """The period is closed meanwhile: the rest stays written off, and the history says why."""
        for partner in (self.customer, self.other_customer):
            self._invoice(10.0, partner=partner)
        batch = self._select()
        self._process(batch)
        undo = self._undo_dialog(batch)
        with self._chunks_of(1):
            undo.action_undo()
            self._run_of(batch)._run_chunk_as_user()
            self.company.fiscalyear_lock_date = "2024-06-30"
            self._run_job()
        self.assertEqual(self._states(batch), ["done", "reversed"])
        self.assertEqual(batch.status, "partly_reversed")
        self.assertIn("lies in a closed period", batch.message_ids[0].body)

    def test_lock_date(self):
        self._invoice(10.0)
        batch = self._select()
        self.company.fiscalyear_lock_date = "2024-06-30"
        dialog = self.env["ar.writeoff.batch.confirm"].browse(batch.action_process()["res_id"])
        self.assertTrue(dialog.has_blockers)
        with self.assertRaisesRegex(UserError, "06/30/2024 lies in a closed period"):
            dialog.with_user(self.clerk).action_run()

    def test_warnings_are_read_first(self):
        self._invoice(10.0)
        batch = self._batch()
        batch.accounting_date = "2024-01-01"
        batch.action_select()
        dialog = self.env["ar.writeoff.batch.confirm"].browse(batch.action_process()["res_id"])
        dialog = dialog.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "Read the warnings first"), self.cr.savepoint():
            dialog.action_run()
        dialog.warnings_confirmed = True
        dialog.action_run()
        self.assertIn("before the date of", batch.warnings_confirmed)
