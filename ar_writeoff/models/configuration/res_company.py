from datetime import timedelta

from odoo import api, fields, models

from .account_account import WRITEOFF_ACCOUNT_DOMAIN

JOURNAL_XMLID = "ar_writeoff_journal"
# Former versions proposed codes that tell the customer what was done to their invoice.
TELLING_CODE = "WOFF"
WRITEOFF_GROUPING = [
    ("document", "One for each document"),
    ("partner", "One for each customer"),
    ("one", "One for all"),
]
# Empty: as the parent company.
YES_NO = [("yes", "Yes"), ("no", "No")]


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
    )
    writeoff_credit_reason_id = fields.Many2one(
        "ar.writeoff.reason",
        string="Default Write-Off Reason for Credits",
        check_company=True,
        domain=[("use", "in", ("credit", "both"))],
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
        WRITEOFF_GROUPING,
        string="Write-Off Entries",
        help="Empty: as the parent company, else one for each customer.",
    )
    writeoff_leave_draft = fields.Selection(
        YES_NO,
        string="Leave Write-Off Entries in Draft",
        help="Somebody else reviews and posts them; posting finishes the write-off. "
        "Empty: as the parent company, else no.",
    )
    writeoff_author_may_post = fields.Selection(
        YES_NO,
        string="Author Posts Write-Offs Left in Draft",
        help="No: somebody else has to post what a user left in draft, or to release it. Empty: as "
        "the parent company, else yes.",
    )
    writeoff_mail_result = fields.Selection(
        YES_NO,
        string="Message at the End of a Batch",
        help="Whoever started a batch, or its undo, in the background gets the result by mail or "
        "in their inbox, as they prefer. Empty: as the parent company, else yes.",
    )
    writeoff_separate_tax = fields.Selection(
        YES_NO,
        string="Separate Sales Tax for Balances",
        help="The tax in a written-off balance goes back to the tax accounts and boxes. "
        "Empty: as the parent company, else no.",
    )
    writeoff_credit_separate_tax = fields.Selection(
        YES_NO,
        string="Separate Sales Tax for Credits",
        help="The tax in a written-off credit is owed again. Empty: as the parent company, else "
        "no.",
    )
    writeoff_analytic_from_invoice = fields.Selection(
        YES_NO,
        string="Write-Off Analytic from the Invoice",
        help="Losses go to the analytic accounts of the invoice lines, in proportion. "
        "Empty: as the parent company, else no.",
    )
    writeoff_bulk = fields.Selection(
        YES_NO,
        string="Set-Based Posting of Write-Offs",
        help="Counterparts and matches of ordinary items are written by the database at once: for "
        "many thousands of items. Empty: as the parent company, else no.",
    )
    writeoff_from_payments = fields.Selection(
        YES_NO,
        string="Payment Differences in the Write-Off Register",
        help="“Mark as fully paid” in the payment dialog writes the difference off, for a reason. "
        "Empty: as the parent company, else no.",
    )
    writeoff_ageing_days = fields.Integer(
        string="Days of an Ageing Bucket",
        help="Empty: as the parent company, else 30.",
    )

    _check_writeoff_ageing_days = models.Constraint(
        "CHECK(writeoff_ageing_days IS NULL OR writeoff_ageing_days BETWEEN 0 AND 3650)",
        "A bucket of the aged receivables lasts some days: enter a number from 1 to 3650.",
    )

    writeoff_child_full_only = fields.Selection(
        YES_NO,
        string="Child Accounts: Full Write-Off Only",
        help="Invoices of subsidiaries are written off in full, and not at all once their parent "
        "paid a part of them. Empty: as the parent company, else no.",
    )

    @api.constrains("writeoff_loss_account_id", "writeoff_gain_account_id")
    def _check_writeoff_accounts(self):
        (self.writeoff_loss_account_id | self.writeoff_gain_account_id)._check_writeoff_account()

    def _get_writeoff_reason(self, name):
        """The reason to propose: what was archived since is proposed no more.

        :param str name: ``writeoff_reason_id`` or ``writeoff_credit_reason_id``
        :return: ``ar.writeoff.reason``, possibly empty
        """
        return self._get_writeoff_parameter(name).filtered("active")

    def _get_writeoff_property(self, record, name):
        """Value of a company-dependent field; a branch without one takes its parent's.

        :param record: the record that has the field, possibly empty
        :param str name: name of a company-dependent field
        :return: the value, possibly empty; records are in the caller's environment
        """
        self.ensure_one()
        # sudo: as above
        values = [record.sudo().with_company(c)[name] for c in reversed(self.sudo().parent_ids)]
        value = next(filter(None, values), values[0])
        return value.with_env(self.env) if isinstance(value, models.BaseModel) else value

    def _get_writeoff_open_date(self, date, has_tax=False):
        """First day, from ``date`` on, that no lock closes in any of these companies.

        :param date date: where to start
        :param bool has_tax: whether taxes are given back, which have a lock of their own
        :return: date; the current user's lock exceptions count
        """
        for company in self:
            journal = company._get_writeoff_parameter("writeoff_journal_id")
            date = company._get_first_open_date(date, journal, has_tax=has_tax)
        return date

    def _get_first_open_date(self, date, journal, has_tax):
        """First day, from ``date`` on, that no lock closes for an entry of this kind.

        :param date date: where to start
        :param journal: ``account.journal`` of the entry
        :param bool has_tax: whether the entry carries tax
        :return: date
        """
        self.ensure_one()
        while locks := self._get_violated_lock_dates(date, has_tax, journal):
            date = locks[-1][0] + timedelta(days=1)
        return date

    def _ensure_writeoff_parameters(self):
        """Give companies that lack them a write-off journal and default reasons.

        The journal that an earlier installation made is taken back. Branches take their parent's
        parameters. Accounts are never guessed.
        """
        roots = self.filtered(lambda company: not company.parent_id)
        for company in roots.filtered(lambda company: not company.writeoff_journal_id):
            company.writeoff_journal_id = company._get_or_create_writeoff_journal()
        for name, xmlid in (
            ("writeoff_reason_id", "ar_writeoff.reason_bad_debt"),
            ("writeoff_credit_reason_id", "ar_writeoff.reason_unclaimed"),
        ):
            reason = self.env.ref(xmlid, raise_if_not_found=False)
            roots.filtered(lambda company, name=name: not company[name])[name] = reason
        roots.filtered(lambda company: not company.writeoff_grouping).writeoff_grouping = "partner"
        roots.filtered(lambda company: not company.writeoff_ageing_days).writeoff_ageing_days = 30
        for company in roots.filtered(lambda company: not company.writeoff_author_may_post):
            company.writeoff_author_may_post = "yes"

    def _get_or_create_writeoff_journal(self):
        self.ensure_one()
        chart = self.env["account.chart.template"].with_company(self)
        journal = chart.ref(JOURNAL_XMLID, raise_if_not_found=False) or self._get_old_journal()
        if journal and journal.type == "general":
            journal.active = True
            return journal
        return self._create_writeoff_journal()

    def _get_old_journal(self):
        """A journal that former versions proposed, if its external identifier is gone."""
        journals = self.env["account.journal"].with_context(active_test=False)
        return journals.search(
            [
                ("company_id", "=", self.id),
                ("code", "=like", f"{TELLING_CODE}%"),
                ("type", "=", "general"),
            ],
            limit=1,
        )

    def _create_writeoff_journal(self):
        """Make a journal whose code, the first thing a customer reads of an entry, is neutral.

        :return: ``account.journal``
        """
        self.ensure_one()
        chart = self.env["account.chart.template"].with_company(self)
        vals = chart._get_writeoff_account_journal(self.chart_template)[JOURNAL_XMLID]
        journals = self.env["account.journal"].with_context(active_test=False)
        taken = journals.search(
            [("company_id", "=", self.id), ("code", "=like", vals["code"] + "%")]
        ).mapped("code")
        codes = (f"{vals['code']}{number or ''}" for number in range(100))
        vals["code"] = next(code for code in codes if code not in taken)
        journal = journals.create({**vals, "company_id": self.id})
        xmlid = chart.company_xmlid(JOURNAL_XMLID)
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": xmlid, "record": journal, "noupdate": True}]
        )
        return journal.with_env(self.env)

    def _has_telling_writeoff_journal(self):
        """Whether the company's own journal tells customers what was done to their invoices.

        :return: bool
        """
        return (self.writeoff_journal_id.code or "").startswith(TELLING_CODE)
