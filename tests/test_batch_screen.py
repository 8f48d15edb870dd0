"""What the batch's own screens say, keep and forget."""

from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from .batch_common import BatchCommon

BATCH_FORM = "ar_writeoff.view_ar_writeoff_batch_form"


@tagged("post_install", "-at_install")
class TestBatchScreen(BatchCommon):
    def _form(self, **defaults):
        context = {f"default_{name}": value for name, value in defaults.items()}
        Batch = self.env["ar.writeoff.batch"].with_user(self.clerk).with_context(**context)
        return Form(Batch, view=BATCH_FORM)

    def test_a_new_batch_has_nothing_yet(self):
        """It asks the database for nothing of a record that is not there; nor does it count all."""
        self._write_off(self._invoice(10.0))
        with self.assertNoLogs("odoo.domains", level="WARNING"):
            batch = self.env["ar.writeoff.batch"].new({})
            self.assertEqual((batch.entry_count, batch.writeoff_count), (0, 0))

    # --- what is proposed ---

    def test_default_comment_of_the_reason(self):
        self.bad_debt.comment = "Reminded three times"
        self.settlement.comment = "Agreed with the customer"
        with self._form() as form:
            form.limit_document = 10.0
            form.reason_id = self.bad_debt
            self.assertEqual(form.comment, "Reminded three times")
            form.reason_id = self.settlement
            self.assertEqual(form.comment, "Agreed with the customer")
            form.comment = "Board of May 3"
            form.reason_id = self.bad_debt
            self.assertEqual(form.comment, "Board of May 3", "what somebody typed stays")

    def test_clearing_the_period_clears_its_dates(self):
        with self._form() as form:
            form.limit_document = 10.0
            form.period = "last_month"
            dates = [fields.Date.to_string(day) for day in (form.date_from, form.date_to)]
            self.assertEqual(dates, ["2024-05-01", "2024-05-31"])
            form.period = False
            self.assertFalse(form.date_from)
            self.assertFalse(form.date_to)
            form.date_from = "2024-02-03"
            form.date_to = "2024-02-05"
        self.assertEqual(fields.Date.to_string(form.record.date_from), "2024-02-03")
        self.assertEqual(fields.Date.to_string(form.record.date_to), "2024-02-05")

    # --- saved filters ---

    def test_saved_filter_keeps_reasons_and_grouping(self):
        batch = self._batch(
            side="both",
            reason_id=self.settlement,
            credit_reason_id=self.env.ref("ar_writeoff.reason_unclaimed"),
            grouping="one",
            date_from="2024-02-01",
            date_to="2024-02-29",
        )
        action = batch.action_save_filter()
        saved = Form(
            self.env["ar.writeoff.filter"].with_user(self.clerk).with_context(**action["context"]),
            view=action["views"][0][0],
        )
        saved.name = "Board"
        kept = saved.save()
        self.assertEqual(
            (kept.reason_id, kept.grouping, kept.limit_document),
            (self.settlement, "one", 1000.0),
        )
        self.assertEqual(fields.Date.to_string(kept.date_from), "2024-02-01")
        with self._form() as form:
            form.reason_id = self.bad_debt
            form.filter_id = kept
            self.assertEqual(form.reason_id, self.settlement)
            self.assertEqual(form.grouping, "one")
            self.assertEqual(form.credit_reason_id, batch.credit_reason_id)

    def test_filter_without_reasons_leaves_those_of_the_batch(self):
        kept = self.env["ar.writeoff.filter"].create(
            {"name": "Small", "company_id": self.company.id, "limit_document": 3.0}
        )
        with self._form() as form:
            form.reason_id = self.settlement
            form.grouping = "document"
            form.filter_id = kept
            self.assertEqual(
                (form.reason_id, form.grouping, form.limit_document),
                (self.settlement, "document", 3.0),
            )

    def test_screen_of_saved_filters(self):
        Filter = self.env["ar.writeoff.filter"].with_user(self.clerk)
        with Form(Filter, view="ar_writeoff.view_ar_writeoff_filter_form") as form:
            form.name = "Last year"
            form.period = "last_year"
            form.limit_run = 500.0
        self.assertEqual(fields.Date.to_string(form.record.date_to), "2023-12-31")

    # --- the list ---

    def test_list_opens_on_what_is_included(self):
        self._invoice(10.0)
        self._invoice(5000.0)
        batch = self._batch()
        self.assertTrue(batch.action_select()["context"]["search_default_included"])
        batch.candidate_ids.filtered("is_included").is_included = False
        self.assertNotIn("search_default_included", batch.action_open_candidates()["context"])

    def test_a_phone_has_cards_with_the_amount(self):
        """A list would put the amount out of sight; the way to the form stays the same."""
        action = self.env.ref("ar_writeoff.action_batch")
        self.assertEqual([kind for _view, kind in action.views], ["list", "kanban", "form"])
        Batch = self.env["ar.writeoff.batch"].with_user(self.clerk)
        arch = Batch.get_view(action.views[1][0], "kanban")["arch"]
        for name in ("display_name", "amount", "status", "date"):
            self.assertIn(f'name="{name}"', arch)

    def test_totals_in_company_currency(self):
        """10.00 and EUR 20.00 at 0.80 for a dollar: 25.00, together 35.00."""
        self._invoice(10.0)
        self._invoice(20.0, currency_id=self._currency("EUR", 0.8).id)
        batch = self._select()
        self.assertEqual(batch.amount, 35.0)
        self.assertEqual(
            batch.get_batch_totals()["text"],
            "Included: 2 of 2 · $\xa010.00, 20.00\xa0€ · $\xa035.00 in company currency",
        )
        dialog = self._process(batch)
        self.assertEqual((dialog.amount, batch.amount), (35.0, 35.0))
        self.assertEqual(dialog.amounts_by_currency, batch.amounts_by_currency)
        self._undo_batch(batch, batch.accounting_date)
        self.assertEqual(batch.amount, 35.0)
        self.assertEqual(batch.amounts_by_currency, dialog.amounts_by_currency)

    def test_totals_in_one_currency_are_said_once(self):
        self._invoice(10.0)
        text = self._select().get_batch_totals()["text"]
        self.assertEqual(text, "Included: 1 of 1 · $\xa010.00")

    def test_left_out_after_netting(self):
        """100 less a credit of 30 leaves 70, above a limit of 50."""
        self._invoice(100.0)
        self._payment(30.0)
        batch = self._select(side="both", limit_document=50.0)
        debit = batch.candidate_ids.filtered(lambda line: line.residual > 0)
        self.assertEqual(
            debit.obstacle_message,
            "$\xa070.00 after matching $\xa030.00 is above $\xa050.00.",
        )

    # --- the last look ---

    def test_confirmation_names_accounts_entries_loss_and_gain(self):
        """Birch: 100 less 95 leaves 5; Cave: 20; Dune's credit of 8 is a gain. Net 17."""
        dune = self.env["res.partner"].create({"name": "Dune"})
        self._invoice(100.0)
        self._payment(95.0)
        self._invoice(20.0, partner=self.other_customer)
        self._payment(8.0, partner=dune)
        batch = self._select(side="both")
        dialog = self._dialog(batch, batch.action_process())
        self.assertEqual(dialog.item_count, 4)
        self.assertEqual((dialog.amount, dialog.amount_loss, dialog.amount_gain), (17.0, 25.0, 8.0))
        self.assertEqual(dialog.entry_count, 3, "one for each customer")
        self.assertEqual(dialog.accounts, "490100 Gain: $\xa08.00\n690100 Bad Debt: $\xa025.00")
        self.assertEqual(
            dialog.matched, "Items: 1, $\xa095.00, with other items of the same customers"
        )

    def test_confirmation_counts_entries_by_chunk(self):
        """One for all: with two items a chunk, Birch's two and Cave's one make two entries."""
        self._invoice(1.0)
        self._invoice(2.0)
        self._invoice(3.0, partner=self.other_customer)
        batch = self._select(grouping="one")
        with self._chunks_of(2):
            dialog = self._dialog(batch, batch.action_process())
            self.assertEqual(dialog.entry_count, 2)
            dialog.action_run()
            self._run_job()
        self.assertEqual(batch.entry_count, 2)

    # --- undo ---

    def test_undo_of_what_a_search_finds(self):
        first, second = self._invoice(10.0), self._invoice(20.0, partner=self.other_customer)
        batch = self._select()
        self.assertEqual(batch.action_open_candidates()["res_model"], "ar.writeoff.candidate")
        self.assertFalse(hasattr(batch.candidate_ids, "action_open_undo"))
        self._process(batch)
        self.assertEqual(batch.action_open_lines()["res_model"], "ar.writeoff.line")
        found = batch.line_ids.filtered(lambda line: line.move_id == second)
        action = found.action_open_undo()
        undo = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        undo.action_undo()
        self.assertEqual(self._residuals(first | second), [(0.0, 0.0), (20.0, 20.0)])

    def test_stopping_an_undo_says_so(self):
        self._invoice(10.0)
        self._invoice(20.0, partner=self.other_customer)
        batch = self._select()
        self._process(batch)
        with self._chunks_of(1):
            self._undo_batch(batch, batch.accounting_date)
        self.assertEqual(batch.state, "running")
        batch.action_stop()
        self.assertEqual((batch.state, batch.status), ("done", "posted"))
        last = batch.message_ids.sorted("id")[-1].body
        self.assertIn("The undo stopped: stopped by", last)

    # --- what nobody wants any more ---

    def test_drafts_that_were_never_run_disappear(self):
        self._invoice(10.0)
        empty, chosen, run = self._batch(), self._select(), self._batch()
        run.action_select()
        self._process(run)
        drafts = empty | chosen | run

        def age(days):
            for table in ("ar_writeoff_batch", "ar_writeoff_candidate"):
                self.env.flush_all()
                self.cr.execute(  # pylint: disable=sql-injection
                    f"UPDATE {table} SET write_date = %s",
                    [fields.Datetime.now() - timedelta(days=days)],
                )
            self.env.invalidate_all()

        self.env["ar.writeoff.batch"]._gc_drafts()
        self.assertEqual(drafts.exists(), drafts, "somebody is at work on them")
        age(2)
        self.env["ar.writeoff.batch"]._gc_drafts()
        self.assertEqual(drafts.exists(), chosen | run)
        age(31)
        chosen.candidate_ids.write({"comment": "still at it"})
        self.env["ar.writeoff.batch"]._gc_drafts()
        self.assertEqual(drafts.exists(), chosen | run)
        age(31)
        self.env["ar.writeoff.batch"]._gc_drafts()
        self.assertEqual(drafts.exists(), run)
