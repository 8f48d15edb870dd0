from odoo import api, fields, models

from ..line_states import TOTAL_STATES


class ArWriteoff(models.Model):
    _inherit = "ar.writeoff"

    account_names = fields.Char(
        string="Account",
        compute="_compute_account_names",
        help="Where the loss or gain landed, as chosen for its items.",
    )

    def _compute_account_names(self):
        """Read at once for a page of the register, however many items a write-off has."""
        groups = self.env["ar.writeoff.line"]._read_group(
            [("writeoff_id", "in", self.ids), ("state", "in", TOTAL_STATES)],
            ["writeoff_id", "writeoff_account_id"],
        )
        names = {}
        for writeoff, account in groups:
            name = account.display_name or self.env._("Accounts of the products")
            names.setdefault(writeoff.id, []).append(name)
        for writeoff in self:
            writeoff.account_names = ", ".join(names.get(writeoff.id, ()))


class ArWriteoffLine(models.Model):
    _inherit = "ar.writeoff.line"

    account_names = fields.Char(
        string="Account",
        compute="_compute_account_names",
        help="Where the loss or gain landed: several where products have accounts of their own.",
    )

    @api.depends("writeoff_account_id", "share_ids.account_id")
    def _compute_account_names(self):
        for line in self:
            accounts = line.writeoff_account_id or line.share_ids._get_loss_accounts()
            line.account_names = ", ".join(accounts.mapped("display_name"))
