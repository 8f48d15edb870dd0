"""From the customer: the whole balance, policies, subsidiaries."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .customer_common import CustomerCommon


@tagged("post_install", "-at_install")
class TestCustomers(CustomerCommon):
    # --- the whole balance ---

    def test_all_open_items_of_contacts_as_well(self):
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": self.customer.id})
        invoices = self._invoice(100.0) | self._invoice(50.0, partner=contact)
        self._invoice(70.0, partner=self.other_customer)
        for partner in (self.customer, contact):
            self.assertEqual(self._from_customer(partner).line_ids.move_id, invoices)

    def test_several_customers(self):
        self._invoice(100.0)
        self._invoice(70.0, partner=self.other_customer)
        writeoff = self._confirm(self._from_customer(self.customer | self.other_customer))
        self.assertEqual(writeoff.amount, 170.0)
        self.assertEqual(len(writeoff.entry_ids), 2)

    def test_nothing_open(self):
        with self.assertRaisesRegex(UserError, "nothing to write off"):
            self.customer.with_user(self.clerk).action_write_off()

    def test_who_may(self):
        self._invoice(100.0)
        for user in (self.biller, self._user("auditor", "account.group_account_readonly")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.customer.with_user(user).action_write_off()

    # --- policy ---

    def test_not_allowed_is_refused_on_every_path(self):
        invoice = self._invoice(100.0)
        self.customer.with_company(self.company).writeoff_policy = "refused"
        message = "nothing of Birch may be written off"
        paths = (
            invoice.with_user(self.clerk).action_write_off,
            self._items(invoice).with_user(self.clerk).action_write_off,
            self.customer.with_user(self.clerk).action_write_off,
        )
        for path in paths:
            with self.assertRaisesRegex(UserError, message):
                path()

    def test_who_may_lift_it(self):
        """Whoever may edit customers does not decide what may be given up."""
        partner = self.customer.with_company(self.company)
        partner.write({"writeoff_policy": "limited", "writeoff_limit": 10.0})
        editor = self._user(
            "editor", "ar_writeoff.group_writeoff_user", "base.group_partner_manager"
        )
        for vals in ({"writeoff_policy": "allowed"}, {"writeoff_limit": 1000.0}):
            with self.subTest(vals), self.assertRaises(AccessError):
                partner.with_user(editor).write(vals)
        partner.with_user(editor).phone = "1"  # the rest of the customer is theirs
        boss = self._user(
            "boss", "ar_writeoff.group_writeoff_manager", "base.group_partner_manager"
        )
        partner.with_user(boss).writeoff_policy = "allowed"
        self.assertEqual(partner.writeoff_policy, "allowed")

    def test_not_allowed_meanwhile(self):
        wizard = self._wizard(self._invoice(100.0))
        wizard.action_preview()
        self.customer.with_company(self.company).writeoff_policy = "refused"
        with self.assertRaisesRegex(UserError, "nothing of Birch may be written off"):
            wizard.action_confirm()

    def test_not_allowed_holds_for_contacts_of_somebody_else(self):
        """Of Birch nothing may be written off; as a contact of Cave, or of a contact of theirs."""
        invoice = self._invoice(100.0)
        self.customer.with_company(self.company).writeoff_policy = "refused"
        between = self.other_customer.create({"name": "Desk", "parent_id": self.other_customer.id})
        for parent in (self.other_customer, between):
            self.customer.write({"parent_id": parent.id, "is_company": False})
            self.env.flush_all()
            with self.subTest(parent.name):
                self.assertEqual(self.customer.commercial_partner_id, self.other_customer)
                with self.assertRaisesRegex(UserError, "nothing of .*Birch may be written off"):
                    invoice.with_user(self.clerk).action_write_off()

    def test_not_allowed_holds_for_opening_balances_of_who_became_a_contact(self):
        """Core hands them over to Cave, and no document says any more that they are Birch's."""
        opening = self._entry(
            (self.receivable, 10.0, {}), (self.company_data["default_account_revenue"], -10.0, {})
        )
        own = opening.copy({"date": opening.date})
        own.line_ids.partner_id = self.other_customer
        own.action_post()
        self.customer.with_company(self.company).writeoff_policy = "refused"
        own.with_user(self.clerk).action_write_off()
        self.customer.write({"parent_id": self.other_customer.id, "is_company": False})
        self.env.flush_all()
        self.assertEqual(self._items(opening).partner_id, self.other_customer)
        with self.assertRaisesRegex(UserError, "nothing of .*Birch may be written off"):
            opening.with_user(self.clerk).action_write_off()

    def test_not_allowed_of_a_parent(self):
        """What stands on Birch holds for companies below it, at whatever level."""
        child = self._subsidiary()
        invoice = self._invoice(
            70.0, partner=child.create({"name": "Desk", "parent_id": child.id, "type": "other"})
        )
        self.customer.with_company(self.company).writeoff_policy = "refused"
        child.with_company(self.company).writeoff_policy = "allowed"
        with self.assertRaisesRegex(UserError, "nothing of Birch may be written off"):
            invoice.with_user(self.clerk).action_write_off()

    def test_not_allowed_is_not_merged_away(self):
        """By somebody who does not even see the rule; in every company."""
        other = self._create_company(name="Other Ltd")
        self.customer.with_company(self.company).writeoff_policy = "refused"
        self.customer.with_company(other).write({"writeoff_policy": "limited", "writeoff_limit": 5})
        self.other_customer.with_company(other).write(
            {"writeoff_policy": "limited", "writeoff_limit": 9}
        )
        merger = self._user(
            "merger",
            "base.group_partner_manager",
            "account.group_account_invoice",
        )
        self.env["base.partner.merge.automatic.wizard"].with_user(merger)._merge(
            (self.customer | self.other_customer).ids, self.other_customer
        )
        self.assertFalse(self.customer.exists())
        kept = self.other_customer
        self.assertEqual(kept.with_company(self.company).writeoff_policy, "refused")
        self.assertRecordValues(
            kept.with_company(other), [{"writeoff_policy": "limited", "writeoff_limit": 5.0}]
        )

    def test_strictest_rule(self):
        child, company = self._subsidiary(), self.company
        item = self._items(self._invoice(5.0, partner=child))
        parent = self.customer.with_company(company)
        own = child.with_company(company)
        for theirs, ours, expected in (
            ((False, 0.0), (False, 0.0), ("allowed", 0.0)),
            (("limited", 10.0), (False, 0.0), ("limited", 10.0)),
            (("limited", 10.0), ("limited", 20.0), ("limited", 10.0)),
            (("limited", 20.0), ("limited", 10.0), ("limited", 10.0)),
            (("limited", 0.0), ("allowed", 5.0), ("limited", 0.0)),
            (("limited", 10.0), ("refused", 50.0), ("refused", 0.0)),
        ):
            parent.write({"writeoff_policy": theirs[0], "writeoff_limit": theirs[1]})
            own.write({"writeoff_policy": ours[0], "writeoff_limit": ours[1]})
            with self.subTest(f"{theirs} {ours}"):
                Rules = self.env["ar.writeoff.customer.rule"]
                rule = Rules._get_rules(item)[item]
                self.assertEqual((rule.policy, rule.limit), expected)

    def test_rules_of_many_customers_cost_no_more_queries(self):
        """Each level of parents is one query, however many customers there are."""

        def ask(partners):
            items = self._items(
                self.env["account.move"].union(*(self._invoice(5.0, partner=p) for p in partners))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["ar.writeoff.eligibility"]._get_blockers(items)
            return self.cr.sql_log_count - before

        partners = [self._subsidiary() for _number in range(8)]
        ask(partners[:2])
        self.assertLessEqual(ask(partners), ask(partners[:2]))

    def test_limited_governs_batches_only(self):
        self.customer.with_company(self.company).write(
            {"writeoff_policy": "limited", "writeoff_limit": 10.0}
        )
        self.assertEqual(self._write_off(self._invoice(100.0)).state, "posted")

    def test_totals(self):
        self._write_off(self._invoice(100.0))
        second = self._write_off(self._invoice(50.0), date="2024-06-15")
        partner = self.customer.with_user(self.clerk).with_company(self.company)
        self.assertEqual((partner.writeoff_total, partner.writeoff_count), (150.0, 2))
        self.assertEqual(str(partner.writeoff_last_date), "2024-06-30")
        self._reverse(second, second.accounting_date)
        partner.invalidate_recordset()
        self.assertEqual((partner.writeoff_total, partner.writeoff_count), (100.0, 1))
        domain = partner.action_open_writeoffs()["domain"]
        self.assertEqual(len(self.env["ar.writeoff"].search(domain)), 2, "the undone one, too")

    def test_totals_without_what_waits_in_draft(self):
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._write_off(self._invoice(100.0))
        partner = self.customer.with_user(self.clerk).with_company(self.company)
        self.assertEqual((partner.writeoff_total, partner.writeoff_count), (0.0, 0))
        writeoff.action_post_entries()
        partner.invalidate_recordset()
        self.assertEqual((partner.writeoff_total, partner.writeoff_count), (100.0, 1))

    # --- subsidiaries ---

    def _subsidiary(self):
        return self.env["res.partner"].create(
            {"name": "Birch North", "is_company": True, "parent_id": self.customer.id}
        )

    def test_subsidiaries_by_a_switch(self):
        child = self._subsidiary()
        own = self._invoice(100.0)
        theirs = self._invoice(70.0, partner=child)
        wizard = self._from_customer(self.customer)
        self.assertTrue(wizard.has_subsidiaries)
        self.assertEqual(wizard.line_ids.move_id, own)
        action = wizard.action_toggle_subsidiaries()
        wizard = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        self.assertEqual(wizard.line_ids.move_id, own | theirs)
        action = wizard.action_toggle_subsidiaries()
        wizard = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        self.assertEqual(wizard.line_ids.move_id, own)

    def test_subsidiary_in_full_only(self):
        self.company.writeoff_child_full_only = "yes"
        invoice = self._invoice(100.0, partner=self._subsidiary())
        wizard = self._wizard(invoice)
        self.assertTrue(wizard.line_ids.is_full_only)
        with (
            self.assertRaisesRegex(AssertionError, "readonly"),
            Form(wizard) as form,
            form.line_ids.edit(0) as line,
        ):
            line.amount_currency = 40.0
        wizard.line_ids.amount_currency = 40.0  # by another way than the screen
        wizard.action_preview()
        with self.assertRaisesRegex(UserError, "only all of it, .*100.00, can be written off"):
            wizard.action_confirm()
        self.assertEqual(self._write_off(invoice).state, "posted")

    def test_subsidiary_whose_parent_paid(self):
        self.company.writeoff_child_full_only = "yes"
        invoice = self._invoice(100.0, partner=self._subsidiary())
        payment = self._payment(30.0)  # of the parent
        (self._items(invoice) | self._items(payment.move_id)).reconcile()
        with self.assertRaisesRegex(UserError, "Birch, the parent of .*, paid a part of it"):
            self._write_off(invoice)
        self.company.writeoff_child_full_only = "no"
        self.assertEqual(self._write_off(invoice).state, "posted")

    def test_contacts_are_no_subsidiaries(self):
        self.company.writeoff_child_full_only = "yes"
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": self.customer.id})
        self.assertEqual(
            self._write_off(self._invoice(100.0, partner=contact), [40.0]).amount, 40.0
        )

    def test_branches_and_other_companies(self):
        (branch,) = self._branch("North")
        own, branched = self._invoice(10.0), self._invoice_of(branch, 20.0)
        both = self.customer.with_context(allowed_company_ids=(self.company | branch).ids)
        wizard = self._from_customer(both)
        self.assertEqual(wizard.line_ids.move_id, own | branched)

    # --- who may do what ---

    def test_access_matrix(self):
        """Role by role: looks at the ageing, writes off from it and from the customer."""
        self._invoice(100.0)
        other = self.env["res.company"].create({"name": "Sister"})
        roles = {
            "writer": (self.clerk, True, True),
            "administrator": (self._user("boss", "ar_writeoff.group_writeoff_manager"), True, True),
            "adviser": (self._user("adviser", "account.group_account_manager"), True, True),
            "biller": (self.biller, True, False),
            "auditor": (self._user("auditor", "account.group_account_readonly"), True, False),
            "salesperson": (self._user("seller", "base.group_partner_manager"), False, False),
        }
        for role, (user, looks, writes) in roles.items():
            with self.subTest(role):
                rows = self.env["ar.writeoff.ageing"].with_user(user)
                if looks:
                    rows = rows.search([("partner_id", "=", self.customer.id)])
                    self.assertEqual(rows.amount_total, 100.0)
                else:
                    with self.assertRaises(AccessError):
                        rows.search([])
                for act in (rows.action_write_off, self.customer.with_user(user).action_write_off):
                    if writes:
                        self.assertEqual(act()["res_model"], "ar.writeoff.wizard")
                    else:
                        with self.assertRaises(AccessError):
                            act()
        stranger = self._user("stranger", "ar_writeoff.group_writeoff_user")
        stranger.sudo().write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        rows = self.env["ar.writeoff.ageing"].with_user(stranger)
        self.assertFalse(rows.search([("partner_id", "=", self.customer.id)]))
        with self.assertRaisesRegex(UserError, "nothing to write off"):
            self.customer.with_user(stranger).action_write_off()
