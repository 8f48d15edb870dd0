"""Four eyes: where the author may not post what they left in draft."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestRelease(BatchCommon):
    """The author posts in no way before somebody else released; others post as before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.writeoff_leave_draft = "yes"
        cls.company.writeoff_author_may_post = "no"
        cls.colleague = cls._user("colleague", "ar_writeoff.group_writeoff_user")

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(100.0)
        self.writeoff = self._write_off(self.invoice)
        self.entry = self.writeoff.entry_ids

    def _release(self, user=None):
        self.writeoff.with_user(user or self.colleague).action_release()

    def assertPosted(self):
        self.assertEqual(self.entry.state, "posted")
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(self.writeoff.state, "posted")

    def assertRefused(self, post):
        with (
            self.assertRaisesRegex(UserError, "100.00, was written off by clerk_test.*Release"),
            self.cr.savepoint(),
        ):
            post()
        self.env.invalidate_all()
        self.assertEqual(self.entry.state, "draft")
        self.assertEqual(self.invoice.amount_residual, 100.0)

    # --- the author ---

    def test_button_of_the_write_off(self):
        self.assertRefused(self.writeoff.with_user(self.clerk).action_post_entries)
        self._release()
        self.writeoff.with_user(self.clerk).action_post_entries()
        self.assertPosted()

    def test_button_of_the_entry(self):
        self.assertRefused(self.entry.with_user(self.clerk).action_post)
        self._release()
        self.entry.with_user(self.clerk).action_post()
        self.assertPosted()

    def test_mass_validation(self):
        wizard = (
            self.env["validate.account.move"]
            .with_user(self.clerk)
            .with_context(active_model="account.move", active_ids=self.entry.ids)
            .create({})
        )
        self.assertRefused(wizard.validate_move)

    def test_api(self):
        """Other addons take the rights of the system, and the user stays who they are."""
        self.assertRefused(self.entry.with_user(self.clerk)._post)
        self.assertRefused(self.entry.with_user(self.clerk).sudo()._post)
        self.assertRefused(lambda: self.entry.with_user(self.clerk).write({"state": "posted"}))

    def test_scheduled_posting(self):
        """The system is nobody else: the author would only have to wait."""
        self.entry.write({"auto_post": "at_date", "date": "2024-06-29"})
        system = self.env.ref("base.user_root")
        self.assertRefused(self.entry.with_user(system)._post)
        self._release()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress"):
            self.env["account.move"].with_user(system)._autopost_draft_entries()
        self.assertPosted()

    # --- others ---

    def test_colleague_posts(self):
        self.entry.with_user(self.biller).action_post()
        self.assertPosted()

    def test_release_is_recorded(self):
        self._release()
        self.assertRecordValues(
            self.writeoff,
            [{"release_user_id": self.colleague.id, "release_date": fields.Datetime.now()}],
        )
        self.assertIn("Released by colleague_test", self.writeoff.message_ids[0].body)
        self.assertEqual(self.entry.state, "draft")

    def test_author_cannot_release(self):
        with self.assertRaisesRegex(UserError, "100.00, is your own"):
            self._release(self.clerk)
        with self.assertRaisesRegex(UserError, "is your own"):
            self.writeoff.with_user(self.env.ref("base.user_root")).action_release()

    def test_biller_cannot_release(self):
        with self.assertRaises(AccessError):
            self._release(self.biller)

    def test_release_twice(self):
        self._release()
        with self.assertRaisesRegex(UserError, "was released by colleague_test.* already"):
            self._release()

    def test_nothing_to_release(self):
        self._release()
        self.entry.with_user(self.clerk).action_post()
        with self.assertRaisesRegex(UserError, "No entry of write-off WO/.* waits in draft"):
            self._release()

    def test_buttons(self):
        def seen_by(user):
            writeoff = self.writeoff.with_user(user)
            return writeoff.is_release_awaited, writeoff.can_release

        self.assertEqual(seen_by(self.clerk), (True, False))
        self.assertEqual(seen_by(self.colleague), (False, True))
        self._release()
        self.assertEqual(seen_by(self.clerk), (False, False))
        self.assertEqual(seen_by(self.colleague), (False, False))

    # --- the parameter ---

    def test_author_may_post_unless_the_company_says_no(self):
        for value in ("yes", False):
            self.company.writeoff_author_may_post = value
            writeoff = self._write_off(self._invoice(10.0))
            writeoff.with_user(self.clerk).action_post_entries()
            self.assertEqual(writeoff.state, "posted")

    def test_branch(self):
        """A branch that leaves it empty takes its parent's; one that says yes says yes."""
        branch = self._branch("Branch")
        entry = self._write_off(self._invoice_of(branch, 100.0)).entry_ids.with_user(self.clerk)
        self.assertEqual(entry.company_id, branch)
        with self.assertRaisesRegex(UserError, "in Branch nobody posts their own write-offs"):
            entry.action_post()
        branch.writeoff_author_may_post = "yes"
        entry.action_post()
        self.assertEqual(entry.state, "posted")

    def test_new_company(self):
        company = self._create_company(name="New Ltd")
        self.assertEqual(company.writeoff_author_may_post, "yes")

    def test_settings_screen(self):
        with Form(self.env["res.config.settings"]) as form:
            form.writeoff_author_may_post = "yes"
        form.record.execute()
        self.assertEqual(self.company.writeoff_author_may_post, "yes")

    def test_posting_at_once_passes_nobody_by(self):
        """The choice of leaving entries in draft is the company's, not the author's."""
        wizard = self._wizard(self._invoice(50.0))
        wizard.sudo().leave_draft = False
        with self.assertRaisesRegex(UserError, "tick Leave Entries in Draft"):
            wizard.action_confirm()

    # --- batches ---

    def test_batch(self):
        self._invoice(60.0)
        batch = self._select()
        self.assertTrue(batch.leave_draft)
        self._process(batch)
        self.assertEqual(batch.status, "entries_draft")
        self.assertEqual(batch.user_id, self.clerk)
        with self.assertRaisesRegex(UserError, "was written off by clerk_test"):
            batch.with_user(self.clerk).action_post_entries()
        batch.with_user(self.colleague).action_release()
        batch.with_user(self.clerk).action_post_entries()
        self.assertEqual(batch.status, "posted")

    def test_batch_that_would_post_at_once(self):
        self._invoice(60.0)
        batch = self._select(leave_draft=False)
        with self.assertRaisesRegex(UserError, "tick Leave Entries in Draft"):
            self._process(batch)

    def test_batch_of_two_authors(self):
        """Who stands on the write-off decided on it; who made its entry stays an author."""
        self._invoice(60.0)
        batch = self._select()
        self._process(batch)
        batch.writeoff_ids.sudo().user_id = self.colleague
        for user in (self.clerk, self.colleague):
            with self.subTest(user.login), self.assertRaisesRegex(UserError, "was written off by"):
                batch.writeoff_ids.entry_ids.with_user(user).action_post()
            with self.subTest(user.login), self.assertRaisesRegex(UserError, "is your own"):
                batch.with_user(user).action_release()

    def test_another_run_wants_another_release(self):
        """What a retry leaves in draft was released by nobody yet, whatever was released before."""
        self._invoice(60.0)
        paid_in_part = self._invoice(70.0)
        batch = self._select()
        with self._chunks_of(1):
            self._process(batch)
            self._pay(paid_in_part, 20.0)
            self._run_job()
        first = batch.writeoff_ids
        with self.assertRaises(AccessError):
            first.with_user(self.clerk).release_user_id = self.colleague
        batch.with_user(self.colleague).action_release()
        self.assertEqual(first.release_user_id, self.colleague)
        self._retry(batch)
        again = batch.writeoff_ids - first
        self.assertEqual((len(again), again.state), (1, "entries_draft"))
        self.assertFalse(again.release_user_id)
        self.assertTrue(batch.with_user(self.colleague).can_release)
