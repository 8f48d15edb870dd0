"""A batch above the limit is one request, and so is what is left of one."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalBatch(ApprovalCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(500.0)

    def test_batch(self):
        invoices = self.invoice | self._invoice(200.0) | self._invoice(50.0)
        batch = self._select(self.clerk)
        told = self._dialog(batch, batch.action_process()).problems.values()
        self.assertIn("Confirming it makes a request", str([one["message"] for one in told]))
        self._process(batch)
        request = self._requests()
        self.assertEqual(
            (request.kind, request.batch_id, request.amount, request.item_count),
            ("batch", batch, 750.0, 3),
        )
        self.assertEqual((batch.state, batch.status), ("requested", "requested"))
        self.assertEqual(len(self._reserved(invoices)), 3)
        row = batch.candidate_ids.filtered(lambda row: row.amount == 50.0)
        with self.assertRaisesRegex(UserError, "your own request"):
            row.with_user(self.clerk).action_strike_out()
        row.with_user(self.supervisor).action_strike_out()
        self.assertEqual((request.amount, request.item_count), (700.0, 2))
        self._pay(invoices[1], 200.0)
        self._approve(request, self.supervisor, confirm=True)
        self.assertEqual(batch.state, "done")
        self.assertEqual(self._residuals(invoices), [(0.0, 0.0), (0.0, 0.0), (50.0, 50.0)])
        self.assertEqual(batch.writeoff_ids.line_ids.move_id, self.invoice)
        self.assertEqual(batch.writeoff_ids.user_id, self.clerk)
        self.assertEqual(batch.writeoff_ids.approved_by, self.supervisor)
        self.assertEqual(sorted(batch.candidate_ids.mapped("obstacle")), ["changed", "user"])

    def test_batch_rejected(self):
        batch = self._select(self.clerk)
        self._process(batch)
        request = self._requests()
        self._reject(request, self.supervisor)
        self.assertEqual(batch.state, "draft")
        self.assertEqual(batch.candidate_ids.mapped("state"), ["planned"])
        self.assertFalse(self._reserved(self.invoice))

    def test_batch_locked_meanwhile(self):
        batch = self._select(self.clerk, accounting_date="2024-05-31")
        self._process(batch)
        self.company.fiscalyear_lock_date = "2024-05-31"
        self._approve(self._requests(), self.supervisor, confirm=True)
        self.assertEqual(str(batch.writeoff_ids.entry_ids.date), "2024-06-01")

    def test_batch_counts_as_one(self):
        """Whatever its chunks and entries, many small ones are one large one."""
        for _number in range(3):
            self._invoice(40.0)
        self.invoice.button_draft()
        batch = self._select(self.clerk, grouping="document")
        self._process(batch)
        self.assertEqual(self._requests().amount, 120.0)

    def test_no_other_door_while_it_waits(self):
        """Neither a retry nor an undo of the rest, nor a stranger's selection."""
        other = self._invoice(30.0)
        batch = self._select(self.director, partner_ids=self.customer)
        with patch.object(
            self.env.registry["ar.writeoff.runner"],
            "_get_refused",
            lambda runner, batch, rows: {
                row: ("busy", "x") for row in rows if row.move_id == self.invoice
            },
        ):
            self._process(batch)
        self.assertEqual(self._residuals(other), [(0.0, 0.0)])
        self._retry(batch.with_user(self.clerk))
        request = self._requests()
        self.assertEqual((batch.state, request.amount), ("requested", 500.0))
        for act in (
            batch.action_retry,
            batch.action_process,
            batch.action_select,
            lambda: self._undo(batch.writeoff_ids, self.director),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                act()
        self._approve(request, self.supervisor)
        self.assertEqual(self._residuals(self.invoice), [(0.0, 0.0)])
