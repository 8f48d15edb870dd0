"""Where the loss lands: accounts of products and categories, analytic, deferred revenue."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestLossAccounts(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._tax("15", 15.0)
        cls.hardware_account = cls._account("691100", "Bad Debt Hardware", "expense")
        cls.service_account = cls._account("691200", "Bad Debt Services", "expense")
        cls.hardware = cls.env["product.category"].create({"name": "Hardware"})
        cls.hardware.with_company(cls.company).writeoff_account_id = cls.hardware_account
        cls.printer = cls._product("Printer", cls.hardware)
        cls.support = cls._product("Support", cls.hardware)
        cls.support.with_company(cls.company).writeoff_account_id = cls.service_account
        cls.plan = cls.env["account.analytic.plan"].create({"name": "Projects"})
        cls.north, cls.south = cls.env["account.analytic.account"].create(
            [{"name": name, "plan_id": cls.plan.id} for name in ("North", "South")]
        )

    @classmethod
    def _product(cls, name, category):
        return cls.env["product.product"].create({"name": name, "categ_id": category.id})

    def _sold(self, amount, product, taxes=None, **more):
        return (amount, taxes, {"product_id": product.id, **more})

    def _balances(self, *accounts):
        return [self._balance(account) for account in accounts]

    # --- products ---

    def test_by_product_and_category(self):
        """300 of hardware, 100 of support, 50 of neither: 225 of 450 are split 150, 50, 25."""
        invoice = self._taxed_invoice(
            self._sold(300.0, self.printer), self._sold(100.0, self.support), (50.0, None)
        )
        writeoff = self._write_off(invoice, [225.0])
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [
                ("121000", "Birch", 0.0, 225.0),
                ("691100", "Birch", 150.0, 0.0),
                ("691200", "Birch", 50.0, 0.0),
                ("690100", "Birch", 25.0, 0.0),
            ],
        )

    def test_tax_that_stays_in_the_loss_follows_its_line(self):
        """100 + 15 of hardware, 100 untaxed of support: 115 and 100."""
        invoice = self._taxed_invoice(
            self._sold(100.0, self.printer, self.vat), self._sold(100.0, self.support)
        )
        self._write_off(invoice)
        self.assertEqual(
            self._balances(self.hardware_account, self.service_account), [115.0, 100.0]
        )

    def test_parts_add_up_on_each_account(self):
        invoice = self._taxed_invoice(
            self._sold(33.34, self.printer), self._sold(66.67, self.support, self.vat)
        )
        for amount in (11.11, 22.22, None):
            self._write_off(invoice, [amount] if amount else None)
        self.assertEqual(
            self._balances(self.hardware_account, self.service_account), [33.34, 76.67]
        )

    def test_nearer_accounts_win(self):
        invoice = self._taxed_invoice(self._sold(100.0, self.printer))
        item = self._items(invoice)
        self.assertEqual(item._get_writeoff_account(self.bad_debt), self.hardware_account)
        customer = self.customer.with_company(self.company)
        customer.writeoff_account_id = self.other_account
        self.assertEqual(item._get_writeoff_account(self.bad_debt), self.other_account)
        self.bad_debt.with_company(self.company).loss_account_id = self.allowance_account
        self.assertEqual(item._get_writeoff_account(self.bad_debt), self.allowance_account)

    def test_chosen_account_takes_it_all(self):
        invoice = self._taxed_invoice(
            self._sold(100.0, self.printer), self._sold(100.0, self.support)
        )
        self._write_off(invoice, writeoff_account_id=self.other_account)
        self.assertEqual(self._balance(self.other_account), 200.0)

    def test_wizard_leaves_the_account_open_where_products_decide(self):
        invoice = self._taxed_invoice(
            self._sold(100.0, self.printer), self._sold(100.0, self.support)
        )
        wizard = self._wizard(invoice)
        self.assertFalse(wizard.writeoff_account_id)
        self.assertFalse(wizard.is_loss_account_missing)

    def test_a_line_without_any_account(self):
        self.company.writeoff_loss_account_id = False
        invoice = self._taxed_invoice(self._sold(100.0, self.printer), (50.0, None))
        wizard = self._wizard(invoice)
        self.assertTrue(wizard.is_loss_account_missing)
        wizard.action_preview()
        with self.assertRaisesRegex(UserError, "no loss account"):
            wizard.action_confirm()

    def test_fiscal_position_maps_it(self):
        """As it maps income accounts."""
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Abroad",
                "account_ids": [
                    Command.create(
                        {
                            "account_src_id": self.hardware_account.id,
                            "account_dest_id": self.other_account.id,
                        }
                    )
                ],
            }
        )
        invoice = self._taxed_invoice(
            self._sold(100.0, self.printer), fiscal_position_id=position.id
        )
        self._write_off(invoice)
        self.assertEqual(self._balance(self.other_account), 100.0)

    def test_foreign_currency(self):
        euro = self._currency("EUR", 0.9)
        invoice = self._taxed_invoice(
            self._sold(100.0, self.printer, self.vat),
            self._sold(50.0, self.support),
            currency_id=euro.id,
        )
        self._separate(invoice, [55.0])
        self._separate(invoice)
        self.assertEqual(
            self._balances(self.hardware_account, self.service_account), [111.11, 55.56]
        )
        self.assertEqual(self._report(), {})

    def test_refused_accounts(self):
        for record in (self.printer, self.hardware):
            with self.subTest(record._name), self.assertRaisesRegex(ValidationError, "Receivable"):
                record.with_company(self.company).writeoff_account_id = self.receivable

    def test_credits_do_not_ask_products(self):
        self.company.writeoff_gain_account_id = self.other_account
        refund = self._taxed_invoice(self._sold(80.0, self.printer), move_type="out_refund")
        self._write_off(refund)
        self.assertEqual(self._balance(self.other_account), -80.0)

    # --- analytic ---

    def _analytic(self, moves):
        return [
            (line.account_id.code, line.balance, line.analytic_distribution or {})
            for line in moves.line_ids.sorted("id")
            if line.account_id != self.receivable
        ]

    def test_analytic_of_the_reason(self):
        self.bad_debt.analytic_distribution = {str(self.north.id): 100.0}
        self.company.writeoff_analytic_from_invoice = "yes"
        invoice = self._taxed_invoice(
            (100.0, self.vat, {"analytic_distribution": {str(self.south.id): 100.0}})
        )
        writeoff = self._separate(invoice)
        self.assertEqual(
            self._analytic(writeoff.entry_ids),
            [("690100", 100.0, {str(self.north.id): 100.0}), ("251100", 15.0, {})],
        )
        self.assertEqual(self.north.balance, -100.0)

    def test_analytic_of_the_invoice(self):
        """300 north, 100 half and half: 200 of 400 written off are 150 and 50."""
        self.company.writeoff_analytic_from_invoice = "yes"
        north, south = str(self.north.id), str(self.south.id)
        invoice = self._taxed_invoice(
            (300.0, None, {"analytic_distribution": {north: 100.0}}),
            (100.0, None, {"analytic_distribution": {north: 50.0, south: 50.0}}),
        )
        writeoff = self._write_off(invoice, [200.0])
        self.assertEqual(
            self._analytic(writeoff.entry_ids),
            [
                ("690100", 150.0, {north: 100.0}),
                ("690100", 50.0, {north: 50.0, south: 50.0}),
            ],
        )
        self._reverse(writeoff, writeoff.accounting_date)
        self.assertEqual(self.south.balance, 50.0, "what the invoice earned is there again")

    def test_analytic_of_the_invoice_is_off_by_default(self):
        invoice = self._taxed_invoice(
            (100.0, None, {"analytic_distribution": {str(self.north.id): 100.0}})
        )
        writeoff = self._write_off(invoice)
        self.assertEqual(self._analytic(writeoff.entry_ids), [("690100", 100.0, {})])

    def test_models_fill_the_gap(self):
        self.company.writeoff_analytic_from_invoice = "yes"
        self.env["account.analytic.distribution.model"].create(
            {"account_prefix": "690", "analytic_distribution": {str(self.south.id): 100.0}}
        )
        invoice = self._taxed_invoice(
            (100.0, None, {"analytic_distribution": {str(self.north.id): 100.0}}), (50.0, None)
        )
        writeoff = self._write_off(invoice)
        self.assertEqual(
            self._analytic(writeoff.entry_ids),
            [
                ("690100", 100.0, {str(self.north.id): 100.0}),
                ("690100", 50.0, {str(self.south.id): 100.0}),
            ],
        )
        self._reverse(writeoff, writeoff.accounting_date)
        self.assertEqual((self.north.balance, self.south.balance), (100.0, 0.0))

    def test_analytic_account_of_another_company(self):
        """A shared reason may name accounts that only one company has."""
        other = self.env["res.company"].create({"name": "Sister"})
        self.north.company_id = other
        self.bad_debt.analytic_distribution = {str(self.north.id): 100.0}
        with self.assertRaisesRegex(UserError, "distributes to North, which belongs to another"):
            self._write_off(self._taxed_invoice((100.0, None)))

    def test_products_on_journal_entries_are_no_sales(self):
        """An opening entry with a product on its counterpart: the company's account takes it."""
        entry = self._entry(
            (self.receivable, 80.0, {}),
            (self.other_account, -80.0, {"product_id": self.printer.id}),
        )
        self._write_off(entry)
        self.assertEqual(self._balance(self.bad_debt_account), 80.0)

    def test_undo_after_the_account_of_a_product_was_merged(self):
        invoice = self._taxed_invoice(
            self._sold(100.0, self.printer), self._sold(100.0, self.support)
        )
        writeoff = self._write_off(invoice)
        left = self._merge_away(self.hardware_account)
        self.assertEqual(self._balances(left, self.service_account), [100.0, 100.0])
        self._reverse(writeoff, writeoff.accounting_date)
        self.assertEqual(self._balances(left, self.service_account), [0.0, 0.0])

    def test_mandatory_plan(self):
        self.env["account.analytic.applicability"].create(
            {
                "analytic_plan_id": self.plan.id,
                "applicability": "mandatory",
                "business_domain": "general",
                "account_prefix": "690",
            }
        )
        invoice = self._taxed_invoice((100.0, self.vat))
        with (
            self.assertRaisesRegex(ValidationError, "100% analytic distribution"),
            self.cr.savepoint(),
        ):
            self._separate(invoice)
        self.assertEqual(self._residuals(invoice), [(115.0, 115.0)])
        self.bad_debt.analytic_distribution = {str(self.north.id): 100.0}
        self._separate(invoice)

    # --- deferred revenue ---

    def test_deferred_revenue_is_warned_of(self):
        """Apps that defer revenue write the end of the period on the invoice line."""
        self.env["ir.model.fields"].create(
            {
                "name": "x_end",
                "field_description": "End",
                "model_id": self.env["ir.model"]._get_id("account.move.line"),
                "ttype": "date",
            }
        )
        invoice = self._taxed_invoice((100.0, None, {"x_end": "2024-12-31"}))
        other = self._taxed_invoice((50.0, None, {"x_end": "2024-05-31"}))
        path = type(self.env["ar.writeoff.eligibility"])
        with patch.object(path, "_get_deferral_fields", lambda self: ["x_end"]):
            wizard = self._wizard(invoice | other)
            wizard.action_preview()
            messages = [problem["message"] for problem in wizard.problems.values()]
            self.assertEqual(len(messages), 1)
            self.assertRegex(messages[0], f"^{invoice.name}: revenue is deferred until 12/31/2024")
            with self.assertRaisesRegex(UserError, "Read the warnings first"):
                wizard.action_confirm()
            wizard.warnings_confirmed = True
            wizard.action_confirm()

    def test_deferral_fields_that_are_there(self):
        """Of other apps: none in Community alone; Enterprise's, once it is there."""
        Eligibility = self.env["ar.writeoff.eligibility"]
        self.assertEqual(Eligibility._get_deferral_fields(), [])
        fields = type(self.env["account.move.line"])._fields__
        with patch.dict(fields, {"deferred_end_date": fields["date_maturity"]}):
            self.assertEqual(Eligibility._get_deferral_fields(), ["deferred_end_date"])

    # --- screens ---

    def test_fields_on_product_and_category(self):
        self.env.user.group_ids |= self.env.ref("account.group_account_readonly")
        for record in (self.printer.product_tmpl_id, self.hardware):
            with self.subTest(record._name), Form(record.with_company(self.company)) as form:
                form.writeoff_account_id = self.other_account
            self.assertEqual(
                record.with_company(self.company).writeoff_account_id, self.other_account
            )
