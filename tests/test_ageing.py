"""Aged receivables, worked out by hand, as of today (2024-06-30) unless said otherwise.

A row reads: not due, 1–30, 31–60, 61–90, 91–120, older, credits; total.
"""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from odoo.addons.ar_writeoff.models.ar_writeoff_ageing import FIGURES

from .common import WriteoffCommon


class AgeingCommon(WriteoffCommon):
    def _screen(self, model="ar.writeoff.ageing", user=None, **options):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env[model].with_user(user or self.clerk).with_context(**options)

    def _search(self, model="ar.writeoff.ageing", domain=(), user=None, **options):
        mine = [("company_id", "child_of", self.company.id)]
        return self._screen(model, user, **options).search([*mine, *domain])

    def _rows(self, **options):
        return {
            (row.partner_id.name, row.currency_id.name): (
                *(row[figure] for figure in FIGURES),
                row.amount_total,
            )
            for row in self._search(**options)
        }

    def _row(self, **options):
        rows = self._rows(**options)
        self.assertEqual(len(rows), 1, rows)
        return next(iter(rows.values()))

    def _item_table(self, **options):
        return [
            (item.move_name, item.days, item.bucket, item.residual, item.residual_currency)
            for item in self._search("ar.writeoff.ageing.item", **options)
        ]


@tagged("post_install", "-at_install")
class TestAgeing(AgeingCommon):
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
        terms = self.env["account.payment.term"].create(
            {
                "name": "30/70",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30.0, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 70.0, "nb_days": 160}),
                ],
            }
        )
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


