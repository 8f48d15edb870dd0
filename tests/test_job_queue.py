"""Batches by jobs of the OCA's queue: run by scripts/scale, which has it installed."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .batch_common import BatchCommon


@pytest.mark.job_queue
@tagged("post_install", "-at_install")
class TestJobQueue(BatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.writeoff_queue_workers = 2
        cls.customers = cls.env["res.partner"].create([{"name": f"Customer {n}"} for n in range(6)])

    def setUp(self):
        super().setUp()
        Run = self.env.registry["ar.writeoff.run"]
        self.startPatcher(patch.object(Run, "_get_chunk_size", lambda run: 2))
        self.startPatcher(patch.object(Run, "_get_at_once_size", lambda run: 2))

    def _jobs(self, *states):
        return (
            self.env["queue.job"]
            .sudo()
            .search(
                [
                    ("identity_key", "=like", "ar.writeoff.run/%"),
                    ("state", "in", states or ("pending",)),
                ],
                order="id",
            )
        )

    def _perform(self, job):
        """One job as the queue's runner does it, which forbids commits; its customers are free
        again after it, as after the commit."""
        from odoo.addons.queue_job.controllers.main import RunJobController
        from odoo.addons.queue_job.job import Job

        loaded = Job.load(job.env(user=SUPERUSER_ID), job.uuid)
        loaded.set_started()
        loaded.store()
        with patch.object(self.env.registry["ar.writeoff.run"], "_lock_share", lambda *_: True):
            RunJobController._try_perform_job(loaded.env, loaded)
        return loaded.result

    def _work_off(self):
        """All jobs, in turn, until none is left."""
        count = 0
        while job := self._jobs()[:1]:
            self._perform(job)
            count += 1
        return count

    def _books(self):
        """A document and a credit of each customer; six documents of 100, five credits of 40."""
        for number, customer in enumerate(self.customers):
            self._invoice(100.0, partner=customer)
            if number:
                self._payment(40.0, partner=customer)

    def _waiting(self, **values):
        batch = self._select(partner_ids=self.customers, **values)
        self._process(batch)
        self.assertEqual(batch.state, "running")
        return batch

    # --- the same as without ---

    def test_the_same_books_as_by_the_scheduled_job(self):
        found = []
        for workers in (0, 2, 3):
            savepoint = self.cr.savepoint()
            self.company.writeoff_queue_workers = workers
            self._books()
            batch = self._waiting(side="both")
            run = self._run_of(batch)
            self.assertEqual((run.is_queued, run.worker_count), (bool(workers), workers))
            if workers:
                self.assertGreater(self._work_off(), workers)
            else:
                self.assertFalse(self._jobs(), "the scheduled job needs none")
                self._run_job()
            self.assertEqual((batch.state, run.state), ("done", "done"))
            found.append(
                (
                    sorted(
                        (line.partner_id.name, line.account_id.code, line.balance, line.reconciled)
                        for line in batch.writeoff_ids.entry_ids.line_ids
                    ),
                    sorted(batch.line_ids.mapped(lambda line: (line.item_name, line.state))),
                    run.result,
                )
            )
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
        self.assertTrue(found[0][0])
        self.assertEqual(found[0], found[1])
        self.assertEqual(found[0], found[2])

    def test_never_more_jobs_than_workers(self):
        self._books()
        batch = self._waiting()
        self.assertEqual(len(self._jobs()), 2)
        self._run_of(batch)._trigger()
        self.assertEqual(len(self._jobs()), 2, "each waits already")
        while job := self._jobs()[:1]:
            self._perform(job)
            self.assertLessEqual(len(self._jobs()), 2)
        self.assertEqual(batch.finished_count, 6)

    def test_rights_language_and_companies_are_those_of_the_run(self):
        self._books()
        batch = self._waiting()
        self.assertEqual(self._jobs().user_id.ids, [self.env.ref("base.user_root").id])
        seen = []
        post = self.env.registry["ar.writeoff.runner"]._run_chunk

        def watch(runner, run, rows):
            seen.append((run.env.user, run.env.su, run.env.companies))
            return post(runner, run, rows)

        with patch.object(self.env.registry["ar.writeoff.runner"], "_run_chunk", watch):
            self._work_off()
        self.assertEqual(set(seen), {(self.clerk, False, self.company)})
        self.assertEqual(batch.writeoff_ids.user_id, self.clerk)

    def test_selecting_and_undoing(self):
        self._books()
        with patch.object(self.env.registry["ar.writeoff.run"], "_get_select_size", lambda run: 0):
            batch = self._select(partner_ids=self.customers)
        self.assertTrue(batch.is_selecting)
        self._work_off()
        self.assertFalse(batch.is_selecting)
        self.assertEqual(batch.included_count, 6)
        self._process(batch)
        self._work_off()
        self.assertEqual(batch.status, "posted")
        self._undo_dialog(batch).action_undo()
        self._work_off()
        self.assertEqual(batch.status, "reversed")
        self.assertEqual(set(batch.line_ids.item_id.mapped("reconciled")), {False})

    def test_stop(self):
        self._books()
        batch = self._waiting()
        self._perform(self._jobs()[:1])
        done = batch.finished_count
        batch.action_stop()
        self.assertIn("There is nothing left to do.", {self._perform(job) for job in self._jobs()})
        self.assertEqual((batch.finished_count, self._run_of(batch).state), (done, "stopped"))
        self.assertEqual(set(batch.candidate_ids.mapped("state")), {"skipped"})
        self._retry(batch)
        self._work_off()
        self.assertEqual(batch.finished_count, 6)

    def test_rights_that_were_taken_away_meanwhile(self):
        self._books()
        batch = self._waiting()
        self.clerk.group_ids -= self.env.ref("ar_writeoff.group_writeoff_user")
        self._work_off()
        batch = batch.with_env(self.env)
        self.assertEqual(set(batch.candidate_ids.mapped("state")), {"failed"})

    # --- who takes what ---

    def test_each_worker_has_customers_of_its_own_and_helps_when_done(self):
        self._books()
        batch = self._waiting()
        run = self._run_of(batch).sudo()
        own = {token: run._claim(token, 6).partner_id for token in (0, 1)}
        for token, customers in own.items():
            self.assertEqual({customer.id % 2 for customer in customers}, {token})
        self.assertEqual(own[0] | own[1], self.customers)
        odd = batch.candidate_ids.filtered(lambda row: row.partner_id.id % 2)
        odd.sudo()._set_outcome("skipped", "busy", "x")
        self.assertEqual(run._claim(1, 6).partner_id, own[0])

    def test_a_customer_somebody_else_is_at_is_left_alone(self):
        self._books()
        batch = self._waiting()
        run = self._run_of(batch).sudo()
        with self.env.registry.cursor() as other:
            taken = self.customers[0]
            other.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [run._get_job_prefix(), taken.id]
            )
            claimed = run._claim(taken.id % 2, 6).partner_id
            self.assertTrue(claimed)
            self.assertNotIn(taken, claimed)
            other.rollback()

    def test_an_undo_is_dealt_out_by_write_offs(self):
        """Two workers at the lines of one write-off would both change its totals."""
        self._books()
        batch = self._waiting()
        self._work_off()
        self._undo_dialog(batch).action_undo()
        run = self._run_of(batch).sudo()
        own = [run._claim(token, 2) for token in (0, 1)]
        self.assertTrue(all(own))
        self.assertFalse(own[0].writeoff_id & own[1].writeoff_id)
        self._work_off()
        self.assertEqual(batch.status, "reversed")

    def test_what_another_worker_made_just_before_is_tried_again(self):
        self._books()
        batch = self._waiting()

        def collide(*_args, **_values):
            raise UniqueViolation("two date ranges")

        # Where the package is not installed, this file is collected, too.
        from odoo.addons.queue_job.exception import RetryableJobError

        with (
            patch.object(self.env.registry["ar.writeoff.run"], "_run_chunk", collide),
            self.assertRaisesRegex(RetryableJobError, "two date ranges"),
        ):
            self._run_of(batch).sudo()._work(0)

    def test_all_that_is_left_is_in_other_hands(self):
        self._books()
        batch = self._waiting()
        run = self._run_of(batch).sudo()
        with patch.object(self.env.registry["ar.writeoff.run"], "_lock_share", lambda *_: False):
            self.assertEqual(run._work(0), "Other workers are at what is left.")
        self.assertEqual((run.state, batch.finished_count), ("running", 0))

    # --- what goes wrong ---

    def test_one_item_that_fails_spoils_nothing_else(self):
        self._books()
        batch = self._waiting()
        bad = batch.candidate_ids[:1]
        bad.sudo().writeoff_account_id = self.receivable
        self._work_off()
        self.assertEqual((batch.finished_count, batch.failed_count), (5, 1))
        self.assertEqual(batch.candidate_ids, bad)

    def test_abandoned_jobs_are_taken_over_by_the_scheduled_job(self):
        """Failed for good, cancelled, deleted: in each case the rest is done, and the history says
        so; a job that is tried again later finds nothing to do."""
        for end in ("failed", "cancelled", None):
            with self.subTest(end):
                savepoint = self.cr.savepoint()
                self._books()
                batch = self._waiting()
                first, *_others = self._jobs()
                self._perform(first)
                remaining = []

                def note(cron, *args, noted=remaining, **values):
                    noted.append(values.get("remaining"))
                    return 60.0

                with patch.object(self.env.registry["ir.cron"], "_commit_progress", note):
                    self.env["ar.writeoff.run"]._cron_run()
                run = self._run_of(batch)
                self.assertTrue(run.is_queued, "jobs are left: the scheduled job keeps off")
                self.assertEqual(remaining[0], 0, "nor has it anything to come back for at once")
                jobs = self._jobs()
                if end:
                    jobs.write({"state": end})
                else:
                    jobs.unlink()
                self._run_job()
                self.assertFalse(run.is_queued)
                self.assertEqual((batch.state, batch.finished_count), ("done", 6))
                self.assertIn(
                    "The jobs of the queue ended before all was done",
                    "".join(batch.sudo().message_ids.mapped("body")),
                )
                self.assertEqual(run.sudo()._work(0), "There is nothing left to do.")
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

    def test_the_run_is_gone(self):
        self._books()
        batch = self._waiting()
        run = self._run_of(batch).sudo()
        run.unlink()
        self.assertEqual(run._work(0), "There is nothing left to do.")

    # --- what people hear ---

    def test_silence_and_time_left(self):
        self._books()
        batch = self._waiting()
        run = self._run_of(batch).sudo()
        self.assertFalse(batch.job_problem)
        started = fields.Datetime.now() - timedelta(minutes=10)
        run.started_on = started
        self.env.invalidate_all()
        self.assertIn("the runner of the job queue does not seem to work", batch.job_problem)
        self._perform(self._jobs()[:1])
        self.env.invalidate_all()
        self.assertFalse(batch.job_problem)
        self.assertIn("about 20 minutes left", batch.progress_text)

    def test_not_without_the_scheduled_job_that_looks_after_it(self):
        self._books()
        self.env.ref("ar_writeoff.ir_cron_run").active = False
        with self.assertRaisesRegex(UserError, "is switched off"):
            self._waiting()

    # --- the setting ---

    def test_number_of_workers(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.assertEqual(branch._get_writeoff_queue_workers(), 2)
        branch.writeoff_queue_workers = 5
        self.assertEqual(branch._get_writeoff_queue_workers(), 5)
        for count in (-1, 33):
            with self.subTest(count), self.assertRaisesRegex(ValidationError, "from 0 to 32"):
                branch.writeoff_queue_workers = count
