from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    writeoff_request_id = fields.Many2one(
        "ar.writeoff.request",
        string="Waiting Write-Off Request",
        compute="_compute_writeoff_request_id",
        compute_sudo=True,
        groups="ar_writeoff.group_writeoff_user,account.group_account_readonly",
    )

    @api.depends("line_ids")
    def _compute_writeoff_request_id(self):
        """Read from what keeps the items: a request of its own, or that of a batch."""
        reservations = self.env["ar.writeoff.reservation"].search(
            [("item_id.move_id", "in", self.ids)]
        )
        found = {
            kept.item_id.move_id: kept.request_line_id.request_id
            or kept.candidate_id.batch_id.waiting_request_id
            for kept in reservations
        }
        for move in self:
            move.writeoff_request_id = found.get(move._origin)

    def action_open_writeoff_request(self):
        """Open the request that keeps its items.

        :return: window action
        """
        self.ensure_one()
        self.check_access("read")
        return self.writeoff_request_id._get_records_action(name=self.env._("Request"), context={})
