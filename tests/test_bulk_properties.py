"""Set-based posting leaves the same books as Odoo's way, whatever the books were.

Hypothesis builds them; ``AR_WRITEOFF_EXAMPLES`` says how many (scripts/properties: 10,000).
"""

from collections import Counter
from dataclasses import dataclass

from hypothesis import Phase, given, note
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from .bulk_common import BulkCommon
from .property_common import DATES, RandomBooks, documents, examples

TAXES = ("none", "none", "15 %", "20 % included", "on payment")


@dataclass(frozen=True)
class Payment:
    """Of a share of one open item, in percent; or of two at once: their customer pays both."""

    which: int
    share: int
    both: bool


@dataclass(frozen=True)
class Decision:
    """How what is open is given up."""

    grouping: str
    separate_tax: bool
    net_credits: bool
    settles: bool
    partial: bool
    undone: bool


payments = st.builds(Payment, which=st.integers(0, 5), share=st.integers(1, 99), both=st.booleans())
decisions = st.builds(
    Decision,
    grouping=st.sampled_from(("document", "partner", "one")),
    separate_tax=st.booleans(),
    net_credits=st.booleans(),
    settles=st.booleans(),
    partial=st.sampled_from((False, False, True)),
    undone=st.booleans(),
)
books = st.lists(st.tuples(documents, st.sampled_from(TAXES)), min_size=1, max_size=6)


@tagged("post_install", "-at_install")
class TestBulkProperties(BulkCommon, RandomBooks):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        transition = cls._account("251900", "Tax in Transition", "liability_current")
        transition.reconcile = True
        cls.company.tax_exigibility = True
        cls.taxes = {
            "none": cls.env["account.tax"],
            "15 %": cls._tax("15 %", 15.0),
            "20 % included": cls._tax("20 %", 20.0, price_include_override="tax_included"),
            "on payment": cls._tax(
                "10 %",
                10.0,
                tax_exigibility="on_payment",
                cash_basis_transition_account_id=transition.id,
            ),
        }
        cls.contact = cls.env["res.partner"].create(
            {"name": "Twig", "parent_id": cls.customer.id, "type": "invoice"}
        )
        cls.seen = Counter()

    @classmethod
    def _tax(cls, name, amount, **values):
        account = cls.company_data["default_account_tax_sale"]
        lines = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "invoice_repartition_line_ids": lines,
                "refund_repartition_line_ids": lines,
                **values,
            }
        )

    def test_same_books(self):
        @examples(60, phases=(Phase.explicit, Phase.generate))
        @given(books, st.lists(payments, max_size=3), decisions)
        def run(books, payments, decision):
            savepoint = self.cr.savepoint()
            try:
                self._play(books, payments, decision)
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

        with self._counted(self.seen):
            run()
        self.assertGreater(self.seen["set-based"], self.seen["lines"] / 20, self.seen)
        self.assertGreater(self.seen["lines"], self.seen["set-based"], self.seen)

    def _play(self, books, payments, decision):
        items = self.env["account.move.line"].union(
            *(self._book(document, self.taxes[tax]) for document, tax in books)
        )
        for payment in payments:
            self._settle(items, payment)
        items = items.filtered(
            lambda item: (
                not item.reconciled and (item.amount_residual or item.amount_residual_currency)
            )
        )
        note(f"open: {items.mapped('amount_residual_currency')}")
        if items:
            self._both_ways(lambda: self._decide(items, decision))

    def _settle(self, items, payment):
        """A payment of a part of one item, or of two that its customer has in that currency."""
        open_items = items.filtered(lambda item: item.amount_residual_currency > 0)
        if not open_items:
            return
        item = open_items[payment.which % len(open_items)]
        paid = item
        if payment.both:
            paid |= open_items.filtered(
                lambda other: (
                    (other.partner_id, other.currency_id) == (item.partner_id, item.currency_id)
                )
            )[:2]
        amount = sum(paid.mapped("amount_residual_currency")) * payment.share / 100
        amount = item.currency_id.round(amount)
        if amount > 0:
            date = DATES[payment.share % 3]
            made = self._payment(amount, item.partner_id, item.currency_id, date)
            (self._items(made.move_id) | paid).reconcile()

    def _decide(self, items, decision):
        """One plan over all of them, by the public call; perhaps taken back again."""
        reason = self.settlement if decision.settles else self.bad_debt
        engine = self.env["ar.writeoff"].with_user(self.clerk)
        plan = {
            "items": [self._prepare_item(item, decision) for item in items],
            "reason_id": reason.id,
            "credit_reason_id": reason.id,
            "grouping": decision.grouping,
            "net_credits": decision.net_credits,
        }
        result = engine.write_off(plan)
        if not result["writeoff_id"]:
            result = engine.write_off({**plan, "confirmed": result["problems"]})
        writeoff = engine.browse(result["writeoff_id"])
        self.seen["lines"] += len(writeoff.line_ids)
        if decision.undone and writeoff:
            self._reverse(writeoff, writeoff.accounting_date)
        return sorted(writeoff.line_ids.mapped("state"))

    def _prepare_item(self, item, decision):
        amount = item.amount_residual_currency
        if decision.partial:
            amount = item.currency_id.round(amount / 3)
        return {
            "item_id": item.id,
            "amount_currency": amount,
            "separate_tax": decision.separate_tax,
        }
