from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .batch_common import BatchCommon
from .tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestUndoArchived(TaxCommon):
    """An account was archived since: the dialog asks where to give back what stands on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._tax("15", 15.0)
        cls.new_account = cls._account("690800", "Losses", "expense")
        cls.new_tax_account = cls._account("251900", "Tax Elsewhere", "liability_current")

    def _dialog(self, writeoff):
        action = writeoff.with_user(self.clerk).action_open_undo()
        return self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])

    def assertReplaced(self, dialog, *pairs):
        """The dialog asks for these archived accounts; those beside them are chosen."""
        with Form(dialog) as form:
            for index, (_old, new) in enumerate(pairs):
                with form.account_ids.edit(index) as row:
                    row.replacement_id = new
        asked = [(row.account_id, row.replacement_id) for row in dialog.account_ids]
        self.assertEqual(asked, list(pairs))

    def assertRefused(self, writeoff, replacements, message):
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            self._reverse(
                writeoff.with_user(self.clerk), writeoff.accounting_date, replacements=replacements
            )
        self.assertEqual(writeoff.state, "posted")

    def test_loss_account(self):
        """690100 keeps the 100 that nobody can post on it; 690800 takes them back."""
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        self.bad_debt_account.active = False
        dialog = self._dialog(writeoff)
        self.assertEqual(dialog.account_ids.account_id, self.bad_debt_account)
        with self.assertRaisesRegex(UserError, "690100 Bad Debt, .*WO/.* is archived. Choose"):
            dialog.action_undo()
        self.assertReplaced(dialog, (self.bad_debt_account, self.new_account))
        dialog.action_undo()
        counter = writeoff.entry_ids.filtered(lambda move: move.writeoff_role == "reversal")
        self.assertEqual(
            self._ledger(counter),
            [("121000", "Birch", 100.0, 0.0), ("690800", "Birch", 0.0, 100.0)],
        )
        self.assertEqual(invoice.amount_residual, 100.0)
        self.assertEqual((writeoff.state, writeoff.amount_net), ("reversed", 0.0))
        note = writeoff.message_ids[0].body
        self.assertIn("690100 Bad Debt is archived: given back on 690800 Losses.", note)

    def test_dialog_does_not_close_without_it(self):
        writeoff = self._write_off(self._invoice(100.0))
        self.bad_debt_account.active = False
        with self.assertRaisesRegex(AssertionError, "replacement_id. is a required field"):
            self.assertReplaced(
                self._dialog(writeoff), (self.bad_debt_account, self.env["account.account"])
            )

    def test_tax_account_too(self):
        """Boxes stay those of the lines: the tax return is as before the write-off."""
        invoice = self._taxed_invoice((100.0, self.vat))
        declared = self._report()
        writeoff = self._separate(invoice)
        (self.bad_debt_account | self.tax_account).active = False
        dialog = self._dialog(writeoff)
        self.assertReplaced(
            dialog,
            (self.tax_account, self.new_tax_account),
            (self.bad_debt_account, self.new_account),
        )
        dialog.action_undo()
        counter = writeoff.entry_ids.filtered(lambda move: move.writeoff_role == "reversal")
        self.assertEqual(
            self._tax_ledger(counter),
            [
                ("121000", 115.0, 0.0, "", ""),
                ("690800", 0.0, 100.0, "15", "15 base"),
                ("251900", 0.0, 15.0, "", "15 tax"),
            ],
        )
        self.assertEqual(self._report(), declared)

    def test_account_it_was_reclassified_to(self):
        """The ledger is asked, not the plan: the planned account is archived, but not in use."""
        writeoff = self._write_off(self._invoice(100.0))
        carrier = writeoff.entry_ids.line_ids - self._items(writeoff.entry_ids)
        carrier.account_id = self.new_account
        self.bad_debt_account.active = False
        dialog = self._dialog(writeoff)
        self.assertFalse(dialog.account_ids)
        dialog.action_undo()
        self.assertEqual(self._balance(self.new_account), 0.0)

    def test_only_what_is_undone_is_asked_for(self):
        """Cave's loss stands on another account: undone alone, nothing is asked."""
        invoices = self._invoice(100.0) | self._invoice(50.0, partner=self.other_customer)
        self.other_customer.with_company(self.company).writeoff_account_id = self.other_account
        writeoff = self._write_off(invoices, grouping="one")
        self.bad_debt_account.active = False
        dialog = self._dialog(writeoff)
        with Form(dialog) as form:
            self.assertEqual(len(form.account_ids), 1)
            form.line_ids.remove(index=0)
            self.assertEqual(len(form.account_ids), 0)
        dialog.action_undo()
        self.assertEqual(invoices.mapped("amount_residual"), [0.0, 50.0])
        self.assertEqual(self._balance(self.other_account), 0.0)

    def test_receivable_account(self):
        """What is matched cannot be given back elsewhere."""
        writeoff = self._write_off(self._invoice(100.0))
        self.receivable.active = False
        replacements = {self.receivable: self.new_account}
        self.assertRefused(writeoff, replacements, "121000 .*is archived.*matched.*unarchive it")
        self.receivable.active = True
        self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date)
        self.assertEqual(writeoff.state, "reversed")

    def test_replacements_that_do_not_fit(self):
        writeoff = self._write_off(self._invoice(100.0))
        self.bad_debt_account.active = False
        archived = self._account("690700", "Archived too", "expense")
        archived.active = False
        sister = self.env["res.company"].create({"name": "Sister"})
        foreign = self.new_account.with_company(sister).create(
            {"code": "1", "name": "x", "account_type": "expense", "company_ids": sister.ids}
        )
        for account in (self.receivable, archived, foreign):
            replacements = {self.bad_debt_account: account}
            self.assertRefused(writeoff, replacements, "cannot take the place of 690100 Bad Debt")

    def test_only_archived_accounts_are_replaced(self):
        """Whatever is sent along for others."""
        writeoff = self._write_off(self._invoice(100.0))
        self._reverse(
            writeoff.with_user(self.clerk),
            writeoff.accounting_date,
            replacements={self.receivable: self.new_account},
        )
        self.assertEqual(self._balance(self.receivable), 100.0)
        self.assertEqual(self._balance(self.new_account), 0.0)


