from odoo.tests import HttpCase, tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestImportTours(WriteoffCommon, HttpCase):
    """Core's import screen with the addon's own list, in a browser."""

    FROZEN = False  # the browser keeps its own time, and so must its session

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.password = "clerk_test"
        cls.company.writeoff_reason_id = cls.bad_debt
        cls.invoice = cls._invoice(100.0)

    def test_import(self):
        self.start_tour("/odoo", "ar_writeoff_import", login=self.clerk.login)
        row = self.env["ar.writeoff.candidate"].search([("move_id", "=", self.invoice.id)])
        self.assertEqual(
            (row.amount_currency, row.reason_id, row.comment, row.imported_as, row.state),
            (50.0, self.settlement, "Half of it", "INV/2024/00001", "planned"),
        )
        self.assertEqual(self.invoice.amount_residual, 100.0)
