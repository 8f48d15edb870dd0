from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import date_utils
from odoo.tools.misc import format_date

# A hundred years: more is a mistake, and much more is no date.
MAX_DAYS = 36_500
# What a saved filter keeps besides the criteria.
KEPT_DECISIONS = ("reason_id", "credit_reason_id", "grouping")
DATE_RANGES = (
    ("date_from", "date_to"),
    ("invoice_date_from", "invoice_date_to"),
    ("due_from", "due_to"),
)


class ArWriteoffCriteriaMixin(models.AbstractModel):
    """Which open items a batch looks at. Each question has its domain; empty means all."""

    _name = "ar.writeoff.criteria.mixin"
    _description = "Criteria of a Batch Write-Off"
    _inherit = "ar.writeoff.values.mixin"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    side = fields.Selection(
        [("balance", "Balances"), ("credit", "Credits"), ("both", "Both, Netted per Customer")],
        string="Write Off",
        default="balance",
        help="Balances: what customers owe. Credits: what they never claimed. Both: a customer's "
        "credits are matched with their oldest balances first, what is left is written off.",
    )
    branch_ids = fields.Many2many(
        "res.company",
        string="Branches",
        domain="[('id', 'child_of', company_id)]",
        help="Empty: the company and its branches, as far as they are active.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        domain="['|', ('parent_id', '=', False), ('is_company', '=', True)]",
    )
    partner_tag_ids = fields.Many2many("res.partner.category", string="Customer Tags")
    salesperson_ids = fields.Many2many(
        "res.users", string="Salespersons", help="Of the customers, not of the invoices."
    )
    country_ids = fields.Many2many("res.country", string="Countries")
    period = fields.Selection(
        [
            ("month", "This Month"),
            ("last_month", "Last Month"),
            ("quarter", "This Quarter"),
            ("last_quarter", "Last Quarter"),
            ("year", "This Fiscal Year"),
            ("last_year", "Last Fiscal Year"),
            ("before_year", "Before This Fiscal Year"),
        ],
        help="Sets the accounting period of the documents; a saved filter moves on with time.",
    )
    date_from = fields.Date(
        string="Accounting Period From",
        compute="_compute_period",
        store=True,
        readonly=False,
        help="By the accounting date of the documents.",
    )
    date_to = fields.Date(
        string="Accounting Period To", compute="_compute_period", store=True, readonly=False
    )
    invoice_date_from = fields.Date()
    invoice_date_to = fields.Date()
    due_from = fields.Date(string="Due Date From")
    due_to = fields.Date(string="Due Date To")
    overdue_from = fields.Integer(string="Days Overdue From", help="0: no matter.")
    overdue_to = fields.Integer(string="Days Overdue To", help="0: no matter.")
    currency_ids = fields.Many2many("res.currency", string="Currencies")
    with_invoices = fields.Boolean(
        string="Invoices", default=True, help="Invoices, debit notes and sales receipts."
    )
    with_credit_notes = fields.Boolean(string="Credit Notes", default=True)
    with_payments = fields.Boolean(
        string="Payments", default=True, help="Also bank transactions and prepayments."
    )
    with_entries = fields.Boolean(
        string="Other Entries", default=True, help="Opening balances and other journal entries."
    )
    journal_ids = fields.Many2many("account.journal", string="Journals", check_company=True)
    account_ids = fields.Many2many(
        "account.account",
        string="Receivable Accounts",
        domain="[('account_type', '=', 'asset_receivable')]",
        check_company=True,
    )
    limit_document = fields.Monetary(
        string="Limit per Document",
        help="Documents whose open amount is larger are left out. What is open on the items of one "
        "entry, customer and account, in company currency. 0: no such limit.",
    )
    limit_customer = fields.Monetary(
        string="Limit per Customer",
        help="Customers of whom more is open among the chosen documents are left out. 0: no such "
        "limit.",
    )
    limit_run = fields.Monetary(
        string="Limit of the Run",
        help="Documents are taken in the order of their due dates as long as they fit. 0: no such "
        "limit.",
    )

    @api.model
    def _get_criteria_fields(self):
        """Names of the fields that say what a batch looks at.

        :return: list of str
        """
        own = self.env["ar.writeoff.criteria.mixin"]._fields
        others = {*models.MAGIC_COLUMNS, "display_name", "company_id", "currency_id"}
        return [name for name in own if name not in others]

    def _prepare_criteria_vals(self):
        """The criteria, and the decisions that go with them, as values for another record.

        :return: dict; decisions that were not made are not in it
        """
        self.ensure_one()
        names = self._get_criteria_fields()
        if self.period:
            names = [name for name in names if name not in ("date_from", "date_to")]
        names += [name for name in KEPT_DECISIONS if self[name]]
        return {name: self._fields[name].convert_to_write(self[name], self) for name in names}

    # ------------------------------------------------------------------
    # What makes no sense
    # ------------------------------------------------------------------

    @api.constrains("overdue_from", "overdue_to")
    def _check_days(self):
        for record in self:
            first, last = record.overdue_from, record.overdue_to
            if not all(0 <= days <= MAX_DAYS for days in (first, last)):
                raise ValidationError(
                    self.env._("Days Overdue: enter numbers from 0 to %s.", MAX_DAYS)
                )
            if last and first > last:
                raise ValidationError(
                    self.env._(
                        "Days Overdue: %(first)s to %(last)s is no range; the smaller number comes "
                        "first.",
                        first=first,
                        last=last,
                    )
                )

    @api.constrains(*(name for names in DATE_RANGES for name in names))
    def _check_date_ranges(self):
        for record in self:
            for first, last in DATE_RANGES:
                if record[first] and record[last] and record[first] > record[last]:
                    raise ValidationError(
                        self.env._(
                            "%(name)s, %(first)s, is after %(last)s: nothing would be found.",
                            name=self._fields[first]._description_string(self.env),
                            first=format_date(self.env, record[first]),
                            last=format_date(self.env, record[last]),
                        )
                    )

    @api.constrains("limit_document", "limit_customer", "limit_run")
    def _check_limits(self):
        for record in self:
            limits = (record.limit_document, record.limit_customer, record.limit_run)
            if any(record.currency_id.compare_amounts(limit, 0.0) < 0 for limit in limits):
                raise ValidationError(self.env._("A limit cannot be negative."))

    # ------------------------------------------------------------------
    # Shortcuts
    # ------------------------------------------------------------------

    @api.depends("period")
    def _compute_period(self):
        """The dates come with the shortcut, and go with it."""
        today = fields.Date.context_today(self)
        for record in self:
            period = record._get_period(today) if record.period else (False, False)
            record.date_from, record.date_to = period

    def _get_period(self, today):
        """First and last day of the chosen period. Extension point.

        :param date today: the day it is relative to
        :return: tuple of dates; the first may be False
        """
        company = self.company_id or self.env.company
        if self.period in ("month", "last_month"):
            start, end = date_utils.get_month(today)
            step = relativedelta(months=1)
        elif self.period in ("quarter", "last_quarter"):
            start, end = date_utils.get_quarter(today)
            step = relativedelta(months=3)
        else:
            year = company.compute_fiscalyear_dates(today)
            start, end, step = year["date_from"], year["date_to"], relativedelta(years=1)
        if self.period == "before_year":
            return False, start - timedelta(days=1)
        if self.period.startswith("last_"):
            return start - step, start - timedelta(days=1)
        return start, end
