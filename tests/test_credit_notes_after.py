"""Credit notes after a write-off: nothing of an invoice is given back twice."""

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged

from .credit_note_common import FULL, HALF, LOW, MIXED, NONE, TAXED_HALF, VAT, CreditNoteCommon

# What is invoiced; paid; written off, and whether with its tax; credited; and, where that is
# refused, what the message says was invoiced, written off, credited, and is too much.
CASES = {
    "half with tax, then the taxed line": (
        FULL,
        0.0,
        (1075.0, True),
        TAXED_HALF,
        {"base": (1000.0, 500.0, 934.78, 434.78), "tax": (150.0, 75.0, 140.22, 65.22)},
    ),
    "half without tax, then the taxed line": (FULL, 0.0, (1075.0, False), TAXED_HALF, {}),
    "half with tax, then the other half": (FULL, 0.0, (1075.0, True), HALF, {}),
    "all with tax, then all": (
        FULL,
        0.0,
        (2150.0, True),
        FULL,
        {
            "total": (2150.0, 2150.0, 2150.0, 2150.0),
            "base": (1000.0, 1000.0, 1000.0, 1000.0),
            "tax": (150.0, 150.0, 150.0, 150.0),
        },
    ),
    "all without tax, then all": (
        FULL,
        0.0,
        (2150.0, False),
        FULL,
        {"total": (2150.0, 2150.0, 2150.0, 2150.0)},
    ),
    "half of two rates, then the line of one of them": (
        MIXED,
        0.0,
        (162.5, True),
        ((100.0, VAT),),
        {"base": (100.0, 50.0, 100.0, 50.0), "tax": (15.0, 7.5, 15.0, 7.5)},
    ),
    "half of two rates, then half of the other": (MIXED, 0.0, (162.5, True), ((100.0, LOW),), {}),
    "a cent too much": (
        ((100.0, NONE),),
        0.0,
        (60.0, False),
        ((40.01, NONE),),
        {"total": (100.0, 60.0, 40.01, 0.01)},
    ),
    "to the cent": (((100.0, NONE),), 0.0, (60.0, False), ((40.0, NONE),), {}),
    "two cents given up, then the goods come back": (
        ((100.0, NONE),),
        99.98,
        (0.02, False),
        ((100.0, NONE),),
        {"total": (100.0, 0.02, 100.0, 0.02)},
    ),
    "what was paid may be credited": (
        ((100.0, VAT),),
        57.5,
        (57.5, True),
        ((50.0, VAT),),
        {},
    ),
    "a tax that was not written off is the credit note's own affair": (
        ((100.0, VAT), (100.0, NONE)),
        0.0,
        (107.5, True),
        ((50.0, LOW),),
        {},
    ),
}


