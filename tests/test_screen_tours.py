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

    def test_analysis(self):
        """As the auditor, who only reads."""
        other = self._invoice(70.0, partner=self.other_customer)
        self._write_off(self.invoice | other)
        auditor = self._user("auditor", "account.group_account_readonly")
        auditor.password = "auditor_test"
        self.start_tour("/odoo", "ar_writeoff_analysis_screen", login=auditor.login)
