"""The same call twice at the same time, on real connections: it is done once."""

import threading
import uuid

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .parallel_common import ParallelCommon


@tagged("post_install", "-at_install")
class TestParallelApi(ParallelCommon):
    def setUp(self):
        super().setUp()
        self.reference = uuid.uuid4().hex  # what was committed by a former run stays

    def _send(self, call, sent, barrier=None):
        """Call as a program does: the server begins anew what another transaction overtook.

        :param call: gets the clerk's environment, returns the result
        """
        while True:
            with self.registry.cursor() as cr, mute_logger("odoo.sql_db"):
                env = self._clerk(cr)
                env["ar.writeoff"].search([], limit=1)  # from here on it sees what stands now
                if barrier:
                    barrier.wait(timeout=60)
                    barrier = None
                try:
                    result = call(env)
                    cr.commit()
                except SerializationFailure:
                    cr.rollback()
                    continue
                except UserError as error:
                    cr.rollback()
                    result = str(error)
                sent.append(result)
                return

    def _send_twice(self, call):
        sent, barrier = [], threading.Barrier(2)
        threads = [
            threading.Thread(target=self._send, args=(call, sent, barrier)) for _number in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        self.assertEqual(len(sent), 2)
        return sent

    def _write_off(self, move_ids, reference=None):
        """A call that writes off 10.00 of each of these invoices."""

        def call(env):
            items = self._items(env, move_ids)
            return env["ar.writeoff"].write_off(
                {
                    "items": [{"item_id": item.id, "amount_currency": 10.0} for item in items],
                    "external_reference": reference or self.reference,
                }
            )

        return call

    def _items(self, env, move_ids):
        lines = env["account.move"].browse(move_ids).line_ids
        return lines.filtered(lambda line: line.account_type == "asset_receivable")

    def test_twice_at_once(self):
        """Both hear of the same write-off, and one of them that it is a repetition."""
        ids = self._invoices(100.0)
        sent = self._send_twice(self._write_off(ids))
        self.assertEqual(sorted(result["repeated"] for result in sent), [False, True])
        self.assertEqual(len({result["writeoff_id"] for result in sent}), 1)
        self.assertEqual(self._residuals(ids), [90.0])

    def test_one_after_the_other(self):
        ids, sent = self._invoices(100.0), []
        for reference in (self.reference, self.reference, f"{self.reference}-2"):
            self._send(self._write_off(ids, reference), sent)
        self.assertEqual([result["repeated"] for result in sent], [False, True, False])
        self.assertEqual(self._residuals(ids), [80.0])

    def test_undone_twice_at_once(self):
        """It is taken back once; who comes second hears that it is, or that somebody is at it."""
        ids, sent = self._invoices(100.0), []
        self._send(self._write_off(ids), sent)
        plan = {"writeoff_reference": self.reference}
        answers = self._send_twice(lambda env: env["ar.writeoff"].undo_write_off(plan))
        self.assertTrue(any(isinstance(one, dict) for one in answers), answers)
        for one in answers:
            if isinstance(one, dict):
                self.assertEqual(one["writeoff"]["state"], "reversed")
        self.assertEqual(self._residuals(ids), [100.0])
        with self.registry.cursor() as cr:
            writeoff = self._clerk(cr)["ar.writeoff"].browse(sent[0]["writeoff_id"])
            self.assertEqual(len(writeoff.line_ids), 1)
            self.assertEqual(
                sorted(writeoff.line_ids.entry_line_ids.move_id.mapped("writeoff_role")),
                ["entry", "reversal"],
            )

    def test_a_batch_twice_at_once(self):
        """There is one batch, and what it names is written off once."""
        ids = self._invoices(60.0, 40.0)

        def call(env):
            return env["ar.writeoff.batch"].write_off_batch(
                {
                    "items": [{"item_id": item.id} for item in self._items(env, ids)],
                    "external_reference": self.reference,
                    "start": True,
                }
            )

        sent = self._send_twice(call)
        self.assertEqual(len({result["batch_id"] for result in sent}), 1)
        self.assertEqual(self._residuals(ids), [0.0, 0.0])
        self.assertEqual(self._written_off(ids), [40.0, 60.0])

    def test_two_lists_into_one_batch(self):
        """The second waits for nothing and pushes nothing out; afterwards it finds the first."""
        [move_id] = self._invoices(30.0)
        with self.registry.cursor() as cr:
            env = self._clerk(cr)
            name = env["account.move"].browse(move_id).name
            batch_id = env["ar.writeoff.batch"].create({}).id
            cr.commit()

        def load(env):
            Row = env["ar.writeoff.batch.row"].with_context(default_batch_id=batch_id)
            return Row.load(["name"], [[name]])

        sent = []
        with self.registry.cursor() as cr:
            self.assertTrue(load(self._clerk(cr))["ids"])
            self._send(load, sent)
            cr.commit()
        self._send(load, sent)
        self.assertIn("Somebody else works on", sent[0])
        self.assertIn("is in this batch already", sent[1]["messages"][0]["message"])
        with self.registry.cursor() as cr:
            batch = self._clerk(cr)["ar.writeoff.batch"].browse(batch_id)
            self.assertEqual(batch.candidate_ids.mapped("item_name"), [name])
