"""Tables of worked cases: read, booked and played, for accountants to check and extend."""

import csv
import re
from itertools import groupby
from pathlib import Path

from odoo import Command

from .tax_common import TaxCommon

CASES = Path(__file__).parent / "cases"
DATES = {"Jan": "2024-01-15", "Feb": "2024-02-15"}
MOVE_TYPES = {
    "INV": "out_invoice",
    "DN": "out_invoice",
    "CN": "out_refund",
    "RCPT": "out_receipt",
}
GROUPINGS = {"by document": "document", "in one entry": "one", None: "partner"}
WRITE_OFF = re.compile(
    r"WO (?P<what>all|[\d.,= -]+?)(?P<tax> with tax)?(?: (?P<grouping>by document|in one entry))?"
    r"(?: because (?P<reason>\w+))?(?: to (?P<account>\w+))?(?P<draft> in draft)?$"
)


def read_cases(name):
    """The table, case by case: the first row says what is done, all of them what comes of it."""
    with open(CASES / name, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    number = None
    for row in rows:
        number = row["case"] or number
        row["number"] = int(number)
    return {number: list(group) for number, group in groupby(rows, lambda row: row["number"])}


class CaseCommon(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gain_account = cls._account("490100", "Gain", "income_other")
        cls.cave_account = cls._account("690300", "Bad debt Cave", "expense")
        cls.company.writeoff_gain_account_id = cls.gain_account
        cls.other_customer.with_company(cls.company).writeoff_account_id = cls.cave_account
        small = cls.env.ref("ar_writeoff.reason_small_difference")
        small.with_company(cls.company).loss_account_id = cls.other_account
        cls.account_names = {
            cls.receivable: "Receivable",
            cls.bad_debt_account: "Bad debt",
            cls.other_account: "Small differences",
            cls.allowance_account: "Allowance",
            cls.gain_account: "Gain",
            cls.cave_account: "Bad debt Cave",
        }
        cls.instalments = cls._instalments((30.0, 0), (70.0, 30))
        cls._read_rates()

    @classmethod
    def _read_rates(cls):
        Currency = cls.env["res.currency"].with_context(active_test=False)
        with open(CASES / "rates.csv", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                currency = Currency.search([("name", "=", row["currency"])])
                currency.write({"active": True, "rounding": 10 ** -int(row["decimals"])})
                cls.env["res.currency.rate"].create(
                    {
                        "currency_id": currency.id,
                        "name": row["from"],
                        "company_id": cls.company.id,
                        "rate": float(row["units for one dollar"]),
                    }
                )

    # --- books ---

    def _book_opening(self, partner, amount, date):
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": date,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.receivable.id,
                            "partner_id": partner.id,
                            "balance": amount,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_revenue"].id,
                            "balance": -amount,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        return entry

    def _book_payment(self, partner, amount, currency, date, matched_with, books):
        payment = self._payment(amount, partner, currency, date)
        items = self._items(payment.move_id)
        if matched_with:
            (items | books[int(matched_with) - 1]).reconcile()
        return items

    # --- actions ---

    def _act(self, text, books, writeoffs):
        if text == "POST":
            writeoffs[-1].entry_ids.action_post()
        elif text.startswith("PAY"):
            self._pay(books[int(text.split()[-1]) - 1].move_id, float(text.split()[1]))
        elif text.startswith("UNDO"):
            self._undo(writeoffs[-1], text[4:].strip())
        else:
            match = WRITE_OFF.match(text)
            self.assertTrue(match, f"not understood: {text}")
            writeoffs.append(self._write_off_items(books, **match.groupdict()))

    def _undo(self, writeoff, number):
        writeoff = writeoff.with_user(self.clerk)
        lines = writeoff.line_ids.sorted("id")
        action = (
            lines[int(number) - 1].action_open_undo() if number else writeoff.action_open_undo()
        )
        self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"]).action_undo()

    def _write_off_items(self, books, what, tax, grouping, reason, account, draft):
        amounts = self._get_amounts(books, what)
        items = self.env["account.move.line"].union(*amounts)
        action = items.with_user(self.clerk).action_write_off()
        self.env.flush_all()
        wizard = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        if reason:
            reason = self.env["ar.writeoff.reason"].search([("code", "=", reason)])
            wizard.reason_id = reason
            wizard.credit_reason_id = reason if reason.use == "both" else wizard.credit_reason_id
        if account:
            names = {name: account for account, name in self.account_names.items()}
            wizard.writeoff_account_id = wizard.gain_account_id = names[account]
        wizard.write({"grouping": GROUPINGS[grouping], "leave_draft": bool(draft)})
        wizard.write({"separate_tax": bool(tax), "credit_separate_tax": bool(tax)})
        for line in wizard.line_ids:
            line.amount_currency = amounts[line.item_id] or line.amount_currency
        wizard.action_preview()
        wizard.warnings_confirmed = True
        wizard.action_confirm()
        return self.env["ar.writeoff"].search([], order="id desc", limit=1)

    def _get_amounts(self, books, what):
        """Items to write off → amount, None for all of it."""
        if what == "all":
            return {item: None for items in books for item in items if not item.reconciled}
        amounts = {}
        for part in what.split(","):
            which, _equals, amount = part.strip().partition("=")
            number, _dot, instalment = which.partition(".")
            items = books[int(number) - 1]
            for item in items[int(instalment) - 1] if instalment else items:
                amounts[item] = float(amount) if amount else None
        return amounts

    # --- what came of it ---

    def _number(self, amount, currency):
        return f"{currency.round(amount) + 0.0:.{currency.decimal_places}f}"

    def _get_entries(self, writeoffs):
        return self.env["account.move"].union(*(w.entry_ids for w in writeoffs)).sorted("id")

    def _count_exchange_entries(self):
        return self.env["account.move"].search_count(
            [("journal_id", "=", self.company.currency_exchange_journal_id.id)]
        )

    def _play(self, case, book, check):
        """Book what is there, do what is done, and compare.

        :param list case: rows of the table
        :param book: books one text and returns its open receivable lines
        :param check: compares the write-offs with the rows
        """
        books, writeoffs = [], []
        for text in case[0]["books"].split(";"):
            books.append(book(text.strip(), books))
        exchange = self._count_exchange_entries()
        self._check_before(case)
        for text in case[0]["action"].split(";"):
            self._act(text.strip(), books, writeoffs)
        check(writeoffs, case)
        self._check_left_open(books, case[0]["left open"].split("; "))
        self.assertEqual(self._count_exchange_entries(), exchange, "no exchange entry of its own")

    def _check_before(self, case):
        """For tables that say what the books look like before."""

    def _check_left_open(self, books, expected):
        left_open = [
            self._number(item.amount_residual_currency, item.currency_id)
            for items in books
            for item in items
        ]
        self.assertEqual(left_open, expected)
        for item in self.env["account.move.line"].union(*books):
            if item.currency_id.is_zero(item.amount_residual_currency):
                self.assertEqual(item.amount_residual, 0.0, "closed in company currency as well")

    def _play_all(self, name, book, check):
        cases = read_cases(name)
        self.assertGreaterEqual(len(cases), 40)
        for number, case in cases.items():
            with self.subTest(f"case {number}: {case[0]['rule']}"):
                savepoint = self.cr.savepoint()
                try:
                    self._play(case, book, check)
                finally:
                    savepoint.close(rollback=True)
                    self.env.invalidate_all(flush=False)
