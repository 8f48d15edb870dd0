from odoo import api, models
from odoo.tools import SQL


class ArWriteoffAgeingMixin(models.AbstractModel):
    """What was open on a day, by one query."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.ageing.mixin"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_ageing_query(self):
        """One row for each item that was open on the date.

        Only journal items the user may read are in it: the rules of journal items are part of
        the query. What was matched after the date is added back to today's residual.

        :return: SQL
        :raises AccessError: if the user may not read journal items at all
        """
        bucket = self._get_bucket_sql(SQL("item.days"))
        if self.env.context.get("ageing_credits") != "netted":
            bucket = SQL("CASE WHEN item.is_credit THEN 6 ELSE %s END", bucket)
        return SQL(
            """SELECT item.*, %(bucket)s AS bucket,
                      NOT item.is_credit AND item.date_maturity < %(date)s AS is_overdue
                 FROM (%(items)s) item""",
            bucket=bucket,
            date=self._get_ageing_date(),
            items=self._get_item_query(),
        )

    @api.model
    def _get_bucket_sql(self, days):
        """The number of the bucket that an age belongs to, see ``BUCKETS``.

        :param SQL days: the age, a whole number
        :return: SQL
        """
        return SQL(
            "CASE WHEN %(days)s <= 0 THEN 0 ELSE LEAST((%(days)s - 1) / %(length)s + 1, 5) END",
            days=days,
            length=self._get_ageing_days(),
        )

    @api.model
    def _get_item_query(self):
        """Receivable items that were open on the date, with what was open on them.

        :return: SQL
        """
        query = self.env["account.move.line"]._search(self._get_item_domain())
        contact = query.left_join(
            "account_move_line", "partner_id", "res_partner", "id", "partner_id"
        )
        residual = SQL("account_move_line.amount_residual")
        residual_currency = SQL("account_move_line.amount_residual_currency")
        if self._is_ageing_past():
            query.add_join(
                "LEFT JOIN",
                "later",
                SQL("(%s)", self._get_later_matches()),
                SQL("later.line_id = account_move_line.id"),
            )
            query.add_where(
                SQL("(account_move_line.reconciled IS NOT TRUE OR later.line_id IS NOT NULL)")
            )
            residual = SQL("%s + COALESCE(later.amount, 0)", residual)
            residual_currency = SQL("%s + COALESCE(later.amount_currency, 0)", residual_currency)
            # Of today's open items this is true anyway, and would mislead the planner.
            query.add_where(SQL("(%s <> 0 OR %s <> 0)", residual, residual_currency))
        return query.select(*self._get_item_columns(contact, residual, residual_currency))

    @api.model
    def _get_item_domain(self):
        """Journal items that can have been open on the date. Extension point.

        :return: domain on ``account.move.line``
        """
        domain = [
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("date", "<=", self._get_ageing_date()),
        ]
        return domain if self._is_ageing_past() else [*domain, ("reconciled", "=", False)]

    @api.model
    def _get_item_columns(self, contact, residual, residual_currency):
        due = SQL("COALESCE(account_move_line.date_maturity, account_move_line.date)")
        aged_from = due
        if self.env.context.get("ageing_by") == "invoice":
            aged_from = SQL("COALESCE(account_move_line.invoice_date, account_move_line.date)")
        names = ("id", "move_id", "journal_id", "move_name", "name", "ref", "account_id")
        names += ("company_id", "company_currency_id", "currency_id", "date", "invoice_date")
        return [
            *(SQL.identifier("account_move_line", name) for name in names),
            SQL("%s AS partner_id", SQL.identifier(contact, "commercial_partner_id")),
            SQL("%s AS date_maturity", due),
            SQL("%s - %s AS days", self._get_ageing_date(), aged_from),
            SQL("%s AS residual", residual),
            SQL("%s AS residual_currency", residual_currency),
            SQL("account_move_line.amount_residual AS residual_today"),
            SQL("COALESCE(NULLIF(%s, 0), %s) < 0 AS is_credit", residual_currency, residual),
        ]

    @api.model
    def _get_later_matches(self):
        """What was matched on each item after the date, signed as its residual.

        A match is as old as the younger of its two entries, exchange differences included.

        :return: SQL
        """
        return SQL(
            """SELECT match.line_id, SUM(match.amount) AS amount,
                      SUM(match.amount_currency) AS amount_currency
                 FROM (
                       SELECT debit_move_id AS line_id, amount,
                              debit_amount_currency AS amount_currency
                         FROM account_partial_reconcile
                        WHERE max_date > %(date)s
                    UNION ALL
                       SELECT credit_move_id, -amount, -credit_amount_currency
                         FROM account_partial_reconcile
                        WHERE max_date > %(date)s
                      ) match
             GROUP BY match.line_id""",
            date=self._get_ageing_date(),
        )
