from odoo import api, models
from odoo.tools import SQL


class ArWriteoffAnalysis(models.Model):
    """The query behind the analysis. An addon adds columns and joins: see ``_get_columns``."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.analysis"  # pylint: disable=consider-merging-classes-inherited

    @property
    def _table_query(self):
        columns = SQL(", ").join(
            SQL("%s AS %s", column, SQL.identifier(name))
            for name, column in self._get_columns().items()
        )
        return SQL("SELECT %s FROM %s WHERE %s", columns, self._get_from(), self._get_where())

    @api.model
    def _get_columns(self):
        """What each row tells. Extension point: a stored field of the model for each key.

        In the expressions stand ``share``, its ``line`` and ``writeoff``, ``booked`` (the entries
        of the line, see ``_get_booked_query``), ``carrier`` (the journal item, where there is one),
        ``document`` and ``customer`` (where they still exist), and ``rate``.

        :return: dict: name of a field → SQL
        """
        columns = {
            "id": SQL("share.id"),
            "account_id": SQL("COALESCE(carrier.account_id, share.account_id)"),
            "salesperson_id": SQL("COALESCE(document.invoice_user_id, customer.user_id)"),
            "country_id": SQL("customer.country_id"),
            "product_id": self._get_product_column(),
            "is_reversal": SQL("share.reversed_id IS NOT NULL"),
            "side": SQL(
                """CASE WHEN COALESCE(NULLIF(line.amount_currency, 0), line.amount) < 0
                        THEN 'credit' ELSE 'balance' END"""
            ),
            "user_id": SQL("writeoff.user_id"),
            "batch_id": SQL("writeoff.batch_id"),
            **self._get_entry_columns(),
            **self._get_figure_columns(),
        }
        names = ("line_id", "move_id", "company_id", "currency_id", "kind", "tax_id")
        for name in (*names, "amount_currency"):
            columns[name] = SQL.identifier("share", name)
        names = ("writeoff_id", "partner_id", "partner_name", "item_name", "item_kind", "reason_id")
        for name in names:
            columns[name] = SQL.identifier("line", name)
        return columns

    @api.model
    def _get_entry_columns(self):
        """When it was booked, and how old it was when it was written off.

        :return: as ``_get_columns``
        """
        age = SQL(
            "(booked.entry_date - COALESCE(line.date_maturity, line.item_date, booked.entry_date))"
        )
        bucket = self.env["ar.writeoff.ageing.mixin"]._get_bucket_sql(age)
        return {
            "date": self._get_by_role("date"),
            "entry_id": self._get_by_role("id"),
            "age": age,
            "bucket": SQL("(%s)::varchar", bucket),
        }

    @api.model
    def _get_figure_columns(self):
        """The amounts, in the currency of the current company.

        :return: as ``_get_columns``
        """
        amount = SQL("share.balance * COALESCE(rate.rate, 1)")
        is_reversal = SQL("share.reversed_id IS NOT NULL")
        return {
            "company_currency_id": SQL("%s", self.env.company.currency_id.id),
            "amount": amount,
            "amount_tax": SQL("CASE WHEN share.kind = 'loss' THEN 0 ELSE %s END", amount),
            "amount_untaxed": SQL("CASE WHEN share.kind = 'loss' THEN %s ELSE 0 END", amount),
            "amount_reversed": SQL("CASE WHEN %s THEN -%s ELSE 0 END", is_reversal, amount),
            # Losses and gains are given up alike: the one does not make the other younger.
            "age_weight": SQL("CASE WHEN %s THEN 0 ELSE ABS(%s) END", is_reversal, amount),
            "writeoff_count": SQL("CASE WHEN %s THEN NULL ELSE writeoff.id END", is_reversal),
        }

    @api.model
    def _get_product_column(self):
        # As a subquery of its own it costs nothing until somebody asks for products.
        return SQL(
            """COALESCE(share.product_id, (
                 SELECT MIN(sold.product_id) FROM account_move_line sold
                  WHERE sold.move_id = share.move_id AND sold.display_type = 'product'
                 HAVING COUNT(DISTINCT COALESCE(sold.product_id, 0)) = 1))"""
        )

    @api.model
    def _get_by_role(self, name):
        """Of the entry, or of the reversal entry, if the share gives back another."""
        return SQL(
            "CASE WHEN share.reversed_id IS NULL THEN %s ELSE %s END",
            SQL.identifier("booked", f"entry_{name}"),
            SQL.identifier("booked", f"reversal_{name}"),
        )

    @api.model
    def _get_from(self):
        """Shares with what is known of them. Extension point: an addon appends its joins, of which
        none may multiply or drop rows.

        :return: SQL
        """
        return SQL(
            """ar_writeoff_share share
               JOIN ar_writeoff_line line ON line.id = share.line_id
               JOIN ar_writeoff writeoff ON writeoff.id = line.writeoff_id
               JOIN (%(booked)s) booked ON booked.line_id = line.id
          LEFT JOIN account_move_line carrier ON carrier.id = share.carrier_id
          LEFT JOIN account_move document ON document.id = share.move_id
          LEFT JOIN res_partner customer ON customer.id = line.partner_id
          LEFT JOIN (%(rates)s) rate ON rate.company_id = share.company_id
                AND rate.date = %(date)s""",
            booked=self._get_booked_query(),
            rates=self._get_rate_query(),
            date=self._get_by_role("date"),
        )

    @api.model
    def _get_where(self):
        """Which shares count: those whose entry is posted.

        :return: SQL
        """
        return SQL("%s IS NOT NULL", self._get_by_role("id"))

    @api.model
    def _get_booked_query(self):
        """The posted entry of each line, and its reversal entry.

        By the counterpart, which every line has: a share has no journal item where several
        cancelled each other.

        :return: SQL
        """
        is_entry = SQL("FILTER (WHERE entry.writeoff_role = 'entry')")
        is_reversal = SQL("FILTER (WHERE entry.writeoff_role = 'reversal')")
        return SQL(
            """SELECT item.writeoff_line_id AS line_id,
                      MIN(entry.id) %(is_entry)s AS entry_id,
                      MIN(entry.date) %(is_entry)s AS entry_date,
                      MIN(entry.id) %(is_reversal)s AS reversal_id,
                      MIN(entry.date) %(is_reversal)s AS reversal_date
                 FROM account_move_line item
                 JOIN account_move entry ON entry.id = item.move_id
                WHERE item.writeoff_line_id IS NOT NULL AND entry.state = 'posted'
             GROUP BY item.writeoff_line_id""",
            is_entry=is_entry,
            is_reversal=is_reversal,
        )

    @api.model
    def _get_rate_query(self):
        """What amounts of companies with another currency are multiplied by, day by day.

        At the rate of the accounting date: a converted figure of a period that is over stays.

        :return: SQL: company, date, rate; no rows while one currency is enough
        """
        company = self.env.company
        foreign = self.env.companies.filtered(lambda one: one.currency_id != company.currency_id)
        return SQL(
            """SELECT day.company_id, day.date, %(to_rate)s / %(from_rate)s AS rate
                 FROM (SELECT DISTINCT company_id, date FROM account_move
                        WHERE writeoff_role IS NOT NULL AND company_id = ANY(%(foreign)s)) day
                 JOIN res_company owner ON owner.id = day.company_id""",
            to_rate=self._get_rate(SQL("%s", company.currency_id.id)),
            from_rate=self._get_rate(SQL("owner.currency_id")),
            foreign=foreign.ids,
        )

    @api.model
    def _get_rate(self, currency):
        """The rate of a currency on a ``day``, as the current company keeps it: the last one before
        it, else the first one, else one. Core asks so for each date by a query of its own.

        :param SQL currency: its id
        :return: SQL
        """
        rates = SQL(
            """SELECT rate.rate FROM res_currency_rate rate
                WHERE rate.currency_id = %s
                  AND (rate.company_id IS NULL OR rate.company_id = %s)""",
            currency,
            self.env.company.root_id.id,
        )
        return SQL(
            """COALESCE((%(rates)s AND rate.name <= day.date
                       ORDER BY rate.company_id, rate.name DESC LIMIT 1),
                        (%(rates)s ORDER BY rate.company_id, rate.name LIMIT 1), 1.0)""",
            rates=rates,
        )
