"""The analysis ties: by period and account it is what stands in the ledger."""

from odoo import Command
from odoo.tests import tagged

from .analysis_common import AnalysisCommon


@tagged("post_install", "-at_install")
class TestAnalysisTies(AnalysisCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._tax("15", 15.0)
        cls.low = cls._tax("5", 5.0)
        cls.new_account = cls._account("690800", "Losses", "expense")

    def test_tax_in_one_entry_for_all(self):
        invoices = self._taxed_invoice((100.47, self.vat), (40.0, self.low))
        invoices |= self._taxed_invoice((33.33, self.vat), partner=self.other_customer)
        writeoff = self._separate(invoices, grouping="one")
        self.assertTies()
        self._undo_on(writeoff, "2024-07-31", lines=writeoff.line_ids[:1])
        self.assertTies()
        self._undo_on(writeoff, "2024-09-30")
        self.assertTies()
        self.assertEqual(
            self._months(),
            {"2024-06": 195.87, "2024-07": -157.54, "2024-09": -38.33},
        )

    def test_parts(self):
        invoice = self._taxed_invoice((100.47, self.vat))
        for amount, date in ((40.0, "2024-04-30"), (33.33, "2024-05-31"), (None, "2024-06-30")):
            self._separate(invoice, [amount] if amount else None, accounting_date=date)
        self.assertTies()
        self.assertEqual(self._months(), {"2024-04": 40.0, "2024-05": 33.33, "2024-06": 42.21})

    def test_foreign_currency(self):
        euro = self._currency("EUR", 0.8765432)
        invoices = self._taxed_invoice((100.47, self.vat), currency_id=euro.id)
        invoices |= self._taxed_invoice((100.0, self.vat))
        writeoff = self._separate(invoices, [37.11, 50.0])
        self._separate(invoices)
        self.assertTies()
        self._undo_on(writeoff, "2024-07-31")
        self.assertTies()

    def test_tax_due_on_payment(self):
        tax = self._tax("20", 20.0, tax_exigibility="on_payment")
        invoice = self._taxed_invoice((100.0, tax))
        self._pay(invoice, 50.0)
        writeoff = self._write_off(invoice)
        self.assertTies()
        self._undo_on(writeoff, "2024-07-31")
        self.assertTies()

    def test_reclassified(self):
        """An account of a posted entry is edited: the row is where it stands now."""
        writeoff = self._separate(self._taxed_invoice((100.0, self.vat)))
        loss = writeoff.line_ids.share_ids.filtered(lambda share: share.kind == "loss")
        loss.carrier_id.account_id = self.new_account
        self.assertTies()
        self.assertIn(("loss", "690800 Losses", 100.0), self._rows("kind", "account_id", "amount"))
        self._undo_on(writeoff, "2024-07-31")
        self.assertTies()

    def test_only_the_reversal_reclassified(self):
        writeoff = self._write_off(self._invoice(100.0))
        counter = self._undo_on(writeoff, "2024-07-31")
        item = counter.line_ids.filtered(lambda line: line.account_id == self.bad_debt_account)
        item.account_id = self.new_account
        self.assertTies()
        self.assertEqual(
            self._rows("account_id", "amount"),
            [("690100 Bad Debt", 100.0), ("690800 Losses", -100.0)],
        )

    def test_edited_draft(self):
        """Another date, an item made anew: as it is posted."""
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._separate(
            self._taxed_invoice((100.0, self.vat)) | self._taxed_invoice((50.0, self.low))
        )
        entry = writeoff.entry_ids
        item = writeoff.line_ids.share_ids.filtered(lambda share: share.kind == "loss").carrier_id[
            0
        ]
        copied = item.copy_data()[0]
        entry.write({"line_ids": [Command.delete(item.id), Command.create(copied)]})
        entry.date = "2024-05-31"
        entry.action_post()
        self.assertTies()
        self.assertEqual(self._months(), {"2024-05": 167.5})

    def test_shares_that_cancelled_each_other(self):
        """30 too much here, 30 too little there, on one account: no journal item carries them,
        until one of them is undone."""
        hardware_account = self._account("691100", "Hardware", "expense")
        printer = self.env["product.product"].create({"name": "Printer"})
        printer.with_company(self.company).writeoff_account_id = hardware_account
        support = self.env["product.product"].create({"name": "Support"})
        invoices = self.env["account.move"]
        for discount in (-30.0, 30.0):
            invoices |= self._taxed_invoice(
                (100.0, None, {"product_id": support.id}),
                (discount, None, {"product_id": printer.id}),
            )
        writeoff = self._write_off(invoices)
        shares = writeoff.line_ids.share_ids
        self.assertEqual(
            shares.filtered(lambda share: not share.carrier_id).mapped("balance"), [-30.0, 30.0]
        )
        self.assertTies()
        self.assertEqual(self._table(["account_id"], "amount:sum")["691100 Hardware",], (0.0,))
        line = writeoff.line_ids.filtered(lambda line: line.move_id == invoices[0])
        counter = self._undo_on(writeoff, "2024-07-31", lines=line)
        self.assertTies()
        item = counter.line_ids.filtered(lambda item: item.account_id == hardware_account)
        self.assertEqual(item.balance, 30.0)
        item.account_id = self.new_account
        self.assertTies()
        self._undo_on(writeoff, "2024-08-31")
        self.assertTies()

    def test_gains_and_netting(self):
        self.company.writeoff_gain_account_id = self._account("490100", "Gain", "income_other")
        payment = self._payment(40.0)
        self._write_off(self._invoice(100.0) | payment.move_id)
        self._write_off(self._payment(7.0, partner=self.other_customer).move_id)
        self.assertTies()

    def test_branches(self):
        branch = self._branch("Branch")
        invoices = self._invoice(100.0) | self._invoice_of(branch, 50.0)
        self._write_off(invoices, user=self.clerk)
        self.assertTies(self.company | branch)
