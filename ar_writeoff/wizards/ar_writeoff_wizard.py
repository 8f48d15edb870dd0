from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.account_account import WRITEOFF_ACCOUNT_DOMAIN


class ArWriteoffWizard(models.TransientModel):
    _name = "ar.writeoff.wizard"
    _description = "Write Off"
    _check_company_auto = True

    step = fields.Selection([("input", "Input"), ("preview", "Preview")], default="input")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    reason_id = fields.Many2one(
        "ar.writeoff.reason",
        check_company=True,
        domain="[('use', 'in', ('balance', 'both'))]",
        compute="_compute_reason_id",
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
    date = fields.Date(
        string="Write-Off Date",
        required=True,
        default=fields.Date.context_today,
        help="Date of the decision, for information.",
    )
    accounting_date = fields.Date(
        required=True,
        compute="_compute_accounting_date",
        store=True,
        precompute=True,
        readonly=False,
        help="Date of the journal entry, hence the period the loss falls into.",
    )
    writeoff_account_id = fields.Many2one(
        "account.account",
        string="Loss Account",
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
        compute="_compute_writeoff_account_id",
        store=True,
        readonly=False,
    )
    can_remember_account = fields.Boolean(compute="_compute_can_remember_account")
    remember_account = fields.Boolean(
        string="Remember", help="Keep this account as the company's loss account."
    )
    select_all = fields.Boolean(default=True)
    line_ids = fields.One2many("ar.writeoff.wizard.line", "wizard_id", string="Open Items")
    left_out = fields.Text(readonly=True)
    selected_count = fields.Integer(compute="_compute_totals")
    amount_total = fields.Monetary(compute="_compute_totals", string="Total to Write Off")
    amounts_by_currency = fields.Char(compute="_compute_totals")
    checks = fields.Json(compute="_compute_preview")
    has_blockers = fields.Boolean(compute="_compute_preview")
    has_warnings = fields.Boolean(compute="_compute_preview")
    warnings_confirmed = fields.Boolean(string="I have read the warnings and want to go on")
    preview = fields.Text(compute="_compute_preview")

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    @api.model
    def _open(self, items):
        """Open the wizard on these journal items; what cannot be written off is named in it.

        :param items: ``account.move.line`` records
        :return: window action
        :raises AccessError: if the user may not write off
        :raises UserError: if nothing is left, or several companies are concerned
        """
        self.env["ar.writeoff"]._check_authority()
        blockers = {item: item._get_writeoff_blocker() for item in items}
        eligible = items.filtered(lambda item: not blockers[item])
        left_out = "\n".join(blocker[1] for blocker in blockers.values() if blocker)
        if not eligible:
            raise UserError(
                left_out or self.env._("There is nothing to write off on the chosen records.")
            )
        wizard = self.create(
            {
                "company_id": self._get_company(eligible).id,
                "left_out": left_out,
                "line_ids": [Command.create({"item_id": item.id}) for item in eligible],
            }
        )
        return wizard._get_action()

    def _get_company(self, items):
        """The company the write-off belongs to: the items' own, or the root of their branches.

        :param items: ``account.move.line`` records
        :return: ``res.company``
        :raises UserError: naming the companies, if they have no common root
        """
        companies = items.company_id
        if len(companies.root_id) > 1:
            raise UserError(
                self.env._(
                    "One write-off belongs to one company and its branches, but the chosen items "
                    "belong to %(companies)s. Write them off company by company.",
                    companies=", ".join(companies.root_id.mapped("name")),
                )
            )
        return companies if len(companies) == 1 else companies.root_id

    def _get_action(self):
        return self._get_records_action(
            name=self.env._("Write Off"), target="new", context={"dialog_size": "extra-large"}
        )

    # ------------------------------------------------------------------
    # Editable defaults
    # ------------------------------------------------------------------

    @api.depends("company_id")
    def _compute_reason_id(self):
        for wizard in self:
            wizard.reason_id = wizard.company_id._get_writeoff_parameter("writeoff_reason_id")

    @api.depends("reason_id")
    def _compute_comment(self):
        """The reason's comment, unless the user typed one of his own."""
        reasons = (
            self.env["ar.writeoff.reason"]
            .with_context(active_test=False)
            .search([("comment", "!=", False)])
        )
        proposals = {False, "", *reasons.mapped("comment")}
        for wizard in self:
            if wizard.comment in proposals:
                wizard.comment = wizard.reason_id.comment

    @api.depends("company_id")
    def _compute_accounting_date(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            company = wizard.company_id or self.env.company
            wizard.accounting_date = company._get_writeoff_open_date(today)

    @api.depends("reason_id", "company_id")
    def _compute_writeoff_account_id(self):
        for wizard in self:
            reason = wizard.reason_id.with_company(wizard.company_id)
            wizard.writeoff_account_id = (
                reason.loss_account_id
                or wizard.company_id._get_writeoff_parameter("writeoff_loss_account_id")
            )

    @api.depends("company_id", "reason_id", "writeoff_account_id")
    def _compute_can_remember_account(self):
        is_manager = self.env.user.has_group("ar_writeoff.group_writeoff_manager")
        for wizard in self:
            wizard.can_remember_account = (
                is_manager
                and wizard.writeoff_account_id
                and not wizard.company_id._get_writeoff_parameter("writeoff_loss_account_id")
            )

    @api.depends("line_ids.selected", "line_ids.amount_currency", "line_ids.amount")
    def _compute_totals(self):
        for wizard in self:
            lines = wizard.line_ids.filtered("selected")
            wizard.selected_count = len(lines)
            wizard.amount_total = sum(lines.mapped("amount"))
            by_currency = lines.grouped("currency_id")
            wizard.amounts_by_currency = (
                ", ".join(
                    currency.format(sum(group.mapped("amount_currency")))
                    for currency, group in sorted(
                        by_currency.items(), key=lambda pair: pair[0] != wizard.currency_id
                    )
                )
                if set(by_currency) - {wizard.currency_id}
                else False
            )

    # ------------------------------------------------------------------
    # Plan and preview
    # ------------------------------------------------------------------

    def _prepare_writeoff_vals(self):
        """The plan: what the document will hold.

        :return: values for ``ar.writeoff``
        """
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "reason_id": self.reason_id.id,
            "date": self.date,
            "accounting_date": self.accounting_date,
            "comment": self.comment,
            "line_ids": [
                Command.create(line._prepare_writeoff_line_vals())
                for line in self.line_ids.filtered("selected")
            ],
        }

    @api.depends("step")
    def _compute_preview(self):
        for wizard in self:
            if wizard.step != "preview":
                wizard.update(
                    {"checks": {}, "has_blockers": False, "has_warnings": False, "preview": False}
                )
                continue
            # Never saved: the very functions that post give the preview and its checks.
            writeoff = self.env["ar.writeoff"].new(wizard._prepare_writeoff_vals())
            checks = writeoff._get_checks()
            levels = {check["level"] for check in checks}
            wizard.checks = {
                f"{index}_{check['code']}": {"message": check["message"], "level": check["level"]}
                for index, check in enumerate(checks)
            }
            wizard.has_blockers = "danger" in levels
            wizard.has_warnings = "warning" in levels
            vals_list = writeoff._prepare_entries_vals(writeoff.line_ids)
            wizard.preview = writeoff._get_preview(vals_list) if writeoff.line_ids else False

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_preview(self):
        """Show the journal entries before anything is recorded.

        :return: window action
        """
        self.ensure_one()
        self.write({"step": "preview", "warnings_confirmed": False})
        return self._get_action()

    def action_back(self):
        """Return from the preview to the input.

        :return: window action
        """
        self.ensure_one()
        self.step = "input"
        return self._get_action()

    def action_credit_note(self):
        """Leave for core's credit note wizard, on the ticked documents.

        :return: window action
        """
        self.ensure_one()
        documents = self.line_ids.filtered("selected").move_id or self.line_ids.move_id
        action = documents.action_reverse()
        # How core's wizard is told what to credit.
        action["context"] = {"active_model": "account.move", "active_ids": documents.ids}
        return action

    def action_confirm(self):
        """Record the write-off, post its entries and reconcile them.

        :return: client action that tells the result and closes the dialog
        :raises AccessError: if the user may not write off
        :raises UserError: if something blocks, or warnings were not confirmed
        """
        self.ensure_one()
        if self.has_warnings and not self.warnings_confirmed:
            raise UserError(
                self.env._("Read the warnings first, then tick the box below them to go on.")
            )
        self._remember_account()
        vals = self._prepare_writeoff_vals()
        if self.has_warnings:
            vals["warnings_confirmed"] = self._get_warnings_text()
        writeoff = self.env["ar.writeoff"]._create_planned(vals)
        writeoff.action_post()
        return self._get_result_action(writeoff)

    def _get_warnings_text(self):
        return "\n".join(
            check["message"] for check in self.checks.values() if check["level"] == "warning"
        )

    def _remember_account(self):
        if self.remember_account and self.can_remember_account:
            # sudo: a write-off administrator may set this parameter without rights on companies
            self.company_id.sudo().writeoff_loss_account_id = self.writeoff_account_id

    def _get_result_action(self, writeoff):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(amount)s written off: %(link)s",
                    amount=self.currency_id.format(writeoff.amount),
                    link="%s",
                ),
                "links": [
                    {
                        "label": writeoff.name,
                        "url": f"/odoo/ar_writeoff.action_ar_writeoff/{writeoff.id}",
                    }
                ],
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class ArWriteoffWizardLine(models.TransientModel):
    _name = "ar.writeoff.wizard.line"
    _description = "Open Item to Write Off"
    _order = "date_maturity, id"

    wizard_id = fields.Many2one("ar.writeoff.wizard", required=True, ondelete="cascade")
    item_id = fields.Many2one("account.move.line", required=True, readonly=True)
    selected = fields.Boolean(
        string="Write Off", compute="_compute_selected", store=True, readonly=False
    )
    move_id = fields.Many2one(related="item_id.move_id")
    item_name = fields.Char(string="Reference", compute="_compute_item")
    partner_id = fields.Many2one("res.partner", string="Customer", compute="_compute_item")
    date_maturity = fields.Date(string="Due Date", compute="_compute_date_maturity", store=True)
    days_overdue = fields.Integer(compute="_compute_item")
    currency_id = fields.Many2one(related="item_id.currency_id")
    company_currency_id = fields.Many2one(
        related="item_id.company_currency_id", string="Company Currency"
    )
    residual_currency = fields.Monetary(related="item_id.amount_residual_currency", string="Open")
    amount_currency = fields.Monetary(
        string="Amount", compute="_compute_amount_currency", store=True, readonly=False
    )
    amount = fields.Monetary(
        string="Amount in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_amount",
    )

    @api.depends("wizard_id.select_all")
    def _compute_selected(self):
        for line in self:
            line.selected = line.wizard_id.select_all

    @api.depends("item_id")
    def _compute_date_maturity(self):
        for line in self:
            line.date_maturity = line.item_id.date_maturity or line.item_id.date

    @api.depends("item_id", "date_maturity")
    def _compute_item(self):
        today = fields.Date.context_today(self)
        for line in self:
            item, due = line.item_id, line.date_maturity
            line.item_name = item._get_writeoff_item_name() if item else False
            line.partner_id = item.partner_id.commercial_partner_id
            line.days_overdue = max((today - due).days, 0) if due else 0

    @api.depends("item_id")
    def _compute_amount_currency(self):
        for line in self:
            line.amount_currency = line.item_id.amount_residual_currency

    @api.depends("item_id", "amount_currency")
    def _compute_amount(self):
        for line in self:
            item = line.item_id
            line.amount = item._get_writeoff_amount(line.amount_currency) if item else 0.0

    def _prepare_writeoff_line_vals(self):
        return self.item_id._prepare_writeoff_line_vals(
            self.amount_currency, self.wizard_id.writeoff_account_id
        )
