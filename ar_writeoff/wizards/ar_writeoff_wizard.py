from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.configuration.account_account import WRITEOFF_ACCOUNT_DOMAIN
from ..models.configuration.res_company import WRITEOFF_GROUPING
from ..models.problems import prepare_confirmed


class ArWriteoffWizard(models.TransientModel):
    _name = "ar.writeoff.wizard"
    _description = "Write Off"
    _inherit = ["ar.writeoff.values.mixin"]
    _check_company_auto = True

    step = fields.Selection([("input", "Input"), ("preview", "Preview")], default="input")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    has_balances = fields.Boolean(compute="_compute_sides")
    has_credits = fields.Boolean(compute="_compute_sides")
    has_several_customers = fields.Boolean(compute="_compute_has_several_customers")
    reason_id = fields.Many2one(
        "ar.writeoff.reason",
        check_company=True,
        domain="[('use', 'in', ('balance', 'both'))]",
        compute="_compute_reasons",
        store=True,
        readonly=False,
    )
    credit_reason_id = fields.Many2one(
        "ar.writeoff.reason",
        string="Reason for Credits",
        check_company=True,
        domain="[('use', 'in', ('credit', 'both'))]",
        compute="_compute_reasons",
        store=True,
        readonly=False,
    )
    comment = fields.Text(
        string="Internal Comment",
        compute="_compute_comment",
        store=True,
        readonly=False,
        help="Never printed, mailed or shown to the customer.",
    )
    evidence_ids = fields.Many2many(
        "ir.attachment",
        help="What the decision rests on. It stays on the write-off, never on the invoice.",
    )
    date = fields.Date(
        string="Write-Off Date",
        required=True,
        default=fields.Date.context_today,
        help="Date of the decision, for information.",
    )
    accounting_date = fields.Date(
        compute="_compute_accounting_date",
        store=True,
        readonly=False,
        help="Date of the journal entry, hence the period the loss falls into.",
    )
    distribution = fields.Selection(
        [("one", "One for all"), ("line", "Per line")],
        string="Account",
        default="one",
        required=True,
        help="One for all items, or account, reason and comment line by line.",
    )
    writeoff_account_id = fields.Many2one(
        "account.account",
        string="Loss Account",
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
        compute="_compute_accounts",
        store=True,
        readonly=False,
    )
    gain_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
        compute="_compute_accounts",
        store=True,
        readonly=False,
    )
    separate_tax = fields.Boolean(
        string="Separate Sales Tax",
        compute="_compute_separate_tax",
        store=True,
        readonly=False,
        help="The tax in the amount goes back to the tax accounts and boxes of the invoice. Check "
        "that your law allows it without a credit note.",
    )
    credit_separate_tax = fields.Boolean(
        string="Separate Tax of Credits",
        compute="_compute_separate_tax",
        store=True,
        readonly=False,
        help="The tax in a credit that is not claimed is owed again.",
    )
    has_balance_tax = fields.Boolean(compute="_compute_has_tax")
    has_credit_tax = fields.Boolean(compute="_compute_has_tax")
    is_loss_account_missing = fields.Boolean(compute="_compute_accounts_missing")
    is_gain_account_missing = fields.Boolean(compute="_compute_accounts_missing")
    grouping = fields.Selection(
        WRITEOFF_GROUPING,
        string="Journal Entries",
        required=True,
        compute="_compute_grouping",
        store=True,
        precompute=True,
        readonly=False,
    )
    leave_draft = fields.Boolean(compute="_compute_grouping", store=True, precompute=True)
    can_remember_account = fields.Boolean(compute="_compute_can_remember_account")
    remember_account = fields.Boolean(
        string="Remember", help="Keep this account as the company's loss account."
    )
    can_remember_gain_account = fields.Boolean(compute="_compute_can_remember_account")
    remember_gain_account = fields.Boolean(
        string="Remember Gain", help="Keep this account as the company's gain account."
    )
    customer_ids = fields.Many2many("res.partner", string="Customers", readonly=True)
    has_subsidiaries = fields.Boolean(compute="_compute_has_subsidiaries")
    with_subsidiaries = fields.Boolean(readonly=True)
    can_net = fields.Boolean(compute="_compute_can_net")
    net_credits = fields.Boolean(
        string="Net Credits First",
        compute="_compute_net_credits",
        store=True,
        readonly=False,
        help="The customer's own credits are matched with their oldest balances; what is left is "
        "written off.",
    )
    select_all = fields.Boolean(default=True)
    line_ids = fields.One2many("ar.writeoff.wizard.line", "wizard_id", string="Open Items")
    left_out = fields.Text(readonly=True)
    preflight = fields.Json(readonly=True, help="What to look at before, when it was opened.")
    hindering_ids = fields.Many2many("ar.writeoff", string="In the Way", readonly=True)
    hindering_batch_ids = fields.Many2many(
        "ar.writeoff.batch", string="Batches in the Way", readonly=True
    )
    selected_count = fields.Integer(compute="_compute_totals")
    amount_total = fields.Monetary(compute="_compute_totals", string="Total to Write Off")
    amount_balances = fields.Monetary(compute="_compute_totals", string="Balances")
    amount_credits = fields.Monetary(compute="_compute_totals", string="Credits")
    is_mixed = fields.Boolean(compute="_compute_totals")
    amounts_by_currency = fields.Char(compute="_compute_totals")
    # What the preview shows, as it was when the button was pressed.
    problems = fields.Json(readonly=True)
    has_blockers = fields.Boolean(readonly=True)
    has_warnings = fields.Boolean(readonly=True)
    amount_tax = fields.Monetary(readonly=True, string="Tax")
    amount_loss = fields.Monetary(readonly=True, string="Loss")
    amount_gain = fields.Monetary(readonly=True, string="Gain")
    warnings_confirmed = fields.Boolean(string="I have read the warnings and want to go on")
    netting = fields.Text(readonly=True)
    preview = fields.Text(readonly=True)
    fingerprint = fields.Char(readonly=True, help="Of the plan that was shown.")

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        # Related fields read with the rights of the system: whoever names a company must see it.
        wizards.company_id.check_access("read")
        return wizards

    def write(self, vals):
        """The head proposes, the rows decide: what the user set on a row is written last."""
        rows = {"line_ids": vals["line_ids"]} if "line_ids" in vals else {}
        result = super().write({name: vals[name] for name in vals if name not in rows})
        if rows:
            self.line_ids.flush_recordset()  # what the head proposes is computed by now
            result = super().write(rows)
        self.company_id.check_access("read")
        # What is configured is judged by the preview; what somebody chooses, at once.
        for name in {"writeoff_account_id", "gain_account_id"} & set(vals):
            self[name]._check_writeoff_account()
        return result

    # ------------------------------------------------------------------
    # Plan
    # ------------------------------------------------------------------

    def _prepare_writeoff_vals(self):
        """The plan: what the document will hold.

        :return: values for ``ar.writeoff``
        """
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "reason_id": self._get_main_reason().id,
            "date": self.date,
            "accounting_date": self.accounting_date,
            "comment": self.comment,
            "evidence_ids": [Command.set(self.evidence_ids.ids)],
            "grouping": self.grouping,
            "leave_draft": self.leave_draft,
            "line_ids": [
                Command.create(line._prepare_writeoff_line_vals())
                for line in self.line_ids.filtered("selected")
            ],
        }

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_toggle_subsidiaries(self):
        """Start again with the items of the customers' subsidiaries, or without them.

        :return: window action
        """
        self.ensure_one()
        with_subsidiaries = not self.with_subsidiaries
        items = self.customer_ids._get_writeoff_items(with_subsidiaries)
        return self._open(items, self.customer_ids, with_subsidiaries)

    def action_back(self):
        """Return from the preview to the input.

        :return: window action
        """
        self.ensure_one()
        self.step = "input"
        return self._get_action()

    def action_credit_note(self):
        """Leave for core's credit note wizard, on the ticked invoices.

        :return: window action
        :raises UserError: if there is no invoice among them
        """
        self.ensure_one()
        documents = (self.line_ids.filtered("selected") or self.line_ids).move_id.filtered(
            lambda move: move.move_type in ("out_invoice", "out_receipt")
        )
        if not documents:
            raise UserError(
                self.env._("There is no invoice among the items that could be credited.")
            )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "account.action_view_account_move_reversal"
        )
        # How core's wizard is told what to credit.
        action["context"] = {"active_model": "account.move", "active_ids": documents.ids}
        return action

    def action_confirm(self):
        """Record the write-off, post its entries and reconcile them.

        :return: client action that tells the outcome and closes the dialog
        :raises AccessError: if the user may not write off
        :raises UserError: if something blocks, or warnings were not confirmed
        """
        self.ensure_one()
        self._check_netting_as_previewed()
        vals = self._prepare_writeoff_vals()
        self._remember_account()
        outcome = self.env["ar.writeoff.posting"]._write_off(
            vals,
            confirmed=prepare_confirmed(self.problems) if self.warnings_confirmed else [],
            fingerprint=self.fingerprint,
        )
        return outcome._get_outcome_action()

    def _remember_account(self):
        # sudo: a write-off administrator may set this parameter without rights on companies
        company = self.company_id.sudo()
        if self.remember_account and self.can_remember_account and self.has_balances:
            company.writeoff_loss_account_id = self.writeoff_account_id
        if self.remember_gain_account and self.can_remember_gain_account and self.has_credits:
            company.writeoff_gain_account_id = self.gain_account_id
