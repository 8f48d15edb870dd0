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

    def test_first_use(self):
        """What is set up from the dashboard holds."""
        manager = self._user("manager", "ar_writeoff.group_writeoff_manager")
        manager.password = manager.login
        self.company.writeoff_loss_account_id = False
        self.start_tour("/odoo/accounting", "ar_writeoff_first_use", login=manager.login)
        self.assertEqual(self.company.writeoff_loss_account_id, self.bad_debt_account)

    def test_proposal(self):
        """The button of a batch keeps a paper that its page offers."""
        batch = self.env["ar.writeoff.batch"].with_user(self.clerk)
        batch = batch.create({"limit_document": 5000.0, "reason_id": self.bad_debt.id})
        batch.action_select()
        url = f"/odoo/batch-write-off/{batch.id}"
        self.start_tour(url, "ar_writeoff_proposal", login=self.clerk.login)
        self.assertEqual((batch.proposal_ids.state, batch.proposal_ids.item_count), ("made", 1))


@tagged("post_install", "-at_install")
class TestPhoneTours(WriteoffCommon, HttpCase):
    """A phone held upright, and a thumb."""

    FROZEN = False
    browser_size = "375x667"
    touch_enabled = True

    def test_batch(self):
        """Items are left out by their switch; a thumb on it opens no document."""
        self.clerk.password = "clerk_test"
        self._invoice(1000.0, partner=self.customer)
        batch = self.env["ar.writeoff.batch"].with_user(self.clerk)
        batch = batch.create({"limit_document": 5000.0, "reason_id": self.bad_debt.id})
        batch.action_select()
        url = f"/odoo/batch-write-off/{batch.id}"
        self.start_tour(url, "ar_writeoff_phone", login=self.clerk.login)
        self.assertEqual(batch.candidate_ids.mapped("is_included"), [True])
