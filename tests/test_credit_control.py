"""Beside the OCA's credit control: reminders that are prepared are told before, and follow."""

import pytest

from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestCreditControl(BatchCommon):
    pytestmark = pytest.mark.credit_control

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(100.0)
        self.reminder = self._reminder(self.invoice)

    def _reminder(self, invoice, state="to_be_sent"):
        item = self._items(invoice)
        policy = self.env["credit.control.policy"].sudo().create({"name": "Policy"})
        level = (
            self.env["credit.control.policy.level"]
            .sudo()
            .create(
                {
                    "name": "First notice",
                    "policy_id": policy.id,
                    "level": 1,
                    "computation_mode": "net_days",
                    "delay_days": 10,
                    "email_template_id": self.env["mail.template"].sudo().create({"name": "T"}).id,
                    "channel": "letter",
                    "custom_text": "Pay",
                    "custom_mail_text": "Pay",
                }
            )
        )
        return (
            self.env["credit.control.line"]
            .sudo()
            .create(
                {
                    "date": "2024-06-01",
                    "date_due": item.date_maturity,
                    "state": state,
                    "channel": "letter",
                    "partner_id": self.customer.id,
                    "amount_due": item.amount_currency,
                    "balance_due": item.amount_residual_currency,
                    "move_line_id": item.id,
                    "policy_level_id": level.id,
                }
            )
        )

    def test_told_before(self):
        found = self._wizard(self.invoice).preflight
        [told] = [one for one in found.values() if one["code"] == "reminder"]
        self.assertIn("First notice", told["message"])
        self.assertEqual(told["action"]["res_id"], self.reminder.id)

    def test_what_was_sent_is_not_told(self):
        self.reminder.state = "sent"
        self.assertFalse(self._wizard(self.invoice).preflight)

    def test_withdrawn(self):
        sent = self._reminder(self.invoice, "sent")
        self._write_off(self.invoice)
        self.assertEqual((self.reminder.state, sent.state), ("ignored", "sent"))

    def test_lowered(self):
        self._write_off(self.invoice, amounts=[30.0], reason_id=self.settlement)
        self.assertEqual((self.reminder.state, self.reminder.balance_due), ("to_be_sent", 70.0))

    def test_batch(self):
        self._process(self._select())
        self.assertEqual(self.reminder.state, "ignored")

    def test_draft_is_not_given_up_yet(self):
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._write_off(self.invoice)
        self.assertEqual(self.reminder.state, "to_be_sent")
        writeoff.action_post_entries()
        self.assertEqual(self.reminder.state, "ignored")
