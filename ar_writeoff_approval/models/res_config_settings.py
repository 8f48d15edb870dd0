from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_approver_other = fields.Selection(
        related="company_id.writeoff_approver_other", readonly=False
    )
    writeoff_request_remind_days = fields.Integer(
        related="company_id.writeoff_request_remind_days", readonly=False
    )
    writeoff_request_expire_days = fields.Integer(
        related="company_id.writeoff_request_expire_days", readonly=False
    )
    writeoff_approver_other_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_request_remind_days_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_request_expire_days_hint = fields.Char(compute="_compute_writeoff_hints")
