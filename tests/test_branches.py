"""Branches: what holds for them, and somebody who belongs to a branch alone."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBranches(BatchCommon):
    def setUp(self):
        super().setUp()
        self.branch, self.sister = self._branch("Branch", "Sister")
        self.local = self._user("local", "ar_writeoff.group_writeoff_user")
        self.local.write(
            {"company_ids": [Command.set(self.branch.ids)], "company_id": self.branch.id}
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.company.with_user(self.local).check_access("read")

    def _reason_of(self, company):
        return self.env["ar.writeoff.reason"].create(
            {"name": f"Own of {company.name}", "code": company.name, "company_id": company.id}
        )

    # --- parameters ---

    def test_yes_no_or_as_the_parent(self):
        """Root, branch, what holds in the branch; nothing at all means no."""
        for name in (
            "writeoff_leave_draft",
            "writeoff_separate_tax",
            "writeoff_credit_separate_tax",
            "writeoff_analytic_from_invoice",
            "writeoff_child_full_only",
        ):
            for root, branch, expected in (
                (False, False, False),
                ("yes", False, True),
                ("yes", "no", False),
                ("no", "yes", True),
                (False, "yes", True),
                ("no", False, False),
            ):
                self.company[name], self.branch[name] = root, branch
                with self.subTest(f"{name} {root} {branch}"):
                    own = self.branch.with_user(self.local)
                    self.assertIs(own._is_writeoff_enabled(name), expected)

    def test_a_branch_of_a_branch(self):
        below = self.env["res.company"].create({"name": "Below", "parent_id": self.branch.id})
        self.company.writeoff_leave_draft = "yes"
        self.assertTrue(below._is_writeoff_enabled("writeoff_leave_draft"))
        self.branch.writeoff_leave_draft = "no"
        self.assertFalse(below._is_writeoff_enabled("writeoff_leave_draft"))

    def test_settings_show_what_holds(self):
        self.company.write({"writeoff_separate_tax": "yes", "writeoff_grouping": "one"})
        settings = self.env["res.config.settings"].with_company(self.branch).create({})
        self.assertFalse(settings.writeoff_separate_tax)
        self.assertRecordValues(
            settings,
            [
                {
                    "writeoff_separate_tax_hint": "As the parent company: Yes",
                    "writeoff_leave_draft_hint": "As the parent company: No",
                    "writeoff_grouping_hint": "As the parent company: One for all",
                    "writeoff_loss_account_id_hint": "As the parent company: 690100 Bad Debt",
                    "writeoff_ageing_days_hint": "As the parent company: 30",
                }
            ],
        )
        settings = self.env["res.config.settings"].create({})
        self.company.writeoff_loss_account_id = False
        self.assertEqual(settings.writeoff_leave_draft_hint, "By default: No")
        self.assertFalse(settings.writeoff_loss_account_id_hint)

    # --- reasons ---

    def test_reasons_of_parents_are_used_those_of_sisters_are_not(self):
        parents, sisters = self._reason_of(self.company), self._reason_of(self.sister)
        wizard = self._wizard(self._invoice_of(self.branch, 40.0), user=self.local)
        wizard.reason_id = parents
        self.assertEqual(wizard.reason_id, parents)
        with self.assertRaises(UserError):
            wizard.reason_id = sisters
            self.env.flush_all()

    # --- somebody of the branch alone ---

    def test_wizard(self):
        self.company.writeoff_leave_draft = "yes"
        self.branch.writeoff_leave_draft = "no"
        reason = self._reason_of(self.company)
        reason.with_company(self.company).loss_account_id = self.other_account
        invoice = self._invoice_of(self.branch, 40.0)
        self.env.invalidate_all()
        with Form(self._wizard(invoice, user=self.local)) as form:
            self.assertEqual(form.reason_id, self.bad_debt)
            form.reason_id = reason
        wizard = form.record
        wizard.action_preview()
        self.assertFalse(wizard.has_blockers, wizard.problems)
        wizard.action_confirm()
        self.assertEqual(invoice.amount_residual, 0.0)
        writeoff = self.env["ar.writeoff"].with_user(self.local).search([])
        self.assertEqual((writeoff.company_id, writeoff.state), (self.branch, "posted"))
        self.assertEqual(self._balance(self.other_account), 40.0)
        self.assertEqual(writeoff.entry_ids.journal_id, self.company.writeoff_journal_id)
        self.env.flush_all()
        self.env.invalidate_all()
        dialog = self.env["ar.writeoff.undo"].with_user(self.local)
        dialog = dialog.browse(writeoff.action_open_undo()["res_id"])
        dialog.action_undo()
        self.assertEqual(invoice.amount_residual, 40.0)

    def test_batch(self):
        reason = self._reason_of(self.company)
        small, large = self._invoice_of(self.branch, 4.0), self._invoice_of(self.branch, 40.0)
        elsewhere = self._invoice_of(self.company, 5.0) | self._invoice_of(self.sister, 5.0)
        self.env.invalidate_all()
        batch = self._select(self.local, limit_document=10.0, reason_id=reason)
        self.assertEqual(batch.company_id, self.branch)
        self.assertEqual(
            self._candidates(batch), [(small, 4.0, ""), (large, 40.0, "limit_document")]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self._process(batch)
        self.assertEqual((small.amount_residual, batch.status), (0.0, "posted"))
        self.assertEqual(batch.line_ids.reason_id, reason)
        self.assertEqual(elsewhere.sudo().mapped("amount_residual"), [5.0, 5.0])
        self._undo_batch(batch.with_user(self.local), batch.accounting_date)
        self.assertEqual(small.amount_residual, 4.0)

    def test_batch_in_the_background(self):
        invoices = self._invoice_of(self.branch, 4.0) | self._invoice_of(self.branch, 5.0)
        self.env.invalidate_all()
        batch = self._select(self.local)
        with self._chunks_of(1):
            self._process(batch)
            self.env.invalidate_all()
            self._run_job()
        self.assertEqual(invoices.mapped("amount_residual"), [0.0, 0.0])
        self.assertEqual(batch.status, "posted")

    def test_batch_both_sides_netted(self):
        invoice = self._invoice_of(self.branch, 10.0)
        credit = self._invoice_of(self.branch, 4.0, move_type="out_refund")
        self.env.invalidate_all()
        batch = self._select(self.local, side="both", limit_document=100.0)
        self._process(batch)
        self.assertEqual((invoice | credit).mapped("amount_residual"), [0.0, 0.0])
        self.assertEqual(self._balance(self.bad_debt_account), 6.0)

    def test_draft_that_waits(self):
        self.company.writeoff_leave_draft = "yes"
        invoice = self._invoice_of(self.branch, 4.0)
        self.env.invalidate_all()
        self._write_off(invoice, user=self.local)
        writeoff = self.env["ar.writeoff"].with_user(self.local).search([])
        self.assertEqual(writeoff.state, "entries_draft")
        writeoff.action_post_entries()
        self.assertEqual((writeoff.state, invoice.amount_residual), ("posted", 0.0))
