"""Batches that nobody starts: report first, somebody else lets them loose, a brake stops them."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .approval_common import ApprovalCommon


def _go_on(_cron, *_args, **_values):
    """No commit within a test, and time enough."""
    return 60.0


class RulesCommon(ApprovalCommon):
    """A desk on which rules are kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor = cls._user("editor", "ar_writeoff.group_writeoff_manager")
        cls.small = cls.env.ref("ar_writeoff.reason_small_difference")
        cls.filter = (
            cls.env["ar.writeoff.filter"]
            .with_user(cls.editor)
            .create({"name": "Small", "limit_document": 1000.0, "reason_id": cls.bad_debt.id})
        )

    def _rule(self, **values):
        return (
            self.env["ar.writeoff.rule"]
            .with_user(self.editor)
            .create(
                {
                    "name": "Small balances",
                    "company_id": self.company.id,
                    "filter_id": self.filter.id,
                    "mode": "post",
                    "trial_runs": 0,
                    "user_id": self.supervisor.id,
                    "next_date": "2024-06-30",
                    "brake_amount": 500.0,
                    **values,
                }
            )
        )

    def _on(self, **values):
        """A rule that somebody else switched on."""
        rule = self._rule(**values)
        rule.action_start_reporting()
        rule.with_user(self.director).action_switch_on()
        return rule

    def _run(self, rule, date="2024-06-30"):
        """The scheduled job on this day."""
        progress = patch.object(self.env.registry["ir.cron"], "_commit_progress", _go_on)
        with freeze_time(date), progress:
            self.env["ar.writeoff.rule"].sudo()._cron_run()
        return self.env["ar.writeoff.rule.run"].search([("rule_id", "=", rule.id)], limit=1)


