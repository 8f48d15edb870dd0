from odoo import api, models

from ..values import check_values


class ArWriteoffValuesMixin(models.AbstractModel):
    """What people write is looked at first; the engine knows what it writes."""

    _name = "ar.writeoff.values.mixin"
    _description = "Values That Can Be Used"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                check_values(self, vals)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            check_values(self, vals)
        return super().write(vals)
