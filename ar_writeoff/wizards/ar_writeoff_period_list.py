from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class ArWriteoffPeriodList(models.TransientModel):
    """Which write-offs to print: those of a period, of the current company and its branches."""

    _name = "ar.writeoff.period.list"
    _description = "Write-Off List"
    _inherit = "ar.writeoff.values.mixin"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._get_last_month()[0]
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: self._get_last_month()[1]
    )
    group_by = fields.Selection(
        [("reason_id", "Reason"), ("partner_id", "Customer")],
        string="Totals By",
        required=True,
        default="reason_id",
    )

    @api.model
    def _get_last_month(self):
        """The month that is over, first and last day.

        :return: tuple of dates
        """
        first = fields.Date.context_today(self).replace(day=1)
        return first - relativedelta(months=1), first - relativedelta(days=1)

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for options in self:
            if options.date_from > options.date_to:
                raise ValidationError(
                    self.env._(
                        "The period ends on %(date_to)s, before it begins on %(date_from)s.",
                        date_from=format_date(self.env, options.date_from),
                        date_to=format_date(self.env, options.date_to),
                    )
                )

    def _get_rows_domain(self):
        """The rows of the analysis that are printed; by accounting date.

        :return: domain on ``ar.writeoff.analysis``
        """
        self.ensure_one()
        return [
            ("company_id", "child_of", self.company_id.id),
            ("date", ">=", self.date_from),
            ("date", "<=", self.date_to),
        ]

    def _get_title(self):
        """What is printed or shown.

        :return: str, such as “Write-Off List, 06/01/2024 – 06/30/2024”
        """
        self.ensure_one()
        return self.env._(
            "Write-Off List, %(date_from)s – %(date_to)s",
            date_from=format_date(self.env, self.date_from),
            date_to=format_date(self.env, self.date_to),
        )

    def action_print(self):
        """Print the list.

        :return: report action
        """
        self.ensure_one()
        return self.env.ref("ar_writeoff.report_period_list").report_action(self)

    def action_open(self):
        """Show the same rows on the screen, from where they go into a spreadsheet.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ar_writeoff.action_analysis")
        views = sorted(action["views"], key=lambda view: view[1] != "list")
        return {
            **action,
            "name": self._get_title(),
            "display_name": self._get_title(),
            "views": views,
            "domain": self._get_rows_domain(),
            "context": {"group_by": [self.group_by]},
        }
