"""No rule is passed by a side door: retry, instalments, rules that change, what others do."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.ar_writeoff.models.undo_request import UndoRequest

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBatchRules(BatchCommon):
    def _queue(self, batch):
        """Start it, nothing is run yet."""
        Run = self.env.registry["ar.writeoff.run"]
        with patch.object(Run, "_get_at_once_size", lambda run: 0):
            self._process(batch)

    def _run(self, batch):
        """What the scheduled job does with it."""
        while self._run_of(batch)._run_chunk_as_user():
            pass

    def _undo_chunk(self, batch, lines):
        """Undo lines and their matching though the batch may be under way."""
        request = UndoRequest(batch.accounting_date, with_netting=True)
        live = lines.filtered(lambda line: line.state == "done")
        for writeoff, own in live.grouped("writeoff_id").items():
            self.env["ar.writeoff.reversal"]._reverse(writeoff, own, request, is_all=False)
        self.env["ar.writeoff.undo.runner"]._open_matched(batch, request)

    # --- periods ---

    def test_a_period_that_closes_while_it_runs(self):
        """Odoo would move the entry into July without a word."""
        invoice = self._invoice(10.0)
        batch = self._select()
        self._queue(batch)
        self.company.fiscalyear_lock_date = date(2024, 6, 30)
        self._run(batch)
        self.assertFalse(batch.writeoff_ids)
        self.assertEqual(
            (batch.candidate_ids.state, batch.candidate_ids.obstacle), ("skipped", "lock_date")
        )
        with self.assertRaisesRegex(UserError, "lies in a closed period"):
            self._retry(batch)
        self.assertEqual(invoice.amount_residual, 10.0)

    # --- limits ---

    def test_retry_keeps_to_the_limit_of_the_run(self):
        """6 and what is left of 100: 5; the payment bounces, 100 are more than 12."""
        self._invoice(6.0)
        bounced = self._invoice(100.0)
        payment = self._pay(bounced, 95.0)
        batch = self._select(limit_run=12.0)
        self.assertEqual(batch.amount, 11.0)
        self._queue(batch)
        self._items(payment.move_id).remove_move_reconcile()
        self._run(batch)
        self.assertEqual(batch.amount, 6.0)
        with self.assertRaisesRegex(UserError, "106.00 are included, more than .*12.00"):
            self._retry(batch)
        self.assertEqual(bounced.amount_residual, 100.0)

    def test_retry_counts_what_was_done_of_the_customer(self):
        """6 are done; 8 more of the same customer are above 10."""
        self._invoice(6.0)
        bounced = self._invoice(8.0)
        payment = self._pay(bounced, 5.0)
        batch = self._select(limit_customer=10.0)
        self._queue(batch)
        self._items(payment.move_id).remove_move_reconcile()
        self._run(batch)
        with self.assertRaisesRegex(UserError, "14.00 together, is above .*10.00"):
            self._retry(batch)

    def test_retry_in_draft_is_a_run_like_any_other(self):
        """Nothing could be done; the limit is taken away: it must be selected again."""
        invoice = self._invoice(10.0)
        batch = self._select()
        self._queue(batch)
        self._pay(invoice, 4.0)
        self._run(batch)
        self.assertEqual(batch.state, "draft")
        batch.limit_document = 0.0
        with self.assertRaisesRegex(UserError, "A batch needs a limit"), self.cr.savepoint():
            self._retry(batch)
        batch.limit_document = 10.0
        message = "changed since the open items were selected"
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            self._retry(batch)
        batch.action_select()
        self._process(batch)
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_no_limit_is_passed_one_instalment_at_a_time(self):
        """12 in two instalments, a limit of 10: neither by hand nor by a filter of due dates."""
        term = self._instalments((50.0, 0), (50.0, 30))
        self._invoice(12.0, invoice_payment_term_id=term.id)
        batch = self._select(limit_document=10.0)
        batch.candidate_ids[0].action_include()
        self.assertEqual(batch.included_count, 0)
        batch = self._select(limit_document=10.0, due_to="2024-01-31")
        self.assertEqual(batch.candidate_ids.mapped("obstacle"), ["limit_document"])

    def test_own_limit_set_after_the_selection(self):
        self._invoice(10.0)
        other = self._invoice(10.0, partner=self.other_customer)
        batch = self._select()
        own_limit = {"writeoff_policy": "limited", "writeoff_limit": 5.0}
        self.customer.with_company(self.company).write(own_limit)
        dialog = self._dialog(batch, batch.action_process())
        self.assertEqual((dialog.item_count, dialog.amount), (1, 10.0))
        self._queue(batch)
        self.other_customer.with_company(self.company).write(own_limit)
        self._run(batch)
        self.assertEqual(
            batch.candidate_ids.filtered("obstacle").mapped("obstacle"), ["limit_own"] * 2
        )
        self.assertEqual(other.amount_residual, 10.0)

    # --- netting ---

    def test_a_credit_whose_debit_is_left_out_is_no_gain(self):
        """The invoice is blocked, or excluded by hand: its credit stays with it."""
        invoice, payment = self._invoice(100.0), self._payment(50.0)
        invoice.action_toggle_block_payment()
        batch = self._select(side="both")
        codes = {line.move_id: line.obstacle for line in batch.candidate_ids}
        self.assertEqual(codes, {invoice: "blocked", payment.move_id: "netted_with"})
        invoice.action_toggle_block_payment()
        batch = self._select(side="both")
        lines = {line.move_id: line for line in batch.candidate_ids}
        lines[invoice].is_included = False
        self.assertEqual(lines[payment.move_id].obstacle, "netted_with")
        lines[invoice].is_included = True
        self.assertEqual(batch.included_count, 2)

    def test_undo_of_the_whole_opens_what_was_only_matched(self):
        settled, credit = self._invoice(30.0), self._payment(30.0)
        self._invoice(10.0, partner=self.other_customer)
        batch = self._select(side="both")
        self._process(batch)
        undo = self._dialog(batch, batch.action_open_undo())
        undo.action_undo()
        self.assertEqual(self._residuals(settled), [(30.0, 30.0)])
        self.assertEqual(self._residuals(credit.move_id), [(-30.0, -30.0)])

    def test_undo_of_nothing_but_matching(self):
        settled, _credit = self._invoice(30.0), self._payment(30.0)
        batch = self._select(side="both")
        self._process(batch)
        self._dialog(batch, batch.action_open_undo()).action_undo()
        self.assertEqual(self._residuals(settled), [(30.0, 30.0)])

    def test_drafts_that_are_cancelled_take_their_matching_along(self):
        self._invoice(100.0)
        self._payment(30.0)
        batch = self._select(side="both", leave_draft=True)
        self._process(batch)
        batch.action_cancel_entries()
        self.assertEqual(set(batch.line_ids.mapped("state")), {"cancelled"})
        self.assertEqual((batch.status, batch.included_count), ("cancelled", 0))

    # --- amounts and warnings ---

    def test_retry_keeps_the_amount_the_user_set(self):
        """4 of 10; 2 are paid meanwhile: it is still 4."""
        invoice = self._invoice(10.0)
        self._invoice(1.0)
        batch = self._select()
        batch.candidate_ids.filtered(lambda line: line.move_id == invoice).amount_currency = 4.0
        self._queue(batch)
        self._pay(invoice, 2.0)
        self._run(batch)
        self._retry(batch)
        self.assertEqual(invoice.amount_residual, 4.0)

    def test_two_warnings_of_one_item(self):
        """Confirmed by including it; excluded and included again, they stay confirmed."""
        invoice = self._discounted()
        self._invoice(4.0, move_type="in_invoice")
        batch = self._select()
        for is_included in (True, False, True):
            batch.candidate_ids.is_included = is_included
        self.assertRegex(batch.candidate_ids.confirmed_message, "discount.*You owe Birch")
        self._process(batch)
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_process_all_names_what_nobody_has_looked_at(self):
        invoice = self._discounted()
        batch = self._select()
        dialog = self._dialog(batch, batch.action_process_all())
        self.assertIn("may still pay less", str(dialog.problems))
        with self.assertRaisesRegex(UserError, "Read the warnings first"), self.cr.savepoint():
            dialog.action_run()
        dialog.warnings_confirmed = True
        dialog.action_run()
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertIn("may still pay less", batch.warnings_confirmed)

    def test_a_warning_that_comes_later_is_confirmed_at_retry(self):
        invoice = self._invoice(10.0)
        self._invoice(1.0, partner=self.other_customer)
        batch = self._select()
        self._queue(batch)
        self._invoice(4.0, move_type="in_invoice")
        self._run(batch)
        line = batch.candidate_ids.filtered(lambda line: line.move_id == invoice)
        self.assertEqual((line.state, line.obstacle), ("skipped", "payables"))
        dialog = self._dialog(batch, batch.action_retry())
        self.assertIn("You owe Birch", str(dialog.problems))
        dialog.warnings_confirmed = True
        dialog.action_run()
        self.assertEqual(invoice.amount_residual, 0.0)

    # --- process all, include ---

    def test_process_all_takes_what_fits(self):
        """6 + 5 of a limit of 12; 4 more do not fit, 1 does: no complaint, 12 are taken."""
        for month, amount in ((1, 6.0), (2, 5.0), (3, 4.0), (4, 1.0)):
            self._invoice(amount, date=f"2024-0{month}-01")
        batch = self._select(limit_run=12.0)
        batch.candidate_ids.action_exclude()
        dialog = self._process(batch, include_all=True)
        self.assertEqual((dialog.item_count, dialog.amount), (3, 12.0))
        self.assertEqual(batch.amount, 12.0)

    def test_including_never_pushes_out(self):
        """6 are included, 5 more of the same customer would take them above 10: they stay out."""
        self._invoice(6.0)
        batch = self._select(limit_customer=10.0)
        self._invoice(5.0)
        batch.action_select()
        first, second = batch.candidate_ids.sorted("id")
        self.assertEqual(batch.included_count, 0, "together they are above the limit")
        first.action_include()
        self.assertEqual((first.state, second.state), ("planned", "left_out"))
        second.action_include()
        self.assertEqual((first.state, second.state), ("planned", "left_out"))
        self.assertEqual(second.obstacle, "limit_customer")

    def test_including_many_blames_only_who_pushes_out(self):
        """Birch would be above 10, Cave is not: Cave comes in."""
        self._invoice(6.0)
        batch = self._select(limit_customer=10.0)
        self._invoice(5.0)
        cave = self._invoice(3.0, partner=self.other_customer)
        batch.action_select()
        lines = {line.move_id: line for line in batch.candidate_ids}
        lines[cave].action_exclude()
        batch.candidate_ids.sorted("id")[0].action_include()
        batch.candidate_ids.filtered(lambda line: line.state == "left_out").action_include()
        included = batch.candidate_ids.filtered(lambda line: line.state == "planned")
        self.assertEqual(sorted(included.mapped("amount")), [3.0, 6.0])

    def test_a_credit_comes_along_with_its_debit(self):
        """60 and 50 less 20 are above 70; 60 alone, less 20, are 40."""
        first = self._invoice(60.0)
        self._invoice(50.0, date="2024-02-15")
        self._payment(20.0)
        batch = self._select(side="both", limit_customer=70.0)
        self.assertEqual(set(batch.candidate_ids.mapped("obstacle")), {"limit_customer"})
        line = batch.candidate_ids.filtered(lambda line: line.move_id == first)
        line.action_include()
        self.assertEqual((line.state, line.amount_currency, batch.amount), ("planned", 40.0, 40.0))

    def test_an_unrelated_choice_includes_nothing_else(self):
        """10 are tied to a credit that is too large; a euro invoice is excluded: they stay out."""
        tied = self._invoice(10.0)
        self._payment(130.0)
        euro = self._invoice(4.0, currency_id=self._currency("EUR", 2.0).id)
        batch = self._select(side="both", limit_document=100.0)
        lines = {line.move_id: line for line in batch.candidate_ids}
        self.assertEqual(lines[tied].obstacle, "netted_with")
        lines[euro].action_exclude()
        self.assertEqual(lines[tied].state, "left_out")

    def test_an_instalment_of_a_subsidiary_again(self):
        self.company.writeoff_child_full_only = "yes"
        child = self.env["res.partner"].create(
            {"name": "North", "is_company": True, "parent_id": self.customer.id}
        )
        term = self._instalments((50.0, 0), (50.0, 30))
        self._invoice(12.0, partner=child, invoice_payment_term_id=term.id)
        batch = self._select()
        batch.candidate_ids[0].action_exclude()
        self.assertEqual(batch.candidate_ids.mapped("obstacle"), ["user", "child"])
        batch.candidate_ids.action_include()
        self.assertEqual(batch.included_count, 2)

    def test_an_amount_survives_netting(self):
        """4 of 10; a credit of 10 nets all of it, and is taken out again: it is 4."""
        invoice, payment = self._invoice(10.0), self._payment(10.0)
        batch = self._select(side="both")
        lines = {line.move_id: line for line in batch.candidate_ids}
        lines[payment.move_id].action_exclude()
        lines[invoice].amount_currency = 4.0
        lines[payment.move_id].action_include()
        self.assertEqual(lines[invoice].amount_currency, 0.0)
        lines[payment.move_id].action_exclude()
        self.assertEqual(lines[invoice].amount_currency, 4.0)

    def test_a_surplus_credit_is_no_gain_while_its_debit_is_refused(self):
        """50 less 50, and 20 more: the first credit goes elsewhere, the second stays as it is."""
        self._invoice(50.0)
        first = self._payment(50.0)
        second = self._payment(20.0, date="2024-03-15")
        batch = self._select(side="both")
        self._queue(batch)
        elsewhere = self._invoice(50.0, date="2024-04-01")
        (self._items(first.move_id) | self._items(elsewhere)).reconcile()
        self._run(batch)
        self.assertEqual(self._balance(self.gain_account), 0.0)
        self.assertEqual(self._residuals(second.move_id), [(-20.0, -20.0)])

    def test_undo_of_one_line_leaves_the_matching_of_others(self):
        """Birch is only matched, Cave is done, a third one waits: Cave's undo is Cave's alone."""
        settled, _credit = self._invoice(30.0), self._payment(30.0)
        done = self._invoice(7.0, partner=self.other_customer)
        third = self._invoice(9.0, partner=self.env["res.partner"].create({"name": "Dune"}))
        batch = self._select(side="both")
        self._queue(batch)
        for size in (2, 1):  # Birch's two items, then Cave's
            with self._chunks_of(size):
                self._run_of(batch)._run_chunk_as_user()
        lines = self._by_document(batch)
        self.assertEqual([lines[move].state for move in (done, third)], ["done", "queued"])
        self._undo_chunk(batch, lines[done])
        self.assertEqual(self._residuals(settled), [(0.0, 0.0)])
        self._run(batch)
        self._undo_chunk(batch, batch.line_ids)
        self.assertEqual(self._residuals(settled), [(30.0, 30.0)], "now nothing is left")

    # --- what is confirmed is what is run ---

    def test_changed_between_the_dialog_and_its_button(self):
        self._invoice(10.0)
        self._invoice(500.0)
        batch = self._select()
        large = batch.candidate_ids.filtered(lambda line: line.amount == 500.0)
        large.is_included = False
        dialog = self._dialog(batch, batch.action_process())
        large.is_included = True  # in another window
        with self.assertRaisesRegex(UserError, "takes 2 items, .*510.00, not .*10.00"):
            dialog.action_run()

    def test_branches_the_user_does_not_see(self):
        (north,) = self._branch("North")
        self._invoice(10.0)
        self._invoice_of(north, 5.0)
        both = {"allowed_company_ids": (self.company | north).ids}
        Batch = self.env["ar.writeoff.batch"].with_user(self.clerk).with_context(**both)
        batch = Batch.create({"limit_document": 100.0})
        batch.action_select()
        alone = batch.with_context(allowed_company_ids=self.company.ids)
        with self.assertRaisesRegex(UserError, "concerns .*North"):
            alone.action_process()
        batch = batch.with_context(**both)
        self._process(batch)
        self.assertEqual(batch.amount, 15.0)

    def test_while_it_runs(self):
        self._invoice(10.0)
        batch = self._select()
        self._queue(batch)
        for act in (batch.action_retry, batch.action_process, batch.action_select):
            with self.assertRaises(UserError), self.cr.savepoint():
                act()

    def test_stop_is_for_what_runs(self):
        self._invoice(10.0)
        batch = self._select()
        self._process(batch)
        count = len(batch.sudo().message_ids)
        batch.action_stop()
        self.assertEqual((batch.status, len(batch.sudo().message_ids)), ("posted", count))

    def test_process_is_the_only_way(self):
        """Neither a state that is written nor a button of the register passes by the limits."""
        self._invoice(10.0)
        batch = self._select()
        with self.assertRaises(AccessError), self.cr.savepoint():
            batch.state = "running"
        with self.assertRaises(AccessError), self.cr.savepoint():
            batch.candidate_ids.state = "queued"
        self.assertFalse(hasattr(batch, "action_post"))
