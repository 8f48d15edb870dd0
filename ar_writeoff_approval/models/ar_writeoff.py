from odoo import fields, models


class ArWriteoff(models.Model):
    _inherit = "ar.writeoff"

    request_id = fields.Many2one(
        "ar.writeoff.request", readonly=True, copy=False, index="btree_not_null"
    )
    approved_by = fields.Many2one(related="request_id.decided_by")
    approved_on = fields.Datetime(related="request_id.decided_on")
    approved_in_place_of = fields.Many2one(
        related="request_id.in_place_of", string="Approved in the Place of"
    )
