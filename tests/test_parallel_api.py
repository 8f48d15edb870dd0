"""The same call twice at the same time, on real connections: one write-off."""

import threading

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from .parallel_common import ParallelCommon


@tagged("post_install", "-at_install")
class TestParallelApi(ParallelCommon):
    def _send(self, move_ids, reference, sent, barrier=None):
        """Call as a program does: the server begins anew what another transaction overtook."""
        while True:
            with self.registry.cursor() as cr, mute_logger("odoo.sql_db"):
                env = self._clerk(cr)
                items = (
                    env["account.move"]
                    .browse(move_ids)
                    .line_ids.filtered(lambda line: line.account_type == "asset_receivable")
                )
                plan = {
                    "items": [{"item_id": item.id, "amount_currency": 10.0} for item in items],
                    "external_reference": reference,
                }
                if barrier:
                    barrier.wait(timeout=60)
                    barrier = None
                try:
                    result = env["ar.writeoff"].write_off(plan)
                    cr.commit()
                except SerializationFailure:
                    cr.rollback()
                    continue
                sent.append(result)
                return

    def test_twice_at_once(self):
        """Both hear of the same write-off, and one of them that it is a repetition."""
        ids, sent, barrier = self._invoices(100.0), [], threading.Barrier(2)
        threads = [
            threading.Thread(target=self._send, args=(ids, "TWICE-1", sent, barrier))
            for _number in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        self.assertEqual(sorted(result["repeated"] for result in sent), [False, True])
        self.assertEqual(len({result["writeoff_id"] for result in sent}), 1)
        self.assertEqual(self._residuals(ids), [90.0])

    def test_one_after_the_other(self):
        ids, sent = self._invoices(100.0), []
        for reference in ("ONE-1", "ONE-1", "ONE-2"):
            self._send(ids, reference, sent)
        self.assertEqual([result["repeated"] for result in sent], [False, True, False])
        self.assertEqual(self._residuals(ids), [80.0])
