from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

MODES = [
    ("report", "Report Only"),
    ("request", "Request"),
    ("post", "Write Off"),
]


class ArWriteoffRule(models.Model):
    """A batch that runs by itself: a saved filter, reasons, limits, a schedule and a brake.

    It runs under a named user's authority, as a batch like any other.
    """

    _name = "ar.writeoff.rule"
    _description = "Write-Off Rule"
    _inherit = ["mail.thread", "ar.writeoff.values.mixin"]
    _order = "company_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("off", "Off"), ("report", "Reports Only"), ("on", "On")],
        required=True,
        readonly=True,
        default="off",
        copy=False,
        tracking=True,
        help="A rule that is new or was changed reports only, until somebody else than its last "
        "editor switches it on.",
    )
    filter_id = fields.Many2one(
        "ar.writeoff.filter",
        string="Saved Filter",
        required=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
        domain="[('company_id', '=', company_id)]",
        help="Which open items, and limits per document, customer and run.",
    )
    reason_id = fields.Many2one(
        "ar.writeoff.reason",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        domain="[('use', 'in', ('balance', 'both'))]",
        help="For balances. Empty: that of the filter. With a grid, the grid says which.",
    )
    credit_reason_id = fields.Many2one(
        "ar.writeoff.reason",
        string="Reason for Credits",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        domain="[('use', 'in', ('credit', 'both'))]",
        help="Empty: that of the filter.",
    )
    cell_ids = fields.One2many(
        "ar.writeoff.rule.cell",
        "rule_id",
        string="Grid",
        copy=True,
        help="Which balances, by age and amount, for which reason. What is in no cell is left out. "
        "Without a grid all that the filter finds goes for one reason.",
    )
    mode = fields.Selection(
        MODES,
        required=True,
        default="report",
        tracking=True,
        help="Report only: a list, and nothing happens. Request: somebody approves it, whatever "
        "the amount. Write off: within the authority of the user; above it, a request.",
    )
    trial_runs = fields.Integer(
        default=1,
        tracking=True,
        copy=False,
        help="So many runs report only, once it is switched on.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Under the Authority of",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        tracking=True,
        help="Sees and may write off what this user may. Without them, or without their role, the "
        "rule stops.",
    )
    interval_number = fields.Integer(string="Every", default=1, required=True)
    interval_type = fields.Selection(
        [("days", "Days"), ("weeks", "Weeks"), ("months", "Months")],
        string="Unit",
        default="months",
        required=True,
    )
    next_date = fields.Date(
        string="Next Run",
        required=True,
        default=fields.Date.context_today,
        help="What was missed is run once.",
    )
    brake_amount = fields.Monetary(
        string="Largest Total of a Run",
        required=True,
        tracking=True,
        help="Beyond it nothing is posted, and somebody is told.",
    )
    brake_count = fields.Integer(
        string="Most Items of a Run", tracking=True, help="0: no such brake."
    )
    brake_share = fields.Float(
        string="Largest Share of Receivables (%)",
        tracking=True,
        help="Of all that customers owe the company on the day of the run. 0: no such brake.",
    )
    brake_month = fields.Monetary(
        string="Largest Total of a Month",
        tracking=True,
        help="Of all runs of the rule in a calendar month. 0: no such brake.",
    )
    notify_ids = fields.Many2many(
        "res.users",
        string="Tell",
        help="Who hears of it when a run is stopped, besides the user and the last editor.",
    )
    edited_by = fields.Many2one("res.users", string="Last Edited By", readonly=True, copy=False)
    switched_on_by = fields.Many2one("res.users", readonly=True, copy=False, tracking=True)
    switched_on = fields.Datetime(readonly=True, copy=False)
    switched_fingerprint = fields.Char(
        readonly=True, copy=False, help="Of what was looked at when it was switched on."
    )
    run_ids = fields.One2many("ar.writeoff.rule.run", "rule_id", string="Runs", readonly=True)
    run_count = fields.Integer(compute="_compute_run_count")

    _brake_positive = models.Constraint(
        "CHECK (brake_amount > 0 AND COALESCE(brake_count, 0) >= 0 AND "
        "COALESCE(brake_month, 0) >= 0 AND COALESCE(brake_share, 0) BETWEEN 0 AND 100)",
        "Every rule has a brake: enter the largest total of a run, and no negative number.",
    )
    _schedule_positive = models.Constraint(
        "CHECK (interval_number BETWEEN 1 AND 1000 AND COALESCE(trial_runs, 0) BETWEEN 0 AND 1000)",
        "Enter a number from 1 to 1,000 for the schedule, and no negative number of trial runs.",
    )

    @api.depends("run_ids")
    def _compute_run_count(self):
        for rule in self:
            rule.run_count = len(rule.run_ids)

    @api.constrains("filter_id", "reason_id", "credit_reason_id", "cell_ids")
    def _check_has_reasons(self):
        for rule in self:
            for is_credit in (False, True):
                side = rule.filter_id.side
                if side == ("balance" if is_credit else "credit"):
                    continue
                if not rule._get_reasons(is_credit):
                    raise ValidationError(
                        self.env._(
                            "%s: choose a reason for balances and for credits, as far as the "
                            "filter finds them.",
                            rule.name,
                        )
                    )

    def _get_reasons(self, is_credit):
        """For which reasons it may write off.

        :param bool is_credit: credits, else balances
        :return: ``ar.writeoff.reason``
        """
        if is_credit:
            return self.credit_reason_id or self.filter_id.credit_reason_id
        return self.cell_ids.reason_id or self.reason_id or self.filter_id.reason_id

    def _get_next_date(self, today):
        """The first day of the schedule after today: what was missed is not run again and again.

        :param date today: the day of the run
        :return: date
        """
        self.ensure_one()
        date, count = self.next_date, 0
        while date <= today:
            count += 1
            step = {self.interval_type: self.interval_number * count}
            date = self.next_date + relativedelta(**step)
        return date

    @api.ondelete(at_uninstall=False)
    def _unlink_except_run(self):
        for rule in self.filtered("run_ids"):
            raise UserError(
                self.env._(
                    "%s was run, and its log stays. Switch it off instead.", rule.display_name
                )
            )

    def action_open_runs(self):
        """Open the log of runs.

        :return: window action
        """
        self.ensure_one()
        return self.run_ids._get_records_action(name=self.env._("Runs"), context={})
