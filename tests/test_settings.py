from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestSettings(WriteoffCommon):
    """Parameters, reasons, and what a new company finds."""

    def test_journal_of_a_new_chart(self):
        self.assertRecordValues(
            self.company.writeoff_journal_id,
            [
                {
                    "code": "ADJ",
                    "name": "Write-Offs",
                    "type": "general",
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(self.company.writeoff_reason_id, self.bad_debt)

    def test_accounts_are_never_guessed(self):
        company = self._create_company(name="New Ltd")
        self.assertTrue(company.writeoff_journal_id)
        self.assertFalse(company.writeoff_loss_account_id)

    def test_company_without_a_chart(self):
        company = self.env["res.company"].create({"name": "Empty Ltd"})
        self.assertFalse(company.writeoff_journal_id)
        journals = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("code", "=like", "ADJ%")]
        )
        self.assertFalse(journals)

    def test_a_journal_that_is_there_is_taken(self):
        journal = self.company.writeoff_journal_id
        self.company.writeoff_journal_id = False
        self.company._ensure_writeoff_parameters()
        self.assertEqual(self.company.writeoff_journal_id, journal)

    def test_branch_takes_its_parents_parameters(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.assertEqual(
            branch._get_writeoff_parameter("writeoff_journal_id"), self.company.writeoff_journal_id
        )
        self.assertEqual(
            branch._get_writeoff_parameter("writeoff_loss_account_id"), self.bad_debt_account
        )
        branch.writeoff_loss_account_id = self.other_account
        self.assertEqual(
            branch._get_writeoff_parameter("writeoff_loss_account_id"), self.other_account
        )

    def test_branch_takes_its_parents_accounts(self):
        """What the root sets for a reason or a customer holds for its branches, today's value."""
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.cr.precommit.run()
        self.assertFalse(branch.writeoff_journal_id)
        self.assertFalse(branch.writeoff_reason_id)
        self.settlement.with_company(self.company).loss_account_id = self.other_account
        self.assertEqual(
            branch._get_writeoff_property(self.settlement, "loss_account_id"), self.other_account
        )
        self.company.writeoff_reason_id = self.settlement
        self.company.writeoff_grouping = "one"
        self.company.writeoff_leave_draft = "yes"
        for name in ("writeoff_reason_id", "writeoff_grouping", "writeoff_leave_draft"):
            self.assertEqual(branch._get_writeoff_parameter(name), self.company[name])

    def test_code_taken_by_another_journal(self):
        """An archived journal of that code is taken back; one of another type is left alone."""
        journal = self.company.writeoff_journal_id
        self.company.writeoff_journal_id = False
        journal.active = False
        self.company._ensure_writeoff_parameters()
        self.assertEqual(self.company.writeoff_journal_id, journal)
        self.assertTrue(journal.active)
        self.company.writeoff_journal_id = False
        self.env["ir.model.data"].search(
            [("model", "=", "account.journal"), ("res_id", "=", journal.id)]
        ).unlink()
        journal.type = "sale"
        self.company._ensure_writeoff_parameters()
        self.assertRecordValues(
            self.company.writeoff_journal_id, [{"code": "ADJ1", "type": "general"}]
        )

    def test_journal_of_the_user_is_left_alone(self):
        """A general journal ADJ of somebody else is for other things: the next code is taken."""
        self.company.writeoff_journal_id.code = "OLD"
        self.company.writeoff_journal_id = False
        self.env.ref(f"account.{self.company.id}_ar_writeoff_journal").unlink()
        own = self.env["account.journal"].create(
            {"name": "Adjustments", "code": "ADJ", "type": "general", "company_id": self.company.id}
        )
        self.company._ensure_writeoff_parameters()
        self.assertNotEqual(self.company.writeoff_journal_id, own)
        self.assertEqual(self.company.writeoff_journal_id.code, "ADJ1")

    def test_journal_of_a_former_version(self):
        """A button makes a neutral journal for new entries; what is posted keeps its number."""
        former = self.company.writeoff_journal_id
        former.code = "WOFF"
        old = self._write_off(self._invoice(10.0)).entry_ids
        self.assertRegex(old.name, "^WOFF/")
        settings = self.env["res.config.settings"].create({})
        self.assertTrue(settings.is_writeoff_journal_telling)
        settings.action_make_neutral_writeoff_journal()
        self.assertRecordValues(
            self.company.writeoff_journal_id,
            [{"code": "ADJ", "name": "Write-Offs", "type": "general", "active": True}],
        )
        new = self._write_off(self._invoice(10.0)).entry_ids
        self.assertEqual(new.name, "ADJ/2024/06/0001")
        self.assertRegex(old.name, "^WOFF/")
        self.assertTrue(former.active)
        self.company.writeoff_journal_id = False
        self.company._ensure_writeoff_parameters()  # as an installation anew does
        self.assertEqual(self.company.writeoff_journal_id, new.journal_id)

    def test_neutral_journal_only_where_it_is_missing(self):
        settings = self.env["res.config.settings"].create({})
        self.assertFalse(settings.is_writeoff_journal_telling)
        with self.assertRaisesRegex(UserError, "ADJ, has a neutral code"):
            settings.action_make_neutral_writeoff_journal()

    def test_neutral_journal_wants_rights(self):
        self.company.writeoff_journal_id.code = "WOFF"
        settings = self.env["res.config.settings"].create({})
        with self.assertRaises(AccessError):
            settings.with_user(self.clerk).action_make_neutral_writeoff_journal()

    def test_settings_screen(self):
        with Form(self.env["res.config.settings"]) as form:
            form.writeoff_loss_account_id = self.other_account
            form.writeoff_reason_id = self.settlement
        form.record.execute()
        self.assertEqual(self.company.writeoff_loss_account_id, self.other_account)
        self.assertEqual(self.company.writeoff_reason_id, self.settlement)

    def test_refused_accounts(self):
        refused = (
            ("asset_receivable", {"reconcile": True}),
            ("liability_payable", {"reconcile": True}),
            ("asset_cash", {}),
            ("liability_credit_card", {}),
            ("off_balance", {}),
        )
        for index, (account_type, values) in enumerate(refused):
            account = self._account(f"99990{index}", account_type, "expense")
            account.write({"account_type": account_type, **values})
            with (
                self.subTest(account_type),
                self.assertRaisesRegex(ValidationError, "cannot be a write-off account"),
            ):
                self.bad_debt.with_company(self.company).loss_account_id = account
            with (
                self.subTest(account_type),
                self.assertRaisesRegex(ValidationError, "cannot be a write-off account"),
            ):
                self.company.writeoff_loss_account_id = account
        earnings = self.env["account.account"].search(
            [("account_type", "=", "equity_unaffected"), ("company_ids", "in", self.company.ids)],
            limit=1,
        )
        with self.assertRaisesRegex(ValidationError, "cannot be a write-off account"):
            self.bad_debt.with_company(self.company).gain_account_id = earnings

    def test_account_turned_into_a_refused_type(self):
        """The setting was fine once; posting looks again."""
        wizard = self._wizard(self._invoice(10.0))
        self.bad_debt_account.account_type = "off_balance"
        with self.assertRaisesRegex(UserError, "of a type that takes no loss"):
            wizard.action_confirm()

    def test_remember_account(self):
        self.company.writeoff_loss_account_id = False
        manager = self._user("woff_manager", "ar_writeoff.group_writeoff_manager")
        with Form(self._wizard(self._invoice(10.0), user=manager)) as form:
            self.assertFalse(form.writeoff_account_id)
            form.writeoff_account_id = self.other_account
            self.assertTrue(form.can_remember_account)
            form.remember_account = True
        form.record.action_confirm()
        self.assertEqual(self.company.writeoff_loss_account_id, self.other_account)

    def test_clerk_cannot_remember(self):
        self.company.writeoff_loss_account_id = False
        wizard = self._wizard(self._invoice(10.0))
        wizard.writeoff_account_id = self.other_account
        self.assertFalse(wizard.can_remember_account)
        wizard.remember_account = True
        wizard.action_confirm()
        self.assertFalse(self.company.writeoff_loss_account_id)

    def test_account_resolution(self):
        """Reason before company."""
        wizard = self._wizard(self._invoice(10.0))
        self.assertEqual(wizard.writeoff_account_id, self.bad_debt_account)
        self.settlement.with_company(self.company).loss_account_id = self.other_account
        wizard.reason_id = self.settlement
        self.assertEqual(wizard.writeoff_account_id, self.other_account)
        wizard.reason_id = self.bad_debt
        self.assertEqual(wizard.writeoff_account_id, self.bad_debt_account)

    def test_typed_comment_is_kept(self):
        wizard = self._wizard(self._invoice(10.0))
        self.assertEqual(wizard.comment, self.bad_debt.comment)
        wizard.reason_id = self.settlement
        self.assertEqual(wizard.comment, self.settlement.comment)
        wizard.comment = "Typed by the clerk"
        wizard.reason_id = self.bad_debt
        self.assertEqual(wizard.comment, "Typed by the clerk")

    def test_reason_code_is_unique(self):
        Reason = self.env["ar.writeoff.reason"]
        with self.assertRaisesRegex(ValidationError, "“bad” is taken by the reason “Bad debt”"):
            Reason.create({"name": "Twin", "code": "bad"})
        with self.assertRaisesRegex(ValidationError, "is taken"):
            Reason.create({"name": "Twin", "code": "BAD", "company_id": self.company.id})
        own = Reason.create({"name": "Own", "code": "OWN", "company_id": self.company.id})
        other = self._create_company(name="Other Ltd")
        Reason.create({"name": "Own", "code": "OWN", "company_id": other.id})
        with self.assertRaisesRegex(ValidationError, "is taken"):
            Reason.create({"name": "Shared", "code": "OWN"})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                "INSERT INTO ar_writeoff_reason (name, code, company_id, use) "
                "VALUES ('{\"en_US\": \"x\"}', 'OWN', %s, 'both')",
                [own.company_id.id],
            )

    def test_wildcards_in_codes(self):
        Reason = self.env["ar.writeoff.reason"]
        Reason.create({"name": "one", "code": "AXB"})
        Reason.create({"name": "two", "code": "A_B"})

    def test_reason_copy(self):
        self.bad_debt.copy()
        self.assertEqual(self.bad_debt.copy().code, "BAD3")
        self.env["ar.writeoff.reason"].search([("code", "in", ("BAD2", "BAD3"))]).unlink()
        self.assertEqual(self.bad_debt.copy().code, "BAD2")

    def test_reason_accounts_per_company(self):
        other = self.setup_other_company(name="Other Ltd")["company"]
        self.bad_debt.with_company(self.company).loss_account_id = self.other_account
        self.assertFalse(self.bad_debt.with_company(other).loss_account_id)

    def test_samples_have_no_accounts(self):
        company = self._create_company(name="Fresh Ltd")
        samples = self.env["ar.writeoff.reason"].with_company(company).search([])
        self.assertGreaterEqual(len(samples), 6)
        self.assertFalse(samples.loss_account_id | samples.gain_account_id)

    def test_only_administrators_keep_reasons(self):
        with self.assertRaises(AccessError):
            self.bad_debt.with_user(self.clerk).name = "Mine"
        manager = self._user("woff_manager2", "ar_writeoff.group_writeoff_manager")
        self.bad_debt.with_user(manager).name = "Uncollectible"
        self.assertEqual(self.bad_debt.name, "Uncollectible")
