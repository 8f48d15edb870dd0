import json
from ast import literal_eval

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.ar_writeoff.models.plan import Plan

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestItems(WriteoffCommon):
    """Balances and credits of every origin, from every place where they are listed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gain_account = cls._account("490100", "Gain", "income_other")
        cls.company.writeoff_gain_account_id = cls.gain_account
        cls.unclaimed = cls.env.ref("ar_writeoff.reason_unclaimed")
        cls.small = cls.env.ref("ar_writeoff.reason_small_difference")

    def _open(self, items):
        action = items.with_user(self.clerk).action_write_off()
        self.env.flush_all()
        return self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])

    def _unapplied_payment(self, amount):
        return self._items(self._payment(amount).move_id)

    def test_open_items_menu(self):
        """In plain Community, billing users reach payments and opening items only here."""
        invoice, credit = self._invoice(100.0), self._unapplied_payment(40.0)
        closed = self._invoice(5.0)
        self._pay(closed, 5.0)
        action = self.env["ir.actions.actions"]._for_xml_id("ar_writeoff.action_open_items")
        Items = self.env["account.move.line"].with_user(self.clerk)
        domain = literal_eval(action["domain"])
        listed = Items.search([*domain, ("partner_id", "=", self.customer.id)])
        self.assertEqual(listed, self._items(invoice) | credit)
        self.assertEqual(domain, Items._get_open_item_domain())
        wizard = self._open(listed)
        self.assertEqual(len(wizard.line_ids), 2)

    def test_what_is_no_open_item_is_named(self):
        invoice = self._invoice(100.0)
        wizard = self._open(invoice.line_ids)
        self.assertEqual(wizard.line_ids.item_id, self._items(invoice))
        self.assertIn("is not a customer's receivable", wizard.left_out)

    def test_default_reasons_of_both_sides(self):
        wizard = self._open(self._items(self._invoice(100.0)) | self._unapplied_payment(40.0))
        self.assertTrue(wizard.has_balances and wizard.has_credits)
        self.assertEqual(wizard.reason_id, self.bad_debt)
        self.assertEqual(wizard.credit_reason_id, self.unclaimed)
        self.assertEqual(wizard.writeoff_account_id, self.bad_debt_account)
        self.assertEqual(wizard.gain_account_id, self.gain_account)
        self.assertEqual(wizard.amount_total, 60.0)
        wizard.action_preview()
        wizard.action_confirm()
        writeoff = self.env["ar.writeoff"].search([])
        self.assertEqual(writeoff.reason_id, self.bad_debt)
        self.assertEqual(writeoff.line_ids.reason_id, self.bad_debt | self.unclaimed)
        self.assertEqual(writeoff.amount, 60.0)

    def test_credit_note(self):
        credit_note = self._invoice(60.0, move_type="out_refund")
        writeoff = self._write_off(credit_note)
        self.assertEqual(writeoff.amount, -60.0)
        self.assertEqual(writeoff.reason_id, self.unclaimed)
        self.assertRecordValues(
            credit_note,
            [
                {
                    "amount_residual": 0.0,
                    "payment_state": "reversed",
                    "writeoff_state": "full",
                    "writeoff_amount": 60.0,
                }
            ],
        )

    def test_gain_account_of_the_reason(self):
        self.unclaimed.with_company(self.company).gain_account_id = self.other_account
        wizard = self._open(self._unapplied_payment(40.0))
        self.assertEqual(wizard.gain_account_id, self.other_account)

    def test_no_gain_account(self):
        self.company.writeoff_gain_account_id = False
        wizard = self._open(self._unapplied_payment(40.0))
        self.assertTrue(wizard.is_gain_account_missing)
        with self.assertRaisesRegex(UserError, "no gain account"):
            wizard.action_confirm()

    def test_credit_beyond_its_residual(self):
        wizard = self._open(self._unapplied_payment(40.0))
        for amount in (-40.01, 0.0, 10.0):
            wizard.line_ids.amount_currency = amount
            with self.assertRaises(UserError):
                wizard.action_confirm()

    def test_reason_for_balances_only(self):
        wizard = self._open(self._unapplied_payment(40.0))
        wizard.credit_reason_id = self.bad_debt
        with self.assertRaisesRegex(UserError, "“Bad debt” is not for credits"):
            wizard.action_confirm()

    def test_reset_of_a_written_off_payment_is_refused(self):
        items = self._unapplied_payment(40.0)
        wizard = self._open(items)
        wizard.action_preview()
        wizard.action_confirm()
        with self.assertRaisesRegex(UserError, "40.00 of .* is written off"):
            items.move_id.origin_payment_id.action_draft()

    def test_account_reason_and_comment_per_line(self):
        invoices = self._invoice(100.0) | self._invoice(50.0)
        with Form(self._wizard(invoices)) as form:
            form.distribution = "line"
            with form.line_ids.edit(1) as line:
                line.reason_id = self.small
                line.writeoff_account_id = self.allowance_account
                line.comment = "Only this one"
        wizard = form.record
        wizard.action_preview()
        wizard.action_confirm()
        writeoff = self.env["ar.writeoff"].search([])
        self.assertEqual(
            self._ledger(writeoff.entry_ids)[2:],
            [("690100", "Birch", 100.0, 0.0), ("121900", "Birch", 50.0, 0.0)],
        )
        self.assertEqual(writeoff.line_ids.sorted("id").mapped("comment"), [False, "Only this one"])
        self.assertEqual(writeoff.line_ids.sorted("id").mapped("reason_id.code"), ["BAD", "SMALL"])
        self.assertNotIn("Only this one", str(writeoff.entry_ids.line_ids.mapped("name")))

    def test_customer_account_shows_in_the_wizard(self):
        self.customer.with_company(self.company).writeoff_account_id = self.other_account
        wizard = self._wizard(self._invoice(10.0))
        self.assertEqual(wizard.writeoff_account_id, self.other_account)
        both = self._wizard(self._invoice(10.0) | self._invoice(10.0, partner=self.other_customer))
        self.assertFalse(both.writeoff_account_id, "they differ: each line has its own")
        self.assertEqual(
            both.line_ids.writeoff_account_id, self.other_account | self.bad_debt_account
        )
        self.assertFalse(both.is_loss_account_missing)
        both.action_preview()
        both.action_confirm()
        self.assertEqual(
            self.env["ar.writeoff"].search([]).line_ids.writeoff_account_id,
            self.other_account | self.bad_debt_account,
        )

    def test_an_account_of_one_is_not_guessed_for_the_other(self):
        """Birch has an account of its own, nothing is set for Cave: the wizard must ask."""
        self.company.writeoff_loss_account_id = False
        self.customer.with_company(self.company).writeoff_account_id = self.other_account
        both = self._wizard(self._invoice(10.0) | self._invoice(10.0, partner=self.other_customer))
        self.assertFalse(both.writeoff_account_id)
        self.assertTrue(both.is_loss_account_missing)
        with self.assertRaisesRegex(UserError, "no loss account"):
            both.action_confirm()

    def test_refused_customer_account(self):
        with self.assertRaisesRegex(Exception, "cannot be a write-off account"):
            self.customer.with_company(self.company).writeoff_account_id = self.receivable

    def test_contact_keeps_his_own_ledger(self):
        """A payment of a contact is closed on the contact; the gain is the company's."""
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        items = self._items(self._payment(40.0, partner=contact).move_id)
        self.assertEqual(items.partner_id, contact)
        wizard = self._open(items)
        wizard.action_confirm()
        writeoff = self.env["ar.writeoff"].search([])
        self.assertEqual(writeoff.partner_id, self.customer)
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [(self.receivable.code, "Ann", 40.0, 0.0), ("490100", "Birch", 0.0, 40.0)],
        )

    def test_only_ticked_rows_count(self):
        """Without its balances, the write-off is one of credits, with their reason."""
        self.company.writeoff_loss_account_id = False
        wizard = self._open(self._items(self._invoice(100.0)) | self._unapplied_payment(40.0))
        self.assertTrue(wizard.is_loss_account_missing)
        wizard.line_ids.filtered(lambda line: not line.is_credit).selected = False
        self.assertFalse(wizard.is_loss_account_missing)
        self.assertFalse(wizard.has_balances)
        wizard.action_confirm()
        self.assertEqual(self.env["ar.writeoff"].search([]).reason_id, self.unclaimed)

    def test_rows_win_over_the_head(self):
        """Select none, then tick one; change the reason of all, then that of one: in one go."""
        invoices = self._invoice(100.0) | self._invoice(50.0)
        with Form(self._wizard(invoices)) as form:
            form.select_all = False
            form.distribution = "line"
            form.reason_id = self.settlement
            with form.line_ids.edit(1) as line:
                line.selected = True
                line.reason_id = self.small
                line.writeoff_account_id = self.other_account
        wizard = form.record
        self.assertEqual(wizard.line_ids.mapped("selected"), [False, True])
        self.assertEqual(wizard.line_ids.mapped("reason_id.code"), ["SETTLE", "SMALL"])
        wizard.action_confirm()
        line = self.env["ar.writeoff"].search([]).line_ids
        self.assertEqual((line.amount, line.reason_id), (50.0, self.small))
        self.assertEqual(line.writeoff_account_id, self.other_account)

    def test_per_line_choice_does_not_survive_one_for_all(self):
        wizard = self._wizard(self._invoice(100.0) | self._invoice(50.0))
        wizard.distribution = "line"
        wizard.line_ids[1].write({"reason_id": self.small.id, "comment": "x"})
        wizard.distribution = "one"
        wizard.action_confirm()
        lines = self.env["ar.writeoff"].search([]).line_ids
        self.assertEqual(lines.reason_id, self.bad_debt)
        self.assertEqual(set(lines.mapped("comment")), {False})

    def test_credit_note_instead(self):
        invoices = self._invoice(100.0) | self._invoice(50.0)
        wizard = self._open(self._items(invoices) | self._unapplied_payment(40.0))
        action = wizard.action_credit_note()
        self.assertEqual(action["res_model"], "account.move.reversal")
        self.assertEqual(sorted(action["context"]["active_ids"]), sorted(invoices.ids))
        with self.assertRaisesRegex(UserError, "no invoice among the items"):
            self._open(self._unapplied_payment(5.0)).action_credit_note()

    def test_warning_that_came_after_the_look(self):
        """What was confirmed is what was shown; a warning nobody saw stops it."""
        invoice = self._invoice(100.0)
        wizard = self._wizard(invoice)
        wizard.accounting_date = "2024-01-10"  # before the invoice: the warning that is shown
        wizard.action_preview()
        wizard.warnings_confirmed = True
        self._invoice(5.0, move_type="in_invoice")
        with self.assertRaisesRegex(UserError, "Read the warnings first"):
            wizard.action_confirm()
        self.assertEqual(invoice.amount_residual, 100.0)

    def test_set_off_is_a_warning(self):
        self._invoice(30.0, move_type="in_invoice")
        wizard = self._wizard(self._invoice(100.0))
        wizard.action_preview()
        self.assertRegex(wizard.problems["0_payables"]["message"], r"You owe Birch \$\W*30\.00")
        self.assertTrue(wizard.has_warnings)

    def test_set_off_concerns_the_company_that_owes(self):
        """South owes Birch 30, and Birch owes North alone: nothing to set off. Nor against what
        is owed to a subsidiary, which is a customer of its own."""
        north, south = self._branch("North", "South")
        bill = self._invoice_of(south, 30.0, move_type="in_invoice")
        child = self.customer.create(
            {"name": "Twig", "is_company": True, "parent_id": self.customer.id}
        )
        self._invoice_of(north, 7.0, move_type="in_invoice", partner=child)
        items = self._items(
            self._invoice_of(north, 100.0)
            | self._invoice_of(south, 40.0, partner=self.other_customer)
        )
        Eligibility, nothing = self.env["ar.writeoff.eligibility"], self.env["ar.writeoff"]

        def warn(items):
            return Eligibility._judge(Plan(nothing, items=items), ("notice",))

        self.assertEqual(warn(items), [])
        own = self._items(self._invoice_of(south, 10.0))
        [problem] = warn(items | own)
        self.assertEqual((problem["code"], problem["items"]), ("payables", own.ids))
        self.assertRegex(problem["message"], r"You owe Birch \$\W*30\.00")
        self.assertEqual(bill.amount_residual, 30.0)

    def test_preview_shows_both_currencies(self):
        currency = self.setup_other_currency("EUR")
        wizard = self._wizard(self._invoice(500.0, currency_id=currency.id))
        wizard.action_preview()
        counterpart, loss = (
            item[2] for item in json.loads(wizard.preview)["groups_vals"][0]["items_vals"]
        )
        self.assertRegex(counterpart["amount_currency"], r"^-\W*500\.00\W*€$")
        self.assertRegex(counterpart["credit"], r"^\$\W*250\.00$")
        self.assertRegex(loss["amount_currency"], r"^500\.00\W*€$")
        self.assertRegex(loss["debit"], r"^\$\W*250\.00$")

    def test_exchange_rest_in_company_currency_alone(self):
        """Nothing open in its currency, a cent in ours: the item still closes."""
        currency = self.setup_other_currency("EUR")
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2024-01-15",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.receivable.id,
                            "partner_id": self.customer.id,
                            "currency_id": currency.id,
                            "amount_currency": 0.0,
                            "balance": 0.05,
                        }
                    ),
                    Command.create({"account_id": self.bad_debt_account.id, "balance": -0.05}),
                ],
            }
        )
        entry.action_post()
        items = self._items(entry)
        wizard = self._open(items)
        wizard.action_preview()
        wizard.action_confirm()
        self.assertEqual(items.amount_residual, 0.0)
        self.assertEqual(self.env["ar.writeoff"].search([]).line_ids.state, "done")
