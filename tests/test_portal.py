from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestPortal(WriteoffCommon):
    """Customers who log in read their invoices; nothing tells them what was written off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._user("portal")
        cls.portal.group_ids = [Command.set(cls.env.ref("base.group_portal").ids)]
        cls.portal.partner_id.parent_id = cls.customer
        cls.invoice = cls._invoice(100.0)
        cls.unpaid = cls._invoice(10.0)

    def setUp(self):
        super().setUp()
        self._write_off(self.invoice)
        for invoice in (self.invoice, self.unpaid):
            invoice._portal_ensure_token()
            invoice.message_subscribe(self.portal.partner_id.ids)
        self.env.flush_all()
        self.env.invalidate_all()
        self.moves = self.env["account.move"].with_user(self.portal)
        self.domain = [("id", "in", (self.invoice | self.unpaid).ids)]

    def test_he_sees_his_invoices(self):
        self.assertEqual(self.moves.search(self.domain), self.unpaid | self.invoice)

    def test_status_searched(self):
        for status in ("written_off", "written_off_closed", "written_off_open"):
            domain = [("status_in_payment", "=", status)]
            lines = [("move_id", "any", domain)]
            self.assertFalse(self.moves.search(domain))
            self.assertFalse(self.env["account.move.line"].with_user(self.portal).search(lines))
        self.assertEqual(self.moves.search([("status_in_payment", "=", "paid")]), self.invoice)

    def test_status_grouped(self):
        expected = {"paid": 1, "not_paid": 1}
        groups = self.moves._read_group(self.domain, ["status_in_payment"], ["__count"])
        self.assertEqual(dict(groups), expected)
        groups = self.moves.formatted_read_group(self.domain, ["status_in_payment"], ["__count"])
        self.assertEqual({g["status_in_payment"]: g["__count"] for g in groups}, expected)
        lines = self.env["account.move.line"].with_user(self.portal)
        groups = lines._read_group(
            [("move_id", "in", self.invoice.ids)], ["move_id.status_in_payment"]
        )
        self.assertEqual(groups, [("paid",)])

    def test_status_sorted(self):
        """By core's status: “not_paid” before “paid”, not after “written_off”."""
        found = self.moves.search(self.domain, order="status_in_payment")
        self.assertEqual(found.ids, (self.unpaid | self.invoice).ids)

    def test_status_read_after_somebody_else_read_it(self):
        """What the clerk's eyes left in the cache is not shown to the customer."""
        self.assertEqual(self.invoice.with_user(self.clerk).status_in_payment, "written_off")
        invoice = self.invoice.with_user(self.portal)
        self.assertEqual(invoice.status_in_payment, "paid")
        self.assertEqual(invoice.filtered_domain([("status_in_payment", "=", "paid")]), invoice)

    def test_status_on_pages_made_with_the_rights_of_the_system(self):
        """The portal's pages are rendered with sudo, for them all the same; for visitors too."""
        for user in (self.portal, self.env.ref("base.public_user")):
            invoice = self.invoice.with_user(user).sudo()
            self.assertEqual(invoice.status_in_payment, "paid")
            self.assertEqual(
                invoice.search([*self.domain, ("status_in_payment", "=", "paid")]), invoice
            )

    def test_no_field_of_ours_answers(self):
        """None can be read, searched, grouped, summed or sorted by, nor through another model."""
        for model in ("account.move", "account.move.line", "res.partner"):
            records = self.env[model].with_user(self.portal)
            for name, field in records._fields.items():
                if field._modules != ("ar_writeoff",):
                    continue
                with self.subTest(f"{model}.{name}"):
                    self._assert_closed(records, field)

    def _assert_closed(self, records, field):
        self.assertFalse(records.fields_get([field.name]))
        asked = [lambda: records.search_read([], [field.name])]
        if field._description_searchable:
            asked.append(lambda: records.search([(field.name, "!=", False)]))
        if field.store:
            asked += [
                lambda: records._read_group([], [field.name]),
                lambda: records._read_group([], [], [f"{field.name}:count"]),
                lambda: records.search([], order=field.name),
            ]
        for ask in asked:
            with self.assertRaises(AccessError):
                ask()

    def test_no_way_round_by_relations(self):
        for model, domain in (
            ("account.move.line", [("move_id.writeoff_state", "=", "full")]),
            ("account.move.line", [("move_id.writeoff_amount", ">", 0)]),
            ("account.move", [("line_ids.matched_credit_ids.credit_move_id.name", "!=", False)]),
            ("account.move", [("line_ids.writeoff_line_id", "!=", False)]),
            ("account.move", [("partner_id.writeoff_policy", "=", "refused")]),
            ("res.partner", [("invoice_ids.writeoff_state", "=", "full")]),
        ):
            with self.subTest(f"{model} {domain}"), self.assertRaises(AccessError):
                self.env[model].with_user(self.portal).search(domain)
