"""What lines are written off against, as rows of the register."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestShares(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._tax("15", 15.0)
        cls.low = cls._tax("5", 5.0)
        cls.new_account = cls._account("690800", "Losses", "expense")

    def _rows(self, lines):
        return [
            (
                share.kind,
                share.account_id.code,
                share.tax_id.name or "",
                ", ".join(share.base_tax_ids.mapped("name")),
                share.balance,
            )
            for share in lines.share_ids
        ]

    def _taken(self, documents):
        """What stands taken of documents, by kind."""
        groups = self.env["ar.writeoff.share"]._read_group(
            [("move_id", "in", documents.ids)], ["kind"], ["balance:sum"]
        )
        return {kind: amount for kind, amount in groups if amount}

    # --- written by posting ---

    def test_loss_alone(self):
        writeoff = self._write_off(self._invoice(100.0))
        self.assertEqual(self._rows(writeoff.line_ids), [("loss", "690100", "", "", 100.0)])
        share = writeoff.line_ids.share_ids
        self.assertEqual(share.carrier_id.balance, 100.0)
        self.assertFalse(share.treatment)

    def test_tax_separated(self):
        writeoff = self._separate(self._taxed_invoice((100.0, self.vat), (40.0, self.low)))
        self.assertEqual(
            self._rows(writeoff.line_ids),
            [
                ("loss", "690100", "", "15", 100.0),
                ("tax", "251100", "15", "", 15.0),
                ("loss", "690100", "", "5", 40.0),
                ("tax", "251100", "5", "", 2.0),
            ],
        )
        self.assertEqual(set(writeoff.line_ids.share_ids.mapped("treatment")), {"separated"})

    def test_uncollected_tax(self):
        tax = self._tax("20", 20.0, tax_exigibility="on_payment")
        invoice = self._taxed_invoice((100.0, tax))
        writeoff = self._write_off(invoice)
        self.assertEqual(
            self._rows(writeoff.line_ids),
            [("loss", "690100", "", "", 100.0), ("transition", "252100", "20", "", 20.0)],
        )
        transition = writeoff.line_ids.share_ids[1]
        self.assertEqual(transition.target_id.move_id, invoice)
        self.assertEqual(transition.carrier_id.matched_credit_ids.credit_move_id.move_id, invoice)

    def test_one_item_carries_several(self):
        """100 and 200 of two invoices on one item of 300: each has its row."""
        invoices = self._taxed_invoice((100.0, self.vat)) | self._taxed_invoice((200.0, self.vat))
        writeoff = self._separate(invoices)
        losses = writeoff.line_ids.share_ids.filtered(lambda share: share.kind == "loss")
        self.assertEqual(losses.mapped("balance"), [100.0, 200.0])
        self.assertEqual(losses.carrier_id.balance, 300.0)
        self.assertEqual(losses.move_id, invoices)

    def test_no_query_per_line(self):
        counts = []
        for size in (2, 2, 8):
            invoices = self.env["account.move"]
            for _number in range(size):
                invoices |= self._taxed_invoice((100.0, self.vat))
            writeoff = self._separate(invoices)
            lines, entries = writeoff.line_ids, writeoff.entry_ids
            breakdowns = self.env["ar.writeoff.breakdown"]._get_breakdowns(lines)
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.env["ar.writeoff.carrier"]._create_shares(entries, breakdowns)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])

    # --- undone ---

    def test_undo_adds_the_opposite(self):
        invoice = self._taxed_invoice((100.0, self.vat))
        writeoff = self._separate(invoice)
        self.assertEqual(self._taken(invoice), {"loss": 100.0, "tax": 15.0})
        counter = self._reverse(writeoff, writeoff.accounting_date)
        self.assertEqual(
            self._rows(writeoff.line_ids)[2:],
            [("loss", "690100", "", "15", -100.0), ("tax", "251100", "15", "", -15.0)],
        )
        shares = writeoff.line_ids.share_ids
        self.assertEqual(shares[2:].reversed_id, shares[:2])
        self.assertEqual(shares[2:].carrier_id.move_id, counter)
        self.assertEqual(self._taken(invoice), {})

    def test_written_off_again(self):
        """100.47 + 15.07 in three parts, the second undone in between: 115.54 stand taken."""
        invoice = self._taxed_invoice((100.47, self.vat))
        self._separate(invoice, [40.0])
        second = self._separate(invoice, [33.33])
        self._reverse(second, second.accounting_date)
        self._separate(invoice)
        taken = {kind: round(amount, 2) for kind, amount in self._taken(invoice).items()}
        self.assertEqual(taken, {"loss": 100.47, "tax": 15.07})

    # --- the ledger counts ---

    def test_reclassified(self):
        writeoff = self._write_off(self._invoice(100.0))
        share = writeoff.line_ids.share_ids
        share.carrier_id.account_id = self.new_account
        self.assertEqual(share.account_id, self.new_account)
        self._reverse(writeoff, writeoff.accounting_date)
        self.assertEqual(writeoff.line_ids.share_ids.account_id, self.new_account)

    def test_draft_keeps_what_was_planned(self):
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._write_off(self._invoice(100.0))
        share = writeoff.line_ids.share_ids
        share.carrier_id.account_id = self.new_account
        self.assertEqual(share.account_id, self.bad_debt_account)

    # --- entries in draft ---

    def test_deleted_draft_frees_them(self):
        self.company.writeoff_leave_draft = "yes"
        invoice = self._taxed_invoice((100.0, self.vat))
        writeoff = self._separate(invoice)
        self.assertEqual(self._taken(invoice), {"loss": 100.0, "tax": 15.0})
        writeoff.entry_ids.unlink()
        self.assertFalse(writeoff.line_ids.share_ids)
        self.assertEqual(self._taken(invoice), {})

    def test_cancelled_draft_takes_nothing(self):
        """Its rows wait for the entry to be a draft again; until then they do not count."""
        self.company.writeoff_leave_draft = "yes"
        invoice = self._taxed_invoice((100.0, self.vat))
        writeoff = self._separate(invoice)
        Share = self.env["ar.writeoff.share"]
        nothing = self.env["ar.writeoff.line"]
        self.assertEqual(len(Share._get_taken_parts(invoice, nothing)[invoice.id]), 2)
        writeoff.entry_ids.button_cancel()
        self.assertEqual(Share._get_taken_parts(invoice, nothing)[invoice.id], [])

    def test_item_made_anew(self):
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._write_off(self._invoice(100.0))
        share, entry = writeoff.line_ids.share_ids, writeoff.entry_ids
        copied = share.carrier_id.copy_data()[0]
        entry.write({"line_ids": [Command.delete(share.carrier_id.id), Command.create(copied)]})
        self.assertTrue(share.exists())
        self.assertFalse(share.carrier_id)
        entry.action_post()
        self.assertEqual(share.carrier_id.balance, 100.0)
        self.assertEqual(share.carrier_id.move_id, entry)

    # --- the engine's alone ---

    def test_nobody_writes(self):
        writeoff = self._write_off(self._invoice(100.0))
        share = writeoff.line_ids.share_ids
        values = {"line_id": writeoff.line_ids.id, "kind": "loss", "balance": -100.0}
        for user in (self.clerk, self.biller, self.env.ref("base.user_admin")):
            own = share.with_user(user)
            with self.subTest(user=user.name):
                for attempt in (
                    lambda own=own: own.write({"balance": 1.0}),
                    lambda own=own: own.unlink(),
                    lambda own=own: own.create(values),
                ):
                    with self.assertRaises(AccessError):
                        attempt()
        self.assertEqual(share.with_user(self.clerk).balance, 100.0)
        with self.assertRaises(AccessError):
            share.with_user(self.biller).read(["balance"])
