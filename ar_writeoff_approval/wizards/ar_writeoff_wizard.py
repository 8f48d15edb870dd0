from odoo import api, fields, models


class ArWriteoffWizard(models.TransientModel):
    _inherit = "ar.writeoff.wizard"

    is_request = fields.Boolean(
        compute="_compute_is_request", help="Whether confirming it only asks for it."
    )

    @api.depends("problems")
    def _compute_is_request(self):
        for wizard in self:
            found = wizard.problems or {}
            wizard.is_request = any(one["code"] == "authority" for one in found.values())
