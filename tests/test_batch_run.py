"""The run: chunks, what becomes of each item, retry, stop, drafts, undo of the whole."""

from unittest.mock import patch

from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBatchRun(BatchCommon):
    # --- chunks ---

    def test_few_are_done_at_once_many_in_the_background(self):
        for _number in range(3):
            self._invoice(10.0)
        batch = self._select()
        with self._chunks_of(2):
            self._process(batch)
            job = self.env.ref("ar_writeoff.ir_cron_run")
            self.assertEqual(
                self.env["ir.cron.trigger"].search_count([("cron_id", "=", job.id)]), 1
            )
            self.assertEqual((batch.state, batch.progress), ("running", 0))
            self.assertEqual(self._states(batch), ["queued"] * 3)
            self.assertEqual(self._run_job(), [0, 2, 1])
        self.assertEqual((batch.status, batch.progress), ("posted", 100))
        self.assertEqual(self._balance(self.bad_debt_account), 30.0)

    def test_customers_stay_together(self):
        """Chunks of 3: Birch has 2 items, Cave 2; the entry of a customer is not torn apart."""
        for partner in (self.customer, self.other_customer):
            for amount in (10.0, 20.0):
                self._invoice(amount, partner=partner)
        batch = self._select()
        with self._chunks_of(3):
            self._process(batch)
            self.assertEqual(self._run_job(), [0, 2, 2])
        self.assertEqual(len(batch.writeoff_ids.entry_ids), 2)
        self.assertEqual(
            [sorted(entry.line_ids.mapped("debit")) for entry in batch.writeoff_ids.entry_ids],
            [[0.0, 0.0, 30.0]] * 2,
        )

    def test_a_customer_larger_than_a_chunk(self):
        for amount in (1.0, 2.0, 3.0, 4.0, 5.0):
            self._invoice(amount)
        batch = self._select()
        with self._chunks_of(2):
            self._process(batch)
            self.assertEqual(self._run_job(), [0, 2, 2, 1])
        self.assertEqual(self._balance(self.receivable), 0.0)

    def test_the_job_ends_when_its_time_is_over(self):
        for _number in range(3):
            self._invoice(10.0)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
            done = []

            def commit(cron, processed=0, remaining=None):
                done.append(processed)
                return 0.0 if sum(done) == 2 else 60.0

            Cron = self.env.registry["ir.cron"]
            with patch.object(Cron, "_commit_progress", commit):
                self.env["ar.writeoff.run"]._cron_run()
            self.assertEqual(self._states(batch), ["done", "done", "queued"])
            self._run_job()
        self.assertEqual(self._states(batch), ["done"] * 3)

    def test_with_the_rights_and_the_name_of_who_started_it(self):
        for _number in range(2):
            self._invoice(10.0)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
            self._run_job()
        self.assertEqual(batch.user_id, self.clerk)
        self.assertEqual(batch.writeoff_ids.entry_ids.create_uid, self.clerk)
        self.assertEqual(batch.sudo().message_ids[0].author_id, self.clerk.partner_id)

    def test_rights_that_were_taken_away_meanwhile(self):
        for _number in range(2):
            self._invoice(10.0)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
            self.env.ref("ar_writeoff.group_writeoff_user").user_ids -= self.clerk
            self._run_job()
        batch = batch.sudo()
        self.assertEqual(self._states(batch), ["failed", "failed"])
        self.assertIn("may not write off", batch.candidate_ids[0].obstacle_message)
        self.assertEqual(self._balance(self.bad_debt_account), 0.0)

    # --- what becomes of each item ---

    def test_changed_between_selection_and_run(self):
        """Paid, paid in part, blocked, reserved meanwhile: skipped; the neighbour is done."""
        good, paid, partly = (self._invoice(10.0) for _number in range(3))
        blocked, reserved = self._invoice(10.0), self._invoice(10.0)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
        self._pay(paid, 10.0)
        self._pay(partly, 4.0)
        blocked.action_toggle_block_payment()
        with self._chunks_of(100):
            self._run_job()
        done = {line.move_id: (line.state, "") for line in batch.line_ids}
        found = done | {row.move_id: (row.state, row.obstacle) for row in batch.candidate_ids}
        self.assertEqual(
            found,
            {
                good: ("done", ""),
                paid: ("skipped", "changed"),
                partly: ("skipped", "changed"),
                blocked: ("skipped", "blocked"),
                reserved: ("done", ""),
            },
        )
        line = batch.candidate_ids.filtered(lambda line: line.move_id == partly)
        self.assertRegex(line.obstacle_message, r"10\.00 was open .* now it is .*6\.00")
        self.assertEqual(batch.amount, 20.0, "what was skipped is not in the totals")
        self.assertEqual(batch.failed_count, 3)

    def test_reset_or_deleted_between_selection_and_run(self):
        """A draft has nothing to write off, and what is gone is named by its old number."""
        good, reset, gone = (self._invoice(10.0) for _number in range(3))
        name = gone.name
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
        (reset | gone).button_draft()
        gone.with_context(force_delete=True).unlink()
        with self._chunks_of(100):
            self._run_job()
        lines = {
            row.item_name: row for rows in (batch.line_ids, batch.candidate_ids) for row in rows
        }
        self.assertEqual(lines[good.name].state, "done")
        self.assertEqual((lines[name].state, lines[name].obstacle), ("skipped", "changed"))
        self.assertIn("does not exist any more", lines[name].obstacle_message)
        self.assertEqual(lines[reset.name].state, "skipped")
        self.assertIn("is not posted", lines[reset.name].obstacle_message)

    def test_reserved_between_selection_and_process(self):
        good, reserved = self._invoice(10.0), self._invoice(20.0)
        batch = self._select()
        self.company.writeoff_leave_draft = "yes"
        self._write_off(reserved)
        self._process(batch)
        self.assertEqual(batch.line_ids.move_id, good)
        rows = batch.summary_ids.filtered(lambda row: row.state == "left_out")
        self.assertEqual(rows.mapped("obstacle"), ["reserved"])

    def test_a_running_batch_reserves_its_items(self):
        invoice = self._invoice(10.0)
        self._invoice(20.0)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
        with self.assertRaisesRegex(RedirectWarning, "is reserved by write-off"):
            self._write_off(invoice)
        other = self._select()
        self.assertEqual(other.candidate_ids.mapped("obstacle"), ["reserved"] * 2)

    def test_one_failure_spoils_neither_its_neighbours_nor_the_run(self):
        """Of eight items the entry of one is refused by another app; seven are written off."""
        moves = [self._invoice(float(number), date="2024-01-15") for number in range(1, 9)]
        bad = moves[4]
        Move = self.env.registry["account.move"]
        post = Move._post

        def refuse(entries, soft=True):
            if bad in entries.line_ids.writeoff_target_id.move_id:
                raise ValidationError("Not this one.")
            return post(entries, soft)

        batch = self._select()
        with patch.object(Move, "_post", refuse):
            self._process(batch)
        states = {move: row.state for move, row in self._by_document(batch).items()}
        self.assertEqual(states.pop(bad), "failed")
        self.assertEqual(set(states.values()), {"done"})
        failed = batch.candidate_ids.filtered(lambda line: line.state == "failed")
        self.assertEqual(failed.obstacle_message, "Not this one.")
        self.assertEqual(self._balance(self.bad_debt_account), 36.0 - 5.0)
        self.assertEqual(bad.amount_residual, 5.0)
        # The cause is gone: try again.
        self._retry(batch)
        self.assertEqual(self._balance(self.bad_debt_account), 36.0)
        self.assertEqual((batch.status, batch.failed_count), ("posted", 0))

    def test_a_crash_is_a_failure_too(self):
        good, bad = self._invoice(1.0), self._invoice(2.0, partner=self.other_customer)
        Note = self.env.registry["ar.writeoff.note"]
        log = Note._log_on_documents

        def crash(note, lines, verb):
            if bad in lines.move_id:
                raise ZeroDivisionError("in another app")
            return log(note, lines, verb)

        batch = self._select()
        with (
            patch.object(Note, "_log_on_documents", crash),
            self.assertLogs("odoo.addons.ar_writeoff.models.batch.ar_writeoff_run_job", "ERROR"),
        ):
            self._process(batch)
        self.assertEqual(good.amount_residual, 0.0)
        self.assertEqual(bad.amount_residual, 2.0)
        failed = batch.candidate_ids.filtered(lambda line: line.state == "failed")
        self.assertIn("in another app", failed.obstacle_message)

    def test_retry_says_what_still_stands_in_the_way(self):
        self._invoice(10.0)
        paid = self._invoice(20.0)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
        self._pay(paid, 20.0)
        self._run_job()
        with self.assertRaisesRegex(UserError, "is closed: nothing is open on it"):
            batch.action_retry()
        self.assertEqual(self._states(batch), ["done", "skipped"])

    def test_retry_takes_what_is_open_now(self):
        partly = self._invoice(20.0)
        self._invoice(10.0)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
            self._pay(partly, 5.0)
            self._run_job()
            self._retry(batch)
        self.assertEqual(partly.amount_residual, 0.0)
        self.assertEqual(self._balance(self.bad_debt_account), 25.0)

    def test_netting_that_changed_is_skipped_as_a_whole(self):
        """30 of 100 were to be matched; the payment went elsewhere: nothing of Birch is touched."""
        invoice, payment = self._invoice(100.0), self._payment(30.0)
        other = self._invoice(10.0, partner=self.other_customer)
        batch = self._select(side="both", limit_document=1000.0)
        with self._chunks_of(1):
            self._process(batch)
        unrelated = self._invoice(12.0, date="2024-03-01")
        (self._items(payment.move_id) | self._items(unrelated)).reconcile()
        self._run_job()
        self.assertEqual(invoice.amount_residual, 100.0)
        self.assertEqual(other.amount_residual, 0.0)
        found = {row.move_id: (row.state, row.obstacle) for row in batch.candidate_ids}
        self.assertEqual(found[invoice], ("skipped", "netted_with"))
        self.assertEqual(found[payment.move_id], ("skipped", "changed"))

    def test_nothing_but_netting(self):
        invoice, payment = self._invoice(30.0), self._payment(30.0)
        batch = self._select(side="both")
        self._process(batch)
        self.assertEqual(self._residuals(invoice | payment.move_id), [(0.0, 0.0)] * 2)
        self.assertEqual((batch.status, batch.amount, batch.entry_count), ("posted", 0.0, 0))

    def test_stop(self):
        for _number in range(3):
            self._invoice(10.0)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
            self._run_of(batch).with_user(self.clerk)._run_chunk()
            batch.action_stop()
            self.assertEqual(self._run_job(), [0], "nothing is left to do")
        self.assertEqual(self._states(batch), ["done", "skipped", "skipped"])
        self.assertEqual(
            batch.candidate_ids.filtered("obstacle").mapped("obstacle"), ["stopped"] * 2
        )
        self._retry(batch)
        self.assertEqual(self._balance(self.bad_debt_account), 30.0)

    def test_nothing_could_be_done(self):
        """The list stays as it is, so that the accountant can mend it and start again."""
        invoice = self._invoice(10.0)
        self._invoice(20.0)
        batch = self._select(limit_document=15.0)
        with self._chunks_of(0):
            self._process(batch)
        self._pay(invoice, 4.0)
        self._run_job()
        self.assertEqual(batch.state, "draft")
        self.assertEqual(self._states(batch), ["left_out", "skipped"])
