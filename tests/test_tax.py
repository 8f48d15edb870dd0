"""Separate sales tax: what was declared goes back, account by account and box by box."""

import json

from odoo import Command
from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import Form, tagged

from .tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestTax(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._tax("15", 15.0)
        cls.low = cls._tax("5", 5.0)
        cls.gain_account = cls._account("490100", "Gain", "income_other")
        cls.company.writeoff_gain_account_id = cls.gain_account

    # --- yes or no ---

    def test_not_separated_unless_asked_for(self):
        invoice = self._taxed_invoice((100.0, self.vat))
        declared = self._report()
        writeoff = self._write_off(invoice)
        self.assertEqual(
            self._tax_ledger(writeoff.entry_ids),
            [("121000", 0.0, 115.0, "", ""), ("690100", 115.0, 0.0, "", "")],
        )
        self.assertEqual(self._report(), declared)
        self.assertEqual((writeoff.amount_tax, writeoff.amount_untaxed), (0.0, 115.0))

    def test_mixed_rates(self):
        """100 at 15 %, 200 at 5 %, 50 untaxed: 375 written off give back 15 and 10."""
        invoice = self._taxed_invoice((100.0, self.vat), (200.0, self.low), (50.0, None))
        writeoff = self._separate(invoice)
        self.assertEqual(
            sorted(self._tax_ledger(writeoff.entry_ids)),
            [
                ("121000", 0.0, 375.0, "", ""),
                ("251100", 10.0, 0.0, "", "5 tax"),
                ("251100", 15.0, 0.0, "", "15 tax"),
                ("690100", 50.0, 0.0, "", ""),
                ("690100", 100.0, 0.0, "15", "15 base"),
                ("690100", 200.0, 0.0, "5", "5 base"),
            ],
        )
        self.assertEqual(self._report(), {})
        line = writeoff.line_ids
        self.assertEqual((line.amount, line.amount_tax, line.amount_untaxed), (375.0, 25.0, 350.0))

    def test_tax_lines_are_tax_lines(self):
        """As core writes them: distribution line, base, and a type that keeps core's hands off."""
        invoice = self._taxed_invoice((100.0, self.vat))
        tax_line = self._separate(invoice).entry_ids.line_ids.filtered("tax_line_id")
        self.assertEqual(tax_line.display_type, "tax")
        self.assertEqual(tax_line.tax_line_id, self.vat)
        self.assertEqual(tax_line.tax_repartition_line_id.document_type, "refund")
        own = invoice.line_ids.filtered("tax_line_id")
        self.assertEqual(tax_line.tax_base_amount, -own.tax_base_amount)

    def test_part_of_a_part_paid_invoice(self):
        """15 in 115: a third of the rest after a payment of 40 takes 3.26 of it."""
        invoice = self._taxed_invoice((100.0, self.vat))
        self._pay(invoice, 40.0)
        writeoff = self._separate(invoice, [25.0])
        self.assertEqual(
            sorted(self._tax_ledger(writeoff.entry_ids)),
            [
                ("121000", 0.0, 25.0, "", ""),
                ("251100", 3.26, 0.0, "", "15 tax"),
                ("690100", 21.74, 0.0, "15", "15 base"),
            ],
        )

    def test_parts_give_back_exactly_what_was_declared(self):
        """Three thirds of 100.03 + 15.00: 5.00, 5.00, 5.00; single thirds would round to 15.01."""
        invoice = self._taxed_invoice((100.07, self.vat))  # 15.01 of tax
        for amount in (38.36, 38.36, None):
            self._separate(invoice, [amount] if amount else None)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._trial_balance(), {"400000": -100.07, "690100": 100.07})

    def test_credit_note_makes_the_tax_owed_again(self):
        refund = self._taxed_invoice((100.0, self.vat), move_type="out_refund")
        self.assertEqual(self._report(), {"15 base": 100.0, "15 tax": 15.0})
        writeoff = self._write_off(refund, credit_separate_tax=True)
        self.assertEqual(
            sorted(self._tax_ledger(writeoff.entry_ids)),
            [
                ("121000", 115.0, 0.0, "", ""),
                ("251100", 0.0, 15.0, "", "15 tax"),
                ("490100", 0.0, 100.0, "15", "15 base"),
            ],
        )
        self.assertEqual(self._report(), {})

    def test_switch_of_the_company(self):
        self.company.writeoff_separate_tax = "yes"
        invoice = self._taxed_invoice((100.0, self.vat))
        refund = self._taxed_invoice((10.0, self.vat), move_type="out_refund")
        wizard = self._wizard(invoice | refund)
        self.assertEqual((wizard.separate_tax, wizard.credit_separate_tax), (True, False))
        self.company.write({"writeoff_separate_tax": "no", "writeoff_credit_separate_tax": "yes"})
        wizard = self._wizard(invoice | refund)
        self.assertEqual((wizard.separate_tax, wizard.credit_separate_tax), (False, True))

    def test_switch_of_the_reason(self):
        self.company.writeoff_separate_tax = "yes"
        self.settlement.separate_tax = "no"
        self.bad_debt.separate_tax = False
        wizard = self._wizard(self._taxed_invoice((100.0, self.vat)))
        with Form(wizard) as form:
            self.assertTrue(form.separate_tax)
            form.reason_id = self.settlement
            self.assertFalse(form.separate_tax)
            form.separate_tax = True  # the user's word is the last
        wizard.action_preview()
        wizard.action_confirm()
        self.assertEqual(self._report(), {})

    def test_per_line(self):
        invoices = self._taxed_invoice((100.0, self.vat)) | self._taxed_invoice((200.0, self.vat))
        with Form(self._wizard(invoices)) as form:
            form.distribution = "line"
            with form.line_ids.edit(1) as line:
                line.separate_tax = True
        form.record.action_preview()
        form.record.action_confirm()
        self.assertEqual(self._report(), {"15 base": -100.0, "15 tax": -15.0})

    def test_the_switch_shows_where_there_is_tax(self):
        untaxed, taxed = self._invoice(100.0), self._taxed_invoice((100.0, self.vat))
        self.assertFalse(self._wizard(untaxed).has_balance_tax)
        self.assertTrue(self._wizard(untaxed | taxed).has_balance_tax)

    def test_nothing_to_separate_is_said(self):
        payment = self._payment(50.0)
        self.company.writeoff_credit_separate_tax = "yes"
        wizard = self._wizard(payment.move_id)
        wizard.action_preview()
        (problem,) = wizard.problems.values()
        self.assertEqual(problem["level"], "info")
        self.assertIn("no tax to separate", problem["message"])
        self.assertIn(payment.move_id.name, problem["message"])
        wizard.action_confirm()
        self.assertEqual(self._balance(self.gain_account), -50.0)

    def test_preview_shows_base_tax_and_loss(self):
        invoice = self._taxed_invoice((100.0, self.vat))
        with Form(self._wizard(invoice)) as form:
            form.separate_tax = True
        wizard = form.record
        wizard.action_preview()
        preview = json.loads(wizard.preview)
        fields = [column["field"] for column in preview["options"]["columns"]]
        self.assertIn("taxes", fields)
        self.assertIn("grids", fields)
        rows = [row[2] for row in preview["groups_vals"][0]["items_vals"]]
        shown = [(row["taxes"], row["grids"], row["debit"]) for row in rows if row["debit"]]
        self.assertEqual(
            shown, [("15", "15 base", "$\u00a0100.00"), ("", "15 tax", "$\u00a015.00")]
        )
        amounts = (wizard.amount_loss, wizard.amount_tax, wizard.amount_total)
        self.assertEqual(amounts, (100.0, 15.0, 115.0))

    def test_register_adds_up(self):
        invoices = self._taxed_invoice((100.0, self.vat)) | self._taxed_invoice((200.0, self.vat))
        writeoff = self._separate(invoices)
        amounts = (writeoff.amount, writeoff.amount_tax, writeoff.amount_untaxed)
        self.assertEqual(amounts, (345.0, 45.0, 300.0))

    # --- what must not go wrong ---

    def test_undo_of_one_item(self):
        invoices = self._taxed_invoice((100.0, self.vat)) | self._taxed_invoice((200.0, self.vat))
        declared = self._report()
        writeoff = self._separate(invoices)
        self.assertEqual(self._report(), {})
        first = writeoff.line_ids.filtered(lambda line: line.move_id == invoices[0])
        reversal = self._reverse(writeoff, writeoff.accounting_date, lines=first)
        self.assertEqual(
            sorted(self._tax_ledger(reversal)),
            [
                ("121000", 115.0, 0.0, "", ""),
                ("251100", 0.0, 15.0, "", "15 tax"),
                ("690100", 0.0, 100.0, "15", "15 base"),
            ],
        )
        self._reverse(writeoff, writeoff.accounting_date)
        self.assertEqual(self._report(), declared)

    def test_rate_changed_since(self):
        """What was declared goes back, not what would be declared today."""
        invoice = self._taxed_invoice((100.0, self.vat))
        self.vat.amount = 17.0
        self._separate(invoice)
        self.assertEqual(self._report(), {})

    def test_price_included_since(self):
        invoice = self._taxed_invoice((100.0, self.vat))
        self.vat.price_include_override = "tax_included"
        self._separate(invoice)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._trial_balance(), {"400000": -100.0, "690100": 100.0})

    def test_tax_edited_on_the_invoice(self):
        """The clerk made 14.97 of 15.00 on the invoice: 14.97 were declared."""
        invoice = self._taxed_invoice((100.0, self.vat), post=False)
        tax_line = invoice.line_ids.filtered("tax_line_id")
        invoice.write({"line_ids": [Command.update(tax_line.id, {"amount_currency": -14.97})]})
        invoice.action_post()
        self.assertEqual(self._report(), {"15 base": -100.0, "15 tax": -14.97})
        self._separate(invoice)
        self.assertEqual(self._report(), {})

    def test_invoice_credited_for_its_taxed_line(self):
        """100 at 15 % were credited; the untaxed 100 that are left contain no tax."""
        invoice = self._taxed_invoice((100.0, self.vat), (100.0, None))
        credit_note = invoice._reverse_moves()
        credit_note.invoice_line_ids.filtered(lambda line: not line.tax_ids).unlink()
        credit_note.invoice_date = invoice.invoice_date
        credit_note.action_post()  # matches them
        self.assertEqual(self._residuals(invoice), [(100.0, 100.0)])
        writeoff = self._separate(invoice)
        self.assertEqual(
            self._tax_ledger(writeoff.entry_ids),
            [("121000", 0.0, 100.0, "", ""), ("690100", 100.0, 0.0, "", "")],
        )

    def test_open_credit_note_has_its_own_tax(self):
        """Nobody matched them: one cannot go without the other, each gives back all of its tax."""
        invoice = self._taxed_invoice((100.0, self.vat), (100.0, None))
        credit_note = invoice._reverse_moves()
        credit_note.invoice_line_ids.filtered(lambda line: not line.tax_ids).unlink()
        credit_note.invoice_date = invoice.invoice_date
        credit_note.action_post()
        self._items(credit_note).remove_move_reconcile()
        with self.assertRaisesRegex(UserError, "with its credit notes"), self.cr.savepoint():
            self._separate(invoice)
        self._write_off(credit_note, credit_separate_tax=True)
        self.assertEqual(self._report(), {"15 base": -100.0, "15 tax": -15.0})
        self._separate(invoice)
        self.assertEqual(self._report(), {})

    def test_with_and_without_tax_in_turn(self):
        """Half without: its 7.50 stay declared. Half with: 7.50 go back."""
        invoice = self._taxed_invoice((100.0, self.vat))
        self._write_off(invoice, [57.5])
        self._separate(invoice)
        self.assertEqual(self._report(), {"15 base": -50.0, "15 tax": -7.5})

    def test_tax_lock_date(self):
        """Tax has a lock of its own; a write-off without tax may still pass."""
        invoice = self._taxed_invoice((100.0, self.vat))
        self.company.tax_lock_date = "2024-07-31"
        wizard = self._wizard(invoice)
        self.assertEqual(str(wizard.accounting_date), "2024-06-30")
        with Form(wizard) as form:
            form.separate_tax = True
            self.assertEqual(str(form.accounting_date), "2024-08-01")
            form.accounting_date = "2024-07-15"
        wizard.action_preview()
        with self.assertRaisesRegex(UserError, "Tax Return Lock Date.*08/01/2024"):
            wizard.action_confirm()
        self._write_off(invoice)

    def test_tax_lock_date_of_an_undo(self):
        writeoff = self._separate(self._taxed_invoice((100.0, self.vat)))
        self.company.tax_lock_date = "2024-07-31"
        with self.assertRaisesRegex(UserError, "Tax Return Lock Date"):
            self._reverse(writeoff, writeoff.accounting_date)

    def test_draft_whose_boxes_were_changed(self):
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._separate(self._taxed_invoice((100.0, self.vat)))
        tax_line = writeoff.entry_ids.line_ids.filtered("tax_line_id")
        tax_line.with_context(skip_invoice_sync=True).tax_tag_ids = self._tag("5 tax")
        with self.assertRaisesRegex(UserError, "was changed since"):
            writeoff.entry_ids.action_post()

    def test_draft_posted_as_planned(self):
        self.company.writeoff_leave_draft = "yes"
        invoice = self._taxed_invoice((100.0, self.vat), (33.33, self.low))
        writeoff = self._separate(invoice)
        planned = self._tax_ledger(writeoff.entry_ids)
        writeoff.entry_ids.with_user(self.biller).action_post()
        self.assertEqual(self._tax_ledger(writeoff.entry_ids), planned)
        self.assertEqual(self._report(), {})

    def test_unreconciled_by_hand(self):
        """The tax went back already: a second write-off of the same invoice is refused."""
        invoice = self._taxed_invoice((100.0, self.vat))
        writeoff = self._separate(invoice)
        self._items(invoice).remove_move_reconcile()
        message = f"unreconciled from write-off {writeoff.name}"
        with self.assertRaisesRegex(RedirectWarning, message):
            self._wizard(invoice)
        self._reverse(writeoff, writeoff.accounting_date)
        self._separate(invoice)
        self.assertEqual(self._report(), {})

    def test_merged_tax_account(self):
        """The tax account was merged into another: the undo follows it."""
        writeoff = self._separate(self._taxed_invoice((100.0, self.vat)))
        self._merge_away(self.tax_account)
        self._reverse(writeoff, writeoff.accounting_date)
        self.assertEqual(self._report(), {"15 base": -100.0, "15 tax": -15.0})

    def test_date_of_the_user_stays(self):
        """They book into December; separating the tax does not move it, no lock asks for it."""
        wizard = self._wizard(self._taxed_invoice((100.0, self.vat)))
        with Form(wizard) as form:
            form.accounting_date = "2024-05-31"
            form.separate_tax = True
            self.assertEqual(str(form.accounting_date), "2024-05-31")

    def test_undo_proposes_a_date_open_for_tax(self):
        writeoff = self._separate(self._taxed_invoice((100.0, self.vat)))
        self.company.tax_lock_date = "2024-07-31"
        action = writeoff.with_user(self.clerk).action_open_undo()
        undo = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(str(undo.date), "2024-08-01")

    def test_draft_overtaken_by_a_credit_note(self):
        """100 at 15 % + 100: 50.00 are to be written off, with 3.49 of the tax. Half of the taxed
        line is credited, but not matched yet; once it is, 50.00 contain 2.38 of the 7.50 left."""
        invoice = self._taxed_invoice((100.0, self.vat), (100.0, None))
        credit_note = self._taxed_invoice(
            (50.0, self.vat), move_type="out_refund", reversed_entry_id=invoice.id
        )
        self._items(credit_note).remove_move_reconcile()
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._separate(invoice, [50.0])
        self.assertEqual(writeoff.amount_tax, 3.49)
        (self._items(invoice) | self._items(credit_note)).reconcile()
        with self.assertRaisesRegex(UserError, "the tax in it changed since it was planned"):
            writeoff.entry_ids.action_post()
        writeoff.entry_ids.unlink()
        self.company.writeoff_leave_draft = "no"
        self._separate(invoice)
        self.assertEqual(self._report(), {})

    def test_credit_without_gain_account(self):
        """Gains are not guessed from what losses have: not from products, not from the company."""
        self.company.writeoff_gain_account_id = False
        refund = self._taxed_invoice((100.0, self.vat), move_type="out_refund")
        wizard = self._wizard(refund)
        wizard.write({"distribution": "line"})
        wizard.line_ids.separate_tax = True
        wizard.action_preview()
        with self.assertRaisesRegex(UserError, "no gain account"):
            wizard.action_confirm()

    def test_archived_tax_account(self):
        invoice = self._taxed_invoice((100.0, self.vat))
        self.tax_account.active = False
        with self.assertRaisesRegex(UserError, "would go to 251100 Tax Payable, which is archived"):
            self._separate(invoice)

    def test_credit_note_in_another_currency(self):
        """An invoice of 115 dollars, half of it credited in euros at 0.80."""
        euro = self._currency("EUR", 0.8)
        invoice = self._taxed_invoice((100.0, self.vat))
        credit_note = self._taxed_invoice(
            (40.0, self.vat),
            move_type="out_refund",
            currency_id=euro.id,
            reversed_entry_id=invoice.id,
        )
        (self._items(invoice) | self._items(credit_note)).filtered(
            lambda item: not item.reconciled
        ).reconcile()
        self.assertEqual(self._residuals(invoice), [(57.5, 57.5)])
        self._separate(invoice)
        self.assertEqual(self._report(), {})