@tagged("post_install", "-at_install")
class TestUndoArchivedInTheBackground(BatchCommon):
    def test_many(self):
        """Chunk by chunk, with what was chosen in the dialog."""
        invoices = self._invoice(10.0) | self._invoice(20.0, partner=self.other_customer)
        batch = self._select()
        self._process(batch)
        accounts = batch.sudo().line_ids.writeoff_account_id
        self.assertEqual(len(accounts), 1)
        accounts.active = False
        new_account = self._account("690800", "Losses", "expense")
        dialog = self.env["ar.writeoff.undo"].browse(batch.action_open_undo()["res_id"])
        dialog.with_user(self.clerk).account_ids.replacement_id = new_account
        with self._chunks_of(1):
            dialog.with_user(self.clerk).action_undo()
            self._run_job()
        self.assertEqual(batch.status, "reversed")
        self.assertEqual(invoices.mapped("amount_residual"), [10.0, 20.0])
        self.assertEqual(self._balance(new_account), -30.0)

    def test_archived_meanwhile(self):
        """What is not undone yet stays written off, and the history says what to do."""
        for partner in (self.customer, self.other_customer):
            self._invoice(10.0, partner=partner)
        batch = self._select()
        self._process(batch)
        dialog = self.env["ar.writeoff.undo"].browse(batch.action_open_undo()["res_id"])
        with self._chunks_of(1):
            dialog.with_user(self.clerk).action_undo()
            batch.sudo().line_ids.writeoff_account_id.active = False
            self._run_job()
        self.assertEqual(self._states(batch), ["done", "done"])
        self.assertIn("is archived. Choose the account", batch.message_ids[0].body)
