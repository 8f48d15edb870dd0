"""A list is written off within the same limits of users, and above them by request."""

from odoo.tests import tagged

from .approval_common import ApprovalCommon
from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportApproval(ApprovalCommon, ImportCommon):
    def test_within_the_limit_of_the_user(self):
        invoice = self._invoice(500.0)
        batch = self._import((invoice.name, "100"))
        self._process(batch)
        self.assertEqual((batch.state, invoice.amount_residual), ("done", 400.0))
        self.assertFalse(self._requests())

    def test_above_it_the_list_waits(self):
        """As imported, with the amounts of the list; once approved, it is posted."""
        one, two = self._invoice(500.0), self._invoice(50.0)
        batch = self._import((one.name, "80.01"), (two.name, "20"))
        self._process(batch)
        request = self._requests()
        self.assertEqual(request.amount, 100.01)
        self.assertEqual((one | two).mapped("amount_residual"), [500.0, 50.0])
        with self.assertRaisesRegex(Exception, "is no batch in draft"):
            batch.action_remove_list()
        self._approve(request, self.supervisor)
        self.assertEqual((one | two).mapped("amount_residual"), [419.99, 30.0])
