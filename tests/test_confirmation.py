from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .batch_common import BatchCommon

BEFORE_DOCUMENT = "before the date of"


@tagged("post_install", "-at_install")
class TestConfirmation(BatchCommon):
    """What is confirmed is what was shown, by who it was shown to."""

    def _early(self, **values):
        """An invoice of June 20, in a wizard that would write it off on June 10: a warning."""
        invoice = self._invoice(10.0, date="2024-06-20", **values)
        wizard = self._wizard(invoice)
        wizard.accounting_date = "2024-06-10"
        return invoice, wizard

    def _last(self):
        return self.env["ar.writeoff"].search([], order="id desc", limit=1)

    # --- what is kept as confirmed ---

    def test_a_line_break_in_a_label(self):
        """A warning of two lines is one warning."""
        entry = self._entry(
            (self.receivable, 10.0, {"name": "Opening\nBirch", "date_maturity": "2024-01-15"}),
            (self.company_data["default_account_revenue"], -10.0, {}),
        )
        wizard = self._wizard(entry)
        wizard.accounting_date = "2024-01-10"
        wizard.action_preview()
        wizard.warnings_confirmed = True
        wizard.action_confirm()
        self.assertEqual(self._items(entry).amount_residual, 0.0)
        self.assertEqual(
            self._last().confirmed_problems,
            [{"code": "before_document", "items": self._items(entry).ids}],
        )

    def test_only_what_the_checks_raise_is_kept(self):
        invoice, wizard = self._early()
        wizard.action_preview()
        wizard.checks = {
            **wizard.checks,
            "9_praise": {
                "code": "praise",
                "items": [],
                "level": "warning",
                "message": "The owner asked for it.",
            },
        }
        wizard.warnings_confirmed = True
        wizard.action_confirm()
        writeoff = invoice.writeoff_line_ids.writeoff_id
        self.assertIn(BEFORE_DOCUMENT, writeoff.warnings_confirmed)
        self.assertNotIn("The owner asked", writeoff.warnings_confirmed)
        self.assertEqual(
            writeoff.confirmed_problems,
            [{"code": "before_document", "items": self._items(invoice).ids}],
        )

    def test_an_invented_text_confirms_nothing(self):
        invoice, wizard = self._early()
        wizard.action_preview()
        message = next(iter(wizard.checks.values()))["message"]
        for checks in (
            {"0_x": {"code": "x", "items": [], "level": "warning", "message": message}},
            "everything",
            ["everything"],
            {"0_x": "everything"},
            False,
        ):
            wizard.write({"checks": checks, "warnings_confirmed": True})
            with self.subTest(checks), self.assertRaisesRegex(UserError, "Read the warnings"):
                wizard.action_confirm()
        self.assertEqual(invoice.amount_residual, 10.0)

    def test_the_same_warning_of_another_item_was_not_confirmed(self):
        """Ticked after the preview: nobody saw the warning about it."""
        invoices = self._invoice(10.0, date="2024-06-20") | self._invoice(7.0, date="2024-06-20")
        wizard = self._wizard(invoices)
        wizard.accounting_date = "2024-06-10"
        wizard.line_ids[1].selected = False
        wizard.action_preview()
        wizard.warnings_confirmed = True
        wizard.line_ids[1].selected = True
        with self.assertRaises(UserError):
            wizard.action_confirm()
        self.assertEqual(invoices.mapped("amount_residual"), [10.0, 7.0])

    def test_batch_keeps_only_what_its_checks_raise(self):
        discounted = self._discounted()
        batch = self._select()
        action = batch.action_process_all()
        dialog = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        dialog.write(
            {
                "checks": {
                    **dialog.checks,
                    "9_praise": {
                        "code": "praise",
                        "items": [],
                        "level": "warning",
                        "message": "The owner asked for it.",
                    },
                },
                "warnings_confirmed": True,
            }
        )
        dialog.action_run()
        self.assertEqual(discounted.amount_residual, 0.0)
        self.assertIn("may still pay less", batch.warnings_confirmed)
        self.assertNotIn("The owner asked", batch.warnings_confirmed)
        self.assertEqual(
            batch.confirmed_problems,
            [{"code": "discount", "items": self._items(discounted).ids}],
        )

    def test_batch_confirms_nothing_by_text(self):
        discounted = self._discounted()
        batch = self._select()
        action = batch.action_process_all()
        dialog = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        for checks in ({}, "everything", False):
            dialog.write({"checks": checks, "warnings_confirmed": True})
            with (
                self.subTest(checks),
                self.assertRaisesRegex(UserError, "Read the warnings"),
                self.cr.savepoint(),
            ):
                dialog.action_run()
        self.assertEqual(discounted.amount_residual, 10.0)

    def test_every_problem_names_its_items(self):
        """What stands against some items says so: a screen marks them, a batch leaves them out."""
        self.company.write({"writeoff_loss_account_id": False, "writeoff_journal_id": False})
        invoice, wizard = self._early()
        wizard.action_preview()
        by_code = {check["code"]: check["items"] for check in wizard.checks.values()}
        self.assertEqual(
            by_code,
            dict.fromkeys(("before_document", "account", "journal"), self._items(invoice).ids),
        )
