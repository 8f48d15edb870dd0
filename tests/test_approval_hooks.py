"""The extension points of limits, approval and rules."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .hooks_addon import HooksCommon
from .test_approval_rules import RulesCommon


@tagged("post_install", "-at_install")
class TestApprovalHooks(HooksCommon, RulesCommon):
    def test_who_may_approve(self):
        """The director may, unless it is for the board; then nobody can even be asked."""
        self.assertEqual(self._ask(self._invoice(500.0)).state, "waiting")
        invoice = self._invoice(500.0)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._ask(invoice, comment="for the board")
        self.assertEqual(invoice.amount_residual, 500.0)

    def test_brake(self):
        """Seven items stop a run."""
        for _number in range(7):
            self._invoice(1.0)
        rule = self._on()
        run = self._run(rule)
        self.assertEqual(run.state, "stopped")
        self.assertIn("Seven at a time", run.result)
        self.assertFalse(run.batch_id.writeoff_ids)

    def test_batch_of_a_rule(self):
        """An entry for each document, because the addon says so."""
        invoices = self._invoice(5.0) | self._invoice(7.0)
        run = self._run(self._on())
        self.assertEqual(run.batch_id.grouping, "document")
        self.assertEqual(len(run.batch_id.writeoff_ids.entry_ids), 2)
        self.assertEqual(invoices.mapped("amount_residual"), [0.0, 0.0])
