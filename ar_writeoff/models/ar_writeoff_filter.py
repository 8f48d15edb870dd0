from odoo import fields, models

from .configuration.res_company import WRITEOFF_GROUPING


class ArWriteoffFilter(models.Model):
    """Criteria of a batch, kept under a name to be used again."""

    _name = "ar.writeoff.filter"
    _description = "Saved Filter of Batch Write-Offs"
    _inherit = ["ar.writeoff.criteria.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(default=lambda self: self.env.company)
    reason_id = fields.Many2one(
        "ar.writeoff.reason",
        check_company=True,
        domain="[('use', 'in', ('balance', 'both'))]",
        help="Empty: the reason of the batch stays.",
    )
    credit_reason_id = fields.Many2one(
        "ar.writeoff.reason",
        string="Reason for Credits",
        check_company=True,
        domain="[('use', 'in', ('credit', 'both'))]",
        help="Empty: the reason of the batch stays.",
    )
    grouping = fields.Selection(
        WRITEOFF_GROUPING, string="Entries", help="Empty: the choice of the batch stays."
    )

    _name_unique = models.UniqueIndex(
        "(company_id, name) WHERE active", "Another saved filter has the same name."
    )
