"""Any tax, any currency, any rounding: what is given back is what was declared."""

import os
from collections import defaultdict

from odoo.tests import tagged

from .tax_common import TaxCommon

RATES = {"EUR": 0.8765, "JPY": 151.37, "KWD": 0.30721, "CHF": 0.91}
CURRENCIES = ("USD", *RATES)
ALL = "AR_WRITEOFF_EXAMPLES" in os.environ  # scripts/properties


@tagged("post_install", "-at_install")
class TestTaxMatrix(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        vat = cls._tax("15", 15.0, refund_box="15 refund")
        low = cls._tax("5.5", 5.5)
        included = cls._tax("inc", 20.0, price_include_override="tax_included")
        state = cls._tax("state", 6.0, sequence=1, include_base_amount=True)
        city = cls._tax("city", 3.25, (100, cls.city_account), sequence=2)
        group = cls._group("group", state, city)
        split = cls._tax("split", 18.0, (60, cls.tax_account), (40, cls.city_account))
        blocked = cls._tax("half", 20.0, (50, cls.tax_account), (50, None))
        reverse = cls._tax("rc", 19.0, (100, cls.tax_account), (-100, cls.reverse_account))
        fixed = cls._tax("fix", 1.37, amount_type="fixed")
        fixed_base = cls._tax(
            "eco", 2.11, amount_type="fixed", include_base_amount=True, sequence=1
        )
        division = cls._tax("div", 10.0, amount_type="division")
        zero = cls._tax("zero", 0.0)
        rounding, biggest = cls._cash_rounding(), cls._cash_rounding("biggest_tax")
        cls.documents = {
            "one rate": ([(100.03, vat)], {}),
            "mixed rates and none": ([(33.33, vat), (17.77, low), (9.99, None)], {}),
            "included": ([(49.99, included), (10.01, included)], {}),
            "included and not": ([(49.99, included), (33.37, vat)], {}),
            "group": ([(77.77, group), (13.13, group)], {}),
            "split": ([(55.55, split), (0.37, split)], {}),
            "non-deductible": ([(66.61, blocked)], {}),
            "reverse charge": ([(123.45, reverse), (10.0, vat)], {}),
            "fixed": ([(20.0, fixed, {"quantity": 6})], {}),
            "fixed in the base": ([(20.0, fixed_base | vat, {"quantity": 3})], {}),
            "division": ([(90.07, division)], {}),
            "zero rate": ([(80.0, zero), (20.0, vat)], {}),
            "discount and negative line": (
                [(99.99, vat, {"discount": 12.5}), (-20.0, vat), (5.0, low)],
                {},
            ),
            "down payment taken off": ([(1000.0, vat), (-300.0, vat)], {}),
            "cash rounding line": ([(33.34, vat)], {"invoice_cash_rounding_id": rounding.id}),
            "cash rounding in the tax": (
                [(33.34, vat), (7.01, low)],
                {"invoice_cash_rounding_id": biggest.id},
            ),
            "many tiny lines": ([(0.07 + i / 100, vat) for i in range(14)], {}),
            "two taxes on a line": ([(71.23, vat | low), (10.0, low)], {}),
        }
        for name, rate in RATES.items():
            cls._currency(name, rate)
        cls.env.ref("base.CHF").rounding = 0.05

    def _for_each(self, check):
        """Run a check on every document in every currency, each on books of its own."""
        roundings = ("round_per_line", "round_globally")
        for rounding in roundings:
            self.company.tax_calculation_rounding_method = rounding
            for index, (name, move_type, values) in enumerate(self._get_documents()):
                if not ALL and rounding != roundings[index % 2]:
                    continue
                with self.subTest(f"{name}, {rounding}, {move_type}"):
                    savepoint = self.cr.savepoint()
                    try:
                        check(self._taxed_invoice(*values.pop("lines"), **values))
                    finally:
                        savepoint.close(rollback=True)
                        self.env.invalidate_all(flush=False)

    def _get_documents(self):
        """Name, type and values; in CI, dollars and one more currency for each kind of document."""
        for index, (name, (lines, values)) in enumerate(self.documents.items()):
            other = list(RATES)[index % len(RATES)]
            for code in CURRENCIES if ALL else ("USD", other):
                currency = self.env["res.currency"].search([("name", "=", code)])
                factor = 137 if code == "JPY" else 1
                if code == "CHF" and "cash rounding" in name:
                    continue  # amounts are multiples of 0.05 anyway
                for move_type in ("out_invoice", "out_refund"):
                    if move_type == "out_refund" and code == "USD" and not ALL:
                        continue
                    yield (
                        f"{name}, {code}",
                        move_type,
                        {
                            "lines": [(line[0] * factor, *line[1:]) for line in lines],
                            "currency_id": currency.id,
                            "move_type": move_type,
                            **values,
                        },
                    )

    def _write_off_share(self, document, share=1.0):
        """Write off a share of what is open, with the tax."""
        item = self._items(document)
        amount = item.currency_id.round(item.amount_residual_currency * share)
        return self._give_up(item, amount, self.both)

    @property
    def both(self):
        reason = self.env.ref("ar_writeoff.reason_small_difference").with_company(self.company)
        reason.loss_account_id = reason.gain_account_id = self.bad_debt_account
        return reason

    def _check_nothing_left(self, document):
        """Nothing is open, nothing is declared; what was billed is lost."""
        self.assertEqual(self._residuals(document), [(0.0, 0.0)])
        declared = defaultdict(float)
        for box, amount in self._report().items():
            declared[box.replace(" refund", "")] += amount  # two boxes of one tax
        round_ = self.company.currency_id.round
        self.assertEqual({box: amount for box, amount in declared.items() if round_(amount)}, {})
        accounts = {"400000", "690100", "690200"}  # revenue, loss, cash rounding
        self.assertLessEqual(set(self._trial_balance()), accounts)

    def test_all_of_it(self):
        """Written off at once: the tax report is as if the invoice had never been."""

        def check(document):
            self._write_off_share(document)
            self._check_nothing_left(document)

        self._for_each(check)

    def test_in_slices(self):
        """Slices, one of them undone in between: in the end not a cent is left anywhere."""

        def check(document):
            self._write_off_share(document, 0.37)
            second = self._write_off_share(document, 0.5)
            self._write_off_share(document, 0.11)
            self._reverse(second, second.accounting_date)
            self._write_off_share(document, 0.41)
            self._write_off_share(document)
            self._check_nothing_left(document)

        self._for_each(check)
