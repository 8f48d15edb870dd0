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
    undo_request_id = fields.Many2one(
        "ar.writeoff.request", compute="_compute_undo_request_id", compute_sudo=True
    )

    def _compute_undo_request_id(self):
        """Who asked to undo it, or a part of it, and waits."""
        requests = self.env["ar.writeoff.request"].search(
            [("state", "=", "waiting"), ("undo_line_ids.writeoff_id", "in", self.ids)]
        )
        for writeoff in self:
            writeoff.undo_request_id = requests.filtered(
                lambda request, own=writeoff: own in request.undo_line_ids.writeoff_id
            )[:1]

    def action_open_undo_request(self):
        """Open the request to undo it.

        :return: window action
        """
        self.ensure_one()
        self.check_access("read")
        return self.undo_request_id._get_records_action(name=self.env._("Request"), context={})
