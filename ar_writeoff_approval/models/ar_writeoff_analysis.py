from odoo import api, fields, models
from odoo.tools import SQL


class ArWriteoffAnalysis(models.Model):
    _inherit = "ar.writeoff.analysis"

    _depends = {
        "ar.writeoff": ["request_id"],
        "ar.writeoff.request": ["decided_by", "in_place_of"],
    }

    approved_by = fields.Many2one(
        "res.users", readonly=True, help="Empty: it was within the limits of who wrote it off."
    )
    approved_in_place_of = fields.Many2one(
        "res.users", string="Approved in the Place of", readonly=True
    )

    @api.model
    def _get_columns(self):
        return {
            **super()._get_columns(),
            "approved_by": SQL("request.decided_by"),
            "approved_in_place_of": SQL("request.in_place_of"),
        }

    @api.model
    def _get_from(self):
        return SQL(
            "%s LEFT JOIN ar_writeoff_request request ON request.id = writeoff.request_id",
            super()._get_from(),
        )
