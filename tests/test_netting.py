"""The customer's own credits are matched with their balances before the rest is given up."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .customer_common import CustomerCommon


@tagged("post_install", "-at_install")
class TestNetting(CustomerCommon):
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

    def test_no_account_is_asked_for_what_netting_closes(self):
        """A field that is required but not shown would stop the screen."""
        self.company.writeoff_gain_account_id = False
        self._invoice(100.0)
        self._payment(40.0)
        wizard = self._from_customer(self.customer)
        self.assertEqual((wizard.has_credits, wizard.is_gain_account_missing), (False, False))
        self.assertFalse(wizard.is_loss_account_missing)
        wizard.net_credits = False
        self.assertEqual((wizard.has_credits, wizard.is_gain_account_missing), (True, True))
        wizard.net_credits = True
        self.assertFalse(wizard.is_gain_account_missing)

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
        self.assertEqual((wizard.amount_loss, wizard.amount_tax), (100.0, 0.0))
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

    def test_an_unticked_row_stays_out_of_it(self):
        """Without the payment of 80, the credit note of 40 is netted: 60 of 100 are left."""
        self._invoice(100.0)
        self._payment(80.0)
        self._invoice(40.0, move_type="out_refund", date="2024-03-01")
        wizard = self._from_customer(self.customer)
        with Form(wizard) as form:
            with form.line_ids.edit(1) as line:
                self.assertEqual(line.residual_currency, -80.0)
                line.selected = False
            with form.line_ids.edit(0) as line:
                self.assertEqual((line.netted, line.amount_currency), (40.0, 60.0))
        self.assertEqual(wizard.amount_total, 60.0)
        writeoff = self._confirm(wizard)
        self.assertEqual(writeoff.netting_ids.mapped("amount"), [40.0])
        self.assertEqual(self._balance(self.bad_debt_account), 60.0)
        self.assertEqual(self._balance(self.receivable), -80.0, "the payment is still there")

    def test_an_amount_that_was_set_stays(self):
        """What is netted of other items does not touch it."""
        old, new = self._invoice(100.0), self._invoice(50.0, date="2024-02-15")
        self._payment(20.0)
        wizard = self._from_customer(self.customer)
        with Form(wizard) as form:
            with form.line_ids.edit(1) as line:
                line.amount_currency = 30.0  # of 50
            with form.line_ids.edit(2) as line:
                line.selected = False  # the payment
        lines = {line.move_id: line.amount_currency for line in wizard.line_ids}
        self.assertEqual((lines[old], lines[new]), (100.0, 30.0))

    # --- entries left in draft ---

    def test_draft_entries_are_netted_when_they_are_posted(self):
        """100 and 50 less credits of 120: a draft of 30; until it is posted, all stays open."""
        self.company.writeoff_leave_draft = "yes"
        moves = self._invoice(100.0, date="2024-01-15") | self._invoice(50.0, date="2024-02-15")
        moves |= self._payment(80.0).move_id
        moves |= self._invoice(40.0, move_type="out_refund", date="2024-03-01")
        writeoff = self._confirm(self._from_customer(self.customer))
        self.assertEqual(writeoff.state, "entries_draft")
        self.assertEqual(
            [residual for residual, _currency in self._residuals(moves)],
            [100.0, 50.0, -80.0, -40.0],
        )
        self.assertFalse(writeoff.netting_ids)
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [("121000", "Birch", 0.0, 30.0), ("690100", "Birch", 30.0, 0.0)],
        )
        writeoff.entry_ids.with_user(self.biller).action_post()
        self.assertEqual(set(self._residuals(moves)), {(0.0, 0.0)})
        self.assertEqual(sorted(writeoff.netting_ids.mapped("amount")), [20.0, 20.0, 80.0])
        self.assertEqual(writeoff.state, "posted")
        self.assertEqual(
            sorted(writeoff.line_ids.mapped("state")), ["done", "netted", "netted", "netted"]
        )
        self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date, with_netting=True)
        self.assertEqual(
            [residual for residual, _currency in self._residuals(moves)],
            [100.0, 50.0, -80.0, -40.0],
        )

    def test_draft_entries_in_a_foreign_currency(self):
        """100 EUR at 1.50 are 66.67; 40 EUR paid at 1.70: 60 EUR stay, worth 40.00."""
        self.company.writeoff_leave_draft = "yes"
        euro = self._currency("EUR", 1.5)
        euro.rate_ids.create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": "2024-02-01",
                "rate": 1.7,
            }
        )
        invoice = self._invoice(100.0, currency_id=euro.id)
        payment = self._payment(40.0, currency=euro)
        self.assertEqual(self._residuals(invoice), [(66.67, 100.0)])
        writeoff = self._confirm(self._from_customer(self.customer))
        self.assertEqual(
            self._currency_ledger(writeoff.entry_ids),
            [
                ("121000", "Birch", 0.0, 40.0, "EUR", -60.0),
                ("690100", "Birch", 40.0, 0.0, "EUR", 60.0),
            ],
        )
        self.assertEqual(self._residuals(invoice | payment.move_id)[0], (66.67, 100.0))
        writeoff.with_user(self.clerk).action_post_entries()
        self.assertEqual(set(self._residuals(invoice | payment.move_id)), {(0.0, 0.0)})
        self.assertEqual(self._balance(self.receivable), 0.0)

    def test_credits_used_before_the_draft_is_posted(self):
        self.company.writeoff_leave_draft = "yes"
        invoice, payment = self._invoice(100.0), self._payment(60.0)
        writeoff = self._confirm(self._from_customer(self.customer))
        other = self._invoice(25.0, date="2024-03-01")
        (self._items(payment.move_id) | self._items(other)).reconcile()
        message = "60.00 of it was to be matched .* now it would be .*35.00"
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            writeoff.with_user(self.clerk).action_post_entries()
        self.assertEqual(self._residuals(invoice), [(100.0, 100.0)])
        self.assertEqual(writeoff.state, "entries_draft")
        writeoff.with_user(self.clerk).action_cancel_entries()
        self.assertEqual(self._confirm(self._from_customer(self.customer)).amount, 65.0)

    def test_no_credit_is_taken_that_another_draft_reserves(self):
        self.company.writeoff_leave_draft = "yes"
        self._invoice(100.0)
        payment = self._payment(60.0)
        wizard = self._from_customer(self.customer)
        wizard.action_preview()
        self._write_off(payment.move_id)
        with self.assertRaisesRegex(UserError, "60.00.* is reserved by write-off"):
            wizard.action_confirm()
