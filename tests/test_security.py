from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestSecurity(WriteoffCommon):
    """Who may do what, checked by each method for itself and not by what a screen shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._user("auditor", "account.group_account_readonly")
        cls.adviser = cls._user("adviser", "account.group_account_manager")
        cls.invoice = cls._invoice(100.0)

    def test_groups(self):
        user, manager = (
            self.env.ref("ar_writeoff.group_writeoff_user"),
            self.env.ref("ar_writeoff.group_writeoff_manager"),
        )
        self.assertEqual(user.privilege_id, manager.privilege_id)
        self.assertTrue(self.adviser.has_group("ar_writeoff.group_writeoff_manager"))
        self.assertFalse(self.biller.has_group("ar_writeoff.group_writeoff_user"))
        self.assertFalse(self.auditor.has_group("ar_writeoff.group_writeoff_user"))
        self.assertEqual(
            user.all_implied_by_ids - user,
            manager.all_implied_by_ids,
            "only its administrator implies the user group",
        )

    def test_auditor_reads_and_changes_nothing(self):
        writeoff = self._write_off(self.invoice).with_user(self.auditor)
        self.assertEqual(writeoff.amount, 100.0)
        self.assertEqual(writeoff.line_ids.state, "done")
        self.assertEqual(
            self.invoice.with_user(self.auditor).action_open_writeoffs()["res_id"], writeoff.id
        )
        for act in (
            lambda: writeoff.write_off({"items": []}),
            writeoff.action_open_undo,
            self._invoice(5.0).with_user(self.auditor).action_write_off,
        ):
            with self.assertRaises(AccessError):
                act()

    def test_register_is_closed_to_writing(self):
        writeoff = self._write_off(self.invoice)
        for user in (self.clerk, self.adviser, self.auditor, self.biller):
            with self.subTest(user.login):
                for record in (writeoff, writeoff.line_ids):
                    with self.assertRaises(AccessError):
                        record.with_user(user).write({"amount": 1.0})
                    with self.assertRaises(AccessError):
                        record.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    self.env["ar.writeoff"].with_user(user).create(
                        {
                            "company_id": self.company.id,
                            "reason_id": self.bad_debt.id,
                            "accounting_date": "2024-06-30",
                        }
                    )

    def test_nobody_has_write_access_on_the_register(self):
        """It is the engine's alone: no group writes, makes or deletes anything of it."""
        models = {"ar.writeoff", "ar.writeoff.line", "ar.writeoff.share"}
        models |= {"ar.writeoff.run", "ar.writeoff.reservation", "ar.writeoff.call"}
        rights = self.env["ir.model.access"].search([("model_id.model", "in", list(models))])
        self.assertEqual(set(rights.mapped("model_id.model")), models)
        for right in rights:
            with self.subTest(right.name):
                self.assertTrue(right.group_id, "no right of everybody")
                self.assertTrue(right.perm_read)
                self.assertFalse(right.perm_write or right.perm_create or right.perm_unlink)

    def test_biller_sees_that_not_why(self):
        writeoff = self._write_off(self.invoice, comment="Owner in jail")
        invoice = self.invoice.with_user(self.biller)
        self.assertEqual(invoice.writeoff_state, "full")
        self.assertEqual(invoice.writeoff_amount, 100.0)
        for read in (
            lambda: writeoff.with_user(self.biller).comment,
            lambda: invoice.writeoff_line_ids,
            lambda: writeoff.entry_ids.with_user(self.biller).writeoff_id,
        ):
            with self.assertRaises(AccessError):
                read()

    def test_nobody_writes_the_links_past_the_engine(self):
        writeoff = self._write_off(self.invoice)
        other = self._invoice(70.0)
        match = writeoff.entry_ids.line_ids.matched_debit_ids[:1]
        for record, vals in (
            (other, {"writeoff_id": writeoff.id}),
            (other, {"writeoff_role": "entry"}),
            (other, {"writeoff_state": "full"}),
            (other, {"writeoff_amount": 70.0}),
            (self._items(other), {"writeoff_line_id": writeoff.line_ids.id}),
            (self._items(other), {"writeoff_target_id": self._items(self.invoice).id}),
            (match, {"writeoff_id": writeoff.id}),
        ):
            for user in (self.biller, self.adviser):
                with self.subTest(vals=vals, user=user.name), self.assertRaises(AccessError):
                    record.with_user(user).write(vals)
        vals = {"move_type": "entry", "writeoff_role": "entry"}
        with self.assertRaisesRegex(AccessError, "only a write-off writes it"):
            self.env["account.move"].with_user(self.adviser).create(vals)

    def test_biller_cannot_forge_the_link(self):
        line = self._write_off(self.invoice).line_ids
        with self.assertRaises(AccessError):
            self.env["account.move"].with_user(self.biller).create(
                {
                    "move_type": "entry",
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": self.receivable.id,
                                "credit": 5.0,
                                "writeoff_line_id": line.id,
                            }
                        ),
                        Command.create({"account_id": self.bad_debt_account.id, "debit": 5.0}),
                    ],
                }
            )

    def test_nobody_rewrites_the_register_through_its_links(self):
        writeoff = self._write_off(self.invoice)
        entry, counterpart = writeoff.entry_ids, self._items(writeoff.entry_ids)
        accountant = self._user("accountant", "account.group_account_user")
        for user in (self.clerk, self.adviser, accountant, self.biller):
            for record, vals in (
                (entry, {"writeoff_role": False}),
                (entry, {"writeoff_id": False}),
                (self.invoice, {"writeoff_state": False}),
                (self.invoice, {"writeoff_amount": 0.0}),
                (counterpart, {"writeoff_line_id": False}),
            ):
                with self.subTest(f"{user.login} {vals}"), self.assertRaises(AccessError):
                    record.with_user(user).write(vals)

    def test_customer_cannot_read_it(self):
        """The portal shows an adjustment; nothing else tells them that they were written off."""
        self._write_off(self.invoice)
        portal = self._user("birch_portal")
        portal.write({"group_ids": [Command.set(self.env.ref("base.group_portal").ids)]})
        portal.partner_id.parent_id = self.customer
        self.invoice._portal_ensure_token()
        self.invoice.message_subscribe(portal.partner_id.ids)
        invoice = self.invoice.with_user(portal)
        invoice.invalidate_recordset()
        self.assertEqual(invoice.read(["status_in_payment"])[0]["status_in_payment"], "paid")
        for name in ("writeoff_state", "writeoff_amount", "writeoff_role", "writeoff_count"):
            with self.subTest(name), self.assertRaises(AccessError):
                invoice.read([name])

    def test_wizard_shows_nothing_of_other_companies(self):
        other = self.setup_other_company(name="Second Ltd")["company"]
        foreign = self._invoice_of(other, 40.0)
        wizard = self._wizard(self._invoice(5.0))
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            wizard.line_ids.create({"wizard_id": wizard.id, "item_id": self._items(foreign).id})
        with self.assertRaises(AccessError):
            wizard.line_ids.item_id = self._items(foreign)
        with self.assertRaises(AccessError):
            wizard.create({"company_id": other.id})

    def test_warnings_cannot_be_passed_by(self):
        invoice = self._invoice(10.0, date="2024-06-20")
        wizard = self._wizard(invoice)
        wizard.accounting_date = "2024-06-10"
        with self.assertRaisesRegex(UserError, "Read the warnings first"):
            wizard.action_confirm()  # without a look at the preview
        self.assertEqual(invoice.amount_residual, 10.0)

    def test_an_item_twice(self):
        wizard = self._wizard(self.invoice)
        wizard.line_ids.copy()
        with self.assertRaisesRegex(UserError, "is listed twice"):
            wizard.action_confirm()

    def test_notes_on_the_register(self):
        writeoff = self._write_off(self.invoice).with_user(self.clerk)
        writeoff.message_post(body="He called today.")
        self.assertIn("He called today.", writeoff.message_ids[0].body)

    def test_biller_still_does_their_work(self):
        """Payments and resets of their own go on as before, next to write-offs."""
        invoice = self._invoice(100.0)
        self._write_off(invoice, amounts=[30.0])
        self.env["account.payment.register"].with_user(self.biller).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": "2024-06-30"})._create_payments()
        self.assertEqual(invoice.amount_residual, 0.0)
        draft = self._invoice(5.0)
        draft.with_user(self.biller).button_draft()
        self.assertEqual(draft.state, "draft")

    def test_other_company(self):
        writeoff = self._write_off(self.invoice)
        other = self.setup_other_company(name="Second Ltd")["company"]
        stranger = self._user("stranger", "ar_writeoff.group_writeoff_manager")
        stranger.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        Writeoff = self.env["ar.writeoff"].with_user(stranger)
        self.assertFalse(Writeoff.search([]))
        self.assertFalse(self.env["ar.writeoff.line"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self._reverse(Writeoff.browse(writeoff.id), writeoff.accounting_date)
        with self.assertRaises(AccessError):
            self._invoice(5.0).with_user(stranger).action_write_off()

    def test_reasons_of_other_companies_are_hidden(self):
        other = self._create_company(name="Second Ltd")
        foreign = self.env["ar.writeoff.reason"].create(
            {"name": "Theirs", "code": "THEIRS", "company_id": other.id}
        )
        self.assertNotIn(foreign, self.env["ar.writeoff.reason"].with_user(self.clerk).search([]))

    def test_branch(self):
        """Branch and parent are one write-off, with an entry in each company."""
        branch = self._branch("Branch")
        own = self._invoice(100.0)
        theirs = self._invoice_of(branch, 40.0)
        companies = [self.company.id, branch.id]
        writeoff = self._write_off((own | theirs).with_context(allowed_company_ids=companies))
        self.assertEqual(writeoff.company_id, self.company)
        self.assertEqual(writeoff.entry_ids.company_id, self.company | branch)
        self.assertEqual(
            {move.company_id: move.amount_total for move in writeoff.entry_ids},
            {self.company: 100.0, branch: 40.0},
        )
        self.assertEqual((own | theirs).mapped("amount_residual"), [0.0, 0.0])
        hidden = writeoff.with_user(self.clerk).with_context(allowed_company_ids=self.company.ids)
        hidden.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "concerns Branch as well"):
            self._reverse(hidden, writeoff.accounting_date)
        self._reverse(hidden.with_context(allowed_company_ids=companies), writeoff.accounting_date)
        self.assertEqual((own | theirs).mapped("amount_residual"), [100.0, 40.0])

    def test_branches_without_their_root(self):
        branches = self._branch("Branch 1", "Branch 2")
        user = self._user("branch_clerk", "ar_writeoff.group_writeoff_user")
        user.write({"company_ids": [Command.set(branches.ids)], "company_id": branches[0].id})
        self.env.invalidate_all()
        invoices = self.env["account.move"]
        for branch in branches:
            invoices |= self._invoice_of(branch, 40.0)
        invoices = invoices.with_context(allowed_company_ids=branches.ids)
        with self.assertRaisesRegex(UserError, "one write-off of company_1_data, which is not"):
            invoices.with_user(user).action_write_off()
        self.assertTrue(invoices[0].with_user(user).action_write_off())
