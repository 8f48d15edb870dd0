"""What somebody unreconciled by hand counts in no total any more: only what is matched does."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """The lines were read off the ledger when their new columns were made; now their totals."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    lines = env["ar.writeoff.line"].search([("state", "in", ("partly_matched", "unmatched"))])
    lines.writeoff_id._refresh()
