from odoo import api, fields, models
from odoo.tools import SQL

from .ar_writeoff_ageing_mixin import AGEING_CONTEXT, BUCKETS, CREDITS

# In the order of the buckets.
FIGURES = (
    "amount_not_due",
    "amount_1",
    "amount_2",
    "amount_3",
    "amount_4",
    "amount_older",
    "amount_credits",
)
# Rows that one run of the query fetches: a page and its count for so many customers.
ROWS_AT_ONCE = 5000
KEYS = ("partner_id", "currency_id", "account_id", "company_id")


def _figure(label, **kwargs):
    return fields.Monetary(
        string=label,
        currency_field="company_currency_id",
        readonly=True,
        depends_context=AGEING_CONTEXT,
        **kwargs,
    )


class ArWriteoffAgeing(models.Model):
    """What a customer owed on the date, by age: for each currency, account and company.

    The id of a row is that of its oldest item, which belongs to no other row.
    """

    _name = "ar.writeoff.ageing"
    _description = "Aged Receivables"
    _inherit = ["ar.writeoff.ageing.mixin"]
    _auto = False
    _rec_name = "partner_id"
    _order = "amount_total desc, id"

    # Shown with the length of the company's buckets, see fields_get.
    amount_not_due = _figure("Not Due")
    amount_1 = _figure("Bucket 1")
    amount_2 = _figure("Bucket 2")
    amount_3 = _figure("Bucket 3")
    amount_4 = _figure("Bucket 4")
    amount_older = _figure("Older")
    amount_credits = _figure("Credits", help="Payments and credit notes nobody has matched yet.")
    amount_total = _figure("Total")
    amount_total_currency = fields.Monetary(
        string="Total in Currency", readonly=True, depends_context=AGEING_CONTEXT
    )
    date_oldest = fields.Date(
        string="Oldest Due Date",
        readonly=True,
        aggregator="min",
        depends_context=AGEING_CONTEXT,
        help="Of what is owed; credits do not count.",
    )
    has_credits = fields.Boolean(
        string="With Credits", readonly=True, depends_context=AGEING_CONTEXT
    )

    @property
    def _table_query(self):
        return SQL(
            """SELECT ageing.*, customer.user_id, customer.country_id
                 FROM (%s) ageing
            LEFT JOIN res_partner customer ON customer.id = ageing.partner_id""",
            self._get_row_query(),
        )

    @api.model
    def _get_row_query(self):
        """The buckets side by side, one row for each customer, currency, account and company.

        :return: SQL
        """
        figures = SQL(", ").join(
            SQL(
                "COALESCE(SUM(part.residual) FILTER (WHERE part.bucket = %s), 0) AS %s",
                number,
                SQL.identifier(name),
            )
            for number, name in enumerate(FIGURES)
        )
        return SQL(
            """SELECT MIN(part.id) AS id, %(keys)s, %(figures)s,
                      MIN(part.company_currency_id) AS company_currency_id,
                      SUM(part.residual) AS amount_total,
                      SUM(part.residual_currency) AS amount_total_currency,
                      MIN(part.date_oldest) AS date_oldest,
                      BOOL_OR(part.has_credits) AS has_credits,
                      BOOL_OR(part.is_overdue) AS is_overdue
                 FROM (%(parts)s) part
             GROUP BY %(keys)s""",
            keys=self._get_keys("part"),
            figures=figures,
            parts=self._get_part_query(),
        )

    @api.model
    def _get_part_query(self):
        """The sum of each bucket. Summed before the buckets are set side by side, which is cheap
        then: the bucket of an item is worked out once and not for each column.

        :return: SQL
        """
        return SQL(
            """SELECT MIN(item.id) AS id, %(keys)s, item.bucket,
                      MIN(item.company_currency_id) AS company_currency_id,
                      SUM(item.residual) AS residual,
                      SUM(item.residual_currency) AS residual_currency,
                      MIN(item.date_maturity) FILTER (WHERE NOT item.is_credit) AS date_oldest,
                      BOOL_OR(item.is_credit) AS has_credits,
                      BOOL_OR(item.is_overdue) AS is_overdue
                 FROM (%(items)s) item
             GROUP BY %(keys)s, item.bucket""",
            keys=self._get_keys("item"),
            items=self._get_ageing_query(),
        )

    @api.model
    def _get_keys(self, alias):
        return SQL(", ").join(SQL.identifier(alias, name) for name in KEYS)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        result = super().fields_get(allfields, attributes)
        labels = dict(self._get_bucket_labels())
        for key, name in zip(BUCKETS, FIGURES, strict=False):
            if "string" in result.get(name, {}):
                result[name]["string"] = labels[key]
        return result

    @api.model
    @api.readonly
    def web_search_read(
        self, domain, specification, offset=0, limit=None, order=None, count_limit=None
    ):
        # A page and its count cost a run of the query each. All rows of most books are as cheap
        # as a page of them, and then the count is known.
        wanted = ROWS_AT_ONCE - offset
        if limit and limit < wanted:
            rows = self.search_fetch(
                domain, specification.keys(), offset=offset, limit=wanted, order=order
            )
            if 0 < len(rows) < wanted:
                page = self.browse(rows.ids[:limit])
                return {"length": offset + len(rows), "records": page.web_read(specification)}
        return super().web_search_read(domain, specification, offset, limit, order, count_limit)

    def _get_items(self):
        # A row whose oldest item was closed is another row now: the item knows whose it was.
        oldest = self._get_own_items()
        keys = [self._get_key(item) for item in oldest]
        items = self.env["ar.writeoff.ageing.item"].search(
            [
                (name, "in", list(values))
                for name, values in zip(KEYS, map(set, zip(*keys, strict=True)), strict=True)
            ]
        )
        chosen = items.filtered(lambda item: tuple(item[name].id for name in KEYS) in set(keys))
        return oldest | chosen._get_items()

    def _get_key(self, item):
        """What makes the row that an item belongs to.

        :param item: ``account.move.line``
        :return: tuple of ids, in the order of ``KEYS``
        """
        customer = item.partner_id.commercial_partner_id
        return (customer.id, item.currency_id.id, item.account_id.id, item.company_id.id)

    def _get_whole_customers(self, items):
        return items.partner_id.commercial_partner_id

    def action_open_items(self):
        """Open the items behind the row, grouped by bucket.

        :return: window action
        """
        return self._open_items([])

    def action_open_figure(self, name):
        """Open the items a figure of the row is made of.

        :param str name: one of ``FIGURES``
        :return: window action
        :raises ValueError: if there is no such figure
        """
        keys = (*BUCKETS, CREDITS)
        return self._open_items([("bucket", "=", keys[FIGURES.index(name)])])

    def _open_items(self, domain):
        self.ensure_one()
        context = self.env.context
        return (
            self.env["ar.writeoff.ageing.options"]
            .create(
                {
                    "screen": "ar.writeoff.ageing.item",
                    "date": self._get_ageing_date(),
                    "ageing_by": context.get("ageing_by") or "due",
                    "ageing_credits": context.get("ageing_credits") or "apart",
                    "domain": [*((name, "=", self[name].id) for name in KEYS), *domain],
                    "subject": self.partner_id.display_name or self.env._("No Customer"),
                }
            )
            .action_open()
        )

    def action_print(self):
        """Print the chosen rows.

        :return: report action; it carries the choices of the screen, which a report that is
            bound to the list would not
        """
        report = self.env.ref("ar_writeoff.report_ageing")
        return report.report_action(self, data={"ids": self.ids})
