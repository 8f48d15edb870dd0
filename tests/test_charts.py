"""Real charts of accounts: every sales tax they bring, given back to its own boxes.

Slow: ``scripts/charts`` installs the localizations and runs it. It proves arithmetic and tags, not
that the law of a country grants the relief.
"""

from collections import defaultdict

import pytest

from odoo.tests import tagged

from .tax_common import TaxCommon

CHARTS = {
    "generic_coa": "US",
    "us": "US",
    "de_skr03": "DE",
    "de_skr04": "DE",
    "fr": "FR",
    "be_comp": "BE",
    "es_pymes": "ES",
    "it": "IT",
    "in": "IN",
    "mx": "MX",
    "uk": "GB",
}
LINES_PER_INVOICE = 5


class ChartCase(TaxCommon):
    __test__ = False  # the charts have classes of their own

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reason = cls.env.ref("ar_writeoff.reason_small_difference")
        cls.reason = reason.with_company(cls.company)
        cls.reason.loss_account_id = cls.reason.gain_account_id = cls.bad_debt_account
        cls.customer.country_id = cls.company.account_fiscal_country_id
        if cls.chart_template == "in":
            cls._settle_in_india()
        taxes = cls.env["account.tax"].search(
            [("company_id", "=", cls.company.id), ("type_tax_use", "=", "sale")]
        )
        # What core's test books added or what belongs into groups only is not of the chart.
        taxes -= cls.tax_sale_b | cls.tax_armageddon | cls.tax_armageddon.children_tax_ids
        cls.chart_taxes = taxes
        cls.on_payment = taxes.filtered(cls._is_on_payment)
        cls.foreign = cls._currency("CHF", 0.8765)

    @classmethod
    def _settle_in_india(cls):
        """Until a company is registered, its taxes are archived; invoices want a state."""
        cls.company.l10n_in_is_gst_registered = True
        state = cls.env.ref("base.state_in_gj")
        partners = cls.company.partner_id | cls.customer
        partners.write({"state_id": state.id, "country_id": state.country_id.id})
        partners.write({"street": "1 Ring Road", "city": "Surat", "zip": "395001"})

    @classmethod
    def _account(cls, code, name, account_type):
        return super()._account(f"9{code}", name, account_type)  # free in all of these charts

    @staticmethod
    def _is_on_payment(tax):
        return "on_payment" in tax.flatten_taxes_hierarchy().mapped("tax_exigibility")

    def _batches(self, taxes):
        for start in range(0, len(taxes), LINES_PER_INVOICE):
            yield taxes[start : start + LINES_PER_INVOICE]

    def _bill(self, taxes, **values):
        """An invoice with a line for each of these taxes, as the chart has them."""
        lines = [(333.33 + 11.11 * i, tax) for i, tax in enumerate(taxes)]
        if sum(taxes.flatten_taxes_hierarchy().mapped("amount")) < -90:
            lines.append((1000.0, None))
        return self._taxed_invoice(*lines, **values)

    def _write_off_share(self, item, share=1.0):
        amount = item.currency_id.round(item.amount_residual_currency * share)
        return self._give_up(item, amount, self.reason)

    def _boxes(self, moves):
        """What entries declare: box → balance."""
        boxes = defaultdict(float)
        for line in moves.line_ids:
            for tag in line.tax_tag_ids:
                boxes[tag.name] += line.balance
        round_ = self.company.currency_id.round
        return {name: round_(amount) for name, amount in boxes.items() if round_(amount)}

    def _balances(self, moves):
        """Balance of each account but the ones losses, revenue and receivables land on."""
        balances = defaultdict(float)
        for line in moves.line_ids:
            if line.tax_repartition_line_id:
                balances[line.account_id.code] += line.balance
        round_ = self.company.currency_id.round
        return {code: round_(amount) for code, amount in balances.items() if round_(amount)}

    def _each_invoice(self, check, taxes, **values):
        for batch in self._batches(taxes):
            with self.subTest(", ".join(batch.mapped("name"))):
                savepoint = self.cr.savepoint()
                try:
                    check(self._bill(batch, **values))
                finally:
                    savepoint.close(rollback=True)
                    self.env.invalidate_all(flush=False)

    # --- what is proved ---

    def test_has_sales_taxes(self):
        """How much of the chart is looked at, for the table of results."""
        self.assertTrue(self.chart_taxes)
        print(
            f"\nCHART {self.chart_template}: {len(self.chart_taxes)} sales taxes, "
            f"{len(self.on_payment)} of them due on payment"
        )

    def test_as_core_credits_it(self):
        """Written off in full: the very boxes and tax accounts of core's own credit note."""

        def check(invoice):
            savepoint = self.cr.savepoint()
            credit_note = invoice._reverse_moves([{"invoice_date": "2024-01-15"}])
            credit_note.action_post()
            boxes, balances = self._boxes(credit_note), self._balances(credit_note)
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            entry = self._write_off_share(self._items(invoice)).entry_ids
            self.assertEqual(self._boxes(entry), boxes)
            self.assertEqual(self._balances(entry), balances)
            self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])

        self._each_invoice(check, self.chart_taxes - self.on_payment)

    def _check_slices(self, invoice):
        item = self._items(invoice)
        writeoffs = self.env["ar.writeoff"]
        whole = self._write_off_share(item)
        boxes, balances = self._boxes(whole.entry_ids), self._balances(whole.entry_ids)
        self._reverse(whole, whole.accounting_date)
        writeoffs |= self._write_off_share(item, 0.37)
        undone = self._write_off_share(item, 0.5)
        writeoffs |= self._write_off_share(item, 0.11)
        self._reverse(undone, undone.accounting_date)
        writeoffs |= self._write_off_share(item)
        self.assertEqual(self._boxes(writeoffs.entry_ids), boxes)
        self.assertEqual(self._balances(writeoffs.entry_ids), balances)
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])

    def test_slices(self):
        """Slices, one undone in between, give back what one write-off gives back."""
        self._each_invoice(self._check_slices, self.chart_taxes - self.on_payment)

    def test_foreign_currency(self):
        self._each_invoice(
            self._check_slices,
            (self.chart_taxes - self.on_payment)[:LINES_PER_INVOICE],
            currency_id=self.foreign.id,
        )

    def test_credit_notes(self):
        self._each_invoice(
            self._check_slices,
            (self.chart_taxes - self.on_payment)[:LINES_PER_INVOICE],
            move_type="out_refund",
        )

    def test_rest_after_a_payment(self):
        """The rest of a part-paid invoice: what goes back and what stays make up the whole."""

        def check(invoice):
            total = self.company.currency_id
            item = self._items(invoice)
            payment = self._payment(total.round(item.amount_residual * 0.4), date="2024-01-15")
            (self._items(payment.move_id) | item).reconcile()
            entry = self._write_off_share(item).entry_ids
            self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])
            own = self._boxes(invoice)
            for box, amount in self._boxes(entry).items():
                if box in own:
                    left = total.round(own[box] + amount)
                    self.assertGreaterEqual(left * own[box], 0.0)

        self._each_invoice(check, (self.chart_taxes - self.on_payment)[:LINES_PER_INVOICE])

    def test_on_payment(self):
        """Tax due on payment: nothing is declared, nothing is left in transition."""

        def check(invoice):
            item = self._items(invoice)
            transition = invoice.line_ids.filtered(
                lambda line: line.tax_line_id.tax_exigibility == "on_payment"
            )
            self._write_off_share(item, 0.3)
            payment = self._payment(
                item.currency_id.round(item.amount_residual * 0.5), date="2024-01-15"
            )
            (self._items(payment.move_id) | item).reconcile()
            due = self._report()
            writeoff = self._write_off_share(item)
            self.assertEqual(self._report(), due)
            self.assertEqual(transition.mapped("amount_residual"), [0.0] * len(transition))
            self._reverse(writeoff, writeoff.accounting_date)
            self.assertEqual(self._report(), due)

        self._each_invoice(check, self.on_payment)


def _make(chart, country):
    name = f"TestChart{chart.title().replace('_', '')}"
    attributes = {"chart_template": chart, "country_code": country, "__test__": True}
    cls = tagged("post_install", "-at_install")(type(name, (ChartCase,), attributes))
    return name, pytest.mark.slow(cls)


for _chart, _country in CHARTS.items():
    _name, _class = _make(_chart, _country)
    globals()[_name] = _class
del _class  # or it would run twice
