"""Set-based posting: the same books as in Odoo's way, and who goes Odoo's way."""

from unittest.mock import patch

from odoo.tests import tagged

from .batch_common import BatchCommon
from .bulk_common import BulkCommon


@tagged("post_install", "-at_install")
class TestBulk(BulkCommon, BatchCommon):
    def _run(self, **values):
        """A batch over all that is open, from its form to the end of the job."""
        batch = self._select(**values)
        self._process(batch, include_all=True)
        self._run_job()
        self.assertFalse(batch.candidate_ids.mapped("obstacle_message"))
        return sorted(batch.line_ids.mapped("state"))

    def test_batch_of_invoices(self):
        """Four invoices of two customers, one partly paid, one in euros, one in two instalments."""
        euro = self._currency("EUR", 0.5)
        self._invoice(100.0)
        self._pay(self._invoice(80.0), 30.0)
        self._invoice(60.0, currency_id=euro.id)
        term = self._instalments((40.0, 0), (60.0, 30))
        self._invoice(50.0, partner=self.other_customer, invoice_payment_term_id=term.id)
        for grouping in ("partner", "one", "document"):
            with self.subTest(grouping=grouping):
                odoo, bulk = self._both_ways(lambda grouping=grouping: self._run(grouping=grouping))
                self.assertEqual(odoo, ["done"] * 5)
                self.assertEqual(bulk, ["done"] * 5)
