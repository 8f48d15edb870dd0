from odoo.tests import HttpCase, tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestScreenTours(WriteoffCommon, HttpCase):
    """What only a browser shows: columns, blanks, cards."""

    FROZEN = False  # the browser keeps its own time, and so must its session

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.password = "clerk_test"
        cls.invoice = cls._invoice(1000.0, partner=cls.customer)

    def test_ageing(self):
        self.start_tour("/odoo", "ar_writeoff_ageing_screen", login=self.clerk.login)
