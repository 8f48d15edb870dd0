from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_queue_workers = fields.Integer(
        related="company_id.writeoff_queue_workers", readonly=False
    )
