"""Books the cases of ``cases/write_offs.csv`` and compares every journal item."""

import re

from odoo.tests import tagged

from .case_common import DATES, MOVE_TYPES, CaseCommon

BOOK = re.compile(
    r"(?P<kind>INV|DN|CN|RCPT|OPEN|PAY) (?P<amount>-?[\d.]+)(?: (?P<currency>[A-Z]{3}))?"
    r"(?: (?P<terms>30/70))?(?: for (?P<customer>\w+))?(?: on (?P<on>\d+))?"
    r"(?: in (?P<month>Jan|Feb))?$"
)


@tagged("post_install", "-at_install")
class TestWorkedCases(CaseCommon):
    def test_cases(self):
        self._play_all("write_offs.csv", self._book, self._check_entries)

    def _book(self, text, books):
        """One of the books, as its open receivable lines."""
        match = BOOK.match(text)
        self.assertTrue(match, f"not understood: {text}")
        fields_ = match.groupdict()
        partner = self.other_customer if fields_["customer"] == "Cave" else self.customer
        date = DATES[fields_["month"] or "Jan"]
        amount = float(fields_["amount"])
        currency = self.env["res.currency"].search([("name", "=", fields_["currency"] or "USD")])
        if fields_["kind"] == "PAY":
            return self._book_payment(partner, amount, currency, date, fields_["on"], books)
        if fields_["kind"] == "OPEN":
            return self._items(self._book_opening(partner, amount, date))
        terms = {"invoice_payment_term_id": self.instalments.id} if fields_["terms"] else {}
        move = self._invoice(
            amount,
            partner=partner,
            date=date,
            move_type=MOVE_TYPES[fields_["kind"]],
            currency_id=currency.id,
            ref="Debit note" if fields_["kind"] == "DN" else False,
            **terms,
        )
        return self._items(move).sorted("date_maturity")

    def _get_rows(self, writeoffs):
        rows = []
        for number, entry in enumerate(self._get_entries(writeoffs), start=1):
            for line in entry.line_ids.sorted("id"):
                foreign = line.currency_id != self.company.currency_id
                rows.append(
                    (
                        number,
                        self.account_names.get(line.account_id, line.account_id.name),
                        line.partner_id.name,
                        f"{line.debit:.2f}",
                        f"{line.credit:.2f}",
                        line.currency_id.name if foreign else "",
                        self._number(line.amount_currency, line.currency_id) if foreign else "",
                    )
                )
        return rows

    def _get_expected(self, rows):
        return [
            (
                int(row["entry"]),
                row["account"],
                row["customer"],
                row["debit"] or "0.00",
                row["credit"] or "0.00",
                row["currency"],
                row["in currency"],
            )
            for row in rows
        ]

    def _check_entries(self, writeoffs, case):
        self.assertEqual(self._get_rows(writeoffs), self._get_expected(case))
