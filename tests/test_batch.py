"""The batch: select, look, choose, run; and what becomes of each item."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBatch(BatchCommon):
    def test_select_choose_and_run(self):
        """Three invoices of 10, 20 and 2,000 with a limit of 1,000: two are taken, one excluded."""
        small, other = self._invoice(10.0), self._invoice(20.0, partner=self.other_customer)
        large = self._invoice(2000.0)
        batch = self._select()
        self.assertEqual(
            self._candidates(batch),
            [(small, 10.0, ""), (other, 20.0, ""), (large, 2000.0, "limit_document")],
        )
        self.assertEqual((batch.included_count, batch.left_out_count), (2, 1))
        self.assertEqual(batch.amount, 30.0)
        self.assertEqual(batch.amounts_by_currency, "$\xa030.00")
        self.assertEqual(batch.name, "/", "what is never run has no number")
        batch.candidate_ids[1].is_included = False
        self.assertEqual(self._candidates(batch)[1], (other, 20.0, "user"))
        self._process(batch)
        self.assertEqual(
            [row for entry in batch.writeoff_ids.entry_ids for row in self._ledger(entry)],
            [("121000", "Birch", 0.0, 10.0), ("690100", "Birch", 10.0, 0.0)],
        )
        self.assertEqual(self._residuals(small | other | large)[0], (0.0, 0.0))
        self.assertEqual((batch.status, batch.amount), ("posted", 10.0))
        self.assertRegex(batch.name, r"^BATCH/\d{4}/\d+")
        self.assertRegex(batch.writeoff_ids.name, r"^WO/\d{4}/\d+")
        self.assertEqual(batch.line_ids.move_id, small)
        self.assertFalse(batch.candidate_ids, "what was left out is gone")
        left_out = batch.summary_ids.filtered(lambda row: row.state == "left_out")
        self.assertEqual(
            sorted((row.obstacle, row.item_count, row.amount) for row in left_out),
            [("limit_document", 1, 2000.0), ("user", 1, 20.0)],
        )
        action = left_out.filtered(lambda row: row.obstacle == "user").action_open()
        self.assertEqual(
            self.env["account.move.line"].search(action["domain"]).move_id, other, "the way to it"
        )

    def test_process_all_includes_every_candidate_first(self):
        first, second = self._invoice(10.0), self._invoice(20.0)
        large = self._invoice(2000.0)
        batch = self._select()
        batch.candidate_ids.action_exclude()
        self.assertEqual(batch.included_count, 0)
        dialog = self._process(batch, include_all=True)
        self.assertEqual((dialog.item_count, dialog.more_count, dialog.amount), (2, 2, 30.0))
        self.assertEqual(batch.line_ids.move_id, first | second)
        self.assertEqual(self._residuals(large), [(2000.0, 2000.0)], "the limit stands")

    def test_without_any_limit(self):
        self._invoice(10.0)
        batch = self._batch(limit_document=0.0)
        with self.assertRaisesRegex(UserError, "A batch needs a limit"):
            batch.action_select()
        batch.limit_run = 5.0
        batch.action_select()

    def test_nothing_included(self):
        self._invoice(10.0)
        batch = self._select()
        batch.candidate_ids.action_exclude()
        dialog = self.env["ar.writeoff.batch.confirm"].browse(batch.action_process()["res_id"])
        self.assertTrue(dialog.has_blockers)
        with self.assertRaisesRegex(UserError, "Nothing is selected"):
            dialog.with_user(self.clerk).action_run()

    def test_filters_changed_after_selecting(self):
        self._invoice(10.0)
        batch = self._select()
        batch.limit_document = 5.0
        self.assertTrue(batch.is_outdated)
        dialog = self.env["ar.writeoff.batch.confirm"].browse(batch.action_process()["res_id"])
        with self.assertRaisesRegex(UserError, "changed since the open items were selected"):
            dialog.with_user(self.clerk).action_run()
        batch.action_select()
        self.assertEqual(batch.candidate_ids.obstacle, "limit_document")

    def test_credits(self):
        self._invoice(10.0)
        self._payment(4.0)
        batch = self._select(side="credit")
        self.assertEqual(batch.candidate_ids.mapped("amount_currency"), [-4.0])
        self._process(batch)
        self.assertEqual(self._balance(self.gain_account), -4.0)
        self.assertEqual(self._balance(self.receivable), 10.0)

    # --- what may be changed in the list ---

    def test_amount_reason_and_account_of_a_row(self):
        invoice = self._invoice(10.0)
        batch = self._select()
        reason = self.env.ref("ar_writeoff.reason_small_difference")
        other = self._account("690300", "Other loss", "expense")
        line = batch.candidate_ids
        line.write({"amount_currency": 4.0, "reason_id": reason.id})
        line.writeoff_account_id = other
        self.assertEqual((line.amount, batch.amount), (4.0, 4.0))
        self._process(batch)
        self.assertEqual(self._residuals(invoice), [(6.0, 6.0)])
        self.assertEqual(self._balance(other), 4.0)
        self.assertEqual(batch.line_ids.reason_id, reason)

    def test_amounts_that_are_refused(self):
        self._invoice(10.0)
        line = self._select().candidate_ids
        for amount, message in (
            (-1.0, "between zero and .*10.00"),
            (0.0, "between zero and .*10.00"),
            (10.01, "only .*10.00 is still open, .*10.01 cannot be written off"),
        ):
            with (
                self.subTest(amount),
                self.assertRaisesRegex(UserError, message),
                self.cr.savepoint(),
            ):
                line.amount_currency = amount
        line.reason_id.sudo().allow_partial = False
        with self.assertRaisesRegex(UserError, "allows no partial amounts"):
            line.amount_currency = 4.0

    def test_the_rest_of_the_register_stays_closed(self):
        """A batch in draft may be written; not its engine's fields, and nothing once it ran."""
        self._invoice(10.0)
        batch = self._select()
        for record, vals in (
            (batch, {"state": "posted"}),
            (batch, {"amount": 1.0}),
            (batch, {"warnings_confirmed": "x"}),
            (batch.candidate_ids, {"state": "queued"}),
            (batch.candidate_ids, {"amount": 1.0}),
            (batch.candidate_ids, {"obstacle": False}),
        ):
            with self.subTest(vals), self.assertRaises(AccessError), self.cr.savepoint():
                record.write(vals)
        self._process(batch)
        for record, vals in ((batch, {"comment": "x"}), (batch.line_ids, {"comment": "x"})):
            with self.subTest(vals), self.assertRaises(AccessError), self.cr.savepoint():
                record.write(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            batch.unlink()
        single = self._write_off(self._invoice(5.0)).with_user(self.clerk)
        with self.assertRaises(AccessError), self.cr.savepoint():
            single.comment = "x"
        with self.assertRaises(AccessError):
            self.env["ar.writeoff"].with_user(self.clerk).create(
                {
                    "company_id": self.company.id,
                    "reason_id": batch.reason_id.id,
                    "accounting_date": "2024-06-30",
                }
            )

    def test_who_may_not(self):
        for user in (self.biller, self._user("auditor", "account.group_account_readonly")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._batch(user)
        batch = self._select()
        with self.assertRaises(AccessError):
            batch.with_user(self.biller).action_select()
        self.assertFalse(hasattr(batch, "action_post"), "Process is the only way")

    def test_other_companies_and_roles(self):
        self._invoice(10.0)
        batch = self._select()
        auditor = self._user("auditor", "account.group_account_readonly")
        self.assertIn("Included: 1 of 1", batch.with_user(auditor).get_batch_totals()["text"])
        self.assertFalse(batch.with_user(auditor).get_batch_totals()["can_process"])
        self.assertEqual(batch.with_user(auditor).summary_ids.item_count, 1)
        sister = self.env["res.company"].create({"name": "Sister"})
        stranger = self._user("stranger", "ar_writeoff.group_writeoff_user")
        stranger.sudo().write({"company_ids": [Command.set(sister.ids)], "company_id": sister.id})
        for user, act in (
            (auditor, lambda b: b.write({"comment": "x"})),
            (auditor, lambda b: b.candidate_ids.write({"comment": "x"})),
            (auditor, lambda b: b.candidate_ids.action_include()),
            (auditor, lambda b: b.candidate_ids.action_exclude()),
            (auditor, lambda b: b.action_select()),
            (auditor, lambda b: b.action_process()),
            (auditor, lambda b: b.action_stop()),
            (auditor, lambda b: b.action_retry()),
            (self.biller, lambda b: b.get_batch_totals()),
            (self.biller, lambda b: b.candidate_ids.read(["item_name"])),
            (stranger, lambda b: b.get_batch_totals()),
            (stranger, lambda b: b.write({"comment": "x"})),
            (stranger, lambda b: b.action_stop()),
            (stranger, lambda b: b.action_select()),
            (stranger, lambda b: b.candidate_ids.action_include()),
        ):
            with self.subTest(user.login), self.assertRaises(AccessError), self.cr.savepoint():
                act(batch.with_user(user))
        rows = self.env["ar.writeoff.summary"].with_user(stranger)
        self.assertFalse(rows.search([("batch_id", "=", batch.id)]))

    def test_candidates_are_no_part_of_the_register(self):
        """Selected, left out or skipped: the invoice and the customer know nothing of it."""
        invoice, large = self._invoice(10.0), self._invoice(2000.0)
        batch = self._select()
        clerk = self.env["ar.writeoff"].with_user(self.clerk)
        action = self.env["ir.actions.actions"]._for_xml_id("ar_writeoff.action_ar_writeoff")
        self.assertFalse(clerk.search(safe_eval(action["domain"])))
        self.assertEqual((invoice | large).mapped("writeoff_count"), [0, 0])
        partner = self.customer.with_user(self.clerk).with_company(self.company)
        self.assertEqual((partner.writeoff_count, partner.writeoff_total), (0, 0.0))
        self.assertFalse(clerk.search(partner.action_open_writeoffs()["domain"]))
        self._process(batch)
        self.assertEqual(clerk.search(safe_eval(action["domain"])), batch.writeoff_ids)
        partner.invalidate_recordset()
        self.assertEqual((partner.writeoff_count, partner.writeoff_total), (1, 10.0))
        self.assertEqual(batch.amount, 10.0)

    def test_a_draft_can_be_thrown_away(self):
        invoice = self._invoice(10.0)
        batch = self._select()
        batch.unlink()
        self.assertFalse(invoice.sudo().writeoff_line_ids)
        self.assertEqual(self._select().included_count, 1)

    def test_used_again_as_a_copy(self):
        self._invoice(10.0)
        batch = self._select(partner_ids=self.customer)
        self._process(batch)
        twin = batch.copy()
        self.assertEqual((twin.state, twin.name, twin._name), ("draft", "/", "ar.writeoff.batch"))
        self.assertEqual((twin.limit_document, twin.partner_ids), (1000.0, self.customer))
        self.assertFalse(
            twin.candidate_ids or twin.line_ids or twin.selected_on or twin.warnings_confirmed
        )

    def test_views_know_the_company(self):
        """Without it, choosing a reason or an account is an error in the browser."""
        self.assertFalse(self.clerk.has_group("base.group_multi_company"))
        views = (
            ("ar.writeoff.batch", "ar_writeoff.view_ar_writeoff_batch_form"),
            ("ar.writeoff.candidate", "ar_writeoff.view_candidate_list"),
        )
        for model, xmlid in views:
            with self.subTest(xmlid):
                view = self.env.ref(xmlid)
                arch = self.env[model].with_user(self.clerk).get_view(view.id)["arch"]
                self.assertIn('name="company_id"', arch)
