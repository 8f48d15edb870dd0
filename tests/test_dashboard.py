"""The card of the write-off journal: this month's amount, what waits, and the way to both."""

import json

from odoo.tests import tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestDashboard(WriteoffCommon):
    """Today is June 30, 2024."""

    def _card(self, user=None, journal=None):
        """What the card says, as the screen reads it."""
        self.env.invalidate_all()
        journal = (journal or self.company.writeoff_journal_id).with_user(user or self.clerk)
        return json.loads(journal.kanban_dashboard).get("writeoff")

    def _figures(self, **kwargs):
        card = self._card(**kwargs)
        return card["amount"].replace("\xa0", " "), card["draft_count"]

    def test_figures(self):
        """This month's entries count, those of May do not; what was undone is taken off."""
        self.assertEqual(self._figures(), ("$ 0.00", 0))
        self._write_off(self._invoice(70.0), accounting_date="2024-05-31")
        self._write_off(self._invoice(100.0), accounting_date="2024-06-01")
        undone = self._write_off(self._invoice(30.0))
        self.assertEqual(self._figures(), ("$ 130.00", 0))
        action = undone.with_user(self.clerk).action_open_undo()
        self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"]).action_undo()
        self.assertEqual(self._figures(), ("$ 100.00", 0))

    def test_drafts(self):
        """Two documents of two customers in one write-off are one that waits."""
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._write_off(
            self._invoice(10.0) | self._invoice(20.0, partner=self.other_customer)
        )
        self.assertEqual(len(writeoff.entry_ids), 2)
        self.assertEqual(self._figures(), ("$ 0.00", 1))
        journal = self.company.writeoff_journal_id.with_user(self.clerk)
        action = journal.action_open_writeoff_drafts()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), writeoff)
        writeoff.entry_ids.action_post()
        self.assertEqual(self._figures(), ("$ 30.00", 0))

    def test_click(self):
        """The amount opens the rows it is the sum of."""
        self._write_off(self._invoice(70.0), accounting_date="2024-05-31")
        writeoff = self._write_off(self._invoice(100.0))
        journal = self.company.writeoff_journal_id.with_user(self.clerk)
        action = journal.action_open_writeoff_month()
        rows = self.env[action["res_model"]].with_user(self.clerk).search(action["domain"])
        self.assertEqual((rows.writeoff_id, sum(rows.mapped("amount"))), (writeoff, 100.0))

    def test_other_journals_say_nothing(self):
        other = self.env["account.journal"].search(
            [
                ("type", "=", "general"),
                ("company_id", "=", self.company.id),
                ("id", "!=", self.company.writeoff_journal_id.id),
            ],
            limit=1,
        )
        self.assertIsNone(self._card(journal=other))

    def test_who_sees_it(self):
        """The auditor does; a biller does not."""
        self._write_off(self._invoice(100.0))
        auditor = self._user("card_auditor", "account.group_account_readonly")
        self.assertEqual(self._card(auditor)["draft_count"], 0)
        biller = self._user("card_biller", "account.group_account_invoice")
        self.assertIsNone(self._card(biller))

    def test_one_more_query_for_each_figure(self):
        """Other cards cost nothing, however many there are."""
        journals = self.env["account.journal"].with_user(self.clerk)
        own = journals.browse(self.company.writeoff_journal_id.id)
        everybody = journals.search([("company_id", "=", self.company.id)])
        self.assertGreater(len(everybody), 3)
        own._get_journal_dashboard_data_batched()
        everybody._get_journal_dashboard_data_batched()
        counts = []
        for some in (everybody - own, everybody):
            data = {journal.id: {} for journal in some}
            before = self.cr.sql_log_count
            some._fill_general_dashboard_data(data)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 6)

    def test_who_is_asked_to_set_up(self):
        """Who keeps the accounts, until there is one."""
        manager = self._user("card_manager", "ar_writeoff.group_writeoff_manager")
        self.assertFalse(self._card(manager)["is_to_set_up"])
        self.company.writeoff_loss_account_id = False
        self.assertTrue(self._card(manager)["is_to_set_up"])
        self.assertFalse(self._card(self.clerk)["is_to_set_up"])
