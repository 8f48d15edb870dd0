"""Selection of many: found at once, judged in the background, the same list in the end."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBatchSelect(BatchCommon):
    def setUp(self):
        super().setUp()
        self.customers = self.env["res.partner"].create(
            [{"name": name} for name in ("Ash", "Beech", "Cedar", "Dogwood")]
        )

    def _in_background(self, size=2, **values):
        """Press Select Open Items where that is too much for a request."""
        Run = self.env.registry["ar.writeoff.run"]
        self.startPatcher(patch.object(Run, "_get_chunk_size", lambda run: size))
        with patch.object(Run, "_get_select_size", lambda run: 0):
            return self._select(partner_ids=self.customers, **values)

    def _books(self):
        """Some of everything that is left out, or goes together."""
        ash, beech, cedar, dogwood = self.customers
        self._invoice(10.0, partner=ash, due="2024-03-01")
        self._invoice(20.0, partner=ash, due="2024-02-01")
        self._invoice(5000.0, partner=beech)
        self._invoice(30.0, partner=beech)
        self._invoice(50.0, partner=cedar, due="2024-01-01")
        self._payment(20.0, partner=cedar)
        dogwood.sudo().writeoff_policy = "refused"
        self._invoice(40.0, partner=dogwood)

    def _list(self, batch):
        return sorted(
            (
                row.item_name,
                row.state,
                row.amount_currency,
                row.netted_currency,
                row.obstacle or "",
                row.obstacle_message or "",
            )
            for row in batch.candidate_ids
        )

    def test_same_list_as_at_once(self):
        self._books()
        for values in (
            {"side": "both"},
            {"side": "both", "limit_document": 1000.0, "limit_customer": 25.0},
            {"side": "both", "limit_document": 1000.0, "limit_run": 45.0},
            {"side": "balance", "limit_run": 60.0},
            {"side": "balance", "limit_run": 100000.0},  # room for all
        ):
            with self.subTest(values):
                at_once = self._select(partner_ids=self.customers, **values)
                batch = self._in_background(**values)
                self.assertTrue(batch.is_selecting)
                self._run_job()
                self.assertFalse(batch.is_selecting)
                self.assertTrue(batch.candidate_ids)
                self.assertEqual(self._list(batch), self._list(at_once))

    def test_limit_of_the_run_takes_the_oldest_due_first(self):
        """50 is due in January, 20 in February, 10 in March: of 75 there is room for two."""
        ash, _beech, cedar, _dogwood = self.customers
        march = self._invoice(10.0, partner=ash, due="2024-03-01")
        february = self._invoice(20.0, partner=ash, due="2024-02-01")
        january = self._invoice(50.0, partner=cedar, due="2024-01-01")
        batch = self._in_background(size=1, limit_run=75.0)
        self._run_job()
        rows = self._by_document(batch)
        self.assertEqual(
            [rows[move].state for move in (january, february, march)],
            ["planned", "planned", "left_out"],
        )
        self.assertEqual(
            (rows[march].obstacle, rows[march].obstacle_message),
            ("limit_run", "$\xa010.00 more would take the run above $\xa075.00."),
        )

    def test_chunk_by_chunk(self):
        """Customers stay together; the form says how far it is, and nothing else is possible."""
        self._books()
        batch = self._in_background(size=1, side="both")
        self.assertEqual(batch.state, "draft")
        self.assertEqual(batch.progress_text, "0 of 7 open items looked at")
        for action in ("action_select", "action_process", "action_process_all"):
            with self.subTest(action):
                with self.assertRaises(UserError) as refused:
                    getattr(batch, action)()
                self.assertIn("in the background", str(refused.exception))
        self.assertFalse(batch.get_batch_totals()["can_process"])
        run = self._run_of(batch)
        self.assertEqual(run.sudo()._run_chunk_as_user(), 2)
        self.assertEqual(batch.progress_text, "2 of 7 open items looked at")
        judged = batch.candidate_ids.filtered(lambda row: row.state != "found")
        self.assertEqual(judged.partner_id, self.customers[0])
        self._run_job()
        self.assertEqual((run.state, batch.candidate_count), ("done", 7))
        self.assertIn("5 of 7 are included", run.result)
        self._process(batch)
        self.assertEqual(batch.state, "done")

    def test_what_was_paid_meanwhile_is_not_in_the_list(self):
        invoice = self._invoice(10.0, partner=self.customers[0])
        other = self._invoice(20.0, partner=self.customers[1])
        batch = self._in_background()
        self._pay(invoice, 10.0)
        self._run_job()
        self.assertEqual(batch.candidate_ids.move_id, other)

    def test_stopped(self):
        """Half a list is no list."""
        self._books()
        batch = self._in_background(size=1)
        self._run_of(batch).sudo()._run_chunk_as_user()
        batch.action_stop()
        self.assertFalse(batch.candidate_ids)
        self.assertFalse(batch.is_selecting)
        self.assertIn("stopped by", self._run_of(batch).result)
        batch.action_select()
        self._run_job()
        self.assertEqual(batch.candidate_count, 6)

    def test_deleted_meanwhile(self):
        """The batch is thrown away between two chunks: the job goes on with the others."""
        self._books()
        batch = self._in_background(size=1)
        with patch.object(self.env.registry["ar.writeoff.run"], "_get_select_size", lambda run: 0):
            other = self._select(partner_ids=self.customers[0])
        unlinked = []

        def tell(runs):
            unlinked.append(batch.sudo().unlink())

        with patch.object(self.env.registry["ar.writeoff.run"], "_tell_of_crash", tell):
            self._run_job()
        self.assertEqual((unlinked, other.is_selecting), ([True], False))
        self.assertEqual(other.candidate_count, 2)

    def test_rights_that_were_taken_away_meanwhile(self):
        self._books()
        batch = self._in_background(size=1)
        group = self.env.ref("ar_writeoff.group_writeoff_user")
        self.clerk.group_ids -= group
        self._run_job()
        batch = batch.with_env(self.env)
        self.assertFalse(batch.candidate_ids)
        self.assertEqual(self._run_of(batch).state, "stopped")

    def test_criteria_that_changed_meanwhile(self):
        """What was looked for is not what is wanted any more: it must be selected again."""
        self._books()
        batch = self._in_background(size=1)
        batch.limit_document = 15.0
        self._run_job()
        self.assertTrue(batch.is_outdated)

    def test_job_that_is_off(self):
        self._books()
        self.env.ref("ar_writeoff.ir_cron_run").active = False
        with self.assertRaisesRegex(UserError, "is switched off"):
            self._in_background()

    def test_items_the_user_cannot_see_are_not_found(self):
        """The database is asked with the user's own rules."""
        self._invoice(10.0, partner=self.customers[0])
        hidden = self._invoice(20.0, partner=self.customers[1])
        self.env["ir.rule"].create(
            {
                "name": "not Beech",
                "model_id": self.env["ir.model"]._get_id("account.move.line"),
                "domain_force": f"[('move_id', '!=', {hidden.id})]",
            }
        )
        batch = self._in_background()
        self._run_job()
        self.assertEqual(batch.candidate_ids.mapped("amount_currency"), [10.0])
