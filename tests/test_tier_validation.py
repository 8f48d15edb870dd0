"""Beside the OCA's tiers: an entry that has to be validated waits in draft, the others do not."""

import pytest

from odoo.exceptions import UserError
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestTierValidation(ApprovalCommon):
    pytestmark = [pytest.mark.tier_validation, pytest.mark.approval]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reviewer = cls._user("reviewer", "account.group_account_invoice")
        journal = cls.company.writeoff_journal_id
        cls.env["tier.definition"].create(
            {
                "model_id": cls.env["ir.model"]._get_id("account.move"),
                "name": "large write-offs",
                "definition_domain": str(
                    [("journal_id", "=", journal.id), ("amount_total_signed", ">=", 300.0)]
                ),
                "reviewer_id": cls.reviewer.id,
                "company_id": cls.company.id,
            }
        )
        cls.small, cls.large = cls._invoice(40.0), cls._invoice(400.0, partner=cls.other_customer)

    def _validate(self, entry):
        entry.with_user(self.clerk).request_validation()
        entry.invalidate_recordset()
        entry.with_user(self.reviewer).validate_tier()

    def test_large_waits_small_is_posted(self):
        writeoff = self._write_off(self.small | self.large, user=self.director)
        entries = writeoff.entry_ids.sorted("amount_total_signed")
        self.assertEqual(entries.mapped("state"), ["posted", "draft"])
        self.assertEqual(writeoff.state, "entries_draft")
        self.assertEqual(self._residuals(self.small | self.large), [(0.0, 0.0), (400.0, 400.0)])
        self.assertTrue(self._reserved(self.large))
        with self.assertRaisesRegex(UserError, "validat"), self.cr.savepoint():
            entries[1].with_user(self.director).action_post()
        self._validate(entries[1])
        entries[1].with_user(self.director).action_post()
        self.assertEqual(writeoff.state, "posted")
        self.assertEqual(self._residuals(self.large), [(0.0, 0.0)])

    def test_batch(self):
        batch = self._select(self.director)
        self._process(batch)
        self.assertEqual(batch.status, "entries_draft")
        self.assertEqual(self._residuals(self.small | self.large), [(0.0, 0.0), (400.0, 400.0)])

    def test_netting_waits_with_it(self):
        credit = self._payment(50.0, partner=self.other_customer)
        action = self.other_customer.with_user(self.director).action_write_off()
        wizard = self.env[action["res_model"]].with_user(self.director).browse(action["res_id"])
        wizard.action_preview()
        wizard.action_confirm()
        writeoff = self.env["ar.writeoff"].search([])
        self.assertEqual(self._residuals(credit.move_id), [(-50.0, -50.0)])
        self._validate(writeoff.entry_ids)
        writeoff.entry_ids.with_user(self.director).action_post()
        self.assertEqual(self._residuals(self.large | credit.move_id), [(0.0, 0.0)] * 2)

    def test_tiers_come_after_approval(self):
        request = self._ask(self.large)
        self.assertFalse(self.env["ar.writeoff"].search([]))
        self._approve(request, self.supervisor)
        writeoff = request.result_id
        self.assertEqual(writeoff.state, "entries_draft")
        self._validate(writeoff.entry_ids)
        writeoff.entry_ids.with_user(self.supervisor).action_post()
        self.assertEqual(writeoff.state, "posted")
