"""From the customer: the whole balance, credits netted first, policies, subsidiaries."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestCustomers(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gain_account = cls._account("490100", "Gain", "income_other")
        cls.company.writeoff_gain_account_id = cls.gain_account

    def _from_customer(self, customers, **values):
        """The wizard as the customer's action opens it."""
        action = customers.with_user(self.clerk).action_write_off()
        self.env.flush_all()
        wizard = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        if values:
            with Form(wizard) as form:
                for name, value in values.items():
                    setattr(form, name, value)
        return wizard

    def _confirm(self, wizard):
        wizard.action_preview()
        wizard.warnings_confirmed = True
        wizard.action_confirm()
        return self.env["ar.writeoff"].search([], order="id desc", limit=1)

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

    # --- netting ---

    def test_credits_are_netted_with_the_oldest_balances(self):
        """100 of January and 50 of February, credits of 120: 30 of February are left."""
        self._invoice(50.0, date="2024-02-15")
        self._invoice(100.0, date="2024-01-15")
        self._payment(80.0)
        self._invoice(40.0, move_type="out_refund", date="2024-03-01")
        wizard = self._from_customer(self.customer)
        self.assertTrue(wizard.net_credits)
        self.assertEqual(
            [
                (line.residual_currency, line.netted, line.amount_currency)
                for line in wizard.line_ids
            ],
            [(100.0, 100.0, 0.0), (50.0, 20.0, 30.0), (-80.0, -80.0, 0.0), (-40.0, -40.0, 0.0)],
        )
        self.assertEqual(wizard.amount_total, 30.0)
        wizard.action_preview()
        self.assertEqual(len(wizard.netting.splitlines()), 3)
        open_items = self._items(self.env["account.move"].search([]))
        self.assertNotIn(True, open_items.mapped("reconciled"), "only shown")
        writeoff = self._confirm(wizard)
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [("121000", "Birch", 0.0, 30.0), ("690100", "Birch", 30.0, 0.0)],
        )
        self.assertEqual(sorted(writeoff.netting_ids.mapped("amount")), [20.0, 20.0, 80.0])
        self.assertEqual(self._balance(self.receivable), 0.0)

    def test_net_credit_goes_to_the_credit_side(self):
        self._invoice(60.0)
        self._payment(100.0)
        writeoff = self._confirm(self._from_customer(self.customer))
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [("121000", "Birch", 40.0, 0.0), ("490100", "Birch", 0.0, 40.0)],
        )

    def test_netting_switched_off(self):
        self._invoice(60.0)
        self._payment(100.0)
        writeoff = self._confirm(self._from_customer(self.customer, net_credits=False))
        self.assertEqual(self._balance(self.bad_debt_account), 60.0)
        self.assertEqual(self._balance(self.gain_account), -100.0)
        self.assertFalse(writeoff.netting_ids)

    def test_not_across_currencies_and_accounts(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._invoice(60.0)
        self._payment(20.0, currency=euro)
        wizard = self._from_customer(self.customer)
        self.assertFalse(wizard.can_net)
        self.assertEqual(wizard.line_ids.mapped("netted"), [0.0, 0.0])

    def test_nothing_is_left_after_netting(self):
        self._invoice(60.0)
        self._payment(60.0)
        wizard = self._from_customer(self.customer)
        wizard.action_preview()
        with self.assertRaisesRegex(UserError, "Nothing is selected"), self.cr.savepoint():
            wizard.action_confirm()

    def test_credits_changed_since_the_preview(self):
        """The preview matched 60 of 100; then the payment went to another invoice."""
        invoice, payment = self._invoice(100.0, date="2024-01-15"), self._payment(60.0)
        wizard = self._from_customer(self.customer)
        wizard.action_preview()
        other = self._invoice(60.0, date="2024-02-15")
        (self._items(payment.move_id) | self._items(other)).reconcile()
        with self.assertRaisesRegex(UserError, "(?s)changed since the preview.*60.00"):
            wizard.action_confirm()
        self.assertEqual(self._residuals(invoice), [(100.0, 100.0)])

    def test_the_link_of_a_match_is_closed(self):
        """Whoever could write it could make an undo take back other people's payments."""
        invoice, payment = self._invoice(100.0), self._payment(60.0)
        (self._items(invoice) | self._items(payment.move_id)).reconcile()
        writeoff = self._write_off(invoice)
        match = self._items(payment.move_id).matched_debit_ids
        for user in (self.clerk, self.biller):
            with self.subTest(user.login), self.assertRaises(AccessError):
                match.with_user(user).writeoff_id = writeoff
        self.assertFalse(match.writeoff_id)

    def test_undo_takes_the_matching_back_or_leaves_it(self):
        for with_netting, expected in ((True, [100.0, -60.0]), (False, [40.0, 0.0])):
            with self.subTest(with_netting=with_netting):
                savepoint = self.cr.savepoint()
                invoice, payment = self._invoice(100.0), self._payment(60.0)
                writeoff = self._confirm(self._from_customer(self.customer)).with_user(self.clerk)
                action = writeoff.action_open_undo()
                undo = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
                self.assertTrue(undo.has_netting and undo.with_netting, "proposed")
                undo.with_netting = with_netting
                undo.action_undo()
                items = self._items(invoice | payment.move_id)
                self.assertEqual(items.mapped("amount_residual"), expected)
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

    def test_netting_a_credit_note_leaves_only_its_own_tax(self):
        """100 at 15 % + 100; the credit note of the taxed line nobody matched: no tax is left."""
        vat = self._tax("15", 15.0)
        invoice = self._taxed_invoice((100.0, vat), (100.0, None))
        credit_note = invoice._reverse_moves()
        credit_note.invoice_line_ids.filtered(lambda line: not line.tax_ids).unlink()
        credit_note.invoice_date = invoice.invoice_date
        credit_note.action_post()
        self._items(credit_note).remove_move_reconcile()
        wizard = self._from_customer(self.customer, separate_tax=True)
        wizard.action_preview()
        self.assertEqual((wizard.amount_untaxed, wizard.amount_tax), (100.0, 0.0))
        self._confirm(wizard)
        self.assertEqual(self._report(), {})

    def test_netting_tax_due_on_payment(self):
        """A payment of 48 nets 48 of 120: its tax falls due, that of the rest never does."""
        vat = self._tax("20", 20.0, tax_exigibility="on_payment")
        self._taxed_invoice((100.0, vat))
        self._payment(48.0)
        self._confirm(self._from_customer(self.customer))
        self.assertEqual(self._report(), {"20 base": -40.0, "20 tax": -8.0})
        self.assertEqual(self._balance(self.transition_account), 0.0)

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

    def test_not_allowed_meanwhile(self):
        wizard = self._wizard(self._invoice(100.0))
        wizard.action_preview()
        self.customer.with_company(self.company).writeoff_policy = "refused"
        with self.assertRaisesRegex(UserError, "nothing of Birch may be written off"):
            wizard.action_confirm()

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
        second._reverse(second.accounting_date)
        partner.invalidate_recordset()
        self.assertEqual((partner.writeoff_total, partner.writeoff_count), (100.0, 1))
        domain = partner.action_open_writeoffs()["domain"]
        self.assertEqual(len(self.env["ar.writeoff"].search(domain)), 2, "the undone one, too")

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
        self.company.writeoff_child_full_only = True
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
        self.company.writeoff_child_full_only = True
        invoice = self._invoice(100.0, partner=self._subsidiary())
        payment = self._payment(30.0)  # of the parent
        (self._items(invoice) | self._items(payment.move_id)).reconcile()
        with self.assertRaisesRegex(UserError, "Birch, the parent of .*, paid a part of it"):
            self._write_off(invoice)
        self.company.writeoff_child_full_only = False
        self.assertEqual(self._write_off(invoice).state, "posted")

    def test_contacts_are_no_subsidiaries(self):
        self.company.writeoff_child_full_only = True
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
