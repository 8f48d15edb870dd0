"""The extension points: one for each decision, obeyed by wizard, customer, batch and draft."""

import re
from collections import Counter
from unittest import TestCase
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .batch_common import BatchCommon
from .bulk_common import BulkCommon
from .hooks_addon import PAGE, HooksCommon

PATHS = ("invoice", "customer", "batch")


class TestPage(TestCase):
    def test_every_extension_point_has_an_example(self):
        table, examples = PAGE.read_text().split("All examples begin")
        named = set(re.findall(r"`(_[a-z_]+)`", table))
        shown = set(re.findall(r"def (_[a-z_]+)\(", examples))
        shown.add("_run_chunk_once")  # called, not extended
        self.assertEqual(named - shown, set())
        self.assertGreater(len(named), 25)


@tagged("post_install", "-at_install")
class TestHooks(HooksCommon, BulkCommon, BatchCommon):
    # --- the ways to write something off ---

    def _try(self, path, invoice, **values):
        """Write off by this way.

        :return: what is said against it; empty if it is done
        """
        try:
            with self.cr.savepoint():
                return getattr(self, f"_by_{path}")(invoice, **values) or ""
        except UserError as error:
            return str(error)

    def _by_invoice(self, invoice, **values):
        self._confirm(invoice.with_user(self.clerk).action_write_off(), **values)

    def _by_customer(self, invoice, **values):
        self._confirm(invoice.partner_id.with_user(self.clerk).action_write_off(), **values)

    def _confirm(self, action, **values):
        wizard = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        wizard.write(values)
        wizard.action_preview()
        wizard.warnings_confirmed = wizard.has_warnings and self.confirms
        wizard.action_confirm()

    def _by_batch(self, invoice, **values):
        batch = self._select(partner_ids=invoice.partner_id, **values)
        line = batch.candidate_ids.filtered(lambda line: line.move_id == invoice)
        if not line:
            return "not found"
        if line.obstacle and self.confirms:
            line.is_included = True
        if line.obstacle:
            return line.obstacle_message
        self._process(batch)
        return line.exists().obstacle_message or ""

    def _by_draft(self, invoice):
        """Written off into a draft that waits, before the document has its reference."""
        ref, invoice.ref = invoice.ref, False
        self.company.writeoff_leave_draft = "yes"
        self._write_off(invoice)
        invoice.ref = ref
        self.env["ar.writeoff"].search([], limit=1, order="id desc").action_post_entries()

    confirms = True

    def _document(self, ref, *amounts, **values):
        """An invoice of a customer of its own, so that the ways do not meet."""
        partner = self.env["res.partner"].create({"name": ref, "is_company": True})
        return self._invoice(*(amounts or (10.0,)), partner=partner, ref=ref, **values)

    def assertRefused(self, ref, message, paths=PATHS):
        for path in paths:
            with self.subTest(f"{ref}: {path}"):
                invoice = self._document(ref)
                self.assertRegex(self._try(path, invoice), message)
                self.assertEqual(invoice.amount_residual, 10.0)

    def assertDone(self, ref, check, paths=PATHS, document=None, **values):
        for path in paths:
            with self.subTest(f"{ref}: {path}"):
                invoice = (document or self._document)(ref)
                self.assertEqual(self._try(path, invoice, **values), "")
                self.assertEqual(invoice.amount_residual, 0.0)
                check(invoice)

    def _entry(self, invoice):
        return (
            self.env["ar.writeoff.line"]
            .search([("move_id", "=", invoice.id)])
            ._get_entry_lines()
            .move_id
        )

    def _loss(self, invoice):
        """What the entry of this invoice put on which account."""
        entry = self._entry(invoice)
        return {
            (line.account_id.code, line.balance)
            for line in entry.line_ids
            if line.account_id != self.receivable
        }

    # --- refusals ---

    def test_a_blocker_of_an_item(self):
        self.assertRefused("disputed", "is in dispute", (*PATHS, "draft"))

    def test_a_remedy(self):
        """The way out of a problem is a button beside it."""
        wizard = self._wizard(self._document("x"))
        wizard.line_ids.move_id.ref = "disputed"
        wizard.action_preview()
        [problem] = wizard.problems.values()
        self.assertEqual(problem["action_text"], "Call the lawyer")

    def test_a_plan_that_was_sent(self):
        items = [{"item_id": self._items(self._document("x")).id}]
        engine = self.env["ar.writeoff"].with_user(self.clerk)
        result = engine.write_off({"items": items, "reason_id": self.bad_debt.id})
        writeoff = engine.browse(result["writeoff_id"])
        self.assertEqual((writeoff.comment, writeoff.line_ids.comment), ("Sent", "Sent, too"))

    def test_a_blocker_dropped(self):
        def blocked(ref):
            invoice = self._document(ref)
            invoice.action_toggle_block_payment()
            return invoice

        self.assertDone("block does not matter", lambda invoice: None, document=blocked)

    def test_a_blocker_of_the_posting(self):
        self.assertRefused("frozen", "auditors are here", (*PATHS, "draft"))

    def test_a_check_dropped(self):
        """Core's warning of a date in the future is gone: nothing is to be confirmed."""
        self.confirms = False
        self.assertDone("x", lambda invoice: None, accounting_date="2024-07-15")

    def test_a_blocker_of_a_line(self):
        self.assertRefused("to be signed", "boss must sign", (*PATHS, "draft"))

    def test_a_check_of_a_line_changed(self):
        wizard = self._wizard(self._document("x"))
        wizard.line_ids.amount_currency = 11.0
        with self.assertRaisesRegex(UserError, "Addon: .* only .*10.00 is still open"):
            wizard.action_confirm()

    def test_a_warning(self):
        self.confirms = False
        self.assertRefused("promised", "payment was promised")
        self.confirms = True
        self.assertDone("promised", lambda invoice: None)

    def test_a_date_of_deferral(self):
        due = "2024-12-31"
        self.confirms = False
        for path in ("invoice", "customer"):
            invoice = self._document("x", due=due)
            self.assertRegex(self._try(path, invoice), "revenue is deferred until 12/31/2024")
        batch = self._select(partner_ids=self._document("x", due=due).partner_id)
        self.assertRegex(str(self._process(batch).problems), "revenue is deferred until 12/31/2024")

    def test_accounts_that_take_a_loss(self):
        closed = self._account("690300", "Closed", "expense")
        for path in ("invoice", "customer"):
            message = self._try(path, self._document("x"), writeoff_account_id=closed.id)
            self.assertRegex(message, "690300 Closed")
        line = self._select(partner_ids=self._document("x").partner_id).candidate_ids
        with self.assertRaisesRegex(UserError, "690300 Closed"):
            line.writeoff_account_id = closed

    # --- what is found ---

    def test_open_items(self):
        self.assertRefused("with the lawyer", "none of the open items", ("invoice", "draft"))
        self.assertRefused("with the lawyer", "nothing to write off", ("customer",))
        self.assertRefused("with the lawyer", "not found", ("batch",))

    def test_candidates(self):
        self.assertRefused("by hand only", "not found", ("batch",))
        self.assertDone("by hand only", lambda invoice: None, ("invoice", "customer"))

    def test_obstacles_and_limits(self):
        self.assertRefused("later", "Not before next year", ("batch",))
        self.assertRefused("small only", "is above", ("batch",))

    def test_netting(self):
        """A credit that is not to be netted stands for itself: both are given up in full."""
        for path in ("customer", "batch"):
            with self.subTest(path):
                invoice = self._document("not netted", 30.0)
                self._payment(20.0, partner=invoice.partner_id)
                values = {"side": "both"} if path == "batch" else {}
                self.assertEqual(self._try(path, invoice, **values), "")
                lines = self.env["ar.writeoff.line"].search(
                    [("partner_id", "=", invoice.partner_id.id), ("state", "=", "done")]
                )
                self.assertEqual(sorted(lines.mapped("amount")), [-20.0, 30.0])

    # --- where it lands ---

    def test_account(self):
        self.assertDone("special", lambda i: self.assertEqual(self._loss(i), {("690200", 10.0)}))

    def test_account_where_nothing_is_configured(self):
        self.company.writeoff_loss_account_id = False
        self.assertDone("special", lambda i: self.assertEqual(self._loss(i), {("690200", 10.0)}))
        self.assertRefused("x", "no (loss )?account")

    def test_account_of_a_product(self):
        chair, table = self.env["product.product"].create([{"name": "Chair"}, {"name": "Table"}])

        def document(ref):
            lines = [
                Command.create({"product_id": p.id, "price_unit": price, "tax_ids": []})
                for p, price in ((chair, 4.0), (table, 6.0))
            ]
            partner = self.env["res.partner"].create({"name": ref})
            return self._create_invoice(
                partner_id=partner.id, ref=ref, invoice_line_ids=lines, post=True
            )

        expected = {("690200", 4.0), ("690100", 6.0)}
        self.assertDone(
            "by product", lambda i: self.assertEqual(self._loss(i), expected), document=document
        )

    def test_breakdown(self):
        self.assertDone("allowance", lambda i: self.assertEqual(self._loss(i), {("121900", 10.0)}))

    def test_breakdown_with_tax(self):
        tax = self.percent_tax(25.0)
        self.company.writeoff_separate_tax = "yes"
        self.assertDone(
            "allowance",
            lambda i: self.assertIn(("121900", 8.0), self._loss(i)),
            document=lambda ref: self._document(ref, 8.0, taxes=tax),
        )

    def test_relief_taxes(self):
        """The tax goes where the addon's relief tax says."""
        tax = self.percent_tax(25.0)
        relief = tax.copy({"name": f"Relief {tax.name}"})
        relief.refund_repartition_line_ids.filtered(
            lambda rep: rep.repartition_type == "tax"
        ).account_id = self.other_account
        self.company.writeoff_separate_tax = "yes"
        self.assertDone(
            "x",
            lambda i: self.assertEqual(self._loss(i), {("690100", 8.0), ("690200", 2.0)}),
            document=lambda ref: self._document(ref, 8.0, taxes=tax),
        )

    # --- entries ---

    def test_values(self):
        self.assertDone(
            "commented",
            lambda i: (
                self.assertIn("By the addon", self._entry(i).narration),
                self.assertEqual(
                    self.env["ar.writeoff.line"].search([("move_id", "=", i.id)]).comment,
                    "By the addon",
                ),
            ),
        )

    def test_entries(self):
        """Two invoices of a customer stand in two entries, because one of them goes apart."""
        for path in PATHS:
            with self.subTest(path):
                invoice = self._document("apart")
                other = self._invoice(5.0, partner=invoice.partner_id)
                if path == "invoice":
                    self._write_off(invoice | other)
                else:
                    self.assertEqual(self._try(path, invoice), "")
                self.assertEqual((invoice | other).mapped("amount_residual"), [0.0, 0.0])
                self.assertNotEqual(self._entry(invoice), self._entry(other))

    def test_label_of_a_counterpart(self):
        """It is what the addon says, whichever way the entry is posted."""
        for way in ("no", "yes"):
            self.company.writeoff_bulk = way
            self.assertDone(
                "named",
                lambda i: self.assertEqual(
                    self._items(i).matched_credit_ids.credit_move_id.name, "By the addon"
                ),
            )

    def test_set_based(self):
        """One invoice of three goes Odoo's way; models of distribution do not matter."""
        self.company.writeoff_bulk = "yes"
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        project = self.env["account.analytic.account"].create({"name": "Roof", "plan_id": plan.id})
        self.env["account.analytic.distribution.model"].create(
            {"account_prefix": "9", "analytic_distribution": {str(project.id): 100.0}}
        )
        for path in PATHS:
            with self.subTest(path):
                seen = Counter()
                with self._counted(seen):
                    for ref in ("slowly", "a", "b"):
                        self.assertEqual(self._try(path, self._document(ref)), "")
                self.assertEqual(seen["set-based"], 2)

    def test_chunks(self):
        """Up to five items at once; more in the background, one customer after the other."""
        invoices = [self._document(f"x{number}") for number in range(6)]
        batch = self._select()
        self._process(batch)
        self.assertEqual(batch.state, "running")
        self.assertEqual(self._run_job().count(1), 6)
        self.assertEqual([invoice.amount_residual for invoice in invoices], [0.0] * 6)

    def test_selection_in_the_background(self):
        """More than nine items are looked at by the scheduled job."""
        for number in range(10):
            self._document(f"x{number}")
        batch = self._select()
        self.assertTrue(batch.is_selecting)
        self._run_job()
        self.assertEqual((batch.is_selecting, batch.included_count), (False, 10))

    def test_seconds_of_a_chunk(self):
        """Two seconds: where 100 items took four, the next chunk has 50."""
        run = self.env["ar.writeoff.run"].new({})
        with patch.object(self.env.registry["ar.writeoff.run"], "_get_chunk_size", lambda run: 100):
            self.assertEqual(run._get_next_size(100, 4.0), 50)

    def test_authority(self):
        """Asked of every decision before anything is posted, the undo included."""
        for path in PATHS:
            with self.subTest(path):
                invoice = self._document("x", 13.0)
                self.assertIn("bad luck", self._try(path, invoice))
                self.assertEqual(invoice.amount_residual, 13.0)
                self.assertEqual(self._try(path, self._document("x", 12.0)), "")

    def test_preflight(self):
        sued = self._document("sued")
        other = self._invoice(5.0, partner=sued.partner_id)
        action = other.with_user(self.clerk).action_write_off()
        wizard = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        self.assertIn("sued", [one["code"] for one in wizard.preflight.values()])

    def test_entries_that_wait(self):
        """One customer's entry is left in draft, with all of his items; the other's is posted."""
        held = self._document("second look")
        same = self._invoice(7.0, partner=held.partner_id)
        other = self._document("x", 5.0)
        self._write_off(held | same | other)
        lines = self.env["ar.writeoff.line"].search(
            [("move_id", "in", (held | same | other).ids)], order="amount"
        )
        self.assertEqual(
            [(line.amount, line.state) for line in lines],
            [(5.0, "done"), (7.0, "entry_draft"), (10.0, "entry_draft")],
        )
        self.assertEqual(
            [invoice.amount_residual for invoice in (held, same, other)], [10.0, 7.0, 0.0]
        )

    def test_list_of_an_undo(self):
        """Four items are undone whole, three are listed."""
        for count, is_whole in ((4, True), (3, False)):
            invoices = self.env["account.move"]
            for _number in range(count):
                invoices += self._document("x")
            writeoff = self._write_off(invoices).with_user(self.clerk)
            action = writeoff.action_open_undo()
            undo = writeoff.env[action["res_model"]].browse(action["res_id"])
            self.assertEqual((undo.is_whole, len(undo.line_ids)), (is_whole, 0 if is_whole else 3))

    def test_worker_of_ones_own(self):
        """The scheduled job leaves the run alone; who has taken it does chunk after chunk."""
        invoices = [self._document(f"x{number}") for number in range(6)]
        batch = self._select(comment="by our own worker")
        self._process(batch)
        self.assertEqual(self._run_job().count(1), 0)
        self.assertEqual([invoice.amount_residual for invoice in invoices], [10.0] * 6)
        run = batch.run_ids
        while run._run_chunk_once():
            pass
        self.assertEqual([invoice.amount_residual for invoice in invoices], [0.0] * 6)
        self.assertEqual(batch.state, "done")

    # --- from outside ---

    def test_calls(self):
        """Numbers of another system are understood; what is told has the addon's part in it."""
        engine = self.env["ar.writeoff"].with_user(self.clerk)
        invoice = self._document("x")
        plan = {"items": [{"reference": f"SHOP:{invoice.name}"}], "reason_id": self.bad_debt.id}
        result = engine.write_off(plan)
        self.assertEqual((result["status"], result["told_by"]), ("written_off", "the addon"))
        self.assertEqual(result["items"][0]["lines"][0]["customer"], "x")

    def test_remedy_of_a_rule_of_ones_own(self):
        engine = self.env["ar.writeoff"].with_user(self.clerk)
        plan = {"items": [{"reference": self._document("to be signed").name}]}
        [problem] = engine.write_off({**plan, "reason_id": self.bad_debt.id})["problems"]
        self.assertEqual(problem["remedy"]["text"], "Have the boss sign.")

    def test_batch_by_a_call(self):
        batches = self.env["ar.writeoff.batch"].with_user(self.clerk)
        criteria = {"partner_ids": self._document("x").partner_id.ids, "limit_document": 60.0}
        result = batches.write_off_batch({"criteria": criteria, "reason_id": self.bad_debt.id})
        self.assertEqual(batches.browse(result["batch_id"]).comment, "Sent")

    def test_imported_row(self):
        invoice = self._document("x")
        batch = self._batch()
        params = batch.action_import_list()["params"]
        Row = self.env[params["active_model"]].with_user(self.clerk)
        result = Row.with_context(**params["context"]).load(["name"], [[invoice.name]])
        self.assertFalse(result["messages"])
        self.assertEqual(batch.candidate_ids.comment, f"From a list: {invoice.name}")

    # --- what is shown ---

    def test_analysis(self):
        """Grouped by a field of the addon, the sum is what was written off."""
        industry = self.env["res.partner.industry"].create({"name": "Bakeries"})
        invoice = self._document("x")
        invoice.partner_id.industry_id = industry
        self._write_off(invoice)
        self.env.flush_all()
        groups = self.env["ar.writeoff.analysis"]._read_group(
            [("move_id", "=", invoice.id)], ["industry_id"], ["amount:sum"]
        )
        self.assertEqual(groups, [(industry, 10.0)])

    def test_card_of_the_journal(self):
        journal = self.company.writeoff_journal_id.with_user(self.clerk)
        data = journal._get_journal_dashboard_data_batched()
        self.assertEqual(data[journal.id]["writeoff"]["budget"], 1000.0)
