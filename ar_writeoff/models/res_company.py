from datetime import timedelta

from odoo import api, fields, models

from .account_account import WRITEOFF_ACCOUNT_DOMAIN

JOURNAL_XMLID = "ar_writeoff_journal"
WRITEOFF_GROUPING = [
    ("document", "One for each document"),
    ("partner", "One for each customer"),
    ("one", "One for all"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    writeoff_journal_id = fields.Many2one(
        "account.journal",
        string="Write-Off Journal",
        check_company=True,
        domain=[("type", "=", "general")],
    )
    writeoff_reason_id = fields.Many2one(
        "ar.writeoff.reason",
        string="Default Write-Off Reason",
        check_company=True,
        domain=[("use", "in", ("balance", "both"))],
        default=lambda self: self.env.ref("ar_writeoff.reason_bad_debt", raise_if_not_found=False),
    )
    writeoff_credit_reason_id = fields.Many2one(
        "ar.writeoff.reason",
        string="Default Write-Off Reason for Credits",
        check_company=True,
        domain=[("use", "in", ("credit", "both"))],
        default=lambda self: self.env.ref("ar_writeoff.reason_unclaimed", raise_if_not_found=False),
    )
    writeoff_loss_account_id = fields.Many2one(
        "account.account",
        string="Write-Off Loss Account",
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
    )
    writeoff_gain_account_id = fields.Many2one(
        "account.account",
        string="Write-Off Gain Account",
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
    )
    writeoff_grouping = fields.Selection(
        WRITEOFF_GROUPING, string="Write-Off Entries", required=True, default="partner"
    )
    writeoff_leave_draft = fields.Boolean(
        string="Leave Write-Off Entries in Draft",
        help="Somebody else reviews and posts them; posting finishes the write-off.",
    )

    @api.constrains("writeoff_loss_account_id", "writeoff_gain_account_id")
    def _check_writeoff_accounts(self):
        (self.writeoff_loss_account_id | self.writeoff_gain_account_id)._check_writeoff_account()

    def _get_writeoff_parameter(self, name):
        """Value of a write-off parameter; a branch without one takes its parent's.

        :param str name: name of a many2one field on ``res.company``
        :return: the record in the caller's environment, or an empty one
        """
        self.ensure_one()
        # sudo: a branch user may not read the parent company, whose parameters apply to him
        for company in reversed(self.sudo().parent_ids):
            if company[name]:
                return company[name].with_env(self.env)
        return self[name]

    def _get_writeoff_open_date(self, date, has_tax=False):
        """First day, from ``date`` on, that no lock closes for the current user.

        :param date date: where to start
        :param bool has_tax: whether the entry carries tax
        :return: date
        """
        self.ensure_one()
        journal = self._get_writeoff_parameter("writeoff_journal_id")
        while locks := self._get_violated_lock_dates(date, has_tax, journal):
            date = locks[-1][0] + timedelta(days=1)
        return date

    def _ensure_writeoff_parameters(self):
        """Give companies that lack them a write-off journal and a default reason.

        A journal with the code WOFF that is already there is taken over. Accounts are never
        guessed.
        """
        ChartTemplate = self.env["account.chart.template"]
        for company in self.filtered(lambda c: not c.writeoff_journal_id):
            chart = ChartTemplate.with_company(company)
            journal_vals = chart._get_writeoff_account_journal(company.chart_template)
            journal = self.env["account.journal"].search(
                [
                    *self.env["account.journal"]._check_company_domain(company),
                    ("code", "=", journal_vals[JOURNAL_XMLID]["code"]),
                    ("type", "=", "general"),
                ],
                limit=1,
            )
            if not journal and not company.parent_id:
                chart._load_data({"account.journal": journal_vals})
                journal = chart.ref(JOURNAL_XMLID)
            company.writeoff_journal_id = journal
        for name, xmlid in (
            ("writeoff_reason_id", "ar_writeoff.reason_bad_debt"),
            ("writeoff_credit_reason_id", "ar_writeoff.reason_unclaimed"),
        ):
            reason = self.env.ref(xmlid, raise_if_not_found=False)
            self.filtered(lambda c, name=name: not c[name])[name] = reason
