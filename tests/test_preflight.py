"""Before a debtor is given up: what to look at, and the way to each."""

from odoo import Command
from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestPreflight(BatchCommon):
    def _findings(self, invoice):
        """What the wizard shows above the items: code → (text, what its way leads to)."""
        wizard = self._wizard(invoice)
        found = {}
        for one in (wizard.preflight or {}).values():
            self.assertEqual(one["level"], "info", "it refuses nothing")
            action = one.get("action") or {}
            records = self.env["res.partner"].browse()
            if action:
                Model = self.env[action["res_model"]]
                ids = action.get("res_id")
                records = Model.browse(ids) if ids else Model.search(action["domain"])
            found[one["code"]] = (one["message"].replace("\N{NO-BREAK SPACE}", ""), records)
        return found

    def test_nothing(self):
        self.assertEqual(self._findings(self._invoice(100.0)), {})

    def test_payables(self):
        invoice = self._invoice(100.0)
        bill = self._create_invoice(
            move_type="in_invoice",
            partner_id=self.customer.id,
            invoice_date="2024-02-01",
            post=True,
            invoice_line_ids=[Command.create({"name": "x", "price_unit": 30.0, "tax_ids": []})],
        )
        text, records = self._findings(invoice)["payables"]
        self.assertIn("$30.00", text)
        self.assertEqual(records.move_id, bill)

    def test_credits(self):
        """Those of the same customer alone."""
        payment = self._payment(40.0)
        self._payment(50.0, partner=self.other_customer)
        text, records = self._findings(self._invoice(100.0))["open_credit"]
        self.assertIn("$-40.00", text.replace("\N{ZERO WIDTH NO-BREAK SPACE}", ""))
        self.assertEqual(records, payment.move_id)

    def test_payment_in_process(self):
        invoice = self._invoice(100.0)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.customer.id,
                "amount": 100.0,
                "invoice_ids": [Command.link(invoice.id)],
            }
        )
        _text, records = self._findings(invoice)["in_payment"]
        self.assertEqual(records, payment)

    def test_discount(self):
        invoice = self._discounted()
        text, records = self._findings(invoice)["discount"]
        self.assertIn("may still pay less", text)
        self.assertEqual(records, invoice)

    def test_dispute(self):
        other = self._invoice(70.0)
        other.action_toggle_block_payment()
        text, records = self._findings(self._invoice(100.0))["blocked"]
        self.assertIn(other.name, text)
        self.assertEqual(records, other)

    def test_unfinished(self):
        other = self._invoice(70.0)
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._write_off(other)
        text, records = self._findings(self._invoice(100.0))["reserved"]
        self.assertIn(writeoff.name, text)
        self.assertEqual(records, writeoff)

    def test_draft_credit_note(self):
        invoice = self._invoice(100.0)
        credit_note = invoice._reverse_moves([{"invoice_date": "2024-06-01"}])
        _text, records = self._findings(invoice)["draft_credit_note"]
        self.assertEqual(records, credit_note)

    def test_way_in_the_preview(self):
        """What has to be confirmed shows the same way."""
        wizard = self._wizard(self._discounted())
        wizard.action_preview()
        [found] = [one for one in wizard.problems.values() if one["code"] == "discount"]
        self.assertEqual(found["action"]["res_model"], "account.move")
