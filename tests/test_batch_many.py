"""More than a request has time for: the start looks at what changed, including all and trying
again go on in the background, and the result is the same."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBatchMany(BatchCommon):
    def setUp(self):
        super().setUp()
        self.customers = self.env["res.partner"].create(
            [{"name": name} for name in ("Ash", "Beech", "Cedar", "Dogwood")]
        )

    # --- the start of many ---

    def _select_many(self, **values):
        """A batch of more than a request looks at once more."""
        batch = self._select(partner_ids=self.customers, **values)
        self.startPatcher(
            patch.object(self.env.registry["ar.writeoff.run"], "_get_select_size", lambda run: 1)
        )
        return batch

    def test_start_of_many_leaves_out_what_changed(self):
        """Paid, taken by another write-off, and what goes with it; the others are not looked at."""
        ash, beech, cedar, _dogwood = self.customers
        paid, taken = self._invoice(10.0, partner=ash), self._invoice(20.0, partner=beech)
        unchanged = self._invoice(30.0, partner=cedar)
        batch = self._select_many()
        self._pay(paid, 4.0)
        self._write_off(taken)
        evaluate = self.env.registry["ar.writeoff.selection"]._evaluate
        looked_at = []

        def watch(selection, batch, rows, **values):
            looked_at.extend(item.move_id for item in rows)
            return evaluate(selection, batch, rows, **values)

        with patch.object(self.env.registry["ar.writeoff.selection"], "_evaluate", watch):
            dialog = self._process(batch)
        self.assertNotIn(unchanged, looked_at)
        self.assertIn(taken, looked_at)
        self.assertEqual((dialog.item_count, dialog.amount), (2, 40.0))
        rows = self._by_document(batch)
        # As ever: what was paid in part since is skipped, for somebody to look at it again.
        self.assertEqual((rows[paid].state, rows[paid].obstacle), ("skipped", "changed"))
        self.assertEqual(rows[unchanged].state, "done")
        self.assertNotIn(taken, rows, "left out")

    def test_start_of_many_and_a_rule_that_changed(self):
        """What nobody looked at again is looked at by the run, and skipped with the reason."""
        ash, beech, *_others = self.customers
        refused, fine = self._invoice(10.0, partner=ash), self._invoice(20.0, partner=beech)
        batch = self._select_many()
        ash.sudo().writeoff_policy = "refused"
        self._process(batch)
        rows = self._by_document(batch)
        self.assertEqual((rows[refused].state, rows[fine].state), ("skipped", "done"))
        self.assertEqual(rows[refused].obstacle, "policy")

    # --- all of many ---

    def _left_out_many(self):
        """What a document's limit, a warning, a person and a policy leave out, of four customers;
        more than a request looks at once more."""
        ash, beech, cedar, dogwood = self.customers
        documents = {
            "large": self._invoice(5000.0, partner=ash),
            "excluded": self._invoice(20.0, partner=beech),
            "included": self._invoice(30.0, partner=beech),
            "discounted": self._discounted(),
            "refused": self._invoice(40.0, partner=dogwood),
        }
        documents["discounted"].line_ids.partner_id = cedar
        dogwood.sudo().writeoff_policy = "refused"
        batch = self._select(partner_ids=self.customers | documents["discounted"].partner_id)
        rows = self._by_document(batch)
        rows[documents["excluded"]].with_user(self.clerk).is_included = False
        Run = self.env.registry["ar.writeoff.run"]
        self.startPatcher(patch.object(Run, "_get_select_size", lambda run: 1))
        self.startPatcher(patch.object(Run, "_get_chunk_size", lambda run: 1))
        return batch, documents

    def test_all_of_many_are_included_in_the_background(self):
        batch, documents = self._left_out_many()
        action = batch.action_process_all()
        self.assertEqual(action["res_model"], "ar.writeoff.batch", "its progress, no dialog yet")
        self.assertTrue(batch.is_selecting)
        self.assertEqual(batch.progress_text, "0 of 4 open items looked at")
        with self.assertRaisesRegex(UserError, "selected or included in the background"):
            batch.action_process()
        self._run_job()
        run = self._run_of(batch)
        self.assertEqual((run.kind, run.state), ("include", "done"))
        self.assertIn("is included: 3 of 5. Nothing is written off yet", run.result)
        rows = self._by_document(batch)
        self.assertEqual(
            {name: (rows[move].state, rows[move].obstacle) for name, move in documents.items()},
            {
                "large": ("left_out", "limit_document"),
                "excluded": ("planned", False),
                "included": ("planned", False),
                "discounted": ("planned", False),
                "refused": ("left_out", "policy"),
            },
        )
        self.assertFalse(any(batch.candidate_ids.mapped("is_pending")))
        dialog = self._dialog(batch, batch.action_process())
        self.assertEqual(dialog.item_count, 3)
        [shown] = dialog.problems.values()
        self.assertEqual((shown["code"], shown["level"]), ("unseen_discount", "warning"))
        self.assertIn("1 items were included in spite of it", shown["message"])
        with self.assertRaisesRegex(UserError, "Read the warnings"), self.cr.savepoint():
            dialog.action_run()
        dialog.warnings_confirmed = True
        dialog.action_run()
        self._run_job()
        self.assertEqual(batch.finished_count, 3)

    def test_all_of_many_keep_to_the_limit_of_the_run(self):
        """30 are in, 20 were excluded by hand; of 45 there is no room for both."""
        batch, documents = self._left_out_many()
        batch.write({"limit_run": 45.0, "limit_document": 0.0})
        batch.sudo().is_outdated = False
        batch.action_process_all()
        self._run_job()
        rows = self._by_document(batch)
        states = {name: rows[documents[name]].state for name in ("excluded", "included")}
        self.assertEqual(sorted(states.values()), ["left_out", "planned"])

    def test_all_of_many_stopped(self):
        """What was included by then stays, the rest stays left out, with its reason."""
        batch, documents = self._left_out_many()
        batch.action_process_all()
        self._run_of(batch).sudo()._run_chunk_as_user()  # Ash alone, refused again
        batch.action_stop()
        self.assertEqual(self._run_of(batch).state, "stopped")
        self.assertIn("stopped by", self._run_of(batch).result)
        self.assertFalse(any(batch.candidate_ids.mapped("is_pending")))
        rows = self._by_document(batch)
        self.assertEqual(
            (rows[documents["excluded"]].state, rows[documents["excluded"]].obstacle),
            ("left_out", "user"),
        )
        self.assertEqual(batch.included_count, 1)

    def test_all_of_many_by_somebody_whose_rights_are_gone(self):
        batch, _documents = self._left_out_many()
        batch.action_process_all()
        self.clerk.group_ids -= self.env.ref("ar_writeoff.group_writeoff_user")
        self._run_job()
        self.assertEqual(self._run_of(batch).state, "stopped")
        self.assertEqual(batch.with_env(self.env).included_count, 1)

    # --- trying many again ---

    def test_retry_of_many_takes_what_is_open_now(self):
        """6 of 10 and 20 are open; the third was paid and stays where it is, with the reason."""
        ash, beech, cedar, _dogwood = self.customers
        changed, same = self._invoice(10.0, partner=ash), self._invoice(20.0, partner=beech)
        paid = self._invoice(30.0, partner=cedar)
        batch = self._select_many()
        self._stop_before(batch, 0)
        self.assertEqual(set(batch.candidate_ids.mapped("state")), {"skipped"})
        self._pay(changed, 4.0)
        self._pay(paid, 30.0)
        dialog = self._retry(batch)
        self.assertEqual((dialog.item_count, dialog.amount), (2, 26.0))
        rows = self._by_document(batch)
        self.assertEqual((rows[changed].state, rows[same].state), ("done", "done"))
        self.assertEqual((rows[paid].state, rows[paid].obstacle), ("skipped", "changed"))

    def _stop_before(self, batch, count):
        """Process in the background, and stop after so many items."""
        with patch.object(self.env.registry["ar.writeoff.run"], "_get_at_once_size", lambda run: 0):
            self._process(batch)
        run = self._run_of(batch).sudo()
        while count > 0:
            count -= run._run_chunk_as_user(1)
        batch.action_stop()

    def test_retry_of_many_counts_what_was_done_of_the_customer(self):
        """Of Ash, 6 are done when it is stopped; the payment of 5 on the other bounces: 8 more
        are above 10."""
        ash = self.customers[0]
        done, bounced = self._invoice(6.0, partner=ash), self._invoice(8.0, partner=ash)
        payment = self._pay(bounced, 5.0)
        other = self._invoice(9.0, partner=self.customers[1])
        batch = self._select_many(limit_customer=10.0)
        self._stop_before(batch, 1)
        rows = self._by_document(batch)
        self.assertEqual((rows[done].state, rows[bounced].obstacle), ("done", "stopped"))
        payment.action_draft()
        payment.action_cancel()
        self._retry(batch)
        rows = self._by_document(batch)
        found = rows[bounced].state, rows[bounced].obstacle
        self.assertEqual(found, ("skipped", "limit_customer"))
        self.assertEqual(rows[other].state, "done")

    def test_retry_of_many_confirms_the_warnings_that_stood_against_them(self):
        """A payment that is under way came up in the run: nobody was asked, now they are."""
        ash, beech, cedar, _dogwood = self.customers
        warned, first, second = (self._invoice(10.0, partner=one) for one in (ash, beech, cedar))
        payment = self._pay(warned, 5.0)
        batch = self._select_many()
        with patch.object(self.env.registry["ar.writeoff.run"], "_get_at_once_size", lambda run: 0):
            self._process(batch)
        self._items(payment.move_id).remove_move_reconcile()
        self._pay(first, 1.0)
        self._pay(second, 1.0)
        self._run_job()
        self.assertEqual(set(batch.candidate_ids.mapped("state")), {"skipped"})
        dialog = self._dialog(batch, batch.action_retry())
        [shown] = dialog.problems.values()
        self.assertEqual((shown["code"], dialog.item_count), ("in_payment", 3))
        with self.assertRaisesRegex(UserError, "Read the warnings"), self.cr.savepoint():
            dialog.action_run()
        dialog.warnings_confirmed = True
        dialog.action_run()
        rows = self._by_document(batch)
        self.assertEqual([rows[move].state for move in (warned, first, second)], ["done"] * 3)
