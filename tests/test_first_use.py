"""First steps: accounts, reasons and roles on one page, and the ways that lead there."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import WriteoffCommon

MANAGER = "ar_writeoff.group_writeoff_manager"


@tagged("post_install", "-at_install")
class TestFirstUse(WriteoffCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("keeper", MANAGER)
        cls.admin = cls._user("chief", MANAGER, "base.group_erp_manager")
        cls.gain_account = cls._account("490100", "Unclaimed Credits", "income_other")

    def _form(self, user=None):
        return Form(self.env["ar.writeoff.setup"].with_user(user or self.manager))

    def test_accounts_and_reasons(self):
        """What is entered stands in the company's parameters and on the reasons."""
        self.company.writeoff_gain_account_id = False
        with self._form() as form:
            self.assertEqual(form.writeoff_loss_account_id, self.company.writeoff_loss_account_id)
            self.assertFalse(form.writeoff_gain_account_id)
            form.writeoff_gain_account_id = self.gain_account
            form.writeoff_reason_id = self.settlement
        setup = form.record
        self.assertIn(self.bad_debt, setup.reason_ids)
        vals = {"name": "Written down", "loss_account_id": self.other_account.id}
        setup.write({"reason_ids": [Command.update(self.bad_debt.id, vals)]})
        setup.action_save()
        self.assertEqual(self.company.writeoff_gain_account_id, self.gain_account)
        self.assertEqual(self.company.writeoff_reason_id, self.settlement)
        self.assertEqual(
            (self.bad_debt.name, self.bad_debt.with_company(self.company).loss_account_id),
            ("Written down", self.other_account),
        )

    def test_nothing_touched_changes_nothing(self):
        names = ("writeoff_journal_id", "writeoff_loss_account_id", "writeoff_reason_id")
        before = [self.company[name] for name in names]
        members = self.env.ref(MANAGER).user_ids
        self._form().save().action_save()
        self.assertEqual([self.company[name] for name in names], before)
        self.assertEqual(self.env.ref(MANAGER).user_ids, members)

    def test_roles(self):
        """Who administers users gives and takes roles here; others see them."""
        newcomer = self._user("newcomer", "account.group_account_invoice")
        with self._form(self.admin) as form:
            self.assertIn(self.clerk, form.user_ids[:])
            form.user_ids.add(newcomer)
            form.user_ids.remove(id=self.clerk.id)
        form.record.action_save()
        role = "ar_writeoff.group_writeoff_user"
        self.assertTrue(newcomer.has_group(role))
        self.assertFalse(self.clerk.has_group(role))

    def test_roles_are_not_given_by_who_may_not(self):
        newcomer = self._user("newcomer", "account.group_account_invoice")
        setup = self._form().save()
        self.assertFalse(setup.can_give_roles)
        setup.user_ids = [Command.link(newcomer.id)]
        with self.assertRaises(AccessError), self.cr.savepoint():
            setup.action_save()
        self.assertFalse(newcomer.has_group("ar_writeoff.group_writeoff_user"))

    def test_accounts_that_take_no_loss(self):
        setup = self._form().save()
        refused = self.assertRaisesRegex(ValidationError, "cannot be a write-off account")
        with refused, self.cr.savepoint():
            setup.writeoff_loss_account_id = self.receivable
            setup.action_save()

    def test_who_may(self):
        """Whoever writes off does not decide where it lands."""
        for user in (self.clerk, self.biller):
            with self.assertRaises(AccessError):
                self.env["ar.writeoff.setup"].with_user(user).create({})

    def test_another_company(self):
        other = self.setup_other_company(name="Other")["company"]
        self.manager.company_ids |= other
        setup = self._form().save()
        with self.assertRaisesRegex(UserError, "Change to"):
            setup.with_context(allowed_company_ids=(other | self.company).ids).action_save()

    def test_step(self):
        """The dashboard has a step that is done once the page is."""
        Step = self.env["onboarding.onboarding.step"]
        step = self.env.ref("ar_writeoff.onboarding_step_setup")
        panel = self.env.ref("account.onboarding_onboarding_account_dashboard")
        self.assertIn(step, panel.step_ids)
        action = Step.with_user(self.manager).action_open_step_writeoff_setup()
        self.assertEqual(action["res_model"], "ar.writeoff.setup")
        self._form().save().action_save()
        self.assertIn(step.with_company(self.company).current_step_state, ("done", "just_done"))

    def test_way_from_a_missing_account(self):
        """Who keeps the accounts is led there; who does not is only told."""
        self.company.writeoff_loss_account_id = False
        for user, way in ((self.manager, "Set Up Write-Offs"), (self.clerk, None)):
            batch = self.env["ar.writeoff.eligibility"].with_user(user)
            problem = {"code": "account", "items": [], "message": "", "level": "blocker"}
            self.assertEqual(batch._get_remedy(problem).get("action_text"), way)
