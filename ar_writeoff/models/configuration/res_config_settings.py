from odoo import api, fields, models
from odoo.exceptions import UserError


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    module_ar_writeoff_approval = fields.Boolean(string="Limits and Approval")
    module_ar_writeoff_rule = fields.Boolean(string="Rules")
    writeoff_journal_id = fields.Many2one(related="company_id.writeoff_journal_id", readonly=False)
    is_writeoff_journal_telling = fields.Boolean(compute="_compute_is_writeoff_journal_telling")
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
    writeoff_separate_tax = fields.Selection(
        related="company_id.writeoff_separate_tax", readonly=False
    )
    writeoff_credit_separate_tax = fields.Selection(
        related="company_id.writeoff_credit_separate_tax", readonly=False
    )
    writeoff_analytic_from_invoice = fields.Selection(
        related="company_id.writeoff_analytic_from_invoice", readonly=False
    )
    writeoff_child_full_only = fields.Selection(
        related="company_id.writeoff_child_full_only", readonly=False
    )
    writeoff_leave_draft = fields.Selection(
        related="company_id.writeoff_leave_draft", readonly=False
    )
    writeoff_author_may_post = fields.Selection(
        related="company_id.writeoff_author_may_post", readonly=False
    )
    writeoff_mail_result = fields.Selection(
        related="company_id.writeoff_mail_result", readonly=False
    )
    writeoff_bulk = fields.Selection(related="company_id.writeoff_bulk", readonly=False)
    writeoff_bulk_reasons = fields.Text(compute="_compute_writeoff_bulk_reasons")
    writeoff_from_payments = fields.Selection(
        related="company_id.writeoff_from_payments", readonly=False
    )
    writeoff_ageing_days = fields.Integer(related="company_id.writeoff_ageing_days", readonly=False)

    # What holds where the company says nothing: shown in the empty field.
    writeoff_journal_id_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_reason_id_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_credit_reason_id_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_loss_account_id_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_gain_account_id_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_grouping_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_separate_tax_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_credit_separate_tax_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_analytic_from_invoice_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_child_full_only_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_author_may_post_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_leave_draft_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_mail_result_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_bulk_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_from_payments_hint = fields.Char(compute="_compute_writeoff_hints")
    writeoff_ageing_days_hint = fields.Char(compute="_compute_writeoff_hints")

    @api.depends("company_id")
    def _compute_writeoff_hints(self):
        hints = [
            name for name in self._fields if name.startswith("writeoff_") and name.endswith("_hint")
        ]
        for settings in self:
            for hint in hints:
                name = hint.removesuffix("_hint")
                settings[hint] = settings.company_id._get_writeoff_parameter_hint(name)

    @api.depends("company_id", "writeoff_journal_id")
    def _compute_is_writeoff_journal_telling(self):
        for settings in self:
            company = settings.company_id
            settings.is_writeoff_journal_telling = company._has_telling_writeoff_journal()

    @api.depends("company_id", "writeoff_bulk")
    def _compute_writeoff_bulk_reasons(self):
        """Why it is off although somebody asked for it."""
        Gate = self.env["ar.writeoff.bulk.gate"]
        for settings in self:
            company = settings.company_id
            asked = settings.writeoff_bulk or company._get_writeoff_parameter("writeoff_bulk")
            reasons = Gate._get_reasons(company) if asked == "yes" else ()
            settings.writeoff_bulk_reasons = "\n".join(reasons)

    def action_make_neutral_writeoff_journal(self):
        """Give the company a journal with a neutral code, for new entries; see ``res.company``.

        Entries of the former journal, posted or in draft, stay where they are.

        :return: client action that shows the settings anew
        :raises AccessError: if the user may not change companies or journals
        :raises UserError: if the company's journal is neutral already
        """
        self.ensure_one()
        company = self.company_id
        if not company._has_telling_writeoff_journal():
            raise UserError(
                self.env._(
                    "The write-off journal of %(company)s, %(journal)s, has a neutral code.",
                    company=company.name,
                    journal=company.writeoff_journal_id.code or self.env._("none"),
                )
            )
        company.check_access("write")
        company.writeoff_journal_id = company._create_writeoff_journal()
        return {"type": "ir.actions.client", "tag": "reload"}
