from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.query import Query

from ..ageing.ar_writeoff_ageing_mixin import CREDITS


def _figure(label, **kwargs):
    """An amount in the currency of the company the user works in."""
    return fields.Monetary(
        string=label,
        currency_field="company_currency_id",
        readonly=True,
        depends_context=("company",),
        **kwargs,
    )


class ArWriteoffAnalysis(models.Model):
    """What was written off, share by share, as it stands in the ledger.

    A row for each share whose entry is posted, by the accounting date of that entry. What was
    undone is a row of its own with the opposite sign, in the period of its reversal entry: figures
    of a period that is over do not change. The id of a row is that of its share.

    Amounts of companies with another currency are converted to that of the current company at the
    rate of the accounting date.
    """

    _name = "ar.writeoff.analysis"
    _description = "Write-Off Analysis"
    _auto = False
    _order = "date desc, writeoff_id desc, id"
    _rec_name = "writeoff_id"

    _depends = {
        "ar.writeoff": ["batch_id", "user_id"],
        "ar.writeoff.line": [
            "writeoff_id",
            "partner_id",
            "partner_name",
            "item_name",
            "item_kind",
            "item_date",
            "date_maturity",
            "reason_id",
            "amount",
            "amount_currency",
        ],
        "ar.writeoff.share": [
            "line_id",
            "move_id",
            "company_id",
            "currency_id",
            "kind",
            "account_id",
            "product_id",
            "tax_id",
            "balance",
            "amount_currency",
            "carrier_id",
            "reversed_id",
        ],
        "account.move": ["state", "date", "writeoff_role", "invoice_user_id"],
        "account.move.line": [
            "move_id",
            "account_id",
            "product_id",
            "display_type",
            "writeoff_line_id",
        ],
        "res.partner": ["user_id", "country_id"],
        "res.currency.rate": ["currency_id", "company_id", "name", "rate"],
        "res.company": ["currency_id"],
    }

    date = fields.Date(
        string="Accounting Date",
        readonly=True,
        help="Of the entry; of the reversal entry, if it was undone.",
    )
    writeoff_id = fields.Many2one("ar.writeoff", string="Write-Off", readonly=True)
    line_id = fields.Many2one("ar.writeoff.line", string="Write-Off Line", readonly=True)
    batch_id = fields.Many2one("ar.writeoff.batch", readonly=True)
    entry_id = fields.Many2one("account.move", string="Journal Entry", readonly=True)
    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    item_name = fields.Char(string="Reference", readonly=True)
    item_kind = fields.Selection(
        selection=lambda self: self.env["ar.writeoff.line"]._fields["item_kind"].selection,
        string="Document Kind",
        readonly=True,
    )
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    partner_name = fields.Char(string="Customer at the Time", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    salesperson_id = fields.Many2one(
        "res.users",
        readonly=True,
        help="Of the document; of the customer, if the document has none.",
    )
    user_id = fields.Many2one(
        "res.users", string="Written Off By", readonly=True, help="Whose decision it was."
    )
    reason_id = fields.Many2one("ar.writeoff.reason", readonly=True)
    kind = fields.Selection(
        selection=lambda self: self.env["ar.writeoff.share"]._fields["kind"].selection,
        string="Part",
        readonly=True,
    )
    side = fields.Selection(
        [("balance", "Balances"), ("credit", "Credits")],
        readonly=True,
        help="What customers owed, or what they never claimed.",
    )
    is_reversal = fields.Boolean(string="Reversal", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    product_id = fields.Many2one(
        "product.product",
        readonly=True,
        help="Of the line of the document. Where a loss was booked whole: the product of the "
        "document, if it has only one.",
    )
    tax_id = fields.Many2one(
        "account.tax", readonly=True, help="The tax that was given back, or was never due."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, help="Of the document.")
    company_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Figures",
        readonly=True,
        depends_context=("company",),
    )
    age = fields.Float(
        string="Average Age (Days)",
        readonly=True,
        digits=(16, 0),
        aggregator="avg",
        help="From the due date to the accounting date of the write-off. An average is weighted by "
        "amount; what was undone does not count in it.",
    )
    age_weight = fields.Float(readonly=True, aggregator=None, depends_context=("company",))
    bucket = fields.Selection(
        selection="_get_bucket_labels",
        string="Age at Write-Off",
        readonly=True,
        depends_context=("company",),
    )
    amount = _figure(
        "Written Off",
        help="Debit positive, as in the ledger: losses are positive, gains and what was undone are "
        "negative.",
    )
    amount_tax = _figure(
        "Tax Given Back",
        help="Tax in it that is no loss: given back, or never due because it was not collected.",
    )
    amount_untaxed = _figure(
        "Net Loss", help="What is lost, or gained if negative: the amount without that tax."
    )
    amount_reversed = _figure(
        "Reversed", help="What was undone, by the date of its reversal entry; positive for a loss."
    )
    amount_currency = fields.Monetary(
        string="In Currency", readonly=True, aggregator=None, help="Currency of the document."
    )
    writeoff_count = fields.Integer(
        string="Write-Offs",
        readonly=True,
        aggregator="count_distinct",
        help="How many different ones were posted; undoing one makes none.",
    )
    is_fiscal_year = fields.Boolean(
        string="This Fiscal Year",
        compute="_compute_is_fiscal_year",
        search="_search_is_fiscal_year",
    )

    @api.model
    def _get_bucket_labels(self):
        """The buckets of the aged receivables; credits have an age like everything else.

        :return: list of pairs (key, translated name)
        """
        labels = self.env["ar.writeoff.ageing.mixin"]._get_bucket_labels()
        return [(key, label) for key, label in labels if key != CREDITS]

    @api.depends("date", "company_id")
    def _compute_is_fiscal_year(self):
        today = fields.Date.context_today(self)
        for company, rows in self.grouped("company_id").items():
            year = company.compute_fiscalyear_dates(today)
            for row in rows:
                row.is_fiscal_year = year["date_from"] <= row.date <= year["date_to"]

    def _search_is_fiscal_year(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domains = []
        for company in self.env.companies:
            year = company.compute_fiscalyear_dates(today)
            domains.append(
                Domain("company_id", "=", company.id)
                & Domain("date", ">=", year["date_from"])
                & Domain("date", "<=", year["date_to"])
            )
        found = Domain.OR(domains)
        return Domain.OR([found if wanted else ~found for wanted in value])

    def _read_group_select(self, aggregate_spec: str, query: Query) -> SQL:
        """An average age is weighted by amount."""
        if aggregate_spec != "age:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%(age)s * %(weight)s) / NULLIF(SUM(%(weight)s), 0)",
            age=self._field_to_sql(self._table, "age", query),
            weight=self._field_to_sql(self._table, "age_weight", query),
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_writeoff(self):
        """Open the write-off of the row.

        :return: window action
        """
        self.ensure_one()
        return self.writeoff_id._get_records_action(name=self.env._("Write-Off"), context={})

    def action_open_document(self):
        """Open the invoice, credit note, payment or entry that was written off.

        :return: window action
        :raises UserError: if it was deleted since
        """
        self.ensure_one()
        if not self.move_id:
            raise UserError(self.env._("%s was deleted; the write-off is kept.", self.item_name))
        return self.move_id._get_records_action(name=self.env._("Document"), context={})

    def action_open_entry(self):
        """Open the journal entry that carries the row.

        :return: window action
        """
        self.ensure_one()
        return self.entry_id._get_records_action(name=self.env._("Journal Entry"), context={})