@tagged("post_install", "-at_install")
class TestCreditNotesAfter(CreditNoteCommon):
    """Those made for the invoice are judged when they are posted, whoever posts them."""

    def test_when_it_is_posted(self):
        for name, (lines, paid, written_off, credited, refused) in CASES.items():
            with self.subTest(name):
                invoice, writeoff = self._book(lines, paid, written_off)
                credit_note = self._credit(invoice, credited)
                message = self._get_refusal(credit_note.action_post)
                self.assertRefused(message, refused)
                if not refused:
                    self.assertEqual(credit_note.state, "posted")
                    continue
                self.assertIn(credit_note.display_name, message)
                self.assertIn(writeoff.name, message)
                self.assertEqual(credit_note.state, "draft", "nothing changed")
                self._undo(writeoff)
                credit_note.action_post()
                self.assertEqual(credit_note.state, "posted", "after the undo it is allowed")

    def test_no_more_tax_goes_back_than_was_invoiced(self):
        """150.00 were declared: 75.00 written off, 75.00 credited."""
        invoice, _writeoff = self._book(FULL, written_off=(1075.0, True))
        self._credit(invoice, HALF).action_post()
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(self._report(), {})

    def test_two_credit_notes_at_once(self):
        """Each would fit, together they do not: 600 + 300 + 300 of 1,000."""
        invoice, _writeoff = self._book(((1000.0, NONE),), written_off=(600.0, False))
        both = self._credit(invoice, ((300.0, NONE),)) | self._credit(invoice, ((300.0, NONE),))
        message = self._get_refusal(both.action_post)
        self.assertIn("credited $\xa0600.00: $\xa0200.00 too much", message)
        both[0].action_post()
        self.assertIn("$\xa0200.00 too much", self._get_refusal(both[1].action_post))

    def test_one_of_many_invoices(self):
        """The others of a mass posting are not to blame; the message says who is."""
        invoice, _writeoff = self._book(FULL, written_off=(2150.0, True))
        other, _none = self._book(FULL)
        notes = self._credit(invoice, FULL) | self._credit(other, FULL)
        wizard = self.env["validate.account.move"].with_context(
            active_model="account.move", active_ids=notes.ids
        )
        message = self._get_refusal(wizard.create({}).validate_move)
        self.assertIn(f"{invoice.display_name}, total", message)
        self.assertNotIn(f"{other.display_name}, total", message)
        self.assertEqual(set(notes.mapped("state")), {"draft"})

    def test_scheduled_posting(self):
        """The one stays in draft with the reason in its history; the other is posted."""
        invoice, writeoff = self._book(FULL, written_off=(2150.0, True))
        other, _none = self._book(FULL)
        refused, posted = self._credit(invoice, FULL), self._credit(other, FULL)
        (refused | posted).auto_post = "at_date"
        self._flush_tracking()
        with self.enter_registry_test_mode():
            self.env.ref("account.ir_cron_auto_post_draft_entry").method_direct_trigger()
        self.assertEqual((refused | posted).mapped("state"), ["draft", "posted"])
        self.assertIn(writeoff.name, refused.message_ids[0].body)

    def test_of_a_later_date(self):
        """It is not posted yet, so it is not judged yet; nor counted."""
        invoice, _writeoff = self._book(FULL, written_off=(2150.0, True))
        credit_note = self._credit(invoice, FULL, date="2024-12-15")
        credit_note._post(soft=True)
        self.assertEqual((credit_note.state, credit_note.auto_post), ("draft", "at_date"))

    def test_core_wizard(self):
        invoice, writeoff = self._book(FULL, written_off=(1075.0, True))
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        with self.assertRaisesRegex(UserError, writeoff.name):
            wizard.new_move_ids.action_post()

    def test_receipt(self):
        receipt, _writeoff = self._book(FULL, written_off=(2150.0, True), move_type="out_receipt")
        message = self._get_refusal(self._credit(receipt, FULL).action_post)
        self.assertIn("2,150.00 too much", message)

    # --- currencies ---

    def test_foreign_currency(self):
        """Measured in euros, whatever a euro is worth when it is credited; dollars beside it."""
        euro = self._currency("EUR", 0.8)
        invoice, _writeoff = self._book(FULL, written_off=(1075.0, True), currency_id=euro.id)
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2024-02-01", "rate": 0.5}
        )
        message = self._get_refusal(self._credit(invoice, TAXED_HALF).action_post)
        self.assertIn(
            "invoiced 150.00 € ($ 187.50), written off 75.00 € ($ 93.75), credited 140.22 € "
            "($ 175.28): 65.22 € ($ 81.53) too much",
            message.replace("\xa0", " "),
        )
        self._credit(invoice, HALF).action_post()

    def test_credited_in_another_currency(self):
        """115 dollars, half written off; 46 euros at 0.80 are the other half, and no cent more."""
        euro = self._currency("EUR", 0.8)
        invoice, _writeoff = self._book(((100.0, VAT),), written_off=(57.5, True))
        too_much = self._credit(invoice, ((40.01, VAT),), currency_id=euro.id)
        self.assertIn("too much", self._get_refusal(too_much.action_post))
        self._credit(invoice, ((40.0, VAT),), currency_id=euro.id).action_post()

    # --- who is told, and what it costs ---

    def test_way_to_the_write_off(self):
        invoice, writeoff = self._book(FULL, written_off=(2150.0, True))
        credit_note = self._credit(invoice, FULL)
        with self.assertRaises(RedirectWarning) as refused, self.cr.savepoint():
            credit_note.with_user(self.clerk).action_post()
        _message, action, button, _context = refused.exception.args
        self.assertEqual((action["res_model"], action["res_id"]), ("ar.writeoff", writeoff.id))
        self.assertEqual(button, "Open Write-Off")
        with self.assertRaises(UserError) as refused, self.cr.savepoint():
            credit_note.with_user(self.biller).action_post()
        self.assertNotIsInstance(refused.exception, RedirectWarning)
        self.assertIn(writeoff.name, str(refused.exception))
