from odoo import Command
from odoo.tests import tagged

from .tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestUndoLedger(TaxCommon):
    """*Journal Items* lets accountants edit posted lines: an undo gives back what stands there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._tax("15", 15.0)
        cls.new_account = cls._account("690800", "Losses", "expense")
        cls.third_account = cls._account("690900", "More Losses", "expense")
        cls.new_tax_account = cls._account("251900", "Tax Elsewhere", "liability_current")

    def _taxed(self, *amounts):
        invoices = self.env["account.move"]
        return invoices.union(*(self._taxed_invoice((amount, self.vat)) for amount in amounts))

    def _carrier(self, writeoff, code, label=""):
        """The line of the entry that stands on an account."""
        return writeoff.entry_ids.line_ids.filtered(
            lambda line: (
                line.account_id.code == code
                and line.move_id.writeoff_role == "entry"
                and label in line.name
            )
        )

    def _of(self, writeoff, invoice):
        return writeoff.line_ids.filtered(lambda line: line.move_id == invoice)

    def _undo(self, writeoff, lines=None):
        return self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date, lines)

    def _forget_carriers(self, writeoff):
        """As write-offs were stored before they remembered which item carries what."""
        writeoff.sudo().line_ids.share_ids.carrier_id = False

    def assertNothingLeft(self, before):
        """Trial balance and tax return are as they were before it was written off."""
        self.assertEqual((self._trial_balance(), self._report()), before)

    # --- what was edited ---

    def test_loss_reclassified(self):
        """100 + 15: the loss line moved from 690100 to 690800, where it is given back."""
        invoice = self._taxed(100.0)
        before = self._trial_balance(), self._report()
        writeoff = self._separate(invoice)
        self._carrier(writeoff, "690100").account_id = self.new_account
        self.assertEqual(self._balance(self.new_account), 100.0)
        counter = self._undo(writeoff)
        self.assertEqual(
            self._tax_ledger(counter),
            [
                ("121000", 115.0, 0.0, "", ""),
                ("690800", 0.0, 100.0, "15", "15 base"),
                ("251100", 0.0, 15.0, "", "15 tax"),
            ],
        )
        self.assertNothingLeft(before)
        self.assertEqual(writeoff.state, "reversed")
        self.assertEqual(writeoff.amount_net, 0.0)

    def test_tax_account_and_box_changed(self):
        """The tax moved to 251900 and another box: that box is zero again, and no other is not."""
        invoice = self._taxed(100.0)
        before = self._trial_balance(), self._report()
        writeoff = self._separate(invoice)
        tax_line = self._carrier(writeoff, "251100")
        tax_line.account_id = self.new_tax_account
        tax_line.tax_tag_ids = self._tag("bad debt relief")
        # The invoice declared -15 in its box, the write-off +15 in the other one.
        self.assertEqual(self._report(), {"15 tax": -15.0, "bad debt relief": 15.0})
        counter = self._undo(writeoff)
        self.assertIn(("251900", 0.0, 15.0, "", "bad debt relief"), self._tax_ledger(counter))
        self.assertNothingLeft(before)

    def test_box_of_the_base_changed(self):
        invoice = self._taxed(100.0)
        before = self._trial_balance(), self._report()
        writeoff = self._separate(invoice)
        self._carrier(writeoff, "690100").tax_tag_ids = self._tag("bad debt base")
        self._undo(writeoff)
        self.assertNothingLeft(before)

    def test_label_partner_and_analytic_changed(self):
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        planned, edited = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("Planned", "Edited")]
        )
        self.bad_debt.analytic_distribution = {str(planned.id): 100.0}
        writeoff = self._write_off(self._invoice(100.0))
        carrier = self._carrier(writeoff, "690100")
        carrier.write(
            {
                "name": "Insolvency 7/24",
                "partner_id": self.other_customer.id,
                "analytic_distribution": {str(edited.id): 100.0},
            }
        )
        counter = self._undo(writeoff)
        self.assertRecordValues(
            counter.line_ids.filtered(lambda line: line.account_id == self.bad_debt_account),
            [
                {
                    "name": "Insolvency 7/24",
                    "partner_id": self.other_customer.id,
                    "analytic_distribution": {str(edited.id): 100.0},
                    "credit": 100.0,
                }
            ],
        )
        self.assertEqual((planned | edited).mapped("balance"), [0.0, 0.0])

    def test_counterpart_moved_to_another_receivable_account(self):
        """Unreconciled by hand and moved: the undo closes it where it stands."""
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        counterpart = self._items(writeoff.entry_ids)
        self._items(invoice).remove_move_reconcile()
        other = self.receivable.copy({"code": "121555"})
        counterpart.account_id = other
        self._undo(writeoff)
        self.assertTrue(counterpart.reconciled)
        self.assertEqual(self._balance(other), 0.0)
        self.assertEqual(self._balance(self.receivable), 100.0)

    # --- several lines on one carrier ---

    def test_one_of_two_on_a_reclassified_line(self):
        """100 and 200 on one line of 300, moved: each undo takes its own share from it."""
        invoices = self._taxed(100.0, 200.0)
        before = self._trial_balance(), self._report()
        writeoff = self._separate(invoices)
        self._carrier(writeoff, "690100").account_id = self.new_account
        first = self._undo(writeoff, self._of(writeoff, invoices[0]))
        self.assertEqual(
            self._tax_ledger(first),
            [
                ("121000", 115.0, 0.0, "", ""),
                ("690800", 0.0, 100.0, "15", "15 base"),
                ("251100", 0.0, 15.0, "", "15 tax"),
            ],
        )
        self.assertEqual(self._balance(self.new_account), 200.0)
        self.assertEqual(writeoff.state, "partly_reversed")
        self.assertEqual(writeoff.amount_net, 230.0)
        self._undo(writeoff)
        self.assertNothingLeft(before)

    def test_moved_again_between_two_undos(self):
        """The line of 300 moves to 690900 after 100 of it were given back on 690800: what is left
        of the write-off is given back on 690900; the first reversal entry stays where it is."""
        invoices = self._taxed(100.0, 200.0)
        writeoff = self._separate(invoices)
        carrier = self._carrier(writeoff, "690100")
        carrier.account_id = self.new_account
        self._undo(writeoff, self._of(writeoff, invoices[0]))
        carrier.account_id = self.third_account
        self._undo(writeoff)
        self.assertEqual(self._balance(self.new_account), -100.0)
        self.assertEqual(self._balance(self.third_account), 100.0)

    def test_lines_alike_are_told_apart(self):
        """Two customers, one entry, equal amounts: moved is only the line of one of them."""
        invoices = self._invoice(100.0) | self._invoice(100.0, partner=self.other_customer)
        writeoff = self._write_off(invoices, grouping="one")
        lines = self._carrier(writeoff, "690100")
        lines.filtered(lambda line: line.partner_id == self.customer).account_id = self.new_account
        counter = self._undo(writeoff, self._of(writeoff, invoices[1]))
        self.assertEqual(
            self._ledger(counter),
            [("121000", "Cave", 100.0, 0.0), ("690100", "Cave", 0.0, 100.0)],
        )
        counter = self._undo(writeoff)
        self.assertEqual(
            self._ledger(counter),
            [("121000", "Birch", 100.0, 0.0), ("690800", "Birch", 0.0, 100.0)],
        )

    def test_written_off_again_after_the_undo(self):
        """What an undo gave back on the new account is not taken from it a second time."""
        invoice = self._taxed(100.0)
        before = self._trial_balance(), self._report()
        first = self._separate(invoice)
        self._carrier(first, "690100").account_id = self.new_account
        self._undo(first)
        second = self._separate(invoice)
        self.assertEqual(self._balance(self.bad_debt_account), 100.0)
        self._undo(second)
        self.assertNothingLeft(before)

    # --- tax due on payment ---

    def test_uncollected_tax_with_an_edited_line(self):
        tax = self._tax("20", 20.0, tax_exigibility="on_payment")
        invoice = self._taxed_invoice((100.0, tax))
        before = self._trial_balance(), self._report()
        writeoff = self._write_off(invoice)
        self._carrier(writeoff, "690100").account_id = self.new_account
        self._carrier(writeoff, "252100").name = "VAT never due"
        counter = self._undo(writeoff)
        self.assertEqual(
            [(line.account_id.code, line.name, line.balance) for line in counter.line_ids],
            [
                ("121000", f"Adjustment {invoice.name}", 120.0),
                ("690800", "Write-off: Bad debt", -100.0),
                ("252100", "VAT never due", -20.0),
            ],
        )
        reconciled = counter.line_ids.filtered("reconciled").account_id.mapped("code")
        self.assertEqual(reconciled, ["121000", "252100"])
        self.assertNothingLeft(before)

    # --- write-offs from before ---

    def test_without_stored_carriers(self):
        """Found by what it looks like; its amounts are what nobody can have edited."""
        invoices = self._taxed(100.0, 200.0)
        before = self._trial_balance(), self._report()
        writeoff = self._separate(invoices)
        self._forget_carriers(writeoff)
        carrier = self._carrier(writeoff, "690100")
        carrier.account_id = self.new_account
        carrier.name = "Insolvencies"
        self._carrier(writeoff, "251100").tax_tag_ids = self._tag("bad debt relief")
        self._undo(writeoff, self._of(writeoff, invoices[0]))
        self.assertEqual(self._balance(self.new_account), 200.0)
        self._undo(writeoff)
        self.assertNothingLeft(before)

    # --- drafts ---

    def test_draft_edited_and_posted(self):
        """What may be edited in a draft is given back as edited; lines made anew are found."""
        self.company.writeoff_leave_draft = "yes"
        invoice = self._invoice(100.0)
        before = self._trial_balance(), self._report()
        writeoff = self._write_off(invoice)
        loss = self._carrier(writeoff, "690100")
        copied = {**loss.copy_data()[0], "name": "Insolvency 7/24"}
        writeoff.entry_ids.write({"line_ids": [Command.delete(loss.id), Command.create(copied)]})
        writeoff.entry_ids.action_post()
        self.assertEqual(writeoff.state, "posted")
        self._carrier(writeoff, "690100").account_id = self.new_account
        counter = self._undo(writeoff)
        self.assertEqual(
            [(line.account_id.code, line.name, line.balance) for line in counter.line_ids],
            [
                ("121000", f"Adjustment {invoice.name}", 100.0),
                ("690800", "Insolvency 7/24", -100.0),
            ],
        )
        self.assertNothingLeft(before)

    def test_draft_with_one_of_two_lines_made_anew(self):
        """Two lines of 100 each; the first is made anew and both are moved: each customer's is
        given back where their own stands."""
        self.company.writeoff_leave_draft = "yes"
        invoices = self._invoice(100.0) | self._invoice(100.0, partner=self.other_customer)
        writeoff = self._write_off(invoices, grouping="one")
        entry = writeoff.entry_ids
        first, second = self._carrier(writeoff, "690100").sorted("id")
        copied = first.copy_data()[0]
        entry.write({"line_ids": [Command.delete(first.id), Command.create(copied)]})
        entry.action_post()
        second.account_id = self.third_account
        (self._carrier(writeoff, "690100")).account_id = self.new_account
        counter = self._undo(writeoff, self._of(writeoff, invoices[0]))
        self.assertEqual(
            self._ledger(counter),
            [("121000", "Birch", 100.0, 0.0), ("690800", "Birch", 0.0, 100.0)],
        )
