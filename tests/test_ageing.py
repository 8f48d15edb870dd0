"""Aged receivables, worked out by hand, as of today (2024-06-30) unless said otherwise.

A row reads: not due, 1–30, 31–60, 61–90, 91–120, older, credits; total.
"""

from odoo import Command
from odoo.tests import tagged

from odoo.addons.ar_writeoff.models.ageing.ar_writeoff_ageing import FIGURES

from .ageing_common import AgeingCommon


@tagged("post_install", "-at_install")
class TestAgeing(AgeingCommon):
    def test_cancelled_entries_are_not_open(self):
        invoice = self._invoice(100.0)
        invoice.button_draft()
        invoice.button_cancel()
        self.assertFalse(self._search())

    def test_limits_of_the_buckets(self):
        for amount, due in (
            (1.0, "2024-07-15"),
            (2.0, "2024-06-30"),
            (4.0, "2024-06-29"),
            (8.0, "2024-05-31"),
            (16.0, "2024-05-30"),
            (32.0, "2024-05-01"),
            (64.0, "2024-04-30"),
            (128.0, "2024-04-01"),
            (256.0, "2024-03-31"),
            (512.0, "2024-03-02"),
            (1024.0, "2024-03-01"),
        ):
            self._invoice(amount, due=due)
        row = (3.0, 12.0, 48.0, 192.0, 768.0, 1024.0, 0.0, 2047.0)
        self.assertEqual(self._row(), row)
        self.assertEqual(str(self._search().date_oldest), "2024-03-01")

    def test_length_of_a_bucket(self):
        self.company.writeoff_ageing_days = 10
        self._invoice(1.0, due="2024-06-20")
        self._invoice(2.0, due="2024-06-19")
        self._invoice(4.0, due="2024-05-20")
        self.assertEqual(self._row(), (0.0, 1.0, 2.0, 0.0, 0.0, 4.0, 0.0, 7.0))
        labels = self._screen().fields_get(FIGURES, ["string"])
        self.assertEqual(
            [labels[name]["string"] for name in FIGURES],
            ["Not Due", "1–10", "11–20", "21–30", "31–40", "Older", "Credits"],
        )

    def test_length_of_a_bucket_of_a_branch(self):
        branch = self._branch("Branch")
        self.assertFalse(branch.writeoff_ageing_days)
        self.company.writeoff_ageing_days = 10
        screen = self.env["ar.writeoff.ageing"].with_company(branch)
        self.assertEqual(screen._get_ageing_days(), 10)
        self.company.writeoff_ageing_days = 0
        self.assertEqual(screen._get_ageing_days(), 30)

    def test_partial_payment_seen_from_before_and_after(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 30.0, date="2024-02-15")
        self._pay(invoice, 50.0, date="2024-03-15")
        self.assertEqual(self._row(), (0.0, 0.0, 0.0, 0.0, 0.0, 20.0, 0.0, 20.0))
        for date, row in (
            ("2024-03-15", (0.0, 0.0, 20.0, 0.0, 0.0, 0.0, 0.0, 20.0)),
            ("2024-03-14", (0.0, 0.0, 70.0, 0.0, 0.0, 0.0, 0.0, 70.0)),
            ("2024-02-15", (0.0, 0.0, 70.0, 0.0, 0.0, 0.0, 0.0, 70.0)),
            ("2024-02-14", (0.0, 100.0, 0.0, 0.0, 0.0, 0.0, 0.0, 100.0)),
            ("2024-01-15", (100.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 100.0)),
        ):
            with self.subTest(date):
                self.assertEqual(self._row(ageing_date=date), row)
        self.assertFalse(self._rows(ageing_date="2024-01-14"))

    def test_closed_since(self):
        self._pay(self._invoice(100.0), 100.0, date="2024-05-15")
        self.assertFalse(self._rows())
        self.assertEqual(
            self._row(ageing_date="2024-05-14"), (0.0, 0.0, 0.0, 0.0, 100.0, 0.0, 0.0, 100.0)
        )

    def test_payment_from_before_matched_later(self):
        """Matched by hand today, but both were there in May: then they are set off in May."""
        invoice, payment = self._invoice(100.0), self._payment(40.0, date="2024-02-15")
        apart = (0.0, 0.0, 0.0, 0.0, 100.0, 0.0, -40.0, 60.0)
        self.assertEqual(self._row(ageing_date="2024-05-14"), apart)
        (self._items(invoice) | self._items(payment.move_id)).reconcile()
        self.assertEqual(
            self._row(ageing_date="2024-05-14"), (0.0, 0.0, 0.0, 0.0, 60.0, 0.0, 0.0, 60.0)
        )

    def test_credits_apart_and_netted(self):
        self._invoice(100.0, due="2024-06-15")
        self._payment(40.0, date="2024-02-15")
        self._invoice(5.0, move_type="out_refund", due="2024-06-10")
        self.assertEqual(self._row(), (0.0, 100.0, 0.0, 0.0, 0.0, 0.0, -45.0, 55.0))
        self.assertEqual(
            self._row(ageing_credits="netted"), (0.0, 95.0, 0.0, 0.0, 0.0, -40.0, 0.0, 55.0)
        )
        self.assertEqual(str(self._search().date_oldest), "2024-06-15")
        self.assertTrue(self._search(domain=[("has_credits", "=", True)]))

    def test_by_invoice_date(self):
        self._invoice(100.0, date="2024-01-15", due="2024-06-20")
        self.assertEqual(self._row(), (0.0, 100.0, 0.0, 0.0, 0.0, 0.0, 0.0, 100.0))
        self.assertEqual(
            self._row(ageing_by="invoice"), (0.0, 0.0, 0.0, 0.0, 0.0, 100.0, 0.0, 100.0)
        )
        screen = self._screen("ar.writeoff.ageing.item", ageing_by="invoice")
        self.assertEqual(screen.fields_get(["days"])["days"]["string"], "Age in Days")
        self.assertEqual(self._search("ar.writeoff.ageing.item", ageing_by="invoice").days, 167)

    def test_instalments(self):
        terms = self._instalments((30.0, 0), (70.0, 160))
        self._invoice(100.0, invoice_payment_term_id=terms.id)
        self.assertEqual(self._row(), (0.0, 70.0, 0.0, 0.0, 0.0, 30.0, 0.0, 100.0))
        table = self._item_table()
        self.assertEqual([row[1:] for row in table], [(167, "5", 30.0, 30.0), (7, "1", 70.0, 70.0)])

    def test_foreign_currency(self):
        """Two euros a dollar when invoiced, one when paid: the gain is dated with the payment."""
        currency = self.setup_other_currency(
            "EUR", rates=[("2024-01-01", 2.0), ("2024-03-01", 1.0)]
        )
        invoice = self._invoice(500.0, currency_id=currency.id)
        self._pay(invoice, 100.0, date="2024-03-15", currency_id=currency.id)
        self._pay(invoice, 400.0, date="2024-05-15", currency_id=currency.id)
        self.assertFalse(self._rows())
        for date, company, document in (
            ("2024-05-14", 200.0, 400.0),
            ("2024-03-14", 250.0, 500.0),
        ):
            with self.subTest(date):
                row = self._search(ageing_date=date)
                self.assertEqual(
                    (row.amount_total, row.amount_total_currency, row.currency_id),
                    (company, document, currency),
                )

    def test_currencies_are_rows_of_their_own(self):
        currency = self.setup_other_currency("EUR")
        self._invoice(500.0, currency_id=currency.id)
        self._invoice(10.0)
        self.assertEqual(
            {key: row[-1] for key, row in self._rows().items()},
            {("Birch", "EUR"): 250.0, ("Birch", "USD"): 10.0},
        )

    def test_customers_and_their_contacts(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        self._invoice(100.0)
        self._payment(40.0, partner=contact)
        self._invoice(7.0, partner=self.other_customer)
        self.assertEqual(
            {key[0]: row[-1] for key, row in self._rows().items()}, {"Birch": 60.0, "Cave": 7.0}
        )

    def test_write_off_seen_from_before(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, amounts=[60.0])
        self.assertEqual(self._row()[-1], 40.0)
        self.assertEqual(self._row(ageing_date="2024-06-29")[-1], 100.0)
        item = self._search("ar.writeoff.ageing.item", ageing_date="2024-06-29")
        self.assertEqual((item.residual, item.residual_today), (100.0, 40.0))

    def test_branch(self):
        branch = self._branch("Branch")
        self._invoice(100.0)
        self._invoice_of(branch, 40.0)
        both = {"allowed_company_ids": [self.company.id, branch.id]}
        rows = self._search(**both)
        self.assertEqual(
            {row.company_id.name: row.amount_total for row in rows},
            {self.company.name: 100.0, "Branch": 40.0},
        )
        before = self._search(**both, ageing_date="2024-06-29")
        self.assertEqual(sorted(before.mapped("amount_total")), [40.0, 100.0])
        alone = self._search(allowed_company_ids=self.company.ids)
        self.assertEqual(alone.company_id, self.company)

    def test_today_is_the_residual_of_today(self):
        """A payment posted with a date to come has closed the invoice already."""
        invoice = self._invoice(100.0)
        self._pay(invoice, 100.0, date="2024-07-15")
        self.assertFalse(self._rows())
        self.assertEqual(self._row(ageing_date="2024-06-29")[-1], 100.0)

    def test_cache_keeps_dates_apart(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 30.0)
        today = self._search()
        before = today.with_context(ageing_date="2024-02-14")
        self.assertEqual((today.amount_total, before.amount_total), (70.0, 100.0))
        self.assertEqual((today.amount_1, before.amount_1), (0.0, 100.0))

    def test_drafts_and_payables_are_no_receivables(self):
        self._invoice(100.0).button_draft()
        self._invoice(5.0, move_type="in_invoice")
        self.assertFalse(self._rows())

    def test_filters(self):
        tag = self.env["res.partner.category"].create({"name": "Builders"})
        self.customer.write(
            {
                "category_id": [Command.link(tag.id)],
                "country_id": self.env.ref("base.fr").id,
                "user_id": self.clerk.id,
            }
        )
        self._invoice(100.0)
        self._invoice(7.0, partner=self.other_customer, due="2024-07-15")
        for model in ("ar.writeoff.ageing", "ar.writeoff.ageing.item"):
            for domain in (
                [("partner_id", "child_of", self.customer.id)],
                [("user_id", "=", self.clerk.id)],
                [("country_id", "=", "France")],
                [("category_ids", "ilike", "builders")],
                [("is_overdue", "=", True)],
            ):
                with self.subTest(f"{model} {domain}"):
                    found = self._search(model, domain)
                    self.assertEqual(found.partner_id, self.customer)

    def test_groups_and_sums(self):
        self._invoice(100.0)
        self._invoice(7.0, partner=self.other_customer, due="2024-07-15")
        mine = [("company_id", "=", self.company.id)]
        for field in ("partner_id", "user_id", "country_id", "currency_id", "account_id"):
            groups = self._screen().formatted_read_group(
                mine, [field], ["amount_older:sum", "amount_total:sum", "__count"]
            )
            self.assertEqual(sum(group["amount_total:sum"] for group in groups), 107.0)
        items = self._screen("ar.writeoff.ageing.item")
        groups = items.formatted_read_group(mine, ["bucket"], ["residual:sum"])
        self.assertEqual(
            [(group["bucket"], group["residual:sum"]) for group in groups],
            [("0", 7.0), ("5", 100.0)],
        )
