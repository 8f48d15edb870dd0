from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestUndo(WriteoffCommon):
    """A reversal entry gives the residual back; the register keeps both."""

    def _undo(self, writeoff, user=None, **values):
        writeoff = writeoff.with_user(user or self.clerk)
        action = writeoff.action_open_undo()
        wizard = self.env[action["res_model"]].with_user(user or self.clerk)
        with Form(wizard.browse(action["res_id"])) as form:
            for name, value in values.items():
                setattr(form, name, value)
        form.record.action_undo()

    def test_whole(self):
        invoice = self._invoice(1000.0)
        writeoff = self._write_off(invoice)
        self._undo(writeoff, date=fields.Date.to_date("2024-07-10"), comment="He paid after all")
        entry = writeoff.entry_ids.filtered(lambda move: move.writeoff_role == "entry")
        counter = writeoff.entry_ids - entry
        self.assertEqual(
            self._ledger(counter),
            [
                (self.receivable.code, "Birch", 1000.0, 0.0),
                ("690100", "Birch", 0.0, 1000.0),
            ],
        )
        self.assertRecordValues(
            counter,
            [
                {
                    "state": "posted",
                    "date": fields.Date.to_date("2024-07-10"),
                    "ref": "Adjustment taken back",  # customers read it
                    "writeoff_role": "reversal",
                }
            ],
        )
        self.assertRecordValues(
            invoice,
            [
                {
                    "amount_residual": 1000.0,
                    "payment_state": "not_paid",
                    "writeoff_state": False,
                    "writeoff_amount": 0.0,
                    "writeoff_count": 1,
                }
            ],
        )
        self.assertEqual(self._items(counter).reconciled, True)
        self.assertEqual(self._items(counter).matched_credit_ids.credit_move_id, self._items(entry))
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "reversed",
                    "amount": 1000.0,
                    "amount_reversed": 1000.0,
                    "amount_net": 0.0,
                }
            ],
        )
        self.assertEqual(writeoff.line_ids.state, "reversed")
        self.assertIn("He paid after all", writeoff.message_ids[0].body)
        self.assertEqual(self._balance(self.bad_debt_account), 0.0)
        self.assertEqual(self._balance(self.receivable), 1000.0)

    def test_partial_keeps_the_payment(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 40.0)
        writeoff = self._write_off(invoice, amounts=[25.0])
        self._undo(writeoff)
        self.assertEqual(invoice.amount_residual, 60.0)
        self.assertEqual(invoice.payment_state, "partial")
        self.assertEqual(len(self._items(invoice).matched_credit_ids), 1)

    def test_several_customers_and_currencies(self):
        currency = self.setup_other_currency("EUR")
        invoices = (
            self._invoice(500.0, currency_id=currency.id)
            | self._invoice(70.0)
            | self._invoice(30.0, partner=self.other_customer)
        )
        before = self._residuals(invoices)
        writeoff = self._write_off(invoices, amounts=[333.33])
        self._undo(writeoff)
        self.assertEqual(self._residuals(invoices), before)
        self.assertEqual(self._balance(self.bad_debt_account), 0.0)
        self.assertEqual(len(writeoff.entry_ids), 4)
        self.assertEqual(writeoff.state, "reversed")

    def test_written_off_again_afterwards(self):
        invoice = self._invoice(100.0)
        self._undo(self._write_off(invoice))
        second = self._write_off(invoice)
        self.assertEqual(second.state, "posted")
        self.assertEqual(invoice.writeoff_state, "full")
        self.assertEqual(invoice.writeoff_amount, 100.0)
        self.assertEqual(invoice.writeoff_count, 2)

    def test_one_of_two_partials(self):
        invoice = self._invoice(100.0)
        first = self._write_off(invoice, amounts=[30.0])
        self._write_off(invoice, amounts=[20.0])
        self._undo(first)
        self.assertEqual(invoice.amount_residual, 80.0)
        self.assertEqual(invoice.writeoff_amount, 20.0)

    def test_after_unreconciling_by_hand(self):
        """The counterpart was taken off its invoice: the register says so, and undo still works."""
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        self._items(invoice).remove_move_reconcile()
        self.assertEqual(writeoff.line_ids.state, "unmatched")
        self.assertEqual(writeoff.state, "posted")
        self.assertFalse(invoice.writeoff_state)
        self._undo(writeoff)
        self.assertEqual(writeoff.state, "reversed")
        self.assertEqual(self._balance(self.receivable), 100.0)
        self.assertEqual(invoice.amount_residual, 100.0)

    def test_matched_again_in_part(self):
        """60 were paid in between: the match covers 40 of 100, and the register says so."""
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        self._items(invoice).remove_move_reconcile()
        self._pay(invoice, 60.0)
        (self._items(invoice) | self._items(writeoff.entry_ids)).reconcile()
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(writeoff.line_ids.state, "partly_matched")
        self.assertEqual((invoice.writeoff_state, invoice.writeoff_amount), ("partial", 40.0))

    def test_counterpart_is_not_written_off_in_its_turn(self):
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        self._items(invoice).remove_move_reconcile()
        counterpart = self._items(writeoff.entry_ids)
        with self.assertRaisesRegex(RedirectWarning, f"was made by write-off {writeoff.name}"):
            counterpart.with_user(self.clerk).action_write_off()

    def test_matched_again_by_hand(self):
        """The state is read off the ledger: matched again, it is done again."""
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        self._items(invoice).remove_move_reconcile()
        (self._items(invoice) | self._items(writeoff.entry_ids)).reconcile()
        self.assertEqual(writeoff.line_ids.state, "done")
        self.assertEqual(invoice.writeoff_state, "full")

    def test_what_was_matched_by_other_means_stays(self):
        """Taken off its invoice and matched with another one by hand: that match is not ours."""
        invoice, other = self._invoice(100.0), self._invoice(100.0)
        writeoff = self._write_off(invoice)
        counterpart = self._items(writeoff.entry_ids)
        self._items(invoice).remove_move_reconcile()
        (counterpart | self._items(other)).reconcile()
        self.assertEqual(writeoff.line_ids.state, "unmatched")
        self._undo(writeoff)
        self.assertEqual(writeoff.state, "reversed")
        self.assertEqual((invoice | other).mapped("amount_residual"), [100.0, 0.0])
        self.assertEqual(counterpart.matched_debit_ids.debit_move_id, self._items(other))
        self.assertEqual(self._balance(self.receivable), 200.0)

    def test_one_line_from_its_row(self):
        invoices = self._invoice(100.0) | self._invoice(50.0)
        writeoff = self._write_off(invoices)
        line = writeoff.line_ids.filtered(lambda line: line.amount == 50.0)
        action = line.with_user(self.clerk).action_open_undo()
        undo = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        self.assertEqual(undo.amount, 50.0)
        undo.action_undo()
        self.assertEqual(invoices.mapped("amount_residual"), [0.0, 50.0])
        self.assertEqual(writeoff.state, "partly_reversed")
        self.assertEqual(writeoff.amount_net, 100.0)
        self._undo(writeoff)
        self.assertEqual(writeoff.state, "reversed")
        self.assertEqual(len(writeoff.entry_ids), 3)

    def test_journal_is_that_of_the_entry(self):
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        journal = self.company.writeoff_journal_id
        self.company.writeoff_journal_id = journal.copy({"code": "WO2"})
        self._undo(writeoff)
        self.assertEqual(writeoff.entry_ids.journal_id, journal)

    def test_analytic_returns_to_zero(self):
        """The models may say something else by now; what was taken is given back."""
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        accounts = self.env["account.analytic.account"].create(
            [
                {"name": name, "plan_id": plan.id, "company_id": self.company.id}
                for name in ("Collections", "Sales")
            ]
        )
        model = self.env["account.analytic.distribution.model"].create(
            {
                "account_prefix": "6901",
                "analytic_distribution": {accounts[0].id: 100},
                "company_id": self.company.id,
            }
        )
        writeoff = self._write_off(self._invoice(100.0))
        model.analytic_distribution = {accounts[1].id: 100}
        self.bad_debt.name = "Renamed since"
        self._undo(writeoff)
        self.assertEqual(accounts.mapped("balance"), [0.0, 0.0])
        lines = self.env["account.analytic.line"].search(
            [(plan._column_name(), "in", accounts.ids)], order="id"
        )
        self.assertEqual(
            lines.mapped(lambda line: (line[plan._column_name()].name, line.amount)),
            [("Collections", -100.0), ("Collections", 100.0)],
        )

    def test_account_merged_since(self):
        """Core's merge follows foreign keys and deletes the account; the shares follow."""
        gone = self._account("690001", "Merged away", "expense")
        self.bad_debt.loss_account_id = gone
        writeoff = self._write_off(self._invoice(100.0))
        left = self._merge_away(gone)
        self.assertEqual(writeoff.line_ids.share_ids.account_id, left)
        self.assertEqual(self._balance(left), 100.0)
        self._undo(writeoff)
        self.assertEqual(self._balance(left), 0.0)

    def test_twice_is_refused(self):
        writeoff = self._write_off(self._invoice(100.0))
        self._undo(writeoff)
        with self.assertRaisesRegex(UserError, "Nothing of write-off WO/.* is left to undo"):
            self._reverse(writeoff.with_user(self.clerk), fields.Date.today())

    def test_locked_date_is_refused(self):
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        self.company.sudo().fiscalyear_lock_date = "2024-06-30"
        with self.assertRaisesRegex(UserError, "06/30/2024 lies in a closed period.*07/01/2024"):
            self._undo(writeoff, date=fields.Date.to_date("2024-06-30"))
        self.assertEqual(writeoff.state, "posted")
        self.assertEqual(invoice.amount_residual, 0.0)
        self._undo(writeoff)  # proposes the first open date
        counter = writeoff.entry_ids.filtered(lambda move: move.writeoff_role == "reversal")
        self.assertEqual(counter.date, fields.Date.to_date("2024-07-01"))

    def test_biller_may_not_undo(self):
        writeoff = self._write_off(self._invoice(100.0))
        with self.assertRaises(AccessError):
            self._reverse(writeoff.with_user(self.biller), fields.Date.today())
        self.assertEqual(writeoff.state, "posted")
