"""Write-offs and credit notes that wait: in draft, unmatched, made for no invoice."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .credit_note_common import FULL, HALF, LOW, NONE, TAXED_HALF, VAT, CreditNoteCommon


@tagged("post_install", "-at_install")
class TestCreditNotesMatched(CreditNoteCommon):
    # --- drafts ---

    def test_write_off_in_draft_counts(self):
        self.company.writeoff_leave_draft = "yes"
        invoice, writeoff = self._book(FULL, written_off=(1075.0, True))
        self.assertEqual(writeoff.state, "entries_draft")
        credit_note = self._credit(invoice, TAXED_HALF)
        self.assertIn("65.22 too much", self._get_refusal(credit_note.action_post))
        writeoff.with_user(self.clerk).action_cancel_entries()
        credit_note.action_post()

    def test_credit_note_in_draft_warns(self):
        invoice, _writeoff = self._book(FULL)
        self._credit(invoice, HALF)
        wizard = self._wizard(invoice)
        wizard.action_preview()
        [problem] = wizard.problems.values()
        self.assertEqual(
            (problem["code"], problem["level"], problem["items"]),
            ("draft_credit_note", "warning", self._items(invoice).ids),
        )
        self.assertIn("1,075.00", problem["message"])
        with self.assertRaisesRegex(UserError, "credit note in draft"):
            wizard.action_confirm()
        wizard.warnings_confirmed = True
        wizard.action_confirm()
        self.assertEqual(invoice.amount_residual, 0.0)

    # --- credit notes made for no invoice: judged when they are matched ---

    def test_when_it_is_matched(self):
        invoice, writeoff = self._book(FULL, written_off=(1075.0, True))
        credit_note = self._credit(invoice, TAXED_HALF, linked=False)
        credit_note.action_post()
        self.assertEqual(credit_note.state, "posted", "posting it is never refused")
        message = self._get_refusal(self._match, invoice, credit_note)
        self.assertRefused(
            message,
            {"base": (1000.0, 500.0, 934.78, 434.78), "tax": (150.0, 75.0, 140.22, 65.22)},
        )
        self.assertEqual(invoice.amount_residual, 1075.0)
        self._undo(writeoff)
        self._match(invoice, credit_note)
        self.assertEqual(invoice.amount_residual, 1075.0)

    def test_matched_share(self):
        """2,150.00 of which 1,075.00 are matched take back 75.00 of tax: all that is left."""
        invoice, _writeoff = self._book(FULL, written_off=(1075.0, True))
        credit_note = self._credit(invoice, FULL, linked=False)
        credit_note.action_post()
        self._match(invoice, credit_note)
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_matched_with_a_tax_the_invoice_does_not_have(self):
        invoice, _writeoff = self._book(FULL, written_off=(1075.0, True))
        credit_note = self._credit(invoice, ((1000.0, LOW),), linked=False)
        credit_note.action_post()
        self._match(invoice, credit_note)
        self.assertEqual(invoice.amount_residual, 25.0)

    def test_matched_while_a_write_off_waits(self):
        """60 of 100 are reserved by a draft: a credit of 100 would take 60 too much."""
        self.company.writeoff_leave_draft = "yes"
        invoice, _writeoff = self._book(((100.0, NONE),), written_off=(60.0, False))
        credit_note = self._credit(invoice, ((100.0, NONE),), linked=False)
        credit_note.action_post()
        message = self._get_refusal(self._match, invoice, credit_note)
        self.assertIn("$\xa060.00 too much", message)

    def test_credit_note_of_another_invoice_pays(self):
        """It took back the tax of its own invoice; matched with this one, it is a payment."""
        invoice, _writeoff = self._book(FULL, written_off=(1075.0, True))
        other, _none = self._book(FULL, paid=2150.0)
        credit_note = self._credit(other, TAXED_HALF)
        credit_note.action_post()
        self._match(invoice, credit_note)
        self.assertEqual(invoice.amount_residual, 0.0)

    # --- write-offs after a credit note ---

    def test_write_off_of_what_is_credited(self):
        """An open credit note of the taxed line: all but 1,150.00 may be given up, without tax."""
        invoice, _writeoff = self._book(FULL)
        credit_note = self._credit(invoice, ((1000.0, VAT),))
        credit_note.action_post()
        self._items(credit_note).remove_move_reconcile()
        for amount, separate, expected in (
            (2150.0, False, "$\xa01,150.00 too much"),
            (1000.0, True, "$\xa069.77 too much"),  # 1,000 of 2,150 contain 69.77 of 150.00
        ):
            with self.assertRaises(UserError) as refused, self.cr.savepoint():
                self._write_off(invoice, [amount], separate_tax=separate)
            self.assertIn(expected, str(refused.exception))
            self.assertIn(credit_note.name, str(refused.exception))
        self._match(invoice, credit_note)
        self._write_off(invoice, separate_tax=True)
        self.assertEqual(self._report(), {})

    def test_draft_overtaken(self):
        """Judged when the credit note was posted; matched later, the draft still fits."""
        self.company.writeoff_leave_draft = "yes"
        invoice, writeoff = self._book(FULL, written_off=(1075.0, False))
        self._credit(invoice, TAXED_HALF).action_post()
        writeoff.entry_ids.action_post()
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_credit_note_given_up_as_well(self):
        """A credit that is not claimed takes nothing back."""
        invoice, _writeoff = self._book(FULL)
        credit_note = self._credit(invoice, ((1000.0, VAT),))
        credit_note.action_post()
        self._items(credit_note).remove_move_reconcile()
        writeoff = self._write_off(
            invoice | credit_note, separate_tax=True, credit_separate_tax=True
        ).with_user(self.clerk)
        self.assertEqual(self._report(), {})
        own = writeoff.line_ids.filtered(lambda line: line.move_id == credit_note)
        with self.assertRaisesRegex(UserError, "1,150.00 too much"), self.cr.savepoint():
            self._reverse(writeoff, writeoff.accounting_date, own)
        self._reverse(writeoff, writeoff.accounting_date, writeoff.line_ids - own)
        self._reverse(writeoff, writeoff.accounting_date, own)
        self.assertEqual(self._report(), {})

    def test_cost(self):
        """Nothing without a correction; one query where what is corrected was not written off."""
        invoice, _none = self._book(FULL)
        plain = self._taxed_invoice(*self._lines(FULL), post=False)
        credit_notes = self._credit(invoice, HALF) | self._credit(invoice, HALF)
        unlinked = self._credit(invoice, HALF, linked=False)
        self.env.flush_all()
        (plain | credit_notes).mapped("reversed_entry_id.move_type")
        with self.assertQueryCount(0):
            plain._check_credited_after_writeoff(soft=False)
        with self.assertQueryCount(1):
            credit_notes._check_credited_after_writeoff(soft=False)
        unlinked.action_post()
        (invoice | plain).filtered(lambda move: move.state == "draft").action_post()
        payment = self._payment(100.0)
        self._match(plain, payment.move_id)
        self._match(invoice, unlinked)
        for move, count in ((payment.move_id, 0), (unlinked, 1)):
            matches = self._items(move).matched_debit_ids
            matches.credit_move_id.move_id.mapped("reversed_entry_id")
            matches.debit_move_id.move_id.mapped("move_type")
            with self.assertQueryCount(count):
                matches._check_unlinked_credit_notes()
