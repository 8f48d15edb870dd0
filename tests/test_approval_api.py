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
