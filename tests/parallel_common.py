"""Books in a database of their own, where every connection really commits."""

import os
import unittest

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase
from odoo.tools import config

DATABASE = os.environ.get("AR_WRITEOFF_PARALLEL_DB")


@unittest.skipUnless(DATABASE, "needs scripts/test, which keeps a database for this")
class ParallelCommon(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Loading a second database must not start Odoo's own tests in it.
        was_enabled, config["test_enable"] = config["test_enable"], False
        try:
            cls.registry = Registry(DATABASE)
        finally:
            config["test_enable"] = was_enabled
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls.clerk_id = env.ref("ar_writeoff.demo_user_user").id
            cls.partner_id = env["res.partner"].create({"name": "Race & Sons"}).id
        cls.addClassCleanup(Registry.delete, DATABASE)

    def _invoices(self, *amounts):
        with self.registry.cursor() as cr:
            moves = api.Environment(cr, SUPERUSER_ID, {})["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "partner_id": self.partner_id,
                        "invoice_date": "2024-01-15",
                        "invoice_line_ids": [
                            Command.create({"name": "x", "price_unit": amount, "tax_ids": []})
                        ],
                    }
                    for amount in amounts
                ]
            )
            moves.action_post()
            return moves.ids

    def _clerk(self, cr):
        return api.Environment(cr, self.clerk_id, {})

    def _plan(self, cr, move_ids):
        """A wizard ready to be confirmed, as the clerk sees it in the browser."""
        action = self._clerk(cr)["account.move"].browse(move_ids).action_write_off()
        return self._clerk(cr)[action["res_model"]].browse(action["res_id"])

    def _residuals(self, move_ids):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return env["account.move"].browse(move_ids).mapped("amount_residual")

    def _written_off(self, move_ids):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            lines = env["ar.writeoff.line"].search(
                [("move_id", "in", move_ids), ("state", "=", "done")]
            )
            return sorted(lines.mapped("amount"))

    def _pay(self, move_ids, amount):
        """Somebody registers a payment on a connection of their own, and commits."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move_ids
            ).create({"amount": amount})._create_payments()
