import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.ar_writeoff.models.rights import as_engine

_logger = logging.getLogger(__name__)


class ArWriteoffRule(models.Model):
    """The schedule: what is due is begun, what is under way goes on."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.rule"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_run(self):
        """Begin what is due, and go on with what was begun; a scheduled job.

        Each step is committed by itself: one rule that fails holds up no other.
        """
        today = fields.Date.context_today(self)
        due = self.search([("state", "!=", "off"), ("next_date", "<=", today)])
        Run = self.env["ar.writeoff.rule.run"]
        open_runs = Run.search([("state", "in", ("selecting", "running"))], order="id")
        steps = [rule._begin for rule in due] + [run._go_on for run in open_runs]
        left = len(steps)
        self.env["ir.cron"]._commit_progress(remaining=left)
        for step in steps:
            step()
            left -= 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break

    def _begin(self):
        """Begin a run: a batch of the user whose authority it is, and its list."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        self.next_date = self._get_next_date(today)
        if message := self._get_user_problem():
            self._stop(message)
            return
        run = self.env["ar.writeoff.rule.run"].create(
            {
                "rule_id": self.id,
                "date": today,
                "mode": self._get_mode_of_run(),
                "user_id": self.user_id.id,
            }
        )
        run._guarded(run._select)
        if run.state == "selecting":
            run._go_on()

    def _get_user_problem(self):
        """Why the user's authority cannot be used any more.

        :return: str, empty if it can
        """
        user = self.user_id
        if not user.active:
            return self.env._("%s is archived.", user.name)
        if not user.has_group("ar_writeoff.group_writeoff_user"):
            return self.env._("%s may not write off receivables any more.", user.name)
        if self.company_id not in user.company_ids:
            return self.env._(
                "%(user)s has no access to %(company)s any more.",
                user=user.name,
                company=self.company_id.name,
            )
        return ""

    def _get_mode_of_run(self):
        """What the next run may do.

        :return: a value of ``mode``
        """
        if self.state != "on" or self.mode == "report" or self.trial_runs:
            return "report"
        return "report" if self._is_changed() else self.mode

    def _stop(self, message):
        """It cannot run any more until somebody looks after it.

        :param str message: why
        """
        self.state = "off"
        self._tell(self.env._("The rule is switched off: %s", message))

    def _tell(self, message):
        """Those hear of it who are responsible.

        :param str message: what happened
        """
        users = (self.user_id | self.edited_by | self.notify_ids).filtered("active")
        self.message_post(
            body=message,
            author_id=self.env.ref("base.partner_root").id,  # nobody is told by themself
            partner_ids=users.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )


class ArWriteoffRuleRun(models.Model):
    """What a run does, step by step."""

    _inherit = "ar.writeoff.rule.run"

    def _guarded(self, step):
        """Do a step, or note why it cannot be done.

        :param step: called without arguments
        """
        try:
            with self.env.cr.savepoint():
                step()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # whatever goes wrong here, the other rules go on
            if not isinstance(error, UserError):  # an AccessError is one
                _logger.exception("Run %s of a write-off rule", self.id)
            self.env.invalidate_all(flush=False)
            self._end("stopped", str(error))

    def _end(self, state, result):
        """Note what became of it, and tell if it is nothing good.

        :param str state: ``done`` or ``stopped``
        :param str result: for people
        """
        self.write({"state": state, "result": result})
        if state == "stopped":
            self.rule_id._tell(result)

    def _get_own_env(self):
        """The environment of the user whose authority it is: what they see of the company and its
        branches.

        :return: ``Environment``
        """
        user, company = self.user_id, self.company_id
        branches = user.company_ids.filtered(lambda one: company in one.parent_ids)
        context = {"allowed_company_ids": [company.id, *(branches - company).ids]}
        return self.env(user=user, su=False, context={**context, "lang": user.lang, "tz": user.tz})

    def _select(self):
        """Make the batch and find its items."""
        env, rule = self._get_own_env(), self.rule_id
        batch = env["ar.writeoff.batch"].create(rule._prepare_batch_vals())
        as_engine(batch).rule_run_id = self
        self.batch_id = batch
        batch.action_select()

    def _go_on(self):
        """The next step, if it can be taken by now."""
        self.ensure_one()
        if self.state == "selecting":
            if not self.batch_id:
                self._end("stopped", self.env._("Its batch was deleted."))
            elif not self.batch_id.is_selecting:
                self._guarded(self._decide)
        if self.state == "running":
            self._follow()

    def _decide(self):
        """Once all items were found: report, ask, or write off, unless the brake stops it."""
        rule = self.rule_id
        if message := rule._get_user_problem():
            self._end("stopped", message)
            rule._stop(message)
            return
        # While items were selected in the background, somebody may have switched it off.
        if rule._get_mode_of_run() != self.mode:
            self.mode = "report"
        batch = self.batch_id.with_env(self._get_own_env())
        count, amount = batch._get_rule_figures()
        self.write({"item_count": count, "amount": amount, "left_out_count": batch.left_out_count})
        names = {"count": count, "amount": self.currency_id.format(amount)}
        if brake := rule._get_brake_message(count, amount):
            self._end("stopped", self.env._("Stopped by the brake, nothing is posted: %s", brake))
        elif self.mode == "report":
            self._end("done", self._get_report_text(names))
            if rule.state == "on" and rule.trial_runs:
                rule.trial_runs -= 1
        elif not count:
            self._end("done", self.env._("Nothing to write off."))
        else:
            self._start(batch)

    def _get_report_text(self, names):
        if self.rule_id.state == "on" and self.rule_id._is_changed():
            return self.env._(
                "%(count)s items, %(amount)s. Only reported: the rule, its filter or a reason "
                "changed since it was switched on.",
                **names,
            )
        return self.env._("Would write off %(count)s items, %(amount)s.", **names)

    def _start(self, batch):
        """Write off what is included; warnings are confirmed by nobody, so they stop it.

        :param batch: ``ar.writeoff.batch`` in the environment of the user
        """
        totals = batch.env["ar.writeoff.planned"]._get_totals(batch)
        outcome = batch.env["ar.writeoff.start"]._start(
            batch, "included", [], totals["item_count"], totals["amount"]
        )
        if outcome._name == "ar.writeoff.request":
            self.request_id = outcome.id
            self._end("done", self.env._("Asked for: %s", outcome.name))
            return
        self.state = "running"
        self._follow()

    def _follow(self):
        """Once the batch is done, say so."""
        batch = self.batch_id
        if batch.state == "running":
            return
        # sudo: of all companies
        lines = batch.sudo().line_ids
        sums = self.env["ar.writeoff.authority"]._read_sums(lines, [("id", "in", lines.ids)])
        self.write({"item_count": len(lines), "amount": sum(one.amount for one in sums)})
        self._end(
            "done",
            self.env._(
                "Written off: %(count)s items, %(amount)s. Skipped or failed: %(failed)s.",
                count=len(lines),
                amount=self.currency_id.format(self.amount),
                failed=batch.failed_count,
            ),
        )
