"""What no screen sends, but a call may: told what is wrong, instead of a traceback."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import WriteoffCommon

FIGURES = ("abc", float("nan"), float("inf"), [1], {"a": 1})
NUMBERS = (-1, 2**31, 10**9, "abc", [1], {"a": 1}, True)


@tagged("post_install", "-at_install")
class TestNonsense(WriteoffCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(10.0)
        self.wizard = self._wizard(self.invoice)

    def assertRefused(self, record, field, *values):
        label = record._fields[field]._description_string(self.env)
        for value in values:
            with self.subTest(f"{record._name} {field} {value}"):
                with self.assertRaisesRegex(ValidationError, label), self.cr.savepoint():
                    record.write({field: value})
                if not record._fields[field].readonly:
                    continue
                with self.assertRaisesRegex(ValidationError, label), self.cr.savepoint():
                    record.create({field: value})

    def test_wizard(self):
        self.assertRefused(self.wizard, "reason_id", *NUMBERS)
        self.assertRefused(self.wizard, "writeoff_account_id", *NUMBERS)
        self.assertRefused(self.wizard, "company_id", False, None, 0, *NUMBERS)
        self.assertRefused(self.wizard, "date", False, "", "soon", "2024-13-01", 7, [1])
        self.assertRefused(self.wizard, "accounting_date", "soon", "2024-02-30", 7)
        self.assertRefused(self.wizard, "grouping", False, "all", 1, [1])
        self.assertRefused(self.wizard, "distribution", False, "none")
        self.assertRefused(self.wizard, "comment", [1], {"a": 1})
        self.assertRefused(
            self.wizard,
            "line_ids",
            "abc",
            7,
            [[]],
            [[9, 0, 0]],
            [[0, 0]],
            [[1, 10**9, {}]],
            [[0, 0, "abc"]],
            [[6, 0, "abc"]],
        )

    def test_rows(self):
        self.assertRefused(self.wizard.line_ids, "amount_currency", *FIGURES)
        self.assertRefused(self.wizard.line_ids, "item_id", False, *NUMBERS)
        self.assertRefused(self.wizard.line_ids, "wizard_id", False, *NUMBERS)
        with self.assertRaisesRegex(ValidationError, "Amount"), self.cr.savepoint():
            row = Command.update(self.wizard.line_ids.id, {"amount_currency": "abc"})
            self.wizard.write({"line_ids": [row]})

    def test_wizard_without_a_company(self):
        """The active company is meant; without items, there is nothing to write off."""
        wizard = self.wizard.create({})
        self.assertEqual(wizard.company_id, self.company)
        wizard.action_preview()
        self.assertTrue(wizard.has_blockers)
        with self.assertRaisesRegex(UserError, "Nothing is selected"):
            wizard.action_confirm()

    def test_empty_accounting_date(self):
        self.wizard.accounting_date = False
        self.wizard.action_preview()
        self.assertTrue(self.wizard.has_blockers)
        with self.assertRaisesRegex(UserError, "Enter the accounting date"):
            self.wizard.action_confirm()
        self.assertEqual(self.invoice.amount_residual, 10.0)

    def test_undo(self):
        writeoff = self._write_off(self.invoice).with_user(self.clerk)
        dialog = self.env["ar.writeoff.undo"].with_user(self.clerk)
        dialog = dialog.browse(writeoff.action_open_undo()["res_id"])
        self.assertRefused(dialog, "date", False, "soon", 7)
        self.assertRefused(dialog, "writeoff_id", False, *NUMBERS)
        self.assertRefused(dialog, "line_ids", "abc", [10**9], [[6, 0, [10**9]]])
        self.assertRefused(dialog, "comment", [1])

    def test_ageing(self):
        options = self.env["ar.writeoff.ageing.options"].with_user(self.clerk).create({})
        self.assertRefused(options, "date", False, "soon")
        self.assertRefused(options, "screen", False, "res.users")
        for domain in ("abc", 7, [7], [["bucket"]], [["no_such_field", "=", 1]], ["&"], {"a": 1}):
            with (
                self.subTest(domain),
                self.assertRaisesRegex(ValidationError, "which rows to show"),
                self.cr.savepoint(),
            ):
                options.domain = domain
        options.write({"screen": "ar.writeoff.ageing.item", "domain": [["bucket", "=", "1"]]})
        self.assertTrue(options.action_open())
        screen = self.env["ar.writeoff.ageing"].with_user(self.clerk)
        for date in ("soon", 7, [1]):
            with self.subTest(date), self.assertRaisesRegex(UserError, "is no date"):
                screen.with_context(ageing_date=date).search([])
