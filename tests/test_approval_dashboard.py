"""The card of the write-off journal says what waits for an approval."""

import json

from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalDashboard(ApprovalCommon):
    def _counts(self, user):
        self.env.invalidate_all()
        journal = self.company.writeoff_journal_id.with_user(user)
        card = json.loads(journal.kanban_dashboard)["writeoff"]
        return card["request_count"], card["to_approve_count"]

    def _opened(self, user):
        journal = self.company.writeoff_journal_id.with_user(user)
        action = journal.action_open_writeoff_requests()
        return self.env[action["res_model"]].with_user(user).search(action["domain"])

    def test_waiting(self):
        """The supervisor may approve 500, the director both; the clerk asked and may neither."""
        small, large = self._ask(self._invoice(500.0)), self._ask(self._invoice(5000.0))
        self.assertEqual(self._counts(self.supervisor), (2, 1))
        self.assertEqual(self._opened(self.supervisor), small)
        self.assertEqual(self._counts(self.director), (2, 2))
        self.assertEqual(self._opened(self.director), small | large)
        self.assertEqual(self._counts(self.clerk), (2, 0))
        self.assertEqual(self._opened(self.clerk), small | large)
        self._approve(small, self.supervisor)
        self._reject(large, self.director)
        self.assertEqual(self._counts(self.director), (0, 0))
