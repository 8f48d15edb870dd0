"""Each chunk is a write-off of its own; runs and reservations say what is under way, and whose."""

from unittest.mock import patch

from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBatchChunks(BatchCommon):
    def _reserved(self, *moves):
        """Who keeps the items of these invoices."""
        reservations = self.env["ar.writeoff.reservation"].search(
            [("item_id.move_id", "in", [move.id for move in moves])]
        )
        return sorted(found._get_holder_name() for found in reservations)

    # --- write-offs ---

    def test_a_write_off_for_each_chunk(self):
        """Two customers, one a chunk: two write-offs without a gap in their numbers."""
        first = self._invoice(10.0)
        second = self._invoice(20.0, partner=self.other_customer)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
            self._run_job()
        writeoffs = batch.writeoff_ids.sorted("id")
        self.assertEqual([w.line_ids.move_id for w in writeoffs], [first, second])
        self.assertEqual(writeoffs.mapped("amount"), [10.0, 20.0])
        self.assertEqual(writeoffs.mapped("state"), ["posted", "posted"])
        numbers = [int(name.rsplit("/", 1)[1]) for name in writeoffs.mapped("name")]
        self.assertEqual(numbers[1] - numbers[0], 1)
        self.assertEqual(writeoffs.line_ids.batch_id, batch)
        self.assertEqual(writeoffs[0].action_open_batch()["res_id"], batch.id)
        self.assertEqual(set(batch.action_open_writeoffs()["domain"][0][2]), set(writeoffs.ids))
        self.assertEqual(
            set(writeoffs.entry_ids.mapped("ref")),
            {f"Adjustment {batch.name}"},
            "customers read it",
        )
        self.assertIn(batch.name, first.message_ids[0].body)
        self.assertFalse(writeoffs.message_ids, "the history is the batch's")

    def test_no_history_of_its_own(self):
        """Tracked as outside of tests: what happened is said once, on the batch."""
        self._invoice(10.0)
        self._invoice(20.0)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
        run = self._run_of(batch).with_context(tracking_disable=False, mail_notrack=False)
        while run._run_chunk_as_user():
            self._flush_tracking()
        self.assertEqual(batch.status, "posted")
        self.assertFalse(batch.writeoff_ids.message_ids)

    def test_a_failure_leaves_no_gap_and_makes_no_second_write_off(self):
        """Of four items in a chunk one fails: the other three are one write-off."""
        moves = [self._invoice(float(number), date="2024-01-15") for number in range(1, 5)]
        Move = self.env.registry["account.move"]
        post = Move._post

        def refuse(entries, soft=True):
            if moves[2] in entries.line_ids.writeoff_target_id.move_id:
                raise ValidationError("Not this one.")
            return post(entries, soft)

        before = self._write_off(self._invoice(5.0, partner=self.other_customer))
        batch = self._select(grouping="document")
        with patch.object(Move, "_post", refuse):
            self._process(batch)
        self.assertEqual(len(batch.writeoff_ids), 1)
        self.assertEqual(batch.writeoff_ids.line_ids.move_id, moves[0] | moves[1] | moves[3])
        numbers = [int(w.name.rsplit("/", 1)[1]) for w in (before, batch.writeoff_ids)]
        self.assertEqual(numbers[1] - numbers[0], 1)
        self.assertEqual(batch.candidate_ids.move_id, moves[2])
        batch.action_close()
        self.assertFalse(batch.candidate_ids)
        rows = batch.summary_ids.filtered(lambda row: row.state == "left_out")
        self.assertEqual(rows.mapped("item_count"), [1], "its number stays")

    def test_branches_have_write_offs_of_their_own(self):
        (north,) = self._branch("North")
        self._invoice(10.0)
        self._invoice_of(north, 5.0)
        companies = self.company | north
        Batch = self.env["ar.writeoff.batch"].with_user(self.clerk)
        batch = Batch.with_context(allowed_company_ids=companies.ids).create(
            {"limit_document": 100.0}
        )
        batch.action_select()
        self._process(batch)
        self.assertEqual(len(batch.writeoff_ids), 2)
        self.assertEqual(batch.writeoff_ids.company_id, companies)
        for writeoff in batch.writeoff_ids:
            self.assertEqual(writeoff.entry_ids.company_id, writeoff.company_id)

    # --- reservations ---

    def test_reserved_from_the_start_to_the_end(self):
        """By the batch while it runs, by the write-off while its entry is in draft."""
        first = self._invoice(10.0)
        second = self._invoice(20.0, partner=self.other_customer)
        batch = self._select(leave_draft=True)
        self.assertFalse(self._reserved(first, second), "a choice reserves nothing")
        with self._chunks_of(1):
            self._process(batch)
            self.assertEqual(self._reserved(first, second), [batch.name] * 2)
            self._run_of(batch)._run_chunk_as_user()
        self.assertEqual(self._reserved(first), [batch.writeoff_ids.name])
        self.assertEqual(self._reserved(second), [batch.name])
        with self.assertRaisesRegex(RedirectWarning, f"reserved by write-off {batch.name}"):
            self._write_off(second)
        batch.action_stop()
        self.assertFalse(self._reserved(second), "what is skipped is free")
        batch.action_post_entries()
        self.assertFalse(self._reserved(first))

    def test_reserved_by_a_draft_until_it_is_deleted(self):
        self.company.writeoff_leave_draft = "yes"
        invoice = self._invoice(10.0)
        writeoff = self._write_off(invoice)
        self.assertEqual(self._reserved(invoice), [writeoff.name])
        writeoff.with_user(self.clerk).action_cancel_entries()
        self.assertFalse(self._reserved(invoice))

    def test_an_item_is_reserved_once(self):
        invoice = self._invoice(10.0)
        batch, other = self._select(), self._select()
        Reservation = self.env["ar.writeoff.reservation"]
        Reservation._reserve(batch.candidate_ids)
        with (
            self.assertRaisesRegex(Exception, "item_unique"),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            Reservation._reserve(other.candidate_ids)
        self.assertEqual(invoice.amount_residual, 10.0)

    # --- runs ---

    def test_runs_are_recorded(self):
        """Who started what, with which warnings, and what became of it."""
        self._invoice(10.0)
        batch = self._batch()
        batch.accounting_date = "2024-01-01"
        batch.action_select()
        self._process(batch)
        self._undo_dialog(batch).action_undo()
        undo, run = batch.run_ids
        self.assertEqual((run.kind, run.state, run.user_id), ("write_off", "done", self.clerk))
        self.assertIn("before the date of", run.warnings_confirmed)
        self.assertIn("The run is finished: 1 items", run.result)
        self.assertTrue(run.started_on and run.ended_on)
        self.assertEqual((undo.kind, undo.state, undo.user_id), ("undo", "done", self.clerk))
        self.assertEqual(batch.status, "reversed")
        for vals in ({"state": "running"}, {"user_id": self.biller.id}):
            with self.assertRaises(AccessError), self.cr.savepoint():
                run.with_user(self.clerk).write(vals)

    def test_a_batch_is_not_undone_while_it_runs(self):
        self._invoice(10.0)
        self._invoice(20.0, partner=self.other_customer)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
            self._run_of(batch)._run_chunk_as_user()
            undo = self._undo_dialog(batch)
            with self.assertRaisesRegex(UserError, "is under way: let it finish first"):
                undo.action_undo()

    def test_chunks_do_not_write_the_batch(self):
        """Two at once would wait for each other, and one would have to do its work again."""
        self._invoice(10.0)
        self._invoice(20.0, partner=self.other_customer)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
            self.env.flush_all()
            self.cr.execute("SELECT ctid FROM ar_writeoff_batch WHERE id = %s", [batch.id])
            [before] = self.cr.fetchone()
            while self._run_of(batch).with_user(self.clerk)._run_chunk():
                self.env.flush_all()
            self.cr.execute("SELECT ctid FROM ar_writeoff_batch WHERE id = %s", [batch.id])
            self.assertEqual(self.cr.fetchone(), (before,))
            self.assertEqual(batch.state, "running")
            self._run_job()
        self.assertEqual(batch.state, "done")
