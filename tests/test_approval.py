"""Above one's limit a write-off waits; approved it is posted, else it leaves no trace."""

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApproval(ApprovalCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(500.0)

    def test_within_the_limit(self):
        """A limit is inclusive."""
        writeoff = self._write_off(self._invoice(100.0))
        self.assertEqual((writeoff.state, writeoff.amount), ("posted", 100.0))
        self.assertFalse(self._requests())

    def test_above_it_nothing_is_posted(self):
        request = self._ask(self.invoice)
        self.assertEqual(self._residuals(self.invoice), [(500.0, 500.0)])
        self.assertFalse(self.env["ar.writeoff"].search([]))
        self.assertEqual((request.state, request.amount), ("waiting", 500.0))
        self.assertEqual(request.user_id, self.clerk)
        self.assertIn("100.00", request.why)
        self.assertEqual(self._activities(request), self.supervisor | self.director)

    def test_told_before(self):
        """The preview says that confirming makes a request."""
        wizard = self._wizard(self.invoice)
        wizard.action_preview()
        [told] = [one for one in wizard.problems.values() if one["code"] == "authority"]
        self.assertEqual(told["level"], "info")
        self.assertIn("500.00", told["message"])

    def test_invoice_says_so(self):
        """With the way to the request; of a batch, too, and no longer once it is decided."""
        request = self._ask(self.invoice)
        invoice = self.invoice.with_user(self.clerk)
        self.assertEqual(invoice.writeoff_request_id, request)
        self.assertEqual(invoice.action_open_writeoff_request()["res_id"], request.id)
        self._reject(request, self.supervisor)
        self.env.invalidate_all()
        self.assertFalse(invoice.writeoff_request_id)
        batch = self._select(self.clerk)
        self._process(batch)
        self.env.invalidate_all()
        self.assertEqual(invoice.writeoff_request_id, batch.waiting_request_id)

    def test_outcome(self):
        wizard = self._wizard(self.invoice)
        wizard.action_preview()
        action = wizard.action_confirm()
        self.assertIn(self._requests().name, str(action["params"]["links"]))
        self.assertIn(self.supervisor.name, action["params"]["message"])

    def test_approved_means_posted(self):
        request = self._ask(self.invoice, comment="gone")
        self._approve(request, self.supervisor)
        writeoff = request.result_id
        self.assertEqual(request.state, "approved")
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [("121000", "Birch", 0.0, 500.0), ("690100", "Birch", 500.0, 0.0)],
        )
        self.assertEqual(self._residuals(self.invoice), [(0.0, 0.0)])
        self.assertEqual(writeoff.user_id, self.clerk, "whose decision it was")
        self.assertEqual(writeoff.approved_by, self.supervisor)
        self.assertEqual((writeoff.comment, writeoff.request_id), ("gone", request))
        self.assertFalse(self._activities(request), "gone for all")
        self.assertFalse(self._reserved(self.invoice))

    def test_rejected(self):
        request = self._ask(self.invoice)
        self._reject(request, self.director, "Sue him")
        self.assertEqual((request.state, request.answer), ("rejected", "Sue him"))
        self.assertEqual(request.decided_by, self.director)
        self.assertFalse(self._reserved(self.invoice))
        self.assertFalse(self._activities(request))
        self.assertIn("Sue him", request.message_ids[0].body)
        self.assertIn(self.clerk.partner_id, request.message_ids[0].notified_partner_ids)
        self.assertTrue(self._ask(self.invoice), "free for another one")

    def test_a_rejection_says_why(self):
        request = self._ask(self.invoice)
        with self.assertRaisesRegex(UserError, "Say why"):
            self._reject(request, self.director, "  ")
        self.assertEqual(request.state, "waiting")

    def test_withdrawn(self):
        request = self._ask(self.invoice)
        with self.assertRaisesRegex(UserError, "is the request of"):
            request.with_user(self.supervisor).action_withdraw()
        request.with_user(self.clerk).action_withdraw()
        self.assertEqual(request.state, "withdrawn")
        self.assertFalse(self._reserved(self.invoice))

    def test_items_are_kept(self):
        """Another write-off is refused, a payment is not."""
        request = self._ask(self.invoice)
        with self.assertRaisesRegex(RedirectWarning, request.name) as caught:
            self.invoice.with_user(self.director).action_write_off()
        self.assertEqual(caught.exception.args[1]["res_id"], request.id, "the way to it")
        self._pay(self.invoice, 500.0)
        self.assertEqual(self._residuals(self.invoice), [(0.0, 0.0)])

    def test_own_requests(self):
        """With limits raised meanwhile, too: somebody else decides, unless the company says so."""
        request = self._ask(self.invoice)
        own = self.env["ar.writeoff.limit"].search([("user_id", "=", self.clerk.id)])
        own.with_user(self.officer).amount = 5000.0
        with self.assertRaisesRegex(UserError, "your own request"):
            self._approve(request, self.clerk)
        self.company.writeoff_approver_other = "no"
        self._approve(request, self.clerk)
        self.assertEqual(request.state, "approved")

    def test_authority_covers_it(self):
        request = self._ask(self._invoice(1000.01))
        self.assertEqual(self._activities(request), self.director)
        with self.assertRaisesRegex(AccessError, "above what you may approve"):
            self._approve(request, self.supervisor)
        self._approve(request, self.director)
        self.assertEqual(request.state, "approved")

    def test_decided_once(self):
        request = self._ask(self.invoice)
        late = self._dialog_of(request, self.director)
        self._approve(request, self.supervisor)
        with self.assertRaisesRegex(UserError, "Approved already"):
            late.action_decide()
        with self.assertRaisesRegex(UserError, "Approved already"):
            request.with_user(self.clerk).action_withdraw()

    def test_nobody_may_approve(self):
        self.director.active = False
        with self.assertRaisesRegex(UserError, "Nobody may approve it"), self.cr.savepoint():
            self._ask(self._invoice(2000.0))
        self.assertFalse(self._requests())

    def test_refused_for_good(self):
        everybody = self.env["ar.writeoff.limit"].search(
            [("user_id", "=", False), ("group_id", "=", False)]
        )
        everybody.with_user(self.officer).amount_policy = "refuse"
        somebody = self._user("somebody", "ar_writeoff.group_writeoff_user")
        wizard = self._wizard(self.invoice, somebody)
        wizard.action_preview()
        self.assertTrue(wizard.has_blockers)
        with self.assertRaisesRegex(UserError, "You may not write this off"):
            wizard.action_confirm()

    def test_strike_out(self):
        second = self._invoice(700.0)
        request = self._ask(self.invoice | second)
        self.assertEqual(self._activities(request), self.director, "1,200 is above 1,000")
        line = request.line_ids.filtered(lambda line: line.move_id == second)
        line.with_user(self.director).action_strike_out()
        self.assertEqual((request.amount, request.item_count), (500.0, 1))
        self.assertEqual(self._activities(request), self.director | self.supervisor)
        self.assertFalse(self._reserved(second))
        with self.assertRaisesRegex(UserError, "Reject it instead"):
            (request.line_ids - line).with_user(self.director).action_strike_out()
        with self.assertRaisesRegex(UserError, "your own request"):
            line.with_user(self.clerk).action_strike_out()
        self._approve(request, self.supervisor)
        self.assertEqual(self._residuals(self.invoice | second), [(0.0, 0.0), (700.0, 700.0)])

    def test_put_back(self):
        second = self._invoice(300.0)
        request = self._ask(self.invoice | second)
        line = request.line_ids.filtered(lambda line: line.move_id == second)
        line.with_user(self.supervisor).action_strike_out()
        line.with_user(self.supervisor).action_strike_out()
        self.assertEqual((request.amount, line.is_struck), (800.0, False))
        self.assertTrue(self._reserved(second))

    def test_many_at_once(self):
        requests = self._ask(self.invoice) | self._ask(self._invoice(600.0))
        self._approve(requests, self.supervisor)
        self.assertEqual(requests.mapped("state"), ["approved", "approved"])
        self.assertEqual(sorted(requests.result_id.mapped("amount")), [500.0, 600.0])

    def test_leave_draft(self):
        """Approved, its entry waits in draft as it does without limits."""
        self.company.writeoff_leave_draft = "yes"
        request = self._ask(self.invoice)
        self._approve(request, self.supervisor)
        self.assertEqual(request.result_id.state, "entries_draft")
        request.result_id.entry_ids.action_post()
        self.assertEqual(request.result_id.state, "posted")

    def test_reason_that_always_needs_one(self):
        self.settlement.needs_approval = True
        request = self._ask(self._invoice(5.0), reason_id=self.settlement)
        self.assertIn("always needs an approval", request.why)
        self._approve(request, self.supervisor)
        self.assertEqual(request.result_id.reason_id, self.settlement)

    # --- what changed since ---

    def test_paid_meanwhile(self):
        second = self._invoice(300.0)
        request = self._ask(self.invoice | second)
        self._pay(second, 300.0)
        dialog = self._dialog_of(request, self.supervisor)
        [told] = dialog.problems.values()
        self.assertEqual((told["code"], told["items"]), ("paid", self._items(second).ids))
        self.assertIn(second.name, told["message"])
        with self.assertRaisesRegex(UserError, "Read the warnings"):
            dialog.action_decide()
        dialog.warnings_confirmed = True
        dialog.action_decide()
        self.assertEqual(request.result_id.line_ids.move_id, self.invoice)

    def test_partly_paid_meanwhile(self):
        """Amounts shrink."""
        request = self._ask(self.invoice)
        self._pay(self.invoice, 180.0)
        self._approve(request, self.supervisor, confirm=True)
        self.assertEqual(request.result_id.amount, 320.0)
        self.assertEqual(self._residuals(self.invoice), [(0.0, 0.0)])

    def test_unpaid_meanwhile(self):
        """Amounts never grow."""
        payment = self._pay(self.invoice, 200.0)
        request = self._ask(self.invoice)
        self.assertEqual(request.amount, 300.0)
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertEqual(self._residuals(self.invoice), [(500.0, 500.0)])
        self._approve(request, self.supervisor, confirm=True)
        self.assertEqual(request.result_id.amount, 300.0)
        self.assertEqual(self._residuals(self.invoice), [(200.0, 200.0)])

    def test_all_paid_meanwhile(self):
        request = self._ask(self.invoice)
        self._pay(self.invoice, 500.0)
        dialog = self._dialog_of(request, self.supervisor)
        self.assertTrue(dialog.has_blockers)
        with self.assertRaises(UserError):
            dialog.action_decide()
        self._reject(request, self.supervisor)
        self.assertEqual(request.state, "rejected")

    def test_changed_while_looking(self):
        request = self._ask(self.invoice)
        dialog = self._dialog_of(request, self.supervisor)
        self._pay(self.invoice, 180.0)
        dialog.warnings_confirmed = True
        with self.assertRaisesRegex(UserError, "changed since you looked"):
            dialog.action_decide()
        self.assertEqual(request.state, "waiting")

    def test_locked_meanwhile(self):
        """The approver confirms the first open date."""
        request = self._ask(self.invoice, accounting_date="2024-05-31")
        self.company.fiscalyear_lock_date = "2024-05-31"
        dialog = self._dialog_of(request, self.supervisor)
        self.assertIn("moved_date", [one["code"] for one in dialog.problems.values()])
        with self.assertRaisesRegex(UserError, "Read the warnings"):
            dialog.action_decide()
        dialog.warnings_confirmed = True
        dialog.action_decide()
        self.assertEqual(str(request.result_id.entry_ids.date), "2024-06-01")

    def test_netting_is_done_anew(self):
        """What a credit was to be matched with: less of it is left, and not more given up."""
        credit = self._payment(120.0)
        wizard = self._wizard(self.invoice)
        action = self.customer.with_user(self.clerk).action_write_off()
        wizard = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        wizard.action_preview()
        wizard.action_confirm()
        request = self._requests()
        self.assertEqual(request.amount, 380.0, "after netting")
        other = self._invoice(120.0)
        (self._items(credit.move_id) | self._items(other)).reconcile()
        self._approve(request, self.supervisor, confirm=True)
        self.assertEqual(request.result_id.amount, 380.0)
        self.assertEqual(self._residuals(self.invoice), [(120.0, 120.0)])

    # --- time ---

    def test_reminder_and_expiry(self):
        request = self._ask(self.invoice).sudo()
        Request = request.browse()
        request.date = "2024-06-28"
        Request._look_after()
        self.assertFalse(request.reminded_on, "two days")
        request.date = "2024-06-27"
        Request._look_after()
        self.assertEqual(str(request.reminded_on), "2024-06-30")
        reminder = self.env["mail.message"].search(
            [("subject", "like", request.name)], order="id desc", limit=1
        )
        self.assertEqual(
            reminder.notified_partner_ids, (self.supervisor | self.director).partner_id
        )
        request.date = "2024-05-31"
        Request._look_after()
        self.assertEqual(request.state, "expired")
        self.assertFalse(self._reserved(self.invoice))
        self.assertIn(self.clerk.partner_id, request.message_ids[0].notified_partner_ids)

    # --- undo ---

    def test_undo(self):
        """Who may not write off so much may not take it back either."""
        writeoff = self._write_off(self.invoice, user=self.director)
        action = writeoff.with_user(self.clerk).action_open_undo()
        dialog = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        dialog.comment = "He pays"
        self.assertEqual(dialog.action_undo()["tag"], "display_notification")
        request = self._requests()
        self.assertEqual((request.kind, request.amount), ("undo", 500.0))
        self.assertEqual(writeoff.undo_request_id, request)
        self.assertEqual(
            writeoff.with_user(self.auditor).action_open_undo_request()["res_id"], request.id
        )
        self.assertEqual(writeoff.state, "posted")
        with self.assertRaisesRegex(UserError, "asked to undo it already"):
            dialog.action_undo()
        self._approve(request, self.supervisor)
        self.assertEqual(writeoff.state, "reversed")
        self.assertEqual(self._residuals(self.invoice), [(500.0, 500.0)])

    # --- a call ---

    def test_call(self):
        engine = self.env["ar.writeoff"].with_user(self.clerk)
        plan = {"items": [{"item_id": self._items(self.invoice).id}]}
        result = engine.write_off(plan)
        request = self._requests()
        expected = {
            "writeoff_id": False,
            "request_id": request.id,
            "state": "waiting",
            "problems": [],
        }
        self.assertEqual({name: result[name] for name in expected}, expected)
        small = engine.write_off({"items": [{"item_id": self._items(self._invoice(5.0)).id}]})
        self.assertFalse(small["request_id"])
        self.assertTrue(small["writeoff_id"])

    def test_many_at_once_count_on_the_day(self):
        """600 and 500 are more than 1,000 a day, also in one go; then none of them is approved."""
        own = self.env["ar.writeoff.limit"].search([("user_id", "=", self.supervisor.id)])
        own.with_user(self.officer).write({"day_policy": "limited", "day_amount": 1000.0})
        requests = self._ask(self._invoice(600.0)) | self._ask(self._invoice(500.0))
        dialog = self._dialog_of(requests, self.supervisor)
        refused = self.assertRaisesRegex(AccessError, "above what you may approve")
        with refused, self.cr.savepoint():
            dialog.action_decide()
        self.env.invalidate_all()
        self.assertEqual(requests.mapped("state"), ["waiting", "waiting"])

    def test_in_the_place_of_somebody_with_more(self):
        """Who may write off nothing of their own may approve for who is absent."""
        everybody = self.env["ar.writeoff.limit"].search(
            [("user_id", "=", False), ("group_id", "=", False)]
        )
        everybody.with_user(self.officer).amount_policy = "refuse"
        deputy = self._user("deputy", "ar_writeoff.group_writeoff_user")
        self.env["ar.writeoff.absence"].with_user(self.director).create(
            {
                "user_id": self.director.id,
                "delegate_id": deputy.id,
                "date_from": "2024-06-01",
                "date_to": "2024-07-31",
            }
        )
        request = self._ask(self._invoice(5000.0))
        self._approve(request, deputy)
        self.assertEqual((request.state, request.in_place_of), ("approved", self.director))

    def test_history_cannot_go(self):
        request = self._ask(self.invoice)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            request.sudo().unlink()
        with self.assertRaises(AccessError):
            request.with_user(self.director).unlink()
        with self.assertRaises(AccessError):
            request.with_user(self.supervisor).write({"state": "approved"})
        with self.assertRaises(AccessError):
            request.line_ids.with_user(self.clerk).write({"amount_currency": 1.0})
