"""The scheduled job behind a batch: turns, signs of life, what people are told."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBatchJob(BatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.job = cls.env.ref("ar_writeoff.ir_cron_run")

    def _waiting(self, count=3, amount=10.0):
        """A batch of so many invoices, each of a customer of its own, left to the job."""
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {n}"} for n in range(count)]
        )
        for customer in customers:
            self._invoice(amount, partner=customer)
        batch = self._select(partner_ids=customers)
        self._process(batch)
        self.assertEqual(batch.state, "running")
        return batch

    def _notifications(self, user):
        # sudo: they are for nobody else's eyes
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("message_type", "=", "user_notification"),
                    ("partner_ids", "in", user.partner_id.ids),
                ]
            )
        )

    # --- turns ---

    def test_batches_take_turns(self):
        """A small one is done before the large one, however early that was started."""
        with self._chunks_of(1):
            large, small = self._waiting(4), self._waiting(2)
            ended = []
            Run = self.env.registry["ar.writeoff.run"]
            end = Run._end

            def note(run, state, result):
                ended.append(run.batch_id.id)
                return end(run, state, result)

            with patch.object(Run, "_end", note):
                self.assertEqual(self._run_job(), [0, 1, 1, 1, 1, 1, 1])
        self.assertEqual(ended, [small.id, large.id])
        self.assertEqual((large.state, small.state), ("done", "done"))

    def test_what_there_is_no_time_for_goes_on_at_once(self):
        """Core gives a job ten seconds, and looks for what is left at its next round alone."""
        triggers = self.env["ir.cron.trigger"].search_count
        with self._chunks_of(1):
            batch = self._waiting(3)
            self.env["ir.cron.trigger"].search([]).unlink()
            with patch.object(
                self.env.registry["ir.cron"], "_commit_progress", lambda *_args, **_values: 0.0
            ):
                self.env["ar.writeoff.run"]._cron_run()
            self.assertEqual(batch.finished_count, 1)
            self.assertEqual(triggers([("cron_id", "=", self.job.id)]), 1)
            self.env["ir.cron.trigger"].search([]).unlink()
            self._run_job()
            self.assertEqual(batch.finished_count, 3)
            self.assertEqual(triggers([("cron_id", "=", self.job.id)]), 0, "all is done")

    def test_another_worker_takes_its_runs_out(self):
        """The scheduled job does the others, and a chunk can be had without it."""
        with self._chunks_of(1):
            taken, other = self._waiting(2), self._waiting(2)
            own = self._run_of(taken)
            domain = own._get_scheduled_domain() & Domain("id", "!=", own.id)
            Run = self.env.registry["ar.writeoff.run"]
            with patch.object(Run, "_get_scheduled_domain", lambda run: domain):
                self._run_job()
            self.assertEqual((taken.finished_count, other.finished_count), (0, 2))
            rows = own.sudo()._get_next_chunk(2)
            item = rows[1:].item_id
            only = own.sudo()._get_next_chunk(2, [("item_id", "=", item.id)])
            self.assertEqual(only, rows[1:])
            self.assertEqual(own.sudo()._run_chunk_once(rows=only), 1)
            self.assertEqual(taken.line_ids.item_id, item)

    def test_chunks_are_as_long_as_they_should_be(self):
        run = self.env["ar.writeoff.run"].new({})
        for count, seconds, size in (
            (500, 5.0, 500),
            (500, 10.0, 250),
            (250, 1.0, 500),  # never more than there should be at most
            (500, 5000.0, 20),  # nor less than is worth a commit
            (0, 1.0, 500),
        ):
            with self.subTest(count=count, seconds=seconds):
                self.assertEqual(run._get_next_size(count, seconds), size)

    # --- what it says while it works ---

    def test_time_left_goes_by_what_was_done(self):
        with self._chunks_of(1):
            batch = self._waiting(4)
            run = self._run_of(batch)
            self.assertNotIn("left", batch.progress_text, "nobody can tell yet")
            run.sudo()._run_chunk_as_user()
            now = fields.Datetime.now()
            run.sudo().write({"started_on": now - timedelta(minutes=2), "last_sign_on": now})
            self.env.invalidate_all()
            self.assertEqual(
                batch.progress_text,
                "1 of 4 items, 0 of them skipped or failed · $\xa010.00 of $\xa040.00"
                " · about 6 minutes left",
            )

    def test_the_chunk_that_is_under_way_is_told(self):
        """Three items, two to a chunk: what is at work is no progress yet, but seen."""
        told = []
        post = self.env.registry["ar.writeoff.runner"]._run_chunk

        def watch(runner, run, candidates):
            batch = run.batch_id
            told.append((batch.progress, batch.progress_work, batch.progress_text))
            return post(runner, run, candidates)

        with self._chunks_of(2):
            batch = self._waiting(3)
            with patch.object(self.env.registry["ar.writeoff.runner"], "_run_chunk", watch):
                self._run_job()
        self.assertEqual([figures[:2] for figures in told], [(0, 66), (66, 33)])
        for (_done, _work, text), count, more in zip(told, (0, 2), (2, 1), strict=True):
            self.assertTrue(text.startswith(f"{count} of 3 items"), text)
            self.assertIn(f"{more} more at work", text)
        self.assertEqual(self._run_of(batch).work_count, 0)

    def test_silence_is_told(self):
        with self._chunks_of(1):
            batch = self._waiting(2)
            run = self._run_of(batch).sudo()
            self.assertFalse(batch.job_problem)
            run.started_on = fields.Datetime.now() - timedelta(minutes=7)
            self.env.invalidate_all()
            self.assertIn("Nothing has happened for 7 minutes", batch.job_problem)
            self.assertIn("max_cron_threads", batch.job_problem)
            run.last_sign_on = fields.Datetime.now()
            self.env.invalidate_all()
            self.assertFalse(batch.job_problem)
            run.last_sign_on = fields.Datetime.now() - timedelta(minutes=9)
            self.env.cr.execute("UPDATE ir_cron SET failure_count = 2 WHERE id = %s", [self.job.id])
            self.env.invalidate_all()
            self.assertIn("“Write-Offs: run batches” failed", batch.job_problem)
            self.job.active = False
            self.env.invalidate_all()
            self.assertIn("is switched off", batch.with_user(self.clerk).job_problem)

    def test_nothing_is_left_to_a_job_that_is_off(self):
        invoices = [self._invoice(10.0), self._invoice(20.0, partner=self.other_customer)]
        batch = self._select()
        self.job.active = False
        with self._chunks_of(1), self.assertRaises(UserError) as refused:
            self._process(batch)
        self.assertIn("is switched off", str(refused.exception))
        self.assertEqual(batch.state, "draft")
        # What is done at once needs no job.
        self._process(batch)
        self.assertEqual([invoice.amount_residual for invoice in invoices], [0.0, 0.0])
        undo = self._undo_dialog(batch)
        with self._chunks_of(1), self.assertRaisesRegex(UserError, "is switched off"):
            undo.action_undo()

    # --- crash ---

    def test_a_crash_is_told_and_the_run_goes_on(self):
        """The job was at work and is called again without having come to its end."""
        with self._chunks_of(1):
            batch = self._waiting(3)
            run = self._run_of(batch).sudo()
            run.write({"is_at_work": True, "last_sign_on": "2026-01-02 03:04:05"})
            self._run_job()
        self.assertEqual(batch.state, "done")
        bodies = "".join(batch.message_ids.mapped("body"))
        self.assertIn("The server stopped while this was under way", bodies)
        self.assertRegex(bodies, r"last sign of life: .*2026")
        self.assertEqual(bodies.count("The server stopped"), 1)
        self.assertFalse(run.is_at_work)

    def test_the_job_is_never_put_off_for_long(self):
        """The server puts off by the interval what was killed several times in a row."""
        self.assertEqual((self.job.interval_number, self.job.interval_type), (1, "minutes"))

    def test_no_crash_is_told_of_a_job_that_ended(self):
        with self._chunks_of(1):
            batch = self._waiting(2)
            self._run_job()
        self.assertNotIn("The server stopped", "".join(batch.message_ids.mapped("body")))

    # --- the end ---

    def test_the_one_who_asked_is_told(self):
        with self._chunks_of(1):
            batch = self._waiting(2)
            before = self._notifications(self.clerk)
            with patch.object(self.env.registry["res.users"], "_bus_send", autospec=True) as bell:
                self._run_job()
        [call] = [call for call in bell.call_args_list if call.args[1] == "simple_notification"]
        self.assertEqual(call.args[0].id, self.clerk.id)
        self.assertIn("The run is finished: 2 items", call.args[2]["message"])
        self.assertEqual(call.args[2]["type"], "success")
        message = self._notifications(self.clerk) - before
        self.assertEqual(len(message), 1)
        self.assertEqual(message.subject, f"Write Off {batch.display_name}")
        self.assertIn("The run is finished: 2 items", message.body)

    def test_the_message_can_be_switched_off(self):
        self.company.writeoff_mail_result = "no"
        with self._chunks_of(1):
            self._waiting(2)
            before = self._notifications(self.clerk)
            self._run_job()
        self.assertEqual(self._notifications(self.clerk), before)

    def test_who_stops_it_is_not_told_but_others_are(self):
        for user, count in ((self.clerk, 0), (self.env.user, 1)):
            with self.subTest(user.name), self._chunks_of(1):
                batch = self._waiting(2)
                before = self._notifications(self.clerk)
                batch.with_user(user).action_stop()
                self.assertEqual(len(self._notifications(self.clerk) - before), count)

    def test_what_is_done_at_once_is_not_told(self):
        before = self._notifications(self.clerk)
        self._invoice(10.0)
        self._process(self._select())
        self.assertEqual(self._notifications(self.clerk), before)
