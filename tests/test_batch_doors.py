"""What a batch refuses, and how: lost rights, archived reasons, accounts of others, nonsense."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBatchDoors(BatchCommon):
    # --- who lost their rights meanwhile ---

    def _assertStopped(self, batch, text):
        """One item was done, two were not: each says why, and so does the history."""
        batch = batch.sudo()
        self.assertEqual(self._states(batch), ["done", "failed", "failed"])
        failed = batch.candidate_ids.filtered(lambda line: line.state == "failed")
        self.assertEqual(set(failed.mapped("obstacle")), {"stopped"})
        self.assertRegex(failed[0].obstacle_message, text)
        self.assertRegex(batch.message_ids[1].body, "The run was stopped")
        self.assertRegex(batch.message_ids[1].body, text)
        self.assertEqual(self._balance(self.bad_debt_account), 10.0)

    def _started(self, user=None):
        """A batch of three items, one a chunk; the first is done."""
        for _number in range(3):
            self._invoice(10.0)
        batch = self._select(user)
        self._process(batch)
        self._run_of(batch)._run_chunk_as_user()
        return batch

    def test_a_run_ends_with_the_user(self):
        """They were deactivated, or lost the role, or are gone; other batches go on."""
        other_clerk = self._user("other", "ar_writeoff.group_writeoff_user")
        group = self.env.ref("ar_writeoff.group_writeoff_user")
        for name, take_away, text in (
            ("deactivated", lambda: self.clerk.sudo().write({"active": False}), "archived"),
            (
                "deleted",
                lambda: self.cr.execute("UPDATE ar_writeoff_run SET user_id = NULL"),
                "exist",
            ),
            ("no role", lambda: group.write({"user_ids": [Command.unlink(self.clerk.id)]}), "role"),
        ):
            with self.subTest(name), self._chunks_of(1):
                savepoint = self.cr.savepoint()
                batch = self._started()
                self.env.flush_all()
                take_away()
                self.env.invalidate_all()
                if name != "deleted":
                    other = self._other_batch(other_clerk)
                self._run_job()
                if name != "deleted":
                    self.assertEqual(other.sudo().status, "posted", "the job goes on")
                    self.assertEqual(self._balance(self.other_account), 7.0)
                self._assertStopped(batch, text)
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

    def _other_batch(self, user):
        """A batch of another user that waits for the job, with two items of 3.50."""
        for _number in range(2):
            self._invoice(3.5, partner=self.other_customer)
        batch = self._select(user, partner_ids=self.other_customer)
        batch.candidate_ids.write({"writeoff_account_id": self.other_account.id})
        self._process(batch)
        return batch

    def test_an_undo_ends_with_the_user(self):
        for partner in (self.customer, self.other_customer):
            self._invoice(10.0, partner=partner)
        batch = self._select()
        self._process(batch)
        undo = self._dialog(batch, batch.action_open_undo())
        with self._chunks_of(1):
            undo.action_undo()
            self._run_of(batch)._run_chunk_as_user()
            self.clerk.sudo().active = False
            self._run_job()
        batch = batch.sudo()
        self.assertEqual(self._states(batch), ["done", "reversed"])
        self.assertEqual(batch.status, "partly_reversed")
        self.assertRegex(batch.message_ids[0].body, "The undo stopped: .*archived")

    # --- reasons and accounts ---

    def test_an_archived_reason_on_a_candidate(self):
        self._invoice(10.0)
        line = self._select().candidate_ids
        self.settlement.active = False
        with self.assertRaisesRegex(UserError, "archived"), self.cr.savepoint():
            line.reason_id = self.settlement
        self.assertEqual(line.reason_id, self.bad_debt)

    def test_an_archived_reason_of_a_batch(self):
        self._invoice(10.0)
        self.bad_debt.active = False
        with self.assertRaisesRegex(UserError, "Bad debt.* is archived"):
            self._select(reason_id=self.bad_debt)

    def test_a_reason_archived_after_the_selection(self):
        """The dialog says so before anything runs."""
        self._invoice(10.0)
        batch = self._select()
        self.bad_debt.active = False
        dialog = self._dialog(batch, batch.action_process())
        self.assertTrue(dialog.has_blockers)
        with self.assertRaisesRegex(UserError, "Bad debt.* is archived"):
            dialog.action_run()

    def test_a_reason_archived_while_it_runs(self):
        """The row with that reason is left out; its neighbour is done."""
        small, other = self._invoice(10.0), self._invoice(20.0)
        batch = self._select()
        batch.candidate_ids.filtered(lambda line: line.move_id == small).reason_id = self.settlement
        with self._chunks_of(1):
            self._process(batch)
            self.settlement.active = False
            self._run_job()
        lines = self._by_document(batch)
        self.assertEqual((lines[small].state, lines[other].state), ("skipped", "done"))
        self.assertRegex(lines[small].obstacle_message, "is archived")
        self.assertEqual(small.amount_residual, 10.0)

    def test_an_account_that_cannot_be(self):
        """Another company's, archived, of a type that takes no loss; another company's reason."""
        self._invoice(10.0)
        line = self._select().candidate_ids
        sister = self.env["res.company"].create({"name": "Sister"})
        self.env.user.company_ids |= sister
        foreign = self.env["account.account"].create(
            {
                "code": "699000",
                "name": "Sister's loss",
                "account_type": "expense",
                "company_ids": [Command.set(sister.ids)],
            }
        )
        archived = self._account("699100", "Old", "expense")
        archived.active = False
        reason = self.bad_debt.copy({"company_id": sister.id})
        credit = self.env.ref("ar_writeoff.reason_unclaimed")
        for name, vals, text in (
            ("foreign", {"writeoff_account_id": foreign.id}, "belongs to another company"),
            ("archived", {"writeoff_account_id": archived.id}, "is archived"),
            ("type", {"writeoff_account_id": self.receivable.id}, "of a type that takes no loss"),
            ("reason", {"reason_id": reason.id}, "another company"),
            ("side", {"reason_id": credit.id}, "is not for balances"),
        ):
            with (
                self.subTest(name),
                self.assertRaisesRegex(UserError, text),
                self.cr.savepoint(),
            ):
                line.write(vals)
        self.env.invalidate_all()
        self.assertEqual(line.writeoff_account_id, self.bad_debt_account)
        line.writeoff_account_id = self.other_account
        self.assertEqual(line.writeoff_account_id, self.other_account)

    # --- nonsense ---

    def test_values_that_make_no_sense(self):
        """Over the API, nobody has looked at what is sent."""
        batch = self._batch()
        saved = self.env["ar.writeoff.filter"].with_user(self.clerk).create({"name": "Mine"})
        for record in (batch, saved):
            for vals, text in (
                ({"overdue_from": 10_000_000}, "Days Overdue"),
                ({"overdue_to": -1}, "Days Overdue"),
                ({"overdue_from": 9, "overdue_to": 3}, "Days Overdue"),
                ({"overdue_from": 10**12}, "Days Overdue"),
                ({"overdue_from": "many"}, "Days Overdue From.*many"),
                ({"date_from": "2024-02-01", "date_to": "2024-01-31"}, "Accounting"),
                (
                    {"invoice_date_from": "2024-02-01", "invoice_date_to": "2024-01-31"},
                    "Invoice Date",
                ),
                ({"due_from": "2024-02-01", "due_to": "2024-01-31"}, "Due Date"),
                ({"date_from": "yesterday"}, "Accounting Period From.*yesterday"),
                ({"limit_document": "much"}, "Limit per Document.*much"),
                ({"limit_document": float("nan")}, "Limit per Document.*nan"),
                ({"limit_run": float("inf")}, "Limit of the Run.*inf"),
                ({"limit_customer": -1.0}, "limit cannot be negative"),
                ({"partner_ids": [Command.set([2_000_000_000])]}, "Customers"),
                ({"partner_ids": ["x"]}, "Customers"),
                ({"journal_ids": "x"}, "Journals"),
                ({"side": "neither"}, "Write Off.*neither"),
                ({"period": "century"}, "Period.*century"),
            ):
                with (
                    self.subTest(vals, model=record._name),
                    self.assertRaisesRegex(UserError, text),
                    self.cr.savepoint(),
                ):
                    record.write(vals)
        with self.assertRaisesRegex(UserError, "Limit per Document.*much"), self.cr.savepoint():
            saved.create({"name": "Other", "limit_document": "much"})
        with self.assertRaisesRegex(UserError, "Limit per Document.*much"), self.cr.savepoint():
            batch.create({"limit_document": "much"})
        self.env.invalidate_all()
        self.assertEqual((batch.limit_document, batch.overdue_from), (1000.0, 0))
        batch.write({"overdue_from": 36_500, "date_from": "2024-01-31", "date_to": "2024-01-31"})

    def test_values_of_a_candidate_that_make_no_sense(self):
        self._invoice(10.0)
        line = self._select().candidate_ids
        for vals, text in (
            ({"amount_currency": float("nan")}, "nan"),
            ({"amount_currency": "some"}, "some"),
            ({"reason_id": 2_000_000_000}, "Reason"),
            ({"reason_id": False}, "Reason: fill it in"),
            ({"writeoff_account_id": "x"}, "Write-Off Account"),
        ):
            with (
                self.subTest(vals),
                self.assertRaisesRegex(UserError, text),
                self.cr.savepoint(),
            ):
                line.write(vals)
                self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((line.amount_currency, line.reason_id), (10.0, self.bad_debt))

    # --- a branch on its own ---

    def test_a_branch_alone(self):
        """Its clerk knows no other company: the whole life of a batch, parent's parameters."""
        branch = self._branch("North")
        clerk = self._user("north", "ar_writeoff.group_writeoff_user")
        clerk.sudo().write(
            {
                "company_id": branch.id,
                "company_ids": [Command.set(branch.ids)],
                "group_ids": [Command.link(self.env.ref("base.group_multi_company").id)],
            }
        )
        own, other = self._invoice_of(branch, 10.0), self._invoice_of(branch, 20.0)
        self._invoice(30.0)
        self.env.flush_all()
        self.env.invalidate_all()
        batch = self._batch(clerk, limit_customer=100.0, limit_run=90.0)
        self.assertEqual((batch.company_id, batch.reason_id), (branch, self.bad_debt))
        batch.action_select()
        self.assertEqual(batch.candidate_ids.move_id, own | other)
        line = batch.candidate_ids.filtered(lambda line: line.move_id == other)
        line.is_included = False
        line.is_included = True
        line.amount_currency = 15.0
        line.writeoff_account_id = self.other_account
        self.env.invalidate_all()
        self.assertIn("25.00", batch.get_batch_totals()["text"])
        self._process(batch)
        self.assertEqual((batch.status, batch.amount), ("posted", 25.0))
        self.assertEqual(batch.writeoff_ids.entry_ids.company_id, branch)
        self.assertEqual(batch.summary_ids.mapped("amount"), [25.0])
        self.env.invalidate_all()
        undo = self._dialog(batch, batch.action_open_undo())
        undo.action_undo()
        self.assertEqual(batch.status, "reversed")
        self.assertEqual(self._residuals(own | other), [(10.0, 10.0), (20.0, 20.0)])
