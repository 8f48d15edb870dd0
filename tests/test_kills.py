"""Workers that die in the middle of a run or an undo: nothing is lost, nothing is done twice.

``scripts/chaos`` does it a thousand times.
"""

import os
import random
import signal
import threading
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api, sql_db
from odoo.tests import tagged

from .parallel_common import DATABASE, ParallelCommon

KILLS = int(os.environ.get("AR_WRITEOFF_KILLS", "12"))
SEED = int(os.environ.get("AR_WRITEOFF_SEED", "1"))
# Amounts of each customer: credits are matched with their balances before.
CUSTOMERS = ((10.0, 20.0), (30.0, -12.0), (40.0, -40.0), (50.0, 60.0, -70.0), (80.0,), (90.0, -5.0))


@tagged("post_install", "-at_install")
class TestKills(ParallelCommon):
    def setUp(self):
        super().setUp()
        Run = self.registry["ar.writeoff.run"]
        self.startPatcher(patch.object(Run, "_get_at_once_size", lambda run: 0))
        self.startPatcher(patch.object(Run, "_get_chunk_size", lambda run: 2))

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _book(self):
        """Customers with invoices and credit notes; ids of the customers and of the items."""
        with self.registry.cursor() as cr:
            env, moves = self._env(cr), []
            partners = env["res.partner"].create([{"name": "Kill"} for _amounts in CUSTOMERS])
            for partner, amounts in zip(partners, CUSTOMERS, strict=True):
                for amount in amounts:
                    line = {"name": "x", "price_unit": abs(amount), "tax_ids": []}
                    moves.append(
                        {
                            "move_type": "out_invoice" if amount > 0 else "out_refund",
                            "partner_id": partner.id,
                            "invoice_date": "2024-01-15",
                            "invoice_line_ids": [Command.create(line)],
                        }
                    )
            moves = env["account.move"].create(moves)
            moves.action_post()
            items = moves.line_ids.filtered(lambda item: item.display_type == "payment_term")
            return partners.ids, items.ids

    def _start(self, partner_ids, bulk):
        with self.registry.cursor() as cr:
            batch = self._clerk(cr)["ar.writeoff.batch"].create(
                {
                    "side": "both",
                    "limit_document": 1000.0,
                    "partner_ids": [Command.set(partner_ids)],
                    "reason_id": self._env(cr).ref("ar_writeoff.reason_bad_debt").id,
                    "credit_reason_id": self._env(cr).ref("ar_writeoff.reason_unclaimed").id,
                }
            )
            batch.sudo().company_id.writeoff_bulk = "yes" if bulk else "no"
            batch.action_select()
            self._press(batch, "action_process", "action_run", warnings_confirmed=True)
            return batch.id

    def _start_undo(self, batch_id):
        with self.registry.cursor() as cr:
            batch = self._clerk(cr)["ar.writeoff.batch"].browse(batch_id)
            self._press(batch, "action_open_undo", "action_undo")

    def _press(self, batch, opens, confirms, **values):
        """Press a button that opens a dialog, and the one that confirms it."""
        action = getattr(batch, opens)()
        dialog = batch.env[action["res_model"]].browse(action["res_id"])
        dialog.write(values)
        getattr(dialog, confirms)()

    # --- workers ---

    def _work(self):
        """A process of its own that does what the scheduled job does; its id."""
        pid = os.fork()
        if pid:
            return pid
        try:
            sql_db._Pool = None  # connections are not shared with who forked
            self.registry._db = sql_db.db_connect(DATABASE)
            with self.registry.cursor() as cr:
                self._env(cr)["ar.writeoff.run"]._cron_run()
        finally:
            os._exit(0)

    def _die(self, pid, rng):
        """Kill the worker, or its connection, some time after it began; wait till all is gone."""
        dead = threading.Timer(rng.uniform(0.0, 0.6), self._kill, (pid, rng.random() < 0.5))
        dead.start()
        os.waitpid(pid, 0)
        dead.cancel()
        dead.join()
        while self._backends(pid):
            pass  # the database has not noticed yet

    def _kill(self, pid, is_process):
        if is_process:
            os.kill(pid, signal.SIGKILL)
        else:
            self._backends(pid, terminate=True)

    def _backends(self, pid, terminate=False):
        what = "pg_terminate_backend(pid)" if terminate else "pid"
        with self.registry.cursor() as cr:
            cr.execute(
                f"SELECT {what} FROM pg_stat_activity WHERE application_name = %s",
                [f"odoo-{pid}"],
            )
            return cr.fetchall()

    # --- the books ---

    def _state(self, batch_id):
        with self.registry.cursor() as cr:
            return self._env(cr)["ar.writeoff.batch"].browse(batch_id).state

    def _check(self, item_ids, batch_id):
        """Whatever died: every item is as before or closed, once, and the books are balanced."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            items = env["account.move.line"].browse(item_ids)
            lines = env["ar.writeoff.line"].search([("batch_id", "=", batch_id)])
            for item in items:
                own = lines.filtered(lambda line, item=item: line.item_id == item)
                self.assertLessEqual(len(own), 1)
                is_closed = own.state in ("done", "netted")
                self.assertEqual(item.reconciled, is_closed, (item.move_id.name, own.state))
                if not is_closed:
                    self.assertEqual(item.amount_residual, item.balance)
            for entry in lines.writeoff_id.entry_ids:
                self.assertEqual(entry.state, "posted")
                self.assertAlmostEqual(sum(entry.line_ids.mapped("balance")), 0.0)
            for line in lines.filtered(lambda line: line.state == "done"):
                self.assertEqual(
                    line.currency_id.round(sum(line.share_ids.mapped("balance"))), line.amount
                )

    def _survive(self, batch_id, item_ids, rng, kills):
        """Workers die until the run is over; how many did."""
        died = 0
        while self._state(batch_id) == "running":
            if died < kills:
                self._die(self._work(), rng)
                died += 1
            else:
                os.waitpid(self._work(), 0)
            self._check(item_ids, batch_id)
        return died

    def test_workers_that_die(self):
        rng, left, told, bulk = random.Random(SEED), KILLS, 0, False  # noqa: S311
        while left > 0:
            partner_ids, item_ids = self._book()
            batch, bulk = self._start(partner_ids, bulk), not bulk  # set-based every other time
            left -= self._survive(batch, item_ids, rng, min(left, 6))
            with self.registry.cursor() as cr:
                env = self._env(cr)
                lines = env["ar.writeoff.batch"].browse(batch).line_ids
                self.assertEqual(len(lines), len(item_ids))
                self.assertEqual(set(lines.mapped("state")), {"done", "netted"})
                self.assertFalse(
                    env["ar.writeoff.reservation"].search([("item_id", "in", item_ids)])
                )
            self._start_undo(batch)
            left -= self._survive(batch, item_ids, rng, min(max(left, 0), 6))
            with self.registry.cursor() as cr:
                env = self._env(cr)
                items = env["account.move.line"].browse(item_ids)
                self.assertEqual(items.mapped("amount_residual"), items.mapped("balance"))
                made = env["ar.writeoff.batch"].browse(batch)
                entries = made.writeoff_ids.entry_ids
                roles = entries.mapped("writeoff_role")
                self.assertEqual(roles.count("entry"), roles.count("reversal"))
                told += sum("The server stopped" in m.body for m in made.message_ids)
        self.assertGreater(told, 0, "somebody was told of a crash")
