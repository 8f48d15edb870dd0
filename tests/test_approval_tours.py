from odoo.tests import HttpCase, tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalTours(ApprovalCommon, HttpCase):
    """Asking and deciding, by clicking, in a real browser."""

    FROZEN = False  # the browser keeps its own time, and so must its session

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.clerk, cls.supervisor):
            user.password = user.login
        cls.invoice = cls._invoice(1000.0)

    def _tour(self, name, user):
        self.start_tour("/odoo", name, login=user.login, timeout=600)

    def test_request_and_approve(self):
        self._tour("ar_writeoff_request", self.clerk)
        self.assertEqual(self.invoice.amount_residual, 1000.0)
        self._tour("ar_writeoff_approve", self.supervisor)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(self._requests().decided_by, self.supervisor)

    def test_request_and_reject(self):
        self._tour("ar_writeoff_request", self.clerk)
        self._tour("ar_writeoff_reject", self.supervisor)
        self.assertEqual(self.invoice.amount_residual, 1000.0)
        self.assertEqual(self._requests().answer, "Call him first")
