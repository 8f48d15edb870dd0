"""Batches that meet other people: each item is given up once, never beyond what is open."""

import threading
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, Command, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from .parallel_common import ParallelCommon


@tagged("post_install", "-at_install")
class TestParallelBatch(ParallelCommon):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:  # every test has customers of its own
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.partner_id = env["res.partner"].create({"name": "Race"}).id
        Run = self.registry["ar.writeoff.run"]
        self.startPatcher(patch.object(Run, "_get_at_once_size", lambda run: 0))
        self.startPatcher(patch.object(Run, "_get_chunk_size", lambda run: 1))

    def _select(self, **values):
        """A batch of this test's customer, selected and committed; its id."""
        with self.registry.cursor() as cr:
            Batch = self._clerk(cr)["ar.writeoff.batch"]
            batch = Batch.create(
                {
                    "limit_document": 1000.0,
                    "grouping": "document",
                    "partner_ids": [Command.set([self.partner_id])],
                    **values,
                }
            )
            batch.action_select()
            return batch.id

    def _batch(self, cr, batch_id):
        return self._clerk(cr)["ar.writeoff.batch"].browse(batch_id)

    def _start(self, batch_id):
        with self.registry.cursor() as cr:
            self._start_in(cr, batch_id)

    def _start_in(self, cr, batch_id, mode="included"):
        """Press Process, or Retry Failed, and confirm."""
        batch = self._batch(cr, batch_id)
        name = {"included": "action_process", "retry": "action_retry"}[mode]
        action = getattr(batch, name)()
        dialog = self._clerk(cr)[action["res_model"]].browse(action["res_id"])
        dialog.warnings_confirmed = True
        dialog.action_run()

    def _run_chunk(self, cr, batch_id):
        """A chunk, as the scheduled job runs it."""
        done = self._run(cr, batch_id)._run_chunk_as_user()
        cr.commit()
        return done

    def _run(self, cr, batch_id):
        """What was started last, as the scheduled job sees it."""
        Run = api.Environment(cr, SUPERUSER_ID, {})["ar.writeoff.run"]
        return Run.search([("batch_id", "=", batch_id)], limit=1)

    def _outcomes(self, batch_id):
        """State and obstacle of each item, in the order of its amount."""
        with self.registry.cursor() as cr:
            batch = self._batch(cr, batch_id)
            found = [(line.residual, line.state, "") for line in batch.line_ids]
            found += [(row.residual, row.state, row.obstacle or "") for row in batch.candidate_ids]
            return [(state, obstacle) for _residual, state, obstacle in sorted(found)]

    def test_two_batches_of_the_same_items(self):
        """The second was selected before the first started: told at Process what is taken."""
        ids = self._invoices(10.0, 20.0)
        first, second = self._select(), self._select()
        self._start(first)
        with self.registry.cursor() as cr:
            dialog = self._batch(cr, second).action_process()
            dialog = self._clerk(cr)[dialog["res_model"]].browse(dialog["res_id"])
            self.assertIn("Reserved by Another Write-Off", dialog.left_out)
            with self.assertRaisesRegex(Exception, "Nothing is selected"):
                dialog.action_run()
            cr.rollback()
        with self.registry.cursor() as cr:
            while self._run_chunk(cr, first):
                pass
        self.assertEqual(self._written_off(ids), [10.0, 20.0])

    def test_two_start_at_the_same_moment(self):
        """Neither sees the other: the database refuses the second, and nothing is lost."""
        ids = self._invoices(10.0, 20.0)
        first, second = self._select(), self._select()
        with self.registry.cursor() as cr2:
            self.assertEqual(self._batch(cr2, second).included_count, 2)  # its view of the books
            self._start(first)
            with self.assertRaises(UniqueViolation) as refusal, mute_logger("odoo.sql_db"):
                self._start_in(cr2, second)
            cr2.rollback()
        self.assertIn("ar_writeoff_reservation_item_unique", str(refusal.exception))
        with self.registry.cursor() as cr:
            while self._run_chunk(cr, first):
                pass
        self.assertEqual(self._written_off(ids), [10.0, 20.0])
        self.assertEqual(self._outcomes(second), [("planned", "")] * 2)

    def test_a_payment_in_the_middle(self):
        """Between two chunks the customer pays 5 of 20: that item is skipped, and told why."""
        ids = self._invoices(10.0, 20.0)
        batch = self._select()
        self._start(batch)
        with self.registry.cursor() as cr:
            self.assertEqual(self._run_chunk(cr, batch), 1)
            self._pay(ids[1:], 5.0)
            self.assertEqual(self._run_chunk(cr, batch), 1)
            self.assertEqual(self._run_chunk(cr, batch), 0)
        self.assertEqual(self._outcomes(batch), [("done", ""), ("skipped", "changed")])
        self.assertEqual(self._residuals(ids), [0.0, 15.0])
        self.assertEqual(self._written_off(ids), [10.0])

    def test_a_payment_after_the_chunk_began(self):
        """Its view of the books was overtaken: the chunk is run again in a new transaction."""
        ids = self._invoices(10.0)
        batch = self._select()
        self._start(batch)
        with self.registry.cursor() as cr:
            cr.execute("SELECT COUNT(*) FROM account_move_line")  # its view of the books
            self._pay(ids, 4.0)
            with mute_logger("odoo.sql_db"):
                self.assertEqual(self._run_chunk(cr, batch), 1)
        self.assertEqual(self._outcomes(batch), [("skipped", "changed")])
        self.assertEqual(self._residuals(ids), [6.0])

    def test_a_payment_under_way(self):
        """Not committed yet: the item is skipped at once, the run does not wait; retry later."""
        ids = self._invoices(10.0, 20.0)
        batch = self._select()
        self._start(batch)
        with self.registry.cursor() as other:
            env = api.Environment(other, SUPERUSER_ID, {})
            env["account.payment.register"].with_context(
                active_model="account.move", active_ids=ids[1:]
            ).create({"amount": 20.0})._create_payments()
            env.flush_all()
            with self.registry.cursor() as cr:
                while self._run_chunk(cr, batch):
                    pass
            other.rollback()
        self.assertEqual(self._outcomes(batch), [("done", ""), ("skipped", "busy")])
        with self.registry.cursor() as cr:
            self._start_in(cr, batch, "retry")
            cr.commit()
            self.assertEqual(self._run_chunk(cr, batch), 1)
        self.assertEqual(self._written_off(ids), [10.0, 20.0])

    def test_runs_side_by_side(self):
        """Two runs and the wizard at once, in one journal: all of it is written off, once."""
        ids = self._invoices(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
        small = self._select(limit_document=3.0)
        self._start(small)
        large = self._select()
        self._start(large)
        errors = []

        def work(batch_id):
            try:
                with self.registry.cursor() as cr, mute_logger("odoo.sql_db"):
                    while self._run_chunk(cr, batch_id):
                        pass
            except Exception as error:  # shown by the test
                errors.append(error)

        threads = [threading.Thread(target=work, args=(batch,)) for batch in (small, large)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        self.assertFalse(errors)
        for batch in (small, large):  # what others kept busy is tried again, as a person would
            if any(state != "done" for state, _obstacle in self._outcomes(batch)):
                with self.registry.cursor() as cr:
                    self._start_in(cr, batch, "retry")
                    cr.commit()
                    while self._run_chunk(cr, batch):
                        pass
        self.assertEqual(self._residuals(ids), [0.0] * 6)
        self.assertEqual(self._written_off(ids), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])

    def test_a_crash_between_two_chunks(self):
        """The server stops: what was committed stays, the next run of the job goes on."""
        ids = self._invoices(10.0, 20.0)
        batch = self._select()
        self._start(batch)
        with self.registry.cursor() as cr:
            self._run_chunk(cr, batch)
            self._run(cr, batch)._run_chunk_as_user()
            cr.rollback()  # the second chunk never reached the disk
        self.assertEqual(self._written_off(ids), [10.0])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["ar.writeoff.run"]._cron_run()
        self.assertEqual(self._written_off(ids), [10.0, 20.0])
        self.assertEqual(self._outcomes(batch), [("done", "")] * 2)

    def test_a_failure_outside_the_entries(self):
        """One item on which another app fails: it alone has failed, and the run goes on."""
        ids = self._invoices(10.0, 20.0, 30.0)
        self.startPatcher(
            patch.object(self.registry["ar.writeoff.run"], "_get_chunk_size", lambda b: 9)
        )
        batch = self._select()
        self._start(batch)
        Eligibility = self.registry["ar.writeoff.eligibility"]
        warn = Eligibility._warn_payment_in_process

        def crash(eligibility, plan):
            if ids[0] in plan.items.move_id.ids:
                raise ZeroDivisionError("in another app")
            return warn(eligibility, plan)

        with (
            patch.object(Eligibility, "_warn_payment_in_process", crash),
            self.assertLogs("odoo.addons.ar_writeoff.models.batch.ar_writeoff_run_job", "ERROR"),
            self.registry.cursor() as cr,
        ):
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["ar.writeoff.run"]._cron_run()
        self.assertEqual(self._outcomes(batch), [("failed", "busy"), ("done", ""), ("done", "")])
        self.assertEqual(self._residuals(ids), [10.0, 0.0, 0.0])

    def test_a_conflict_at_the_end_of_a_chunk(self):
        """Somebody writes on the batch itself meanwhile: the chunk is run again."""
        ids = self._invoices(10.0)
        batch = self._select()
        self._start(batch)
        with self.registry.cursor() as cr:
            cr.execute("SELECT COUNT(*) FROM account_move_line")  # its view of the books
            with self.registry.cursor() as other:
                other.execute("UPDATE ar_writeoff_batch SET comment = 'x' WHERE id = %s", [batch])
            with mute_logger("odoo.sql_db"):
                self.assertEqual(self._run_chunk(cr, batch), 1)
        self.assertEqual(self._outcomes(batch), [("done", "")])
        self.assertEqual(self._written_off(ids), [10.0])