@tagged("post_install", "-at_install")
class TestRules(RulesCommon):
    def test_off_after_installation(self):
        self._invoice(5.0)
        rule = self._rule()
        self.assertEqual(rule.state, "off")
        self.assertFalse(self._run(rule))

    def test_reports_first(self):
        invoice = self._invoice(5.0)
        rule = self._rule()
        rule.action_start_reporting()
        run = self._run(rule)
        self.assertEqual(
            (run.state, run.mode, run.item_count, run.amount), ("done", "report", 1, 5.0)
        )
        self.assertIn("Would write off 1 items", run.result)
        self.assertEqual(run.batch_id.state, "draft", "a batch like any other")
        self.assertEqual(self._residuals(invoice), [(5.0, 5.0)])

    def test_writes_off(self):
        invoices = self._invoice(5.0) | self._invoice(7.0)
        rule = self._on()
        run = self._run(rule)
        self.assertEqual((run.state, run.item_count, run.amount), ("done", 2, 12.0))
        self.assertEqual(self._residuals(invoices), [(0.0, 0.0)] * 2)
        writeoff = run.batch_id.writeoff_ids
        self.assertEqual(writeoff.user_id, self.supervisor, "under whose authority")
        self.assertIn("Written off: 2 items", run.result)

    def test_trial_runs(self):
        invoice = self._invoice(5.0)
        rule = self._on(trial_runs=1)
        self.assertEqual(self._run(rule).mode, "report")
        self.assertEqual(rule.trial_runs, 0)
        run = self._run(rule, "2024-07-30")
        self.assertEqual(run.mode, "post")
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])

    def test_schedule(self):
        """Missed runs are run once, and the rhythm stays."""
        rule = self._on(next_date="2024-01-31")
        self._run(rule)
        self.assertEqual(len(rule.run_ids), 1)
        self.assertEqual(str(rule.next_date), "2024-07-31")
        self._run(rule)
        self.assertEqual(len(rule.run_ids), 1)

    def test_above_the_authority_it_asks(self):
        """The supervisor decides on 1,000, and the brake allows more."""
        self._invoice(900.0)
        self._invoice(800.0)
        rule = self._on(brake_amount=5000.0)
        run = self._run(rule)
        self.assertEqual(run.request_id.state, "waiting")
        self.assertEqual(run.request_id.user_id, self.supervisor)
        self.assertEqual(self._activities(run.request_id), self.director)
        self._approve(run.request_id, self.director)
        self.assertEqual(run.batch_id.state, "done")

    def test_mode_request(self):
        """It asks whatever the amount."""
        invoice = self._invoice(5.0)
        run = self._run(self._on(mode="request"))
        self.assertIn("always asks", run.request_id.why)
        self._approve(run.request_id, self.director)
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])

    # --- the brake ---

    def _check_brake(self, message, **values):
        rule = self._on(**values)
        run = self._run(rule)
        self.assertEqual(run.state, "stopped")
        self.assertIn(message, run.result)
        self.assertIn(message, rule.message_ids[0].body)
        self.assertEqual(
            rule.message_ids[0].notified_partner_ids,
            (self.supervisor | self.editor).partner_id,
        )
        self.assertFalse(self.env["ar.writeoff"].search([]))

    def test_brake_amount(self):
        """Inclusive: 500.00 go, 500.01 do not."""
        self._invoice(500.01)
        self._check_brake("above the largest total of a run")

    def test_brake_is_inclusive(self):
        self._invoice(500.0)
        self.assertEqual(self._run(self._on()).state, "done")

    def test_brake_count(self):
        self._invoice(1.0)
        self._invoice(1.0)
        self._check_brake("2 items", brake_count=1)

    def test_brake_share(self):
        """5 of the 100 and 5 that are owed are more than four percent."""
        self._invoice(5.0)
        self._invoice(9995.0)
        self._invoice(50.0)
        owed = sum(
            self.env["account.move.line"]
            .search(
                [
                    ("company_id", "=", self.company.id),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("amount_residual", ">", 0),
                ]
            )
            .mapped("amount_residual")
        )
        self._check_brake("that customers owe", brake_share=55.0 / owed * 100 - 0.01)

    def test_brake_of_a_month(self):
        self._invoice(60.0)
        rule = self._on(brake_month=100.0, interval_type="days")
        self.assertEqual(self._run(rule).state, "done")
        self._invoice(60.0)
        run = self._run(rule, "2024-07-01")
        self.assertEqual(run.state, "done", "another month")
        self._invoice(60.0)
        run = self._run(rule, "2024-07-02")
        self.assertIn("120.00", run.result.replace("\N{NO-BREAK SPACE}", ""))
        self.assertEqual(run.state, "stopped")

    # --- under whose authority ---

    def test_user_is_gone(self):
        self._invoice(5.0)
        rule = self._on()
        self.supervisor.active = False
        self.assertFalse(self._run(rule))
        self.assertEqual(rule.state, "off")
        self.assertIn("is archived", rule.message_ids[0].body)

    def test_user_lost_the_role(self):
        rule = self._on()
        self.supervisor.group_ids -= self.env.ref("ar_writeoff.group_writeoff_user")
        self._run(rule)
        self.assertEqual(rule.state, "off")
        self.assertIn("may not write off", rule.message_ids[0].body)

    def test_what_wants_a_confirmation_is_left_out(self):
        discounted = self._discounted()
        invoice = self._invoice(5.0)
        run = self._run(self._on())
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])
        self.assertEqual(self._residuals(discounted), [(10.0, 10.0)])
        self.assertEqual(run.left_out_count, 1)

    # --- the switch ---

    def test_not_by_its_editor(self):
        rule = self._rule()
        rule.action_start_reporting()
        self._limit(self.editor, amount_policy="unlimited")
        with self.assertRaisesRegex(UserError, "you changed it"):
            rule.action_switch_on()
        rule.with_user(self.director).action_switch_on()
        self.assertEqual((rule.state, rule.switched_on_by), ("on", self.director))

    def test_not_without_the_authority(self):
        rule = self._rule(brake_amount=1000.01)
        rule.action_start_reporting()
        with self.assertRaisesRegex(AccessError, "more than you may yourself"):
            rule.with_user(self.supervisor).action_switch_on()

    def test_a_change_brings_it_back(self):
        """In the rule, its grid, its filter, its reason or the account."""
        invoice = self._invoice(5.0)
        rule = self._on()
        rule.write({"name": "Another name"})
        self.assertEqual(rule.state, "on", "a name is no matter")
        rule.brake_amount = 600.0
        self.assertEqual(rule.state, "report")
        for record, name, value in (
            (self.filter, "limit_document", 900.0),
            (self.bad_debt.with_company(self.company), "loss_account_id", self.other_account.id),
            (self.bad_debt, "min_days_overdue", 1),
            (self.company, "writeoff_loss_account_id", self.other_account.id),
        ):
            rule.with_user(self.director).action_switch_on()
            record.sudo()[name] = value
            rule.sudo().next_date = "2024-06-30"
            with self.subTest(name):
                run = self._run(rule)
                self.assertEqual(run.mode, "report")
                self.assertIn("changed since it was switched on", run.result)
        self.assertEqual(self._residuals(invoice), [(5.0, 5.0)])

    def test_not_by_who_changed_its_filter(self):
        rule = self._rule()
        rule.action_start_reporting()
        self.filter.with_user(self.director).limit_document = 2000.0
        with self.assertRaisesRegex(UserError, "you changed it, its filter"):
            rule.with_user(self.director).action_switch_on()

    def test_who_writes_rules(self):
        rule = self._rule()
        for user in (self.clerk, self.director, self.auditor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                rule.with_user(user).write({"brake_amount": 1e6})
        with self.assertRaises(AccessError):
            rule.with_user(self.clerk).action_start_reporting()
        with self.assertRaises(AccessError):
            rule.with_user(self.editor).write({"state": "on"})

    # --- the grid ---

    def _cells(self, *cells):
        names = ("age_from", "age_to", "amount_from", "amount_to", "reason_id")
        return [
            Command.create(dict(zip(names, (*cell[:4], cell[4].id), strict=True))) for cell in cells
        ]

    def test_grid(self):
        """Small ones below 10, bad debts of 10 to 100 after a year, and the rest stays."""
        tiny = self._invoice(9.99, date="2024-06-01")
        edge = self._invoice(10.0, date="2024-06-01")
        old = self._invoice(10.0, date="2023-06-01")
        most = self._invoice(99.99, date="2023-07-01")  # 365 days
        young = self._invoice(99.99, date="2023-07-02")  # 364 days
        large = self._invoice(100.0, date="2023-06-01")
        rule = self._on(
            cell_ids=self._cells(
                (0, 0, 0.0, 10.0, self.small), (365, 0, 10.0, 100.0, self.bad_debt)
            )
        )
        run = self._run(rule)
        lines = run.batch_id.line_ids
        self.assertEqual(
            {line.move_id: line.reason_id for line in lines},
            {tiny: self.small, old: self.bad_debt, most: self.bad_debt},
        )
        self.assertEqual(
            self._residuals(edge | young | large),
            [(10.0, 10.0), (99.99, 99.99), (100.0, 100.0)],
        )
        self.assertEqual(run.left_out_count, 3)

    def test_grid_names_what_it_leaves(self):
        invoice = self._invoice(50.0)
        rule = self._rule(cell_ids=self._cells((0, 0, 0.0, 10.0, self.small)))
        rule.action_start_reporting()
        [row] = self._run(rule).batch_id.candidate_ids
        self.assertIn(invoice.name, row.obstacle_message)
        self.assertIn("no cell", row.obstacle_message)

    def test_overlap(self):
        cells = self._cells((0, 30, 0.0, 10.0, self.small), (29, 60, 5.0, 20.0, self.bad_debt))
        with self.assertRaisesRegex(ValidationError, "overlaps"):
            self._rule(cell_ids=cells)
        cells = self._cells((0, 30, 0.0, 10.0, self.small), (30, 60, 5.0, 20.0, self.bad_debt))
        self.assertTrue(self._rule(cell_ids=cells), "they only touch")

    def test_many_in_the_background(self):
        """Selected and run by the job of the batches, and followed to the end."""
        invoices = self._invoice(5.0) | self._invoice(6.0)
        rule = self._on()
        Run = self.env.registry["ar.writeoff.run"]
        self.patch(Run, "_get_select_size", lambda self: 1)
        self.patch(Run, "_get_at_once_size", lambda self: 1)
        run = self._run(rule)
        self.assertEqual(run.state, "selecting")
        for expected in ("running", "done"):
            self._run_job()
            self._run(rule)
            self.assertEqual(run.state, expected)
        self.assertEqual(self._residuals(invoices), [(0.0, 0.0)] * 2)

    def test_switched_off_while_it_selects(self):
        """What was on when it began and is off now reports; so does what was changed."""
        invoices = self._invoice(5.0) | self._invoice(6.0)
        self.patch(self.env.registry["ar.writeoff.run"], "_get_select_size", lambda run: 1)
        for change in (
            lambda rule: rule.action_switch_off(),
            lambda rule: rule.write({"brake_amount": 400.0}),
        ):
            rule = self._on()
            run = self._run(rule)
            self.assertEqual((run.state, run.mode), ("selecting", "post"))
            change(rule)
            self._run_job()
            self._run(rule)
            self.assertEqual((run.state, run.mode), ("done", "report"))
        self.assertEqual(self._residuals(invoices), [(5.0, 5.0), (6.0, 6.0)])

    def test_user_goes_while_it_selects(self):
        invoices = self._invoice(5.0) | self._invoice(6.0)
        self.patch(self.env.registry["ar.writeoff.run"], "_get_select_size", lambda run: 1)
        rule = self._on()
        run = self._run(rule)
        self._run_job()
        self.supervisor.active = False
        self._run(rule)
        self.assertEqual((run.state, rule.state), ("stopped", "off"))
        self.assertEqual(self._residuals(invoices), [(5.0, 5.0), (6.0, 6.0)])

    def test_one_that_breaks_holds_up_no_other(self):
        """Whatever an addon does wrong in one rule, the next one runs."""
        self._invoice(5.0)
        broken, sound = self._on(name="Broken"), self._on(name="Sound")
        Rule = self.env.registry["ar.writeoff.rule"]
        brake = Rule._get_brake_message

        def fail(rule, count, amount):
            return 1 / 0 if rule == broken else brake(rule, count, amount)

        self.patch(Rule, "_get_brake_message", fail)
        with mute_logger("odoo.addons.ar_writeoff_rule.models.ar_writeoff_rule_job"):
            self._run(broken)
        self.assertEqual(broken.run_ids.state, "stopped")
        self.assertIn("division by zero", broken.run_ids.result)
        self.assertEqual(sound.run_ids.state, "done")

    def test_nobody_chooses_for_it(self):
        """What it found waits for it alone; once it has only reported, the batch is anybody's."""
        self._invoice(5.0)
        self._invoice(6.0)
        self.patch(self.env.registry["ar.writeoff.run"], "_get_select_size", lambda run: 1)
        rule = self._rule()
        rule.action_start_reporting()
        run = self._run(rule)
        self._run_job()
        batch = run.batch_id.with_user(self.clerk)
        row = batch.candidate_ids[:1]
        for act in (
            row.action_exclude,
            row.action_include,
            lambda: row.write({"amount_currency": 1.0}),
            lambda: batch.write({"limit_document": 9000.0}),
        ):
            with self.assertRaisesRegex(UserError, "made by the rule"), self.cr.savepoint():
                act()
        self._run(rule)
        row.action_exclude()
        self.assertEqual(row.state, "left_out")
