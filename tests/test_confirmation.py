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
        wizard.problems = {
            **wizard.problems,
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
        message = next(iter(wizard.problems.values()))["message"]
        for checks in (
            {"0_x": {"code": "x", "items": [], "level": "warning", "message": message}},
            "everything",
            ["everything"],
            {"0_x": "everything"},
            False,
        ):
            wizard.write({"problems": checks, "warnings_confirmed": True})
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
                "problems": {
                    **dialog.problems,
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
            dialog.write({"problems": checks, "warnings_confirmed": True})
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
        by_code = {problem["code"]: problem["items"] for problem in wizard.problems.values()}
        self.assertEqual(
            by_code,
            dict.fromkeys(("before_document", "account", "journal"), self._items(invoice).ids),
        )

    # --- whose it is ---

    def test_every_dialog_has_an_owner(self):
        """A new transient model of the addon fails here until it has the rule."""
        for model in self.env["ir.model"].search([("transient", "=", True)]):
            Model = self.env[model.model]
            if Model._original_module != "ar_writeoff" or Model._abstract:
                continue
            with self.subTest(model.model):
                rules = self.env["ir.rule"].search([("model_id", "=", model.id)])
                own = rules.filtered(
                    lambda rule: (
                        not rule.groups
                        and '("create_uid", "=", user.id)' in rule.domain_force
                        and "|" not in rule.domain_force
                    )
                )
                self.assertRecordValues(
                    own, [dict.fromkeys(("perm_read", "perm_write"), True) | {"active": True}]
                )
                self.assertRecordValues(own, [{"perm_create": True, "perm_unlink": True}])

    def test_a_colleague_reaches_nothing_of_it(self):
        """Neither another clerk nor the administrator reads or changes what somebody prepares."""
        invoice = self._invoice(10.0)
        wizard = self._wizard(invoice)
        wizard.comment = "Owner in jail"
        wizard.action_preview()
        undo_of = self._write_off(self._invoice(5.0))
        undo = undo_of.with_user(self.clerk).action_open_undo()
        undo = self.env["ar.writeoff.undo"].with_user(self.clerk).browse(undo["res_id"])
        action = self._select().action_process()
        dialog = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        options = self.env["ar.writeoff.ageing.options"].with_user(self.clerk)
        options = options.create({"subject": "Birch"})
        self.env.flush_all()
        colleague = self._user("colleague", "ar_writeoff.group_writeoff_manager")
        for record, vals, act in (
            (wizard, {"comment": "Mine"}, "action_confirm"),
            (wizard.line_ids, {"writeoff_account_id": self.other_account.id}, "exists"),
            (undo, {"comment": "Mine"}, "action_undo"),
            (dialog, {"warnings_confirmed": True}, "action_run"),
            (options, {"subject": "Mine"}, "action_open"),
        ):
            theirs = record.with_user(colleague)
            theirs.invalidate_recordset()
            with self.subTest(record._name):
                self.assertFalse(theirs.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    theirs.read()
                with self.assertRaises(AccessError):
                    theirs.write(vals)
                with self.assertRaises(AccessError):
                    theirs.unlink()
                if act != "exists":
                    theirs.invalidate_recordset()
                    with self.assertRaises(AccessError):
                        getattr(theirs, act)()
        self.assertEqual(invoice.amount_residual, 10.0)

    def test_a_colleague_puts_no_row_into_it(self):
        wizard = self._wizard(self._invoice(10.0))
        item = self._items(self._invoice(7.0))
        colleague = self._user("colleague", "ar_writeoff.group_writeoff_manager")
        Line = self.env["ar.writeoff.wizard.line"].with_user(colleague)
        with self.assertRaises(AccessError):
            Line.create({"wizard_id": wizard.id, "item_id": item.id})
        own = self._wizard(item.move_id, user=colleague)
        with self.assertRaises(AccessError):
            own.line_ids.wizard_id = wizard.id
        with self.assertRaises(AccessError):
            own.line_ids = [Command.link(wizard.line_ids.id)]
        self.assertEqual(len(wizard.line_ids), 1)

    # --- what is confirmed is what was previewed ---

    def test_what_changes_after_the_preview_is_shown_again(self):
        """Each of these would be posted without anybody having seen it."""
        reason = self.settlement
        for name, value in (
            ("comment", "Another one"),
            ("reason_id", reason.id),
            ("writeoff_account_id", self.other_account.id),
            ("accounting_date", "2024-06-29"),
            ("date", "2024-06-29"),
            ("grouping", "document"),
            ("line_ids.amount_currency", 4.0),
        ):
            with self.subTest(name):
                invoice = self._invoice(10.0)
                wizard = self._wizard(invoice)
                wizard.action_preview()
                record, field = (
                    (wizard.line_ids, name.split(".")[1]) if "." in name else (wizard, name)
                )
                record[field] = value
                with self.assertRaisesRegex(UserError, "not what the preview showed"):
                    wizard.action_confirm()
                self.assertEqual(invoice.amount_residual, 10.0)
                wizard.action_preview()
                wizard.warnings_confirmed = True
                wizard.action_confirm()
                self.assertNotEqual(invoice.amount_residual, 10.0)

    def test_a_setting_that_changes_after_the_preview(self):
        """The products decide on the account; somebody gives them another one meanwhile."""
        self.company.writeoff_loss_account_id = False
        category = self.product_a.categ_id.with_company(self.company)
        category.writeoff_account_id = self.bad_debt_account
        invoice = self.init_invoice(
            "out_invoice",
            partner=self.customer,
            invoice_date="2024-01-15",
            products=self.product_a | self.product_b,
            taxes=[],
            post=True,
        )
        self.product_b.with_company(self.company).writeoff_account_id = self.other_account
        wizard = self._wizard(invoice)
        self.assertFalse(wizard.writeoff_account_id)
        wizard.action_preview()
        category.writeoff_account_id = self.allowance_account
        with self.assertRaisesRegex(UserError, "not what the preview showed"):
            wizard.action_confirm()
        wizard.action_preview()
        wizard.action_confirm()
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_back_and_again_without_a_look(self):
        invoice = self._invoice(10.0)
        wizard = self._wizard(invoice)
        wizard.action_preview()
        wizard.action_back()
        wizard.comment = "Another one"
        with self.assertRaisesRegex(UserError, "not what the preview showed"):
            wizard.action_confirm()

    def test_without_a_preview(self):
        """Over the API nobody has to look; what warns must be confirmed all the same."""
        invoice = self._invoice(10.0)
        self._wizard(invoice).action_confirm()
        self.assertEqual(invoice.amount_residual, 0.0)
        early, wizard = self._early()
        wizard.warnings_confirmed = True
        with self.assertRaisesRegex(UserError, "Read the warnings first"):
            wizard.action_confirm()
        self.assertEqual(early.amount_residual, 10.0)

    def test_a_batch_changed_since_its_dialog(self):
        """The same items and amounts, on another account."""
        invoice = self._invoice(10.0)
        batch = self._select()
        action = batch.action_process()
        dialog = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        batch.candidate_ids.writeoff_account_id = self.other_account
        with self.assertRaisesRegex(UserError, "Meanwhile the batch has changed"):
            dialog.action_run()
        self.assertEqual(invoice.amount_residual, 10.0)
        self._process(batch)
        self.assertEqual(self._balance(self.other_account), 10.0)
