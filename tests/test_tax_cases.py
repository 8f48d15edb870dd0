"""Books the cases of ``cases/tax_write_offs.csv``: entries, boxes and what is declared."""

import re

from odoo.tests import tagged

from .case_common import MOVE_TYPES, CaseCommon

BOOK = re.compile(
    r"(?P<kind>INV|CN|RCPT|OPEN|PAY) (?P<lines>[^ ]+(?: \+ [^ ]+)*)(?: x(?P<quantity>\d+))?"
    r"(?: (?P<currency>[A-Z]{3}))?(?: (?P<terms>30/70))?(?P<rounded> rounded)?"
    r"(?: (?:on|of) (?P<of>\d+))?$"
)


@tagged("post_install", "-at_install")
class TestTaxCases(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        halves = (100, cls.tax_account), (-100, cls.reverse_account)
        state = cls._tax("state", 6.0, sequence=1, include_base_amount=True)
        city = cls._tax("city", 3.25, (100, cls.city_account), sequence=2)
        cls.taxes = {
            "15": cls._tax("15", 15.0, sequence=5),
            "5": cls._tax("5", 5.0),
            "0": cls._tax("0", 0.0),
            "inc20": cls._tax("inc20", 20.0, price_include_override="tax_included"),
            "own": cls._tax("own", 15.0, refund_box="own refund"),
            "group": cls._group("group", state, city),
            "split": cls._tax("split", 18.0, (60, cls.tax_account), (40, cls.city_account)),
            "half": cls._tax("half", 20.0, (50, cls.tax_account), (50, None)),
            "rc": cls._tax("rc", 19.0, *halves),
            "fix": cls._tax("fix", 1.37, amount_type="fixed"),
            "eco": cls._tax("eco", 2.0, amount_type="fixed", include_base_amount=True, sequence=1),
            "cash": cls._tax("cash", 20.0, tax_exigibility="on_payment"),
        }
        cls._make_relief_reason()
        cls.rounding = cls.env["account.cash.rounding"].create(
            {
                "name": "0.05",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "profit_account_id": cls.other_account.id,
                "loss_account_id": cls.other_account.id,
            }
        )
        cls.account_names |= {
            cls.tax_account: "Tax",
            cls.city_account: "City tax",
            cls.reverse_account: "Reverse charge",
            cls.transition_account: "Transition",
        }

    @classmethod
    def _make_relief_reason(cls):
        relief = cls._tax("box 4", 15.0, (100, cls.city_account))
        base = relief.refund_repartition_line_ids.filtered(lambda r: r.repartition_type == "base")
        base.tag_ids = False
        position = cls.env["account.fiscal.position"].create({"name": "Relief"})
        relief.fiscal_position_ids = position
        relief.original_tax_ids = cls.taxes["15"]
        cls.env["ar.writeoff.reason"].create(
            {"name": "Relief", "code": "RELIEF", "relief_position_id": position.id}
        )

    def test_cases(self):
        self._play_all("tax_write_offs.csv", self._book, self._check_case)

    # --- books ---

    def _book(self, text, books):
        match = BOOK.match(text)
        self.assertTrue(match, f"not understood: {text}")
        book = match.groupdict()
        other = books[int(book["of"]) - 1] if book["of"] else None
        if book["kind"] == "OPEN":
            return self._items(
                self._book_opening(self.customer, float(book["lines"]), "2024-01-15")
            )
        if book["kind"] == "PAY":
            dollar = self.company.currency_id
            items = self._items(self._payment(float(book["lines"]), self.customer, dollar).move_id)
            if other:
                (items | other).reconcile()
            return items
        return self._book_invoice(book, other)

    def _book_invoice(self, book, credited):
        currency = self.env["res.currency"].search([("name", "=", book["currency"] or "USD")])
        values = {"move_type": MOVE_TYPES[book["kind"]], "currency_id": currency.id}
        if book["terms"]:
            values["invoice_payment_term_id"] = self.instalments.id
        if book["rounded"]:
            values["invoice_cash_rounding_id"] = self.rounding.id
        if credited:
            values["reversed_entry_id"] = credited.move_id.id
        lines = [self._get_line(text, book["quantity"]) for text in book["lines"].split(" + ")]
        items = self._items(self._taxed_invoice(*lines, **values)).sorted("date_maturity")
        if credited:
            (items | credited).filtered(lambda item: not item.reconciled).reconcile()
        return items

    def _get_line(self, text, quantity):
        amount, _at, codes = text.partition("@")
        taxes = self.env["account.tax"].union(
            *(self.taxes[code] for code in codes.split("&") if code)
        )
        return float(amount), taxes, {"quantity": float(quantity or 1)}

    # --- what came of it ---

    def _check_before(self, case):
        if case[0]["declared before"]:
            self.assertEqual(self._get_declared(), case[0]["declared before"])

    def _get_declared(self):
        report = sorted(self._report().items())
        return ", ".join(f"{box} {amount:.2f}" for box, amount in report) or "nothing"

    def _check_case(self, writeoffs, case):
        rows = [
            self._get_row(number, line)
            for number, entry in enumerate(self._get_entries(writeoffs), start=1)
            for line in entry.line_ids
        ]
        self.assertEqual(sorted(rows), sorted(map(self._get_expected, case)))
        self.assertEqual(self._get_declared(), case[0]["declared after"])
        for line in writeoffs[0].line_ids:
            planned = line.share_ids.filtered(lambda share: not share.reversed_id)
            tax = sum(share.balance for share in planned if share.kind != "loss")
            self.assertEqual(line.amount_tax, line.company_currency_id.round(tax))

    def _get_row(self, number, line):
        currency = line.currency_id
        is_foreign = currency != self.company.currency_id
        return (
            number,
            self.account_names[line.account_id],
            f"{line.debit:.2f}",
            f"{line.credit:.2f}",
            ", ".join(sorted(line.tax_ids.mapped("name"))),
            ", ".join(sorted(line.tax_tag_ids.mapped("name"))),
            f"{currency.name} {self._number(line.amount_currency, currency)}" if is_foreign else "",
        )

    def _get_expected(self, row):
        return (
            int(row["entry"]),
            row["account"],
            row["debit"] or "0.00",
            row["credit"] or "0.00",
            row["base of"],
            row["boxes"],
            row["in currency"],
        )
