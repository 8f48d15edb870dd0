from odoo import api, fields, models


class ArWriteoffUndoWizard(models.TransientModel):
    _name = "ar.writeoff.undo"
    _description = "Undo a Write-Off"

    writeoff_id = fields.Many2one("ar.writeoff", required=True, readonly=True)
    currency_id = fields.Many2one(related="writeoff_id.currency_id")
    line_ids = fields.Many2many(
        "ar.writeoff.line",
        string="Items to Undo",
        domain="[('writeoff_id', '=', writeoff_id), "
        "('state', 'in', ('done', 'partly_matched', 'unmatched'))]",
    )
    amount = fields.Monetary(string="Amount Given Back", compute="_compute_amount")
    date = fields.Date(
        string="Reversal Date",
        required=True,
        compute="_compute_date",
        store=True,
        precompute=True,
        readonly=False,
        help="Accounting date of the counter entry.",
    )
    has_netting = fields.Boolean(compute="_compute_has_netting")
    with_netting = fields.Boolean(
        string="Take the Matching Back",
        default=True,
        help="The customer's own credits, which were matched with his balances before the rest was "
        "written off, are open again as well.",
    )
    comment = fields.Char(help="Why it is undone; kept in the history of the write-off.")

    @api.depends("line_ids")
    def _compute_date(self):
        for wizard in self:
            companies = wizard.line_ids.company_id or self.env.company
            has_tax = any(entry._affect_tax_report() for entry in wizard.line_ids.entry_id)
            today = fields.Date.context_today(self)
            wizard.date = companies._get_writeoff_open_date(today, has_tax)

    @api.depends("writeoff_id")
    def _compute_has_netting(self):
        for wizard in self:
            wizard.has_netting = bool(wizard.writeoff_id.netting_ids)

    @api.depends("line_ids")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = sum(wizard.line_ids.mapped("amount"))

    def action_undo(self):
        """Undo the write-off on the chosen date.

        :return: action that closes the dialog
        :raises AccessError, UserError: see ``ar.writeoff._reverse_or_schedule``
        """
        self.ensure_one()
        self.writeoff_id._reverse_or_schedule(
            self.date,
            self.line_ids,
            comment=self.comment,
            with_netting=self.with_netting,
        )
        return {"type": "ir.actions.act_window_close"}
