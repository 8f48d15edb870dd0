from odoo import api, fields, models

from ..rights import as_engine
from .ar_writeoff_selection import OBSTACLES


class ArWriteoffLeftOut(models.Model):
    """What a batch left out, in numbers: the candidates themselves are gone once it has run."""

    _name = "ar.writeoff.left.out"
    _description = "Left Out of a Batch Write-Off"
    _order = "id"

    batch_id = fields.Many2one("ar.writeoff.batch", required=True, index=True, ondelete="cascade")
    obstacle = fields.Selection(OBSTACLES, required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    item_count = fields.Integer(string="Items")
    amount_currency = fields.Monetary(help="Open on them, in document currency.")
    company_currency_id = fields.Many2one(related="batch_id.currency_id", string="Company Currency")
    amount = fields.Monetary(
        currency_field="company_currency_id", help="Open on them, in company currency."
    )
    item_ids = fields.Json(help="The open items, to find them again.")

    @api.model
    def _keep(self, candidates):
        """Keep the numbers of candidates that are about to go.

        :param candidates: ``ar.writeoff.candidate`` records that are not written off
        :return: the records
        """
        groups = candidates.grouped(lambda row: (row.batch_id, row.obstacle, row.currency_id))
        return as_engine(self).create(
            [
                {
                    "batch_id": batch.id,
                    "obstacle": obstacle or "other",
                    "currency_id": currency.id,
                    "item_count": len(group),
                    "amount_currency": sum(group.mapped("amount_currency")),
                    "amount": sum(group.mapped("amount")),
                    "item_ids": group.item_id.ids,
                }
                for (batch, obstacle, currency), group in groups.items()
            ]
        )
