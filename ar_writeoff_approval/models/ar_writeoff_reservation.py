from odoo import api, fields, models


class ArWriteoffReservation(models.Model):
    _inherit = "ar.writeoff.reservation"

    request_line_id = fields.Many2one(
        "ar.writeoff.request.line",
        string="Item of a Request",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    _one_holder_of_all = models.Constraint(
        "CHECK (num_nonnulls(candidate_id, line_id, request_line_id) = 1)",
        "An item is reserved by one candidate, one line of a write-off or one of a request.",
    )

    @api.model
    def _get_holder_fields(self):
        return {**super()._get_holder_fields(), "ar.writeoff.request.line": "request_line_id"}

    def _get_holder_name(self):
        return super()._get_holder_name() or self.request_line_id.request_id.name
