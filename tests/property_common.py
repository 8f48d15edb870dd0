"""Random books, and how tests look for counter-examples: the same every day, more on request."""

import os
from dataclasses import dataclass

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from odoo import Command

from .common import WriteoffCommon

# scripts/properties asks for more, and for other ones each time.
ASKED = os.environ.get("AR_WRITEOFF_EXAMPLES")


def examples(number, **more):
    """Settings for so many random books, unless the environment asks for another number."""
    return settings(
        max_examples=int(ASKED or number),
        deadline=None,
        database=None,
        derandomize=not ASKED,
        suppress_health_check=list(HealthCheck),
        **more,
    )


DATES = ("2024-01-15", "2024-02-15", "2024-03-15")
# Units of each currency for one dollar, at each of the dates.
RATES = {
    "EUR": (0.8, 0.9, 0.7654321),
    "JPY": (150.0, 155.0, 149.37),
    "KWD": (0.3072, 0.31, 0.3055),
}
DECIMALS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}


@dataclass(frozen=True)
class Document:
    """One of the books; amounts in the smallest unit of the currency."""

    kind: str
    units: int
    currency: str
    date: int
    partner: int
    instalments: bool


documents = st.builds(
    Document,
    kind=st.sampled_from(("INV", "INV", "INV", "CN", "PAY", "OPEN", "RCPT")),
    units=st.one_of(st.integers(1000, 500_000), st.integers(1, 100)),
    currency=st.sampled_from(("EUR", "JPY", "KWD", "USD")),
    date=st.integers(0, 2),
    partner=st.integers(0, 1),
    instalments=st.booleans(),
)


class RandomBooks(WriteoffCommon):
    """Two customers, four currencies with rates that move, gains and losses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gain_account = cls._account("490100", "Gain", "income_other")
        cls.company.writeoff_gain_account_id = cls.gain_account
        cls.partners = (cls.customer, cls.other_customer)
        cls.watched = cls.receivable | cls.bad_debt_account | cls.gain_account
        cls.currencies = {"USD": cls.company.currency_id}
        for name, rates in RATES.items():
            currency = cls.env["res.currency"].with_context(active_test=False)
            currency = currency.search([("name", "=", name)])
            currency.write({"active": True, "rounding": 10.0 ** -DECIMALS[name]})
            cls.env["res.currency.rate"].create(
                [
                    {
                        "currency_id": currency.id,
                        "name": date[:8] + "01",
                        "company_id": cls.company.id,
                        "rate": rate,
                    }
                    for date, rate in zip(DATES, rates, strict=True)
                ]
            )
            cls.currencies[name] = currency
        cls.instalments = cls._instalments((33.0, 0), (67.0, 30))

    def _book(self, document, taxes=None):
        """The receivable lines of a document, posted.

        :param taxes: ``account.tax`` of invoices and credit notes, if there are any
        """
        amount = document.units / 10 ** DECIMALS[document.currency]
        currency = self.currencies[document.currency]
        partner, date = self.partners[document.partner], DATES[document.date]
        if document.kind == "PAY":
            return self._items(self._payment(amount, partner, currency, date).move_id)
        if document.kind == "OPEN":
            return self._items(self._opening(partner, amount, currency, date))
        move_type = {"INV": "out_invoice", "CN": "out_refund", "RCPT": "out_receipt"}
        terms = {}
        if document.kind == "INV" and document.instalments:
            terms = {"invoice_payment_term_id": self.instalments.id}
        move = self._invoice(
            amount,
            partner=partner,
            date=date,
            move_type=move_type[document.kind],
            currency_id=currency.id,
            taxes=taxes,
            **terms,
        )
        return self._items(move)

    def _opening(self, partner, amount, currency, date):
        balance = currency._convert(amount, self.company.currency_id, self.company, date)
        common = {"partner_id": partner.id, "currency_id": currency.id}
        revenue = self.company_data["default_account_revenue"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": date,
                "line_ids": [
                    Command.create(
                        {
                            **common,
                            "account_id": account.id,
                            "amount_currency": sign * amount,
                            "balance": sign * balance,
                        }
                    )
                    for account, sign in ((self.receivable, 1), (revenue, -1))
                ],
            }
        )
        entry.action_post()
        return entry
