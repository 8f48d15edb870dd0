"""A call above the authority of the caller: the request's id, and what became of it later."""

from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalApi(ApprovalCommon):
    def _call(self, invoice, user=None):
        plan = {
            "items": [{"reference": invoice.name}],
            "reason_id": self.bad_debt.id,
            "external_reference": "DUN-7",
        }
        return self.env["ar.writeoff"].with_user(user or self.clerk).write_off(plan)

    def test_approved(self):
        """First the request, then, by the same call, what was posted of it."""
        invoice = self._invoice(500.0)
        first = self._call(invoice)
        request = self._requests()
        self.assertEqual(
            (first["status"], first["state"], first["request_id"], first["writeoff_id"]),
            ("requested", "waiting", request.id, False),
        )
        self.assertEqual([row["status"] for row in first["items"]], ["requested"])
        self.assertEqual(self._residuals(invoice), [(500.0, 500.0)])
        self._approve(request, self.supervisor)
        again = self._call(invoice)
        self.assertEqual((again["repeated"], again["state"]), (True, "approved"))
        self.assertEqual(again["writeoff_id"], request.result_id.id)
        self.assertEqual(again["items"][0]["lines"][0]["state"], "done")
        self.assertEqual(again["writeoff"]["external_reference"], "DUN-7")
        self.assertEqual(self._requests(), request, "nothing was asked for again")

    def test_rejected(self):
        """The first result with its state of now: nothing is asked for a second time."""
        invoice = self._invoice(500.0)
        first = self._call(invoice)
        self._reject(self._requests(), self.supervisor)
        again = self._call(invoice)
        self.assertEqual((again["repeated"], again["state"]), (True, "rejected"))
        self.assertEqual(again["request_id"], first["request_id"])
        self.assertEqual(again["request"]["answer"], "Sue him")
        self.assertEqual(len(self._requests()), 1)
        self.assertEqual(self._residuals(invoice), [(500.0, 500.0)])

    def test_within_the_limit(self):
        result = self._call(self._invoice(100.0))
        self.assertEqual((result["status"], result["request_id"]), ("written_off", False))

    def test_nobody_may_approve(self):
        """It is refused with the remedy, and the reference stays free."""
        self.director.active = self.supervisor.active = False
        result = self._call(self._invoice(500.0))
        self.assertEqual((result["status"], result["request_id"]), ("refused", False))
        self.assertEqual(len(result["problems"]), 1)
        self.assertTrue(result["problems"][0]["remedy"]["text"])
        self.assertFalse(self.env["ar.writeoff.call"].search([]))

    def test_withdrawn_and_expired(self):
        """What nobody approved stays so, and its items are free for another call."""
        invoice = self._invoice(500.0)
        for end, state in (
            (lambda request: request.with_user(self.clerk).action_withdraw(), "withdrawn"),
            (lambda request: request.sudo()._refuse("expired", {}), "expired"),
        ):
            plan = {"items": [{"reference": invoice.name}], "external_reference": state}
            engine = self.env["ar.writeoff"].with_user(self.clerk)
            first = engine.write_off(plan)
            end(self.env["ar.writeoff.request"].browse(first["request_id"]))
            again = engine.write_off(plan)
            with self.subTest(state):
                self.assertEqual((again["repeated"], again["state"]), (True, state))
                self.assertEqual((again["status"], again["writeoff_id"]), ("requested", False))
                self.assertEqual([row["state"] for row in again["items"]], [state])
        self.assertEqual(self._residuals(invoice), [(500.0, 500.0)])

    def test_a_preview_says_so(self):
        invoice = self._invoice(500.0)
        plan = {"items": [{"reference": invoice.name}], "reason_id": self.bad_debt.id}
        shown = self.env["ar.writeoff"].with_user(self.clerk).preview_write_off(plan)
        self.assertEqual((shown["status"], len(shown["entries"])), ("ready", 1))
        [notice] = shown["problems"]
        self.assertEqual((notice["code"], notice["level"]), ("authority", "info"))
        self.assertFalse(self._requests())

    def test_what_is_left_is_one_decision(self):
        """60 and 60 are 120, above the clerk's 100, though each is within it; 1 is left out."""
        invoices = [self._invoice(amount) for amount in (60.0, 60.0, 1.0)]
        invoices[2].action_toggle_block_payment()
        plan = {
            "items": [{"reference": invoice.name} for invoice in invoices],
            "all_or_nothing": False,
        }
        result = self.env["ar.writeoff"].with_user(self.clerk).write_off(plan)
        request = self._requests()
        self.assertEqual((result["request_id"], request.amount), (request.id, 120.0))
        self.assertEqual(
            [row["status"] for row in result["items"]], ["requested", "requested", "left_out"]
        )

    def test_struck_out(self):
        """One of two is approved: the other says why it is not written off."""
        invoices = self._invoice(300.0), self._invoice(400.0)
        plan = {
            "items": [{"reference": invoice.name} for invoice in invoices],
            "external_reference": "DUN-7",
        }
        engine = self.env["ar.writeoff"].with_user(self.clerk)
        engine.write_off(plan)
        request = self._requests()
        request.line_ids[1].with_user(self.supervisor).action_strike_out()
        self._approve(request, self.supervisor)
        again = engine.write_off(plan)
        self.assertEqual([row["state"] for row in again["items"]], ["done", "struck_out"])
        self.assertEqual(again["writeoff"]["amount"], 300.0)

    def test_undo(self):
        """Above the limit it waits, too; approved, the same call tells what was reversed."""
        invoice = self._invoice(600.0)
        written_off = self._call(invoice, self.director)
        plan = {"writeoff_reference": "DUN-7", "external_reference": "UNDO-7"}
        engine = self.env["ar.writeoff"].with_user(self.clerk)
        first = engine.undo_write_off(plan)
        request = self._requests()
        self.assertEqual(
            (first["status"], first["state"], first["request_id"], first["writeoff_id"]),
            ("requested", "waiting", request.id, written_off["writeoff_id"]),
        )
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])
        self._approve(request, self.supervisor)
        again = engine.undo_write_off(plan)
        self.assertEqual((again["repeated"], again["state"]), (True, "approved"))
        self.assertEqual([row["state"] for row in again["items"]], ["reversed"])
        self.assertEqual(again["writeoff"]["state"], "reversed")

    def test_undo_of_what_was_approved(self):
        """By the reference of the call that asked for it."""
        invoice = self._invoice(500.0)
        self._call(invoice)
        self._approve(self._requests(), self.supervisor)
        engine = self.env["ar.writeoff"].with_user(self.supervisor)
        result = engine.undo_write_off({"writeoff_reference": "DUN-7"})
        self.assertEqual((result["status"], result["writeoff"]["state"]), ("undone", "reversed"))
        self.assertEqual(self._call(invoice)["writeoff"]["state"], "reversed")
        self.assertEqual(self._residuals(invoice), [(500.0, 500.0)])

    def test_a_batch(self):
        """Requested as a whole; rejected, it is a draft again and may be started anew."""
        invoice = self._invoice(500.0)
        plan = {
            "items": [{"reference": invoice.name}],
            "reason_id": self.bad_debt.id,
            "start": True,
            "external_reference": "RUN-1",
        }
        batches = self.env["ar.writeoff.batch"].with_user(self.clerk)
        first = batches.write_off_batch(plan)
        request = self._requests()
        self.assertEqual((first["status"], first["state"]), ("requested", "requested"))
        self.assertEqual((first["request_id"], first["request"]["state"]), (request.id, "waiting"))
        self._reject(request, self.supervisor)
        again = batches.write_off_batch(plan)
        self.assertEqual((again["state"], again["request"]["state"]), ("draft", "rejected"))
        started = batches.start_batch({"batch_id": first["batch_id"]})
        self._approve(self._requests() - request, self.supervisor)
        self.assertEqual(started["request"]["state"], "waiting")
        again = batches.write_off_batch(plan)
        self.assertEqual((again["state"], again["request"]["state"]), ("posted", "approved"))
        self.assertEqual([row["state"] for row in again["items"]], ["done"])
