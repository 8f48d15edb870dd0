"""What the wizard shows and refuses while it is filled in, before anything is planned."""

import json

from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestWizardScreen(WriteoffCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gain_account = cls._account("790100", "Unclaimed Credits", "income_other")
        cls.company.writeoff_gain_account_id = cls.gain_account

    def _open(self, items, user=None):
        return self._wizard(items, user)

    def _mixed(self):
        """1,000.00 owed by Birch, of which a payment of 100.00 is not matched."""
        return self._items(self._invoice(1000.0) | self._payment(100.0).move_id)

    def _proposals(self, field, **context):
        """Codes of the accounts a field proposes, in their order, as the clerk sees them."""
        Account = self.env["account.account"].with_user(self.clerk).with_context(**context)
        domain = self.env["ar.writeoff.wizard"]._fields[field].domain
        own = [*domain, ("company_ids", "=", self.company.id)]
        return Account.browse(pair[0] for pair in Account.name_search("", own, limit=8))

    # --- accounts ---

    def _transit_accounts(self):
        """What stands on these is on its way to the bank, whatever the type of the account."""
        journal = self.company_data["default_journal_bank"]
        own = {
            name: self._account(f"10199{number}", name, "asset_current")
            for number, name in enumerate(("suspense", "method", "transfer", "company"))
        }
        journal.suspense_account_id = own["suspense"]
        journal.inbound_payment_method_line_ids[0].payment_account_id = own["method"]
        self.company.transfer_account_id = own["transfer"]
        self.company.account_journal_suspense_account_id = own["company"]
        chart = self.env["account.chart.template"].with_company(self.company)
        own["outstanding"] = chart.ref("account_journal_payment_debit_account_id")
        own["paid out"] = chart.ref("account_journal_payment_credit_account_id")
        return own

    def test_accounts_that_money_passes_through_are_refused(self):
        wizard = self._open(self._mixed())
        category = self.env["product.category"].create({"name": "Hardware"})
        product = self.env["product.template"].create({"name": "Printer"})
        holders = (
            (self.company, "writeoff_loss_account_id"),
            (self.company, "writeoff_gain_account_id"),
            (self.bad_debt.with_company(self.company), "loss_account_id"),
            (self.customer.with_company(self.company), "writeoff_account_id"),
            (product.with_company(self.company), "writeoff_account_id"),
            (category.with_company(self.company), "writeoff_account_id"),
            (wizard, "writeoff_account_id"),
            (wizard, "gain_account_id"),
            (wizard.line_ids[0], "writeoff_account_id"),
        )
        for use, account in self._transit_accounts().items():
            self.assertNotIn(
                account,
                self.env["account.account"].search(wizard._fields["gain_account_id"].domain),
            )
            for record, name in holders:
                with (
                    self.subTest(use=use, record=record, field=name),
                    self.assertRaisesRegex(ValidationError, "payments pass through it"),
                    self.cr.savepoint(),
                ):
                    record[name] = account

    def test_wizard_refuses_accounts_by_type(self):
        wizard = self._open(self._mixed())
        bank = self.company_data["default_journal_bank"].default_account_id
        for record in (wizard, wizard.line_ids[0]):
            with self.assertRaisesRegex(ValidationError, "its type is “Bank and Cash”"):
                record.writeoff_account_id = bank

    def test_default_account_that_became_one_money_passes_through(self):
        """Chosen when it was fit: the wizard opens, the preview refuses it."""
        invoice = self._invoice(10.0)
        self.company.transfer_account_id = self.bad_debt_account
        wizard = self._open(invoice)
        wizard.action_preview()
        self.assertTrue(wizard.has_blockers)
        with self.assertRaisesRegex(UserError, "690100 Bad Debt"):
            wizard.action_confirm()

    def test_losses_first_gains_first(self):
        proposed = self._proposals("writeoff_account_id", preferred_account_type="expense")
        self.assertEqual(set(proposed.mapped("internal_group")), {"expense"})
        proposed = self._proposals("gain_account_id", preferred_account_type="income")
        groups = proposed.mapped("internal_group")
        self.assertEqual(groups, sorted(groups, key=lambda group: group != "income"))
        self.assertIn("income_other", proposed.mapped("account_type"))

    def test_every_picker_asks_for_its_side_first(self):
        for model, name, preferred in (
            ("ar.writeoff.wizard", "writeoff_account_id", "'expense'"),
            ("ar.writeoff.wizard", "gain_account_id", "'income'"),
            ("ar.writeoff.reason", "loss_account_id", "'expense'"),
            ("ar.writeoff.reason", "gain_account_id", "'income'"),
            ("res.config.settings", "writeoff_loss_account_id", "'expense'"),
            ("res.config.settings", "writeoff_gain_account_id", "'income'"),
            ("res.partner", "writeoff_account_id", "'expense'"),
            ("product.template", "writeoff_account_id", "'expense'"),
            ("product.category", "writeoff_account_id", "'expense'"),
        ):
            arch = self.env[model].get_view(view_type="form")["arch"]
            self.assertIn(f'name="{name}"', arch)
            self.assertIn(f"'preferred_account_type': {preferred}", arch, f"{model} {name}")

    def test_clerk_sees_codes(self):
        """Core shows them to accountants alone; who chooses an account needs them, too."""
        account = self.bad_debt_account
        for user, name in ((self.clerk, "690100 Bad Debt"), (self.biller, "Bad Debt")):
            account.invalidate_recordset()
            self.assertEqual(account.with_user(user).display_name, name)
            account.invalidate_recordset()
            shown = account.with_user(user).with_context(formatted_display_name=True)
            self.assertEqual(shown.display_name.strip(), name)

    def test_codes_of_another_company(self):
        """The wizard of a company that is not the first of the active ones."""
        other = self._create_company(name="Other Ltd")
        self.clerk.company_ids |= other
        account = self.bad_debt_account.with_user(self.clerk)
        account = account.with_context(allowed_company_ids=(other | self.company).ids)
        account.invalidate_recordset()
        self.assertEqual(account.display_name, f"690100 ({self.company.name}) Bad Debt")

    # --- first use ---

    def _without_accounts(self):
        self.company.writeoff_loss_account_id = False
        self.company.writeoff_gain_account_id = False
        return self._user("woff_manager", "ar_writeoff.group_writeoff_manager")

    def test_remember_both_accounts(self):
        manager = self._without_accounts()
        with Form(self._open(self._mixed(), manager)) as form:
            self.assertTrue(form.can_remember_account, "before an account is chosen")
            self.assertTrue(form.can_remember_gain_account)
            form.writeoff_account_id = self.other_account
            form.gain_account_id = self.gain_account
            form.remember_account = True
            form.remember_gain_account = True
        form.record.action_confirm()
        self.assertEqual(self.company.writeoff_loss_account_id, self.other_account)
        self.assertEqual(self.company.writeoff_gain_account_id, self.gain_account)

    def test_nothing_to_remember_once_it_is_set(self):
        manager = self._user("woff_manager", "ar_writeoff.group_writeoff_manager")
        wizard = self._open(self._mixed(), manager)
        self.assertFalse(wizard.can_remember_account or wizard.can_remember_gain_account)

    def test_clerk_remembers_no_gain_account(self):
        self._without_accounts()
        wizard = self._open(self._mixed())
        wizard.writeoff_account_id = self.other_account
        wizard.gain_account_id = self.gain_account
        self.assertFalse(wizard.can_remember_gain_account)
        wizard.remember_gain_account = True
        wizard.action_confirm()
        self.assertFalse(self.company.writeoff_gain_account_id)

    def test_settings_are_linked_for_who_may_open_them(self):
        Wizard = self.env["ar.writeoff.wizard"]
        settings = str(self.env.ref("account.action_account_config").id)
        admin = self._user("boss", "ar_writeoff.group_writeoff_manager", "base.group_system")
        for user, is_linked in ((self.clerk, False), (admin, True)):
            arch = Wizard.with_user(user).get_view(view_type="form")["arch"]
            self.assertIn("A write-off administrator", arch)
            self.assertEqual(f'name="{settings}"' in arch, is_linked)

    # --- amounts ---

    def test_amount_is_refused_in_its_cell(self):
        """Beyond the balance, of the other sign, or zero: said at once, and set back."""
        cases = (
            (self._items(self._invoice(1000.0)), (1000.01, -5.0, 0.0), 1000.0),
            (self._items(self._payment(40.0).move_id), (-40.01, 5.0, 0.0), -40.0),
        )
        for items, amounts, left in cases:
            for amount in amounts:
                with (
                    self.subTest(amount),
                    Form(self._open(items)) as form,
                    self.assertLogs("odoo.tests.form.onchange", "WARNING") as said,
                ):
                    with form.line_ids.edit(0) as line:
                        line.amount_currency = amount
                        self.assertEqual(line.amount_currency, left)
                    beyond = abs(amount) > abs(left)
                    message = "cannot be written off" if beyond else "between zero and"
                    self.assertIn(message, said.output[0])
                    self.assertEqual(form.amount_total, left)

    def test_amount_beyond_what_netting_leaves(self):
        """1,000.00 less a payment of 100.00: 950.00 is too much, 900.00 is not."""
        with Form(self._open(self._mixed())) as form:
            form.net_credits = True
            index = next(
                i
                for i in range(len(form.line_ids))
                if form.line_ids.edit(i).__enter__().amount_currency
            )
            with (
                self.assertLogs("odoo.tests.form.onchange", "WARNING") as said,
                form.line_ids.edit(index) as line,
            ):
                line.amount_currency = 950.0
                self.assertEqual(line.amount_currency, 900.0)
            self.assertIn("900.00", said.output[0])

    def test_fit_amounts_are_left_alone(self):
        with Form(self._open(self._items(self._invoice(1000.0)))) as form:
            for amount in (0.01, 999.99, 1000.0):
                with form.line_ids.edit(0) as line:
                    line.amount_currency = amount
                    self.assertEqual(line.amount_currency, amount)

    # --- preview ---

    def _groups(self, wizard):
        """The preview as a table: title, then account, debit and credit of each row."""
        return [
            (
                group["group_name"],
                [
                    (row["account"], row["debit"], row["credit"])
                    for _, _, row in group["items_vals"]
                ],
            )
            for group in json.loads(wizard.preview)["groups_vals"]
        ]

    def test_preview_names_the_customers_and_adds_up(self):
        invoices = self._invoice(1000.0) | self._invoice(50.0, partner=self.other_customer)
        wizard = self._open(invoices)
        wizard.action_preview()
        title = f"{self.company.writeoff_journal_id.display_name}, 06/30/2024"
        self.assertEqual(
            self._groups(wizard),
            [
                (
                    f"{title}, Birch",
                    [
                        ("121000 Account Receivable", "", "$\xa01,000.00"),
                        ("690100 Bad Debt", "$\xa01,000.00", ""),
                    ],
                ),
                (
                    f"{title}, Cave",
                    [
                        ("121000 Account Receivable", "", "$\xa050.00"),
                        ("690100 Bad Debt", "$\xa050.00", ""),
                    ],
                ),
                ("Total of 2 entries", [("", "$\xa01,050.00", "$\xa01,050.00")]),
            ],
        )

    def test_many_customers_of_one_entry(self):
        partners = self.env["res.partner"].create([{"name": f"Pine {n}"} for n in range(5)])
        invoices = self.env["account.move"]
        for partner in partners:
            invoices |= self._invoice(10.0, partner=partner)
        wizard = self._open(invoices)
        wizard.grouping = "one"
        wizard.action_preview()
        title = self._groups(wizard)[0][0]
        self.assertTrue(title.endswith(", Pine 0, Pine 1, Pine 2 (+2)"), title)

    def test_a_blocked_preview_promises_no_entry(self):
        wizard = self._open(self._invoice(1000.0))
        wizard.line_ids.amount_currency = 1000.01
        wizard.action_preview()
        self.assertTrue(wizard.has_blockers)
        self.assertFalse(wizard.preview)
        form = Form(wizard)
        arch = form._view["tree"]
        for text in arch.xpath("//p[contains(., 'These journal entries will be')]"):
            self.assertIn("has_blockers", text.get("invisible"))

    def test_loss_gain_and_net(self):
        """1,000.00 lost and 100.00 gained, which nobody nets: 900.00 net."""
        wizard = self._open(self._mixed())
        self.assertEqual(
            (wizard.amount_balances, wizard.amount_credits, wizard.amount_total),
            (1000.0, -100.0, 900.0),
        )
        wizard.action_preview()
        self.assertRecordValues(
            wizard,
            [
                {
                    "amount_loss": 1000.0,
                    "amount_gain": 100.0,
                    "amount_tax": 0.0,
                    "amount_total": 900.0,
                    "is_mixed": True,
                }
            ],
        )

    def test_one_side_is_not_mixed(self):
        for items in (self._invoice(10.0), self._items(self._payment(4.0).move_id)):
            self.assertFalse(self._open(items).is_mixed)

    # --- line by line ---

    def test_no_tax_column_without_tax(self):
        arch = self.env["ar.writeoff.wizard"].get_view(view_type="form")["arch"]
        self.assertIn("not parent.has_balance_tax and not parent.has_credit_tax", arch)

    def _column(self, name):
        arch = self.env["ar.writeoff.wizard"].get_view(view_type="form")["arch"]
        return etree.fromstring(arch).xpath(
            f"//field[@name='line_ids']/list/field[@name='{name}']"
        )[0]

    def test_line_by_line_has_room_for_accounts(self):
        """What says nothing there is away: due date, days, and a customer who is the only one."""
        for name in ("date_maturity", "days_overdue"):
            self.assertEqual(
                self._column(name).get("column_invisible"), "parent.distribution == 'line'"
            )
        self.assertIn(
            "not parent.has_several_customers", self._column("partner_id").get("column_invisible")
        )
        one = self._open(self._invoice(10.0) | self._invoice(20.0))
        two = self._open(self._invoice(10.0) | self._invoice(20.0, partner=self.other_customer))
        self.assertEqual((one.has_several_customers, two.has_several_customers), (False, True))

    def test_button_of_mixed_sides_adds_up(self):
        """Loss and tax less gain are the net, and each is named on the button."""
        arch = self.env["ar.writeoff.wizard"].get_view(view_type="form")["arch"]
        button = etree.fromstring(arch).xpath("//button[@name='action_confirm']")[0]
        conditions = {
            field.get("name"): [parent.get("invisible") for parent in field.iterancestors("span")]
            for field in button.iter("field")
        }
        self.assertEqual(
            conditions,
            {
                "amount_loss": ["not is_mixed"],
                "amount_gain": ["not is_mixed"],
                "amount_tax": ["not amount_tax", "not is_mixed"],
                "amount_total": [],
            },
        )
