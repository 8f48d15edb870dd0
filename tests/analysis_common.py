"""The analysis, read as tables, and held against the ledger."""

from collections import Counter

from odoo import fields

from .tax_common import TaxCommon


class AnalysisCommon(TaxCommon):
    def _analysis(self, user=None, companies=None):
        self.env.flush_all()
        self.env.invalidate_all()
        Analysis = self.env["ar.writeoff.analysis"].with_user(user or self.clerk)
        ids = (companies or self.company).ids
        return Analysis.with_context(allowed_company_ids=ids)

    def _undo_on(self, writeoff, date, **request):
        """Undo these lines of a write-off, or all.

        :return: reversal entries
        """
        return self._reverse(writeoff, fields.Date.to_date(date), **request)

    def _rows(self, *names, domain=()):
        """Rows in the order of the register: the fields asked for; records by their name."""
        rows = self._analysis().search(list(domain), order="id")
        return [tuple(self._read(row[name]) for name in names) for row in rows]

    def _read(self, value):
        return value.display_name or "" if hasattr(value, "_name") else value

    def _table(self, groupby, *figures, domain=()):
        """What a pivot shows: group → its figures, rounded as amounts are."""
        groups = self._analysis()._read_group(list(domain), groupby, figures)
        return {
            tuple(self._read(value) for value in values[: len(groupby)]): tuple(
                round(value, 2) if value else value for value in values[len(groupby) :]
            )
            for values in groups
        }

    def _months(self, figure="amount:sum", domain=()):
        """Month → figure."""
        return {
            month.strftime("%Y-%m"): round(amount, 2)
            for month, amount in self._analysis()._read_group(
                list(domain), ["date:month"], [figure]
            )
        }

    def _linked(self):
        """The journal items of entries of write-offs, without what closes open items: month and
        account → balance."""
        self.env.flush_all()
        items = self.env["account.move.line"].search(
            [
                ("move_id.writeoff_id", "!=", False),
                ("company_id", "child_of", self.company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "!=", "asset_receivable"),
            ]
        )
        balances = Counter()
        for item in items:
            balances[item.date.strftime("%Y-%m"), item.account_id.code] += item.balance
        return {key: round(balance, 2) for key, balance in balances.items() if round(balance, 2)}

    def assertTies(self, companies=None):
        """Each period and account equals the journal items that carry the link."""
        groups = self._analysis(companies=companies)._read_group(
            [], ["date:month", "account_id"], ["amount:sum"]
        )
        found = {
            (month.strftime("%Y-%m"), account.code): round(amount, 2)
            for month, account, amount in groups
            if round(amount, 2)
        }
        self.assertTrue(found)
        self.assertEqual(found, self._linked())
