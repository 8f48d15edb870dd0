"""Who asked for what was written off, and who approved it, in the analysis."""

from odoo.tests import tagged

from .analysis_common import AnalysisCommon
from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalAnalysis(ApprovalCommon, AnalysisCommon):
    def test_asked_and_approved(self):
        """500 of the clerk's approved by the supervisor, 10 within the limit."""
        self._write_off(self._invoice(10.0))
        request = self._ask(self._invoice(500.0))
        self.assertEqual(self._table(["user_id"], "amount:sum"), {(self.clerk.name,): (10.0,)})
        self._approve(request, self.supervisor)
        self.assertEqual(
            self._table(["user_id", "approved_by"], "amount:sum"),
            {(self.clerk.name, self.supervisor.name): (500.0,), (self.clerk.name, ""): (10.0,)},
        )
        self.assertTies()

    def test_undone(self):
        """The row of the undo is that of the same decision: they add up to nothing."""
        self._approve(self._ask(self._invoice(500.0)), self.supervisor)
        writeoff = self.env["ar.writeoff"].search([], order="id desc", limit=1)
        self._undo_on(writeoff, "2024-07-31")
        self.assertEqual(
            self._table(["approved_by"], "amount:sum", "__count"),
            {(self.supervisor.name,): (0.0, 2)},
        )

    def test_in_the_place_of(self):
        """5,000 are beyond the supervisor, who stands in for the director."""
        self.env["ar.writeoff.absence"].with_user(self.director).create(
            {
                "user_id": self.director.id,
                "delegate_id": self.supervisor.id,
                "date_from": "2024-06-01",
                "date_to": "2024-07-31",
            }
        )
        self._approve(self._ask(self._invoice(5000.0)), self.supervisor)
        names = ("approved_by", "approved_in_place_of")
        self.assertEqual(self._rows(*names), [(self.supervisor.name, self.director.name)])

    def test_batch(self):
        """What a batch wrote off that was approved."""
        self._invoice(60.0)
        self._invoice(70.0)
        self._process(self._select(self.clerk))
        self._approve(self._requests(), self.supervisor)
        self.assertEqual(
            self._table(["user_id", "approved_by"], "amount:sum"),
            {(self.clerk.name, self.supervisor.name): (130.0,)},
        )