@tagged("post_install", "-at_install")
class TestAgeingScreens(AgeingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._user("auditor", "account.group_account_readonly")

    def test_open_items_of_a_row(self):
        self._invoice(100.0)
        self._payment(40.0)
        self._invoice(7.0, partner=self.other_customer)
        row = self._search(ageing_date="2024-05-31", ageing_past=True).filtered(
            lambda row: row.partner_id == self.customer
        )
        action = row.action_open_items()
        self.assertEqual(action["display_name"], "Birch as of 05/31/2024")
        self.assertEqual(action["context"]["ageing_date"], "2024-05-31")
        self.assertTrue(action["context"]["ageing_past"])
        items = self._screen(action["res_model"], **action["context"]).search(action["domain"])
        self.assertEqual(sorted(items.mapped("residual")), [-40.0, 100.0])
        self.assertEqual(
            items.sorted("residual").mapped("move_id.id"), self._item_moves(-40.0, 100.0)
        )

    def _item_moves(self, *amounts):
        items = self.env["account.move.line"].search(
            [("partner_id", "=", self.customer.id), ("account_type", "=", "asset_receivable")]
        )
        return [items.filtered(lambda i, a=a: i.balance == a).move_id.id for a in amounts]

    def test_open_document(self):
        invoice = self._invoice(100.0)
        action = self._search("ar.writeoff.ageing.item").action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", invoice.id))

    def test_write_off_from_both_screens(self):
        invoices = self._invoice(100.0) | self._invoice(50.0)
        paid_since = self._invoice(30.0)
        self._pay(paid_since, 30.0, date="2024-06-15")
        self._invoice(7.0, partner=self.other_customer)
        for model in ("ar.writeoff.ageing", "ar.writeoff.ageing.item"):
            for date in (None, "2024-05-31"):
                with self.subTest(f"{model} {date}"):
                    mine = [("partner_id", "=", self.customer.id)]
                    rows = self._search(model, mine, ageing_date=date)
                    action = rows.action_write_off()
                    wizard = self.env[action["res_model"]].browse(action["res_id"])
                    self.assertEqual(wizard.line_ids.item_id, self._items(invoices))
        wizard.action_preview()
        wizard.action_confirm()
        self.assertEqual(invoices.mapped("amount_residual"), [0.0, 0.0])

    def test_write_off_of_some_rows(self):
        """Another currency of the same customer is a row that was not chosen."""
        self._invoice(100.0)
        currency = self.setup_other_currency("EUR")
        self._invoice(500.0, partner=self.other_customer, currency_id=currency.id)
        self._invoice(9.0, partner=self.other_customer)
        rows = self._search().filtered(lambda row: row.amount_total != 9.0)
        self.assertEqual(len(rows), 2)
        self.assertEqual(sorted(rows._get_items().mapped("balance")), [100.0, 250.0])

    def test_nothing_left_to_write_off(self):
        self._pay(self._invoice(100.0), 100.0, date="2024-06-15")
        row = self._search(ageing_date="2024-05-31")
        with self.assertRaisesRegex(UserError, "nothing to write off"):
            row.action_write_off()

    def test_as_of(self):
        self._pay(self._invoice(100.0), 100.0, date="2024-06-15")
        action = call_kw(self._screen(), "action_as_of", [[]], {})  # as the button does
        Options = self.env["ar.writeoff.ageing.options"].with_user(self.clerk)
        with Form(Options.with_context(**action["context"])) as form:
            self.assertEqual((str(form.date), form.is_past), ("2024-06-30", False))
            form.date = "2024-05-31"
            form.ageing_by = "invoice"
            form.ageing_credits = "netted"
            self.assertTrue(form.is_past)
        action = form.record.action_open()
        self.assertEqual(
            action["display_name"],
            "Aged Receivables as of 05/31/2024, by invoice date, credits netted",
        )
        self.assertEqual(self._row(**action["context"])[-1], 100.0)
        again = self._screen(**action["context"]).action_as_of()["context"]
        self.assertEqual(
            {name: again[f"default_{name}"] for name in ("date", "ageing_by", "ageing_credits")},
            {"date": "2024-05-31", "ageing_by": "invoice", "ageing_credits": "netted"},
        )

    def test_as_of_keeps_the_customer(self):
        self._invoice(100.0)
        opened = self._search().action_open_items()
        action = self._screen(opened["res_model"], **opened["context"]).action_as_of()
        Options = self.env["ar.writeoff.ageing.options"].with_user(self.clerk)
        wizard = Options.with_context(**action["context"]).create({})
        self.assertEqual(wizard.action_open()["domain"], opened["domain"])
        self.assertNotIn("ageing_date", wizard.action_open()["context"], "today stays today")

    def test_pages(self):
        self._invoice(100.0)
        self._invoice(7.0, partner=self.other_customer)
        mine = [("company_id", "=", self.company.id)]
        spec = {"partner_id": {"fields": {"display_name": {}}}, "amount_total": {}}
        for limit, offset, totals in ((1, 0, [100.0]), (1, 1, [7.0]), (80, 0, [100.0, 7.0])):
            page = self._screen().web_search_read(mine, spec, offset=offset, limit=limit)
            self.assertEqual(page["length"], 2)
            self.assertEqual([row["amount_total"] for row in page["records"]], totals)
        page = self._screen().web_search_read([("id", "=", 0)], spec, limit=1)
        self.assertEqual(page, {"length": 0, "records": []})

    def test_views(self):
        for user in (self.clerk, self.biller, self.auditor):
            for model, kinds in (
                ("ar.writeoff.ageing", ("list", "search")),
                ("ar.writeoff.ageing.item", ("list", "pivot", "graph", "search")),
            ):
                views = self._screen(model, user).get_views([(False, kind) for kind in kinds])
                has_button = 'name="action_write_off"' in views["views"]["list"]["arch"]
                self.assertEqual(has_button, user == self.clerk)

    def test_export(self):
        self._invoice(100.0)
        self.clerk.sudo().group_ids |= self.env.ref("base.group_allow_export")
        rows = self._search().export_data(["partner_id/name", "amount_older", "amount_total"])
        self.assertEqual(rows["datas"], [["Birch", 100.0, 100.0]])
        items = self._search("ar.writeoff.ageing.item").export_data(["bucket", "days", "residual"])
        self.assertEqual(items["datas"], [["Older", 167, 100.0]])

    def test_print(self):
        self._invoice(1234.5, due="2024-05-15")
        self._invoice(7.0, partner=self.other_customer)
        row = self._search(domain=[("partner_id", "=", self.customer.id)], ageing_date="2024-05-31")
        action = row.action_print()
        if action["type"] != "ir.actions.report":  # asks for the layout of documents first
            action = action["context"]["report_action"]
        self.assertEqual(action["context"]["ageing_date"], "2024-05-31")
        html = (
            self.env["ir.actions.report"]
            .with_user(self.clerk)
            .with_context(**action["context"])
            ._render_qweb_html(action["report_name"], None, data=action["data"])[0]
            .decode()
        )
        for text in ("Aged Receivables as of 05/31/2024", "Birch", "1,234.50", "91–120"):
            self.assertIn(text, html)
        self.assertNotIn("Cave", html)

    def test_who_may_look(self):
        self._invoice(100.0)
        for user in (self.clerk, self.biller, self.auditor):
            self.assertEqual(self._row(user=user)[-1], 100.0)
            self.assertTrue(self._search("ar.writeoff.ageing.item", user=user))
        for user in (self.biller, self.auditor):
            with self.assertRaises(AccessError):
                self._search(user=user).action_write_off()

    def test_salesperson_may_not(self):
        salesperson = self._user("salesperson", "base.group_partner_manager")
        for model in ("ar.writeoff.ageing", "ar.writeoff.ageing.item"):
            with self.assertRaises(AccessError):
                self._search(model, user=salesperson)
        with self.assertRaises(AccessError):
            self.env["ar.writeoff.ageing.options"].with_user(salesperson).create({})

    def test_rules_of_journal_items_apply(self):
        self._invoice(100.0)
        hidden = self._invoice(7.0)
        self.env["ir.rule"].create(
            {
                "name": "Nothing of this invoice",
                "model_id": self.env.ref("account.model_account_move_line").id,
                "domain_force": f"[('move_id', '!=', {hidden.id})]",
            }
        )
        self.assertEqual(self._row()[-1], 100.0)
        self.assertEqual(self._row(ageing_date="2024-05-31")[-1], 100.0)

    def test_second_company(self):
        other = self.setup_other_company(name="Second Ltd")["company"]
        self._invoice(100.0)
        self._invoice_of(other, 40.0)
        stranger = self._user("stranger", "ar_writeoff.group_writeoff_user")
        stranger.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        for date in (None, "2024-05-31"):
            rows = self._screen(user=stranger, ageing_date=date).search([])
            self.assertEqual((rows.company_id, rows.amount_total), (other, 40.0))
            self.assertEqual(self._row(ageing_date=date)[-1], 100.0)

    def test_nobody_writes(self):
        self._invoice(100.0)
        for row in (self._search(), self._search("ar.writeoff.ageing.item")):
            with self.assertRaises(AccessError):
                row.write({"partner_id": self.other_customer.id})
            with self.assertRaises(AccessError):
                row.unlink()
