"""Open items and the register: what their lists and cards say."""

from lxml import etree

from odoo.tests import tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestListScreens(WriteoffCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._user("auditor", "account.group_account_readonly")

    def _views(self, action):
        """The views an action opens, by kind, as the clerk gets them."""
        action = self.env.ref(f"ar_writeoff.{action}")
        model = self.env[action.res_model].with_user(self.clerk)
        return {
            kind: etree.fromstring(model.get_view(view, kind)["arch"])
            for view, kind in action.views
        }

    # --- open items ---

    def test_kind_and_days_overdue(self):
        """On June 30th: due on May 31st is 30 days; a payment has no due date but its own."""
        entry = self._entry((self.receivable, 10.0, {}), (self.other_account, -10.0, {}))
        cases = (
            (self._invoice(100.0, due="2024-05-31"), "invoice", 30),
            (self._invoice(100.0, due="2024-07-31"), "invoice", 0),
            (self._invoice(40.0, move_type="out_refund", due="2024-06-20"), "credit_note", 10),
            (self._payment(5.0, date="2024-06-15").move_id, "payment", 15),
        )
        for user in (self.clerk, self.biller, self.auditor):
            for move, kind, days in cases:
                item = self._items(move).with_user(user)
                self.assertEqual((item.writeoff_kind, item.writeoff_days_overdue), (kind, days))
            self.assertEqual(self._items(entry).with_user(user).writeoff_kind, "entry")

    def test_a_click_on_an_open_item_opens_its_document(self):
        views = self._views("action_open_items")
        self.assertEqual(list(views), ["list", "kanban"])
        for arch in views.values():
            self.assertEqual(arch.get("action"), "action_open_business_doc")
            for name in ("writeoff_kind", "writeoff_days_overdue", "amount_residual_currency"):
                self.assertTrue(arch.xpath(f"//field[@name='{name}']"), name)
        invoice = self._invoice(100.0)
        action = self._items(invoice).with_user(self.auditor).action_open_business_doc()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", invoice.id))

    # --- register ---

    def test_accounts_of_a_write_off(self):
        other = self._invoice(20.0)
        writeoff = self._write_off(self._invoice(100.0) | other)
        self.assertEqual(writeoff.account_names, "690100 Bad Debt")
        self.assertEqual(writeoff.line_ids[0].account_names, "690100 Bad Debt")
        wizard = self._wizard(self._invoice(5.0) | self._invoice(6.0))
        wizard.distribution = "line"
        wizard.line_ids[0].writeoff_account_id = self.other_account
        wizard.action_preview()
        wizard.action_confirm()
        second = self.env["ar.writeoff"].search([("id", ">", writeoff.id)])
        self.assertEqual(second.account_names, "690100 Bad Debt, 690200 Small Differences")

    def test_accounts_of_products(self):
        """The line has none of its own: the one its shares landed on is named."""
        category = self.env["product.category"].create({"name": "Hardware"})
        category.with_company(self.company).writeoff_account_id = self.other_account
        self.product_a.categ_id = category
        invoice = self._invoice(100.0)
        invoice.button_draft()
        invoice.invoice_line_ids[0].product_id = self.product_a
        invoice.invoice_line_ids.copy({"move_id": invoice.id, "product_id": False})
        invoice.action_post()
        writeoff = self._write_off(invoice)
        self.assertFalse(writeoff.line_ids.writeoff_account_id)
        self.assertEqual(writeoff.account_names, "Accounts of the products")
        self.assertEqual(
            set(writeoff.line_ids.account_names.split(", ")),
            {"690100 Bad Debt", "690200 Small Differences"},
        )

    def test_entry_by_its_number_alone(self):
        writeoff = self._write_off(self._invoice(100.0))
        line = writeoff.line_ids.with_user(self.auditor)
        self.assertEqual(line.entry_name, writeoff.entry_ids.name)

    def test_register_shows_accounts_and_amounts(self):
        views = self._views("action_ar_writeoff")
        for name in ("partner_names", "amount", "state"):
            for kind in ("list", "kanban"):
                self.assertTrue(views[kind].xpath(f"//field[@name='{name}']"), f"{kind} {name}")
        self.assertTrue(views["list"].xpath("//field[@name='account_names']"))
        lines = etree.fromstring(self.env["ar.writeoff.line"].get_view(view_type="list")["arch"])
        for name in ("account_names", "entry_name"):
            self.assertEqual(lines.xpath(f"//field[@name='{name}']")[0].get("optional"), "show")
