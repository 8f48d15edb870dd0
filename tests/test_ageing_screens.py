"""What is done from the screens of the aged receivables, and who may."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from .ageing_common import AgeingCommon


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
                    wizard = rows.env[action["res_model"]].browse(action["res_id"])
                    self.assertEqual(wizard.line_ids.item_id, self._items(invoices))
                    closed = (
                        f"{paid_since.name} is closed: nothing is open on it (Birch, $\xa030.00)."
                    )
                    self.assertEqual(wizard.left_out or "", closed if date else "")
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
        with self.assertRaisesRegex(UserError, r"is closed: .* \(Birch, .*100\.00\)"):
            row.action_write_off()

    def test_row_whose_oldest_item_was_closed_meanwhile(self):
        """Its id is that item's, and the rest of the row is another row by now."""
        oldest, later = self._invoice(30.0), self._invoice(100.0, date="2024-02-15")
        other = self._invoice(7.0, partner=self.other_customer)
        rows = self._search()
        self._pay(oldest, 30.0, date="2024-06-30")
        self._pay(other, 7.0, date="2024-06-30")
        action = self._screen().browse(rows.ids).action_write_off()
        wizard = rows.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.item_id, self._items(later))
        for document, amount in ((oldest, "Birch, $\xa030.00"), (other, "Cave, $\xa07.00")):
            self.assertIn(f"{document.name} is closed", wizard.left_out)
            self.assertIn(amount, wizard.left_out)

    def test_item_closed_meanwhile(self):
        paid, invoice = self._invoice(30.0), self._invoice(100.0)
        rows = self._search("ar.writeoff.ageing.item")
        self._pay(paid, 30.0, date="2024-06-30")
        action = self._screen(rows._name).browse(rows.ids).action_write_off()
        wizard = rows.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.item_id, self._items(invoice))
        self.assertIn(f"{paid.name} is closed", wizard.left_out)

    def test_document_deleted_meanwhile(self):
        invoice = self._invoice(30.0)
        for model in ("ar.writeoff.ageing", "ar.writeoff.ageing.item"):
            rows = self._search(model)
            with self.subTest(model), self.cr.savepoint() as savepoint:
                invoice.button_draft()
                invoice.with_context(force_delete=True).unlink()
                with self.assertRaisesRegex(UserError, "was deleted meanwhile"):
                    self._screen(model).browse(rows.ids).action_write_off()
                savepoint.rollback()
                self.env.invalidate_all()

    def test_many_closed_since_a_past_date(self):
        """25 of them: 20 are named, 5 counted."""
        for _ in range(25):
            self._pay(self._invoice(1.0), 1.0, date="2024-06-15")
        self._invoice(2.0)
        rows = self._search(ageing_date="2024-05-31")
        action = rows.action_write_off()
        lines = rows.env[action["res_model"]].browse(action["res_id"]).left_out.splitlines()
        self.assertEqual((len(lines), lines[-1]), (21, "… and 5 more."))

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

    def test_an_address_keeps_date_and_customer(self):
        """What a browser reloads is the address alone; its number finds the choices again."""
        self._invoice(100.0)
        self._invoice(7.0, partner=self.other_customer)
        row = self._search(ageing_date="2024-05-31", ageing_past=True).filtered(
            lambda row: row.partner_id == self.customer
        )
        action = row.action_open_items()
        self.assertEqual(action["path"], "aged-open-items")
        server_action = self.env.ref("ar_writeoff.action_ageing_item_screen")

        def reload(user):
            chosen = action["context"]["active_id"]
            return server_action.with_user(user).with_context(active_id=chosen).run()

        again = reload(row.env.user)
        for name in ("display_name", "domain", "context"):
            self.assertEqual(again[name], action[name])
        theirs = reload(self.auditor)
        self.assertEqual(theirs["name"], "Aged Open Items", "as of today, and it says so")
        self.assertNotIn("ageing_date", str(theirs["context"]))

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

    def test_a_row_opens_with_its_groups_open(self):
        self._invoice(100.0)
        action = self._search().action_open_items()
        views = {kind: view for view, kind in action["views"]}
        arch = self.env["ir.ui.view"].browse(views["list"]).arch_db
        self.assertIn("expand", arch)
        self.assertEqual(self.env.ref("ar_writeoff.action_ageing_item").views[0], (False, "list"))

    def test_a_phone_has_cards_with_the_amount(self):
        for model, amount in (
            ("ar.writeoff.ageing", "amount_total"),
            ("ar.writeoff.ageing.item", "residual_currency"),
        ):
            arch = self._screen(model).get_view(view_type="kanban")["arch"]
            for name in (amount, "partner_id", "action_as_of", "action_write_off"):
                self.assertIn(f'name="{name}"', arch)

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
