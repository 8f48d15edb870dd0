from odoo.tests import HttpCase, tagged

from .tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestTours(TaxCommon, HttpCase):
    """The main jobs, by clicking, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.password = "clerk_test"
        cls.invoice = cls._invoice(1000.0)
        cls.other_invoice = cls._invoice(70.0, partner=cls.other_customer)

    FROZEN = False  # the browser keeps its own time, and so must its session

    def _tour(self, name):
        self.start_tour("/odoo", name, login=self.clerk.login, timeout=600)

    def test_invoice(self):
        self._tour("ar_writeoff_invoice")
        self.assertEqual(self.invoice.amount_residual, 1000.0)
        writeoff = self.invoice.writeoff_line_ids.writeoff_id
        self.assertEqual(writeoff.state, "reversed")
        self.assertEqual(len(writeoff.entry_ids), 2)

    def test_keyboard(self):
        """The main job without a mouse."""
        self.start_tour(
            f"/odoo/action-account.action_move_out_invoice/{self.invoice.id}",
            "ar_writeoff_keyboard",
            login=self.clerk.login,
            timeout=600,
        )
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_tax(self):
        invoice = self._taxed_invoice((400.0, self._tax("box", 15.0)))
        self._tour("ar_writeoff_tax")
        self.assertEqual(self._report(), {})
        self.assertEqual(invoice.writeoff_line_ids.amount_tax, 60.0)

    def test_customer(self):
        payment = self._payment(40.0)
        self._tour("ar_writeoff_customer")
        self.assertEqual(self.invoice.amount_residual, 1000.0)
        self.assertEqual(self._items(payment.move_id).amount_residual, -40.0)

    def test_ageing(self):
        self._tour("ar_writeoff_ageing")
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(self.other_invoice.amount_residual, 0.0)

    def test_open_items(self):
        self.company.writeoff_gain_account_id = self._account("490100", "Gain", "income_other")
        payment = self._payment(40.0)
        self._tour("ar_writeoff_open_items")
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(self._items(payment.move_id).amount_residual, 0.0)
        writeoff = self.invoice.writeoff_line_ids.writeoff_id
        self.assertEqual(writeoff.line_ids.sorted("id")[0].comment, "Shop is closed")
        self.assertEqual(writeoff.amount, 960.0)

    def test_invoice_list(self):
        self._tour("ar_writeoff_list")
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(self.other_invoice.amount_residual, 0.0)
        self.assertEqual(self.invoice.writeoff_line_ids.writeoff_id.amount, 1070.0)

    def test_batch(self):
        large = self._invoice(2000.0)
        self._tour("ar_writeoff_batch")
        batch = self.invoice.writeoff_line_ids.batch_id
        self.assertEqual((batch.status, batch.amount, batch.amount_net), ("reversed", 1070.0, 0.0))
        self.assertEqual(self.invoice.amount_residual, 1000.0)
        self.assertFalse(large.writeoff_line_ids)
