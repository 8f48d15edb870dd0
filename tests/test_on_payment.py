"""Tax due on payment: what was not collected is never due, and what was collected stays due."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestOnPayment(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._tax("20", 20.0, refund_box="20 refund", tax_exigibility="on_payment")
        cls.plain = cls._tax("15", 15.0)

    def _invoice_120(self, **values):
        return self._taxed_invoice((100.0, self.vat), **values)

    def test_never_paid(self):
        invoice = self._invoice_120()
        writeoff = self._write_off(invoice)
        self.assertEqual(
            self._tax_ledger(writeoff.entry_ids),
            [
                ("121000", 0.0, 120.0, "", ""),
                ("690100", 100.0, 0.0, "", ""),
                ("252100", 20.0, 0.0, "", ""),
            ],
        )
        self.assertEqual(self._report(), {})
        self.assertEqual(self._trial_balance(), {"400000": -100.0, "690100": 100.0})
        self.assertTrue(all(writeoff.entry_ids.line_ids[0::2].mapped("reconciled")))
        self.assertEqual(
            (writeoff.amount, writeoff.amount_tax, writeoff.amount_untaxed), (120.0, 20.0, 100.0)
        )

    def test_the_parameter_does_not_matter(self):
        invoice = self._invoice_120()
        self.company.writeoff_separate_tax = "yes"
        writeoff = self._write_off(invoice)
        self.assertTrue(writeoff.line_ids.separate_tax)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._trial_balance(), {"400000": -100.0, "690100": 100.0})
        self.assertFalse(writeoff.entry_ids.line_ids.tax_ids)

    def test_partly_paid(self):
        """48 of 120 were paid: the tax in them, 8, stays due; the 12 in the rest never is."""
        invoice = self._invoice_120()
        self._pay(invoice, 48.0)
        paid = self._report()
        self.assertEqual(paid, {"20 base": -40.0, "20 tax": -8.0})
        writeoff = self._write_off(invoice)
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [
                ("121000", "Birch", 0.0, 72.0),
                ("690100", "Birch", 60.0, 0.0),
                ("252100", "Birch", 12.0, 0.0),
            ],
        )
        self.assertEqual(self._report(), paid)
        self.assertEqual(self._balance(self.transition_account), 0.0)
        self.assertEqual(self._balance(self.tax_account), -8.0)

    def test_undo_restores_it_and_a_later_payment_makes_it_due(self):
        invoice = self._invoice_120()
        self._pay(invoice, 48.0)
        books, paid = self._trial_balance(), self._report()
        writeoff = self._write_off(invoice)
        self._reverse(writeoff, writeoff.accounting_date)
        self.assertEqual(self._trial_balance(), books)
        self.assertEqual(self._report(), paid)
        self.assertEqual(self._residuals(invoice), [(72.0, 72.0)])
        self._pay(invoice, 72.0, date="2024-06-30")
        self.assertEqual(self._report(), {"20 base": -100.0, "20 tax": -20.0})
        self.assertEqual(self._balance(self.transition_account), 0.0)

    def test_a_part_given_up_then_the_rest_paid(self):
        """100.01 at 20 % is 20.00 tax: 33.33 of 120.01 take 5.55 of it, the payment the rest."""
        invoice = self._taxed_invoice((100.01, self.vat))
        self._write_off(invoice, [33.33])
        self.assertEqual(self._balance(self.transition_account), -14.45)
        self._pay(invoice, 86.68, date="2024-06-30")
        self.assertEqual(self._balance(self.transition_account), 0.0)
        self.assertEqual(self._report(), {"20 base": -72.23, "20 tax": -14.45})
        self.assertEqual(invoice.payment_state, "paid")

    def test_instalments_in_one_write_off(self):
        terms = self._instalments((33.33, 0), (33.33, 30), (33.34, 60))
        invoice = self._taxed_invoice((100.05, self.vat), invoice_payment_term_id=terms.id)
        writeoff = self._write_off(invoice)
        self.assertEqual(len(writeoff.line_ids), 3)
        self.assertEqual(self._trial_balance(), {"400000": -100.05, "690100": 100.05})
        self.assertEqual(self._report(), {})
        books = self._trial_balance()
        middle = writeoff.line_ids.sorted("id")[1]
        self._reverse(writeoff, writeoff.accounting_date, lines=middle)
        self.assertEqual(middle.item_id.amount_residual, 40.02)
        self._write_off(invoice)
        self.assertEqual(self._trial_balance(), books)

    def test_beside_ordinary_invoices_in_one_entry(self):
        """100 + 20 due on payment, 200 + 30 due at once and kept in the loss: 330 lost."""
        invoices = self._invoice_120() | self._taxed_invoice((200.0, self.plain))
        declared = self._report()
        writeoff = self._write_off(invoices)
        self.assertEqual(len(writeoff.entry_ids), 1)
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [
                ("121000", "Birch", 0.0, 120.0),
                ("121000", "Birch", 0.0, 230.0),
                ("690100", "Birch", 330.0, 0.0),
                ("252100", "Birch", 20.0, 0.0),
            ],
        )
        self.assertEqual(self._report(), declared)
        line = writeoff.line_ids.filtered(lambda line: line.move_id == invoices[0])
        self._reverse(writeoff, writeoff.accounting_date, lines=line)
        self.assertEqual(self._report(), declared, "undoing one leaves the other alone")
        self.assertEqual(self._balance(self.transition_account), -20.0)

    def test_both_kinds_on_one_invoice(self):
        """100 at 20 % on payment, 100 at 15 %: separated, 15 go back and 20 are never due."""
        invoice = self._taxed_invoice((100.0, self.vat), (100.0, self.plain))
        writeoff = self._separate(invoice)
        self.assertEqual(
            sorted(self._tax_ledger(writeoff.entry_ids)),
            [
                ("121000", 0.0, 235.0, "", ""),
                ("251100", 15.0, 0.0, "", "15 tax"),
                ("252100", 20.0, 0.0, "", ""),
                ("690100", 100.0, 0.0, "", ""),
                ("690100", 100.0, 0.0, "15", "15 base"),
            ],
        )
        self.assertEqual(self._report(), {})

    def test_uncollected_tax_in_the_base_of_another(self):
        """10 % on payment on 100, then 15 % on 110: the whole base of 110 is taken back."""
        first = self._tax(
            "eco", 10.0, tax_exigibility="on_payment", include_base_amount=True, sequence=1
        )
        second = self._tax("vat", 15.0, sequence=2)
        invoice = self._taxed_invoice((100.0, first | second))
        self.assertEqual(self._report(), {"vat base": -110.0, "vat tax": -16.5})
        self._separate(invoice)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._trial_balance(), {"400000": -100.0, "690100": 100.0})

    def test_a_group_of_both_kinds(self):
        group = self._group("both", self.vat, self.plain)
        invoice = self._taxed_invoice((100.0, group))
        writeoff = self._separate(invoice)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._trial_balance(), {"400000": -100.0, "690100": 100.0})
        self.assertEqual(writeoff.entry_ids.line_ids.tax_ids, self.plain)

    def test_reverse_charge_on_payment(self):
        reverse = self._tax(
            "rc",
            19.0,
            (100, self.tax_account),
            (-100, self.reverse_account),
            tax_exigibility="on_payment",
        )
        invoice = self._taxed_invoice((100.0, reverse))
        self._write_off(invoice)
        self.assertEqual(self._trial_balance(), {"400000": -100.0, "690100": 100.0})
        self.assertFalse(self._transition_items(invoice).filtered(lambda line: not line.reconciled))

    def _transition_items(self, moves):
        return moves.line_ids.filtered(lambda line: line.account_id == self.transition_account)

    def test_foreign_currency(self):
        euro = self._currency("EUR", 0.8)
        invoice = self._taxed_invoice((100.0, self.vat), currency_id=euro.id)
        writeoff = self._write_off(invoice)
        self.assertEqual(
            self._currency_ledger(writeoff.entry_ids),
            [
                ("121000", "Birch", 0.0, 150.0, "EUR", -120.0),
                ("690100", "Birch", 125.0, 0.0, "EUR", 100.0),
                ("252100", "Birch", 25.0, 0.0, "EUR", 20.0),
            ],
        )
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])
        self.assertEqual(self._balance(self.transition_account), 0.0)

    def test_credit_note(self):
        """A credit note nobody claims: the tax on it was never taken back, so nothing is owed."""
        gain = self._account("490100", "Gain", "income_other")
        self.company.writeoff_gain_account_id = gain
        refund = self._taxed_invoice((100.0, self.vat), move_type="out_refund")
        self._write_off(refund)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._trial_balance(), {"400000": 100.0, "490100": -100.0})

    def test_draft_entries(self):
        invoice = self._invoice_120()
        books = self._trial_balance()
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._write_off(invoice)
        self.assertEqual(self._trial_balance(), books)
        writeoff.entry_ids.with_user(self.biller).action_post()
        self.assertEqual(self._trial_balance(), {"400000": -100.0, "690100": 100.0})
        self.assertEqual(self._report(), {})
        self.assertEqual(writeoff.state, "posted")

    def test_a_draft_whose_tax_was_collected_meanwhile(self):
        """Half is planned, then half is paid: what is left on the transition account decides."""
        invoice = self._taxed_invoice((100.05, self.vat))
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._write_off(invoice, [60.03])
        self._pay(invoice, 60.03)
        # 20.01 of tax: planned 10.01, collected 10.01, so only 10.00 are left
        with self.assertRaisesRegex(UserError, "uncollected tax on it changed"):
            writeoff.entry_ids.action_post()
        writeoff.entry_ids.unlink()
        self.company.writeoff_leave_draft = "no"
        self._write_off(invoice)
        self.assertEqual(self._balance(self.transition_account), 0.0)

    def test_two_drafts_of_one_invoice(self):
        """What one draft will take is not there for the other: together they clear it."""
        invoice = self._taxed_invoice((100.05, self.vat), invoice_payment_term_id=self._halves().id)
        self.company.writeoff_leave_draft = "yes"
        writeoffs = [
            self._write_off_items(item) for item in self._items(invoice).sorted("date_maturity")
        ]
        for writeoff in reversed(writeoffs):
            writeoff.entry_ids.action_post()
        self.assertEqual(self._trial_balance(), {"400000": -100.05, "690100": 100.05})

    def test_a_draft_of_three_instalments(self):
        """50 at 20 %: 10.00 of tax in three instalments, 3.33, 3.34 and 3.33."""
        terms = self._instalments((33.33, 0), (33.33, 30), (33.34, 60))
        invoice = self._taxed_invoice((50.0, self.vat), invoice_payment_term_id=terms.id)
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._write_off(invoice)
        cleared = writeoff.entry_ids.line_ids.filtered(
            lambda line: line.account_id == self.transition_account
        )
        self.assertEqual(sorted(cleared.mapped("debit")), [3.33, 3.33, 3.34])
        writeoff.entry_ids.action_post()
        self.assertEqual(self._trial_balance(), {"400000": -50.0, "690100": 50.0})

    def test_no_word_of_missing_tax(self):
        """The transition account is cleared: “no taxable lines” would be wrong."""
        self.company.writeoff_separate_tax = "yes"
        wizard = self._wizard(self._invoice_120())
        wizard.action_preview()
        self.assertFalse(wizard.problems)
        self.assertEqual((wizard.amount_loss, wizard.amount_tax), (100.0, 20.0))

    def _halves(self):
        return self._instalments((50.0, 0), (50.0, 30))

    def _write_off_items(self, items):
        action = items.with_user(self.clerk).action_write_off()
        wizard = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        wizard.action_preview()
        wizard.warnings_confirmed = True
        wizard.action_confirm()
        return self.env["ar.writeoff"].search([], order="id desc", limit=1)

    def test_unreconciling_by_hand_is_refused(self):
        """Matched again by hand, core would make the tax due."""
        invoice = self._invoice_120()
        writeoff = self._write_off(invoice)
        with self.assertRaisesRegex(UserError, rf"{writeoff.name} and press Undo"):
            self._items(invoice).remove_move_reconcile()
        with self.assertRaisesRegex(UserError, rf"{writeoff.name} and press Undo"):
            self._transition_items(invoice).remove_move_reconcile()
        self.assertEqual(writeoff.line_ids.state, "done")

    def test_the_matches_survive_posting_the_payment_again(self):
        """Core drops matches of which it does not know how they came about."""
        invoice = self._invoice_120()
        self._pay(invoice, 48.0)
        self._write_off(invoice)
        matches = self._items(invoice).matched_credit_ids
        self.assertEqual(len(matches), 2)
        for match in matches:
            self.assertEqual(match._get_draft_caba_move_vals(), match.draft_caba_move_vals)
