"""A refusal shows the way on; what can only refuse is not offered; messages name what they mean."""

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import Form, tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestLinks(WriteoffCommon):
    def assertLinked(self, records, message, writeoffs):
        """Refused with a button to the write-offs that stand in the way."""
        with self.assertRaises(RedirectWarning) as caught, self.cr.savepoint():
            records.with_user(self.clerk).action_write_off()
        text, action, button, _context = caught.exception.args
        self.assertRegex(text, message)
        self.assertEqual(button, "Open Write-Off" if len(writeoffs) == 1 else "Open Write-Offs")
        self.assertEqual(action["res_model"], "ar.writeoff")
        if len(writeoffs) == 1:
            self.assertEqual(action["res_id"], writeoffs.id)
        else:
            found = self.env["ar.writeoff"].search(action["domain"])
            self.assertEqual(found, writeoffs.sorted(lambda w: found.ids.index(w.id)))

    # --- links ---

    def test_reserved(self):
        self.company.writeoff_leave_draft = "yes"
        first, second = self._invoice(100.0), self._invoice(70.0)
        writeoffs = self._write_off(first)
        self.assertLinked(first, "is reserved by write-off WO/", writeoffs)
        writeoffs |= self._write_off(second)
        self.assertLinked(first | second, "is reserved by write-off WO/", writeoffs)
        self.assertLinked(self.customer, "is reserved by write-off WO/", writeoffs)
        self.assertLinked(self._items(first), "is reserved by write-off WO/", writeoffs[0])

    def test_unreconciled(self):
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        self._items(invoice).remove_move_reconcile()
        self.assertLinked(invoice, "was unreconciled from write-off WO/", writeoff)
        self.assertLinked(writeoff.entry_ids, "was made by write-off WO/", writeoff)

    def test_preview(self):
        """Reserved after the wizard was opened: the refusal in the preview has the link, too."""
        self.company.writeoff_leave_draft = "yes"
        invoice = self._invoice(100.0)
        wizard = self._wizard(invoice)
        writeoff = self._write_off(invoice)
        wizard.action_preview()
        [problem] = [
            problem for problem in wizard.problems.values() if problem["code"] == "reserved"
        ]
        self.assertEqual(problem["action"]["res_id"], writeoff.id)
        self.assertEqual(problem["action_text"], "Open Write-Off")
        with self.assertRaisesRegex(UserError, "is reserved by write-off WO/"):
            wizard.action_confirm()

    def test_left_out(self):
        """Some can be written off: the others are named above them, with the way on."""
        self.company.writeoff_leave_draft = "yes"
        kept, free, paid = self._invoice(100.0), self._invoice(70.0), self._invoice(30.0)
        self._pay(paid, 30.0)
        writeoff = self._write_off(kept)
        wizard = self._wizard(kept | free | paid)
        self.assertIn("is reserved by write-off WO/", wizard.left_out)
        self.assertEqual(wizard.hindering_ids, writeoff)
        self.assertEqual(wizard.action_open_hindering()["res_id"], writeoff.id)
        self.assertFalse(self._wizard(free | paid).hindering_ids)

    def test_hidden(self):
        """A write-off of a company the user has not activated is named, but not linked."""
        self.company.writeoff_leave_draft = "yes"
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        other = self.setup_other_company()["company"]
        writeoff.sudo().company_id = other
        with self.assertRaisesRegex(UserError, "is reserved by write-off WO/"):
            invoice.with_user(self.clerk).action_write_off()

    def test_nothing_in_the_way(self):
        with self.assertRaisesRegex(UserError, "is closed"):
            invoice = self._invoice(100.0)
            self._pay(invoice, 100.0)
            invoice.with_user(self.clerk).action_write_off()

    # --- buttons ---

    def assertOffered(self, move, expected):
        move.invalidate_recordset(["show_reset_to_draft_button"])
        for user in (self.biller, self.env.user):
            self.assertEqual(move.with_user(user).show_reset_to_draft_button, expected)

    def test_reset_to_draft(self):
        invoice, other = self._invoice(100.0), self._invoice(70.0)
        self.assertOffered(invoice, True)
        writeoff = self._write_off(invoice, amounts=[80.0])
        for move in (invoice, writeoff.entry_ids):
            self.assertOffered(move, False)
        self.assertOffered(other, True)
        self._items(invoice).remove_move_reconcile()
        self.assertOffered(invoice, True)
        (self._items(invoice) | self._items(writeoff.entry_ids)).reconcile()
        self.assertOffered(invoice, False)
        counter = self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date)
        self.assertOffered(invoice, True)
        self.assertOffered(counter, False)

    def test_reverse_entry(self):
        """In the form of the entry: neither button that could only refuse."""
        writeoff = self._write_off(self._invoice(100.0))
        with Form(writeoff.entry_ids) as form:
            arch = form._view["tree"]
        reverse = self.env.ref("account.action_view_account_move_reversal").id
        [button] = arch.xpath(f"//button[@name='{reverse}'][@string='Reverse Entry']")
        self.assertIn("writeoff_role", button.get("invisible"))

    # --- names ---

    def test_unnamed_draft(self):
        invoice = self._create_invoice_one_line(price_unit=10.0, partner_id=self.customer.id)
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    (0, 0, {"account_id": self.receivable.id, "debit": 5.0, "name": "opening"}),
                    (0, 0, {"account_id": self.other_account.id, "credit": 5.0}),
                ]
            }
        )
        self.assertFalse((invoice | entry).filtered("name"))
        for move, message in (
            (invoice, r"Draft Invoice \(Birch, \$.10.00\) is not posted: post it first"),
            (entry, r"Draft Entry \(\$.5.00\): opening is not posted: post it first"),
        ):
            with self.assertRaisesRegex(UserError, message):
                move.with_user(self.clerk).action_write_off()

    def test_unnamed_draft_of_instalments(self):
        invoice = self._create_invoice_one_line(
            price_unit=10.0,
            partner_id=self.customer.id,
            invoice_payment_term_id=self._instalments((50, 0), (50, 60)).id,
        )
        with self.assertRaisesRegex(UserError, r"Draft Invoice \(Birch, \$.10.00\) \(1 of 2\)"):
            invoice.with_user(self.clerk).action_write_off()

    def test_reset_draft_keeps_its_name(self):
        invoice = self._invoice(100.0)
        name = invoice.name
        invoice.button_draft()
        with self.assertRaisesRegex(UserError, f"Draft Invoice {name} is not posted"):
            invoice.with_user(self.clerk).action_write_off()
