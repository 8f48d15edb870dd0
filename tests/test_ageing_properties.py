"""The ageing query against a second implementation, on random books and dates.

The second one is plain Python: it starts from the amounts of the entries and applies matches one
by one, where the query starts from today's residual and adds matches back.
"""

from collections import defaultdict

from hypothesis import given, note
from hypothesis import strategies as st

from odoo import fields
from odoo.tests import tagged

from odoo.addons.ar_writeoff.models.ageing.ar_writeoff_ageing import FIGURES

from .common import TODAY
from .property_common import examples
from .test_ageing import AgeingCommon

DATES = ("2024-01-15", "2024-02-20", "2024-03-31", "2024-05-01", "2024-06-15")
RATES = {"EUR": (0.8, 0.9, 0.7654321, 0.85, 0.81), "JPY": (150.0, 155.0, 149.37, 160.0, 151.0)}

documents = st.tuples(
    st.sampled_from(("INV", "INV", "CN", "PAY")),
    st.integers(100, 50_000),  # whole units
    st.sampled_from(("EUR", "JPY", "USD")),
    st.integers(0, 4),  # of DATES
    st.booleans(),  # Birch or Cave
    st.booleans(),  # instalments
)
matches = st.tuples(
    st.sampled_from(("PAY", "PAY", "MATCH", "WO")),
    st.integers(0, 5),  # which document
    st.integers(10, 100),  # share in percent
    st.integers(0, 4),  # of DATES
)
looks = st.tuples(
    st.one_of(  # the very days on which something happened are where a query goes wrong
        st.sampled_from(DATES).map(fields.Date.to_date),
        st.dates(fields.Date.to_date("2024-01-10"), fields.Date.to_date("2024-07-20")),
    ),
    st.sampled_from(("due", "invoice")),
    st.sampled_from(("apart", "netted")),
    st.sampled_from((30, 10, 45)),
)


@tagged("post_install", "-at_install")
class TestAgeingProperties(AgeingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currencies = {"USD": cls.company.currency_id}
        for name, rates in RATES.items():
            rates = [(date[:8] + "01", rate) for date, rate in zip(DATES, rates, strict=True)]
            cls.currencies[name] = cls.setup_other_currency(name, rates=rates)
        cls.instalments = cls._instalments((33.0, 0), (67.0, 45))

    def test_any_books_on_any_date(self):
        @examples(30)
        @given(
            st.lists(documents, min_size=1, max_size=5),
            st.lists(matches, max_size=5),
            st.lists(looks, min_size=4, max_size=4),
        )
        def run(books, steps, views):
            savepoint = self.cr.savepoint()
            try:
                moves = [self._book(*book) for book in books]
                for step in steps:
                    self._match(moves, *step)
                for view in views:
                    note(view)
                    self._compare(*view)
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

        run()

    # --- the books ---

    def _book(self, kind, units, currency, date, is_birch, in_instalments):
        partner = self.customer if is_birch else self.other_customer
        currency, date = self.currencies[currency], DATES[date]
        if kind == "PAY":
            return self._payment(units, partner, currency, date).move_id
        terms = {"invoice_payment_term_id": self.instalments.id} if in_instalments else {}
        return self._invoice(
            units,
            partner=partner,
            date=date,
            move_type={"INV": "out_invoice", "CN": "out_refund"}[kind],
            currency_id=currency.id,
            **terms,
        )

    def _match(self, moves, kind, which, share, date):
        move = moves[which % len(moves)]
        items = self._items(move).filtered(lambda item: not item.reconciled)
        if kind == "MATCH":
            partner = move.partner_id
            all_items = self._items(self.env["account.move"].union(*moves))
            all_items.filtered(lambda i: i.partner_id == partner and not i.reconciled).reconcile()
        elif items and kind == "WO" and move.move_type == "out_invoice":
            amount = items[0].currency_id.round(items[0].amount_residual_currency * share / 100)
            if amount > 0:
                self._write_off(move, amounts=[amount])
        elif items and move.move_type == "out_invoice":
            amount = move.currency_id.round(move.amount_residual * share / 100)
            if amount > 0:
                self._pay(move, amount, date=DATES[date])

    # --- the comparison ---

    def _compare(self, date, ageing_by, ageing_credits, days):
        self.company.writeoff_ageing_days = days
        choices = {"ageing_by": ageing_by, "ageing_credits": ageing_credits}
        expected_items = self._expect_items(date, days, **choices)
        items = self._search("ar.writeoff.ageing.item", ageing_date=str(date), **choices)
        self.assertEqual(
            {
                item.id: (item.days, int(item.bucket), item.residual, item.residual_currency)
                for item in items
            },
            expected_items,
        )
        rows = self._search(ageing_date=str(date), **choices)
        self.assertEqual(
            {
                (row.partner_id, row.currency_id): [
                    round(amount, 2)
                    for amount in (*(row[name] for name in FIGURES), row.amount_total)
                ]
                for row in rows
            },
            self._expect_rows(expected_items),
        )

    def _expect_items(self, date, days, ageing_by, ageing_credits):
        expected = {}
        lines = self.env["account.move.line"].search([("company_id", "=", self.company.id)])
        for line in lines:
            if line.account_id.account_type != "asset_receivable" or line.parent_state != "posted":
                continue
            open_amounts = self._open_on(line, date)
            if line.date > date or not any(open_amounts):
                continue
            start = line.date_maturity if ageing_by == "due" else line.move_id.invoice_date
            age = (date - (start or line.date)).days
            is_credit = (open_amounts[1] or open_amounts[0]) < 0
            if is_credit and ageing_credits == "apart":
                bucket = 6
            else:
                bucket = 0 if age <= 0 else min(-(-age // days), 5)
            expected[line.id] = (age, bucket, *open_amounts)
        return expected

    def _open_on(self, line, date):
        """Open on the date in both currencies; from today on, whatever is matched counts."""
        company, document = line.balance, line.amount_currency
        for match in line.matched_debit_ids | line.matched_credit_ids:
            matched = max(match.debit_move_id.date, match.credit_move_id.date)
            if matched > date and str(date) < TODAY:
                continue
            sign = -1 if match.debit_move_id == line else 1
            side = "debit" if match.debit_move_id == line else "credit"
            company += sign * match.amount
            document += sign * match[f"{side}_amount_currency"]
        return line.company_currency_id.round(company), line.currency_id.round(document)

    def _expect_rows(self, items):
        rows = defaultdict(lambda: [0.0] * 8)
        for item_id, (_age, bucket, residual, _residual_currency) in items.items():
            line = self.env["account.move.line"].browse(item_id)
            row = rows[line.partner_id.commercial_partner_id, line.currency_id]
            row[bucket] += residual
            row[7] += residual
        return {key: [round(amount, 2) for amount in row] for key, row in rows.items()}
