"""Taken off its item by hand and matched again in part: what is matched is what is written off."""

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestPartlyMatched(WriteoffCommon):
    """80 of 115 given up, taken off by hand, 65 paid: 50 are left, and matched with the 80."""

    def _match(self, *moves):
        self._items(self.env["account.move"].union(*moves)).reconcile()

    def _partly(self, **values):
        invoice = self._invoice(115.0, **values)
        writeoff = self._write_off(invoice, amounts=[80.0])
        self._items(invoice).remove_move_reconcile()
        self._pay(invoice, 65.0)
        self._match(invoice, writeoff.entry_ids)
        self.env.flush_all()
        self.env.invalidate_all()
        return invoice, writeoff

    def assertLine(self, writeoff, state, matched_currency, matched):
        self.assertRecordValues(
            writeoff.line_ids,
            [{"state": state, "matched_currency": matched_currency, "matched": matched}],
        )
        self.assertEqual(writeoff.amount_net, matched)

    def test_register(self):
        invoice, writeoff = self._partly()
        self.assertLine(writeoff, "partly_matched", 50.0, 50.0)
        self.assertRecordValues(writeoff, [{"state": "posted", "amount": 80.0, "amount_net": 50.0}])
        self.assertEqual(self.customer.with_user(self.clerk).writeoff_total, 50.0)
        # What is left of the counterpart: a credit of 30.
        self.assertEqual(self._residuals(writeoff.entry_ids), [(-30.0, -30.0)])
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_invoice(self):
        invoice, _writeoff = self._partly()
        self.assertRecordValues(
            invoice,
            [
                {
                    "payment_state": "paid",
                    "writeoff_amount": 50.0,
                    "writeoff_state": "partial",
                    "writeoff_count": 1,
                }
            ],
        )
        invoice = invoice.with_user(self.biller)
        self.assertEqual(invoice.status_in_payment, "written_off_closed")
        found = invoice.search(
            [("id", "=", invoice.id), ("status_in_payment", "=", "written_off_closed")]
        )
        self.assertEqual(found, invoice)

    def test_guards(self):
        invoice, writeoff = self._partly()
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        for attempt in (
            invoice.button_draft,
            invoice.button_cancel,
            invoice.with_context(force_delete=True).unlink,
            lambda: reversal.reverse_moves(is_modify=True),
        ):
            with (
                self.subTest(attempt),
                self.assertRaisesRegex(UserError, "50.00 of .*INV/.* is written off. Undo"),
                self.cr.savepoint(),
            ):
                attempt()
        self.assertLine(writeoff, "partly_matched", 50.0, 50.0)

    def test_undone(self):
        """Receivable: 115 less 65 paid. Nothing of the write-off is left, nor open."""
        invoice, writeoff = self._partly()
        self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date)
        self.assertLine(writeoff, "reversed", 0.0, 0.0)
        self.assertEqual(self._residuals(invoice), [(50.0, 50.0)])
        self.assertEqual(self._balance(self.receivable), 50.0)
        self.assertEqual(self._balance(self.bad_debt_account), 0.0)
        self.assertTrue(all(self._items(writeoff.entry_ids).mapped("reconciled")))
        self.assertEqual(invoice.writeoff_amount, 0.0)
        invoice.button_draft()

    def test_undone_from_its_row(self):
        invoice, writeoff = self._partly()
        action = writeoff.line_ids.with_user(self.clerk).action_open_undo()
        undo = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        self.assertEqual(undo.line_ids, writeoff.line_ids)
        undo.action_undo()
        self.assertEqual(writeoff.state, "reversed")
        self.assertEqual(invoice.amount_residual, 50.0)

    def test_matched_in_full_again(self):
        invoice, writeoff = self._partly()
        self._items(invoice).remove_move_reconcile()
        self.assertLine(writeoff, "unmatched", 0.0, 0.0)
        self.assertEqual(invoice.writeoff_amount, 0.0)
        self._match(invoice, writeoff.entry_ids)
        self.assertLine(writeoff, "done", 80.0, 80.0)
        self.assertEqual(invoice.writeoff_amount, 80.0)
        self.assertEqual(invoice.amount_residual, 35.0)

    def test_foreign_currency(self):
        """Two euros are a dollar: 80.00 EUR are worth 40.00, 50.00 EUR are worth 25.00."""
        currency = self._currency("EUR", 2.0)
        invoice, writeoff = self._partly(currency_id=currency.id)
        self.assertLine(writeoff, "partly_matched", 50.0, 25.0)
        self.assertEqual(invoice.writeoff_amount, 50.0)
        with self.assertRaisesRegex(UserError, "50.00.€ of .*INV/.* is written off"):
            invoice.button_draft()
        self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date)
        self.assertEqual(self._residuals(invoice), [(25.0, 50.0)])
        self.assertEqual(self._balance(self.bad_debt_account), 0.0)

    def test_item_still_open(self):
        """30 of the 80 went to another invoice by hand, 50 came back: 65 of 115 are open."""
        invoice, other = self._invoice(115.0), self._invoice(30.0)
        writeoff = self._write_off(invoice, amounts=[80.0])
        self._items(invoice).remove_move_reconcile()
        self._match(other, writeoff.entry_ids)
        self.assertLine(writeoff, "unmatched", 0.0, 0.0)
        self._match(invoice, writeoff.entry_ids)
        self.assertLine(writeoff, "partly_matched", 50.0, 50.0)
        self.assertEqual(invoice.amount_residual, 65.0)
        self.assertEqual(invoice.with_user(self.biller).status_in_payment, "written_off_open")
        with self.assertRaisesRegex(
            RedirectWarning, r"INV/.*: only .*50.00 of .*80.00 that write-off WO/.* gave up"
        ):
            self._write_off(invoice)
        self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date)
        # The other match is not ours: it stays, and the reversal entry is open by 30 instead.
        self.assertEqual((invoice | other).mapped("amount_residual"), [115.0, 0.0])
        self.assertEqual(self._balance(self.receivable), 145.0)
        self.assertEqual(writeoff.state, "reversed")

    def test_credit(self):
        """A payment of 60 nobody claimed; 20 of it were used meanwhile: 40 of 60 are a gain."""
        self.company.writeoff_gain_account_id = self._account("490100", "Gain", "income_other")
        payment, invoice = self._payment(60.0).move_id, self._invoice(20.0)
        writeoff = self._write_off(payment)
        self._items(payment).remove_move_reconcile()
        self._match(payment, invoice)
        self._match(payment, writeoff.entry_ids)
        self.assertLine(writeoff, "partly_matched", -40.0, -40.0)
        with self.assertRaisesRegex(UserError, "40.00 of .* is written off"):
            payment.button_draft()

    def test_several_lines(self):
        """The others of the write-off count as before."""
        first, second = self._invoice(100.0), self._invoice(70.0)
        writeoff = self._write_off(first | second, grouping="one")
        self._items(first).remove_move_reconcile()
        self._pay(first, 60.0)
        counterpart = self._items(writeoff.entry_ids).filtered(lambda item: item.credit == 100.0)
        (self._items(first) | counterpart).reconcile()
        self.assertRecordValues(
            writeoff.line_ids.sorted("amount"),
            [
                {"state": "done", "matched": 70.0},
                {"state": "partly_matched", "matched": 40.0},
            ],
        )
        self.assertRecordValues(writeoff, [{"amount": 170.0, "amount_net": 110.0}])
