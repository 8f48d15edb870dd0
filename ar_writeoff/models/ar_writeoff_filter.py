from odoo import fields, models


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

    _name_unique = models.UniqueIndex(
        "(company_id, name) WHERE active", "Another saved filter has the same name."
    )
