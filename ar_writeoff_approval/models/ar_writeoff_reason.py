from odoo import fields, models


class ArWriteoffReason(models.Model):
    _inherit = "ar.writeoff.reason"

    needs_approval = fields.Boolean(
        string="Always Needs Approval",
        help="Whatever the amount, somebody else approves it first.",
    )
