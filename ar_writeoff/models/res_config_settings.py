from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    writeoff_journal_id = fields.Many2one(related="company_id.writeoff_journal_id", readonly=False)
    writeoff_reason_id = fields.Many2one(related="company_id.writeoff_reason_id", readonly=False)
    writeoff_credit_reason_id = fields.Many2one(
        related="company_id.writeoff_credit_reason_id", readonly=False
    )
    writeoff_loss_account_id = fields.Many2one(
        related="company_id.writeoff_loss_account_id", readonly=False
    )
    writeoff_gain_account_id = fields.Many2one(
        related="company_id.writeoff_gain_account_id", readonly=False
    )
    writeoff_grouping = fields.Selection(related="company_id.writeoff_grouping", readonly=False)
    writeoff_separate_tax = fields.Boolean(
        related="company_id.writeoff_separate_tax", readonly=False
    )
    writeoff_credit_separate_tax = fields.Boolean(
        related="company_id.writeoff_credit_separate_tax", readonly=False
    )
    writeoff_analytic_from_invoice = fields.Boolean(
        related="company_id.writeoff_analytic_from_invoice", readonly=False
    )
    writeoff_child_full_only = fields.Boolean(
        related="company_id.writeoff_child_full_only", readonly=False
    )
    writeoff_leave_draft = fields.Boolean(related="company_id.writeoff_leave_draft", readonly=False)
    writeoff_ageing_days = fields.Integer(related="company_id.writeoff_ageing_days", readonly=False)
