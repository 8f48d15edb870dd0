from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.account_account import WRITEOFF_ACCOUNT_DOMAIN
from ..models.res_company import WRITEOFF_GROUPING


class ArWriteoffWizard(models.TransientModel):
    _name = "ar.writeoff.wizard"
    _description = "Write Off"
    _check_company_auto = True

    step = fields.Selection([("input", "Input"), ("preview", "Preview")], default="input")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    has_balances = fields.Boolean(compute="_compute_sides")
    has_credits = fields.Boolean(compute="_compute_sides")
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
    customer_ids = fields.Many2many("res.partner", string="Customers", readonly=True)
    has_subsidiaries = fields.Boolean(compute="_compute_has_subsidiaries")
    with_subsidiaries = fields.Boolean(readonly=True)
    can_net = fields.Boolean(compute="_compute_can_net")
    net_credits = fields.Boolean(
        string="Net Credits First",
        compute="_compute_net_credits",
        store=True,
        readonly=False,
        help="The customer's own credits are matched with his oldest balances; what is left is "
        "written off.",
    )
    netting = fields.Text(readonly=True)
    select_all = fields.Boolean(default=True)
    line_ids = fields.One2many("ar.writeoff.wizard.line", "wizard_id", string="Open Items")
    left_out = fields.Text(readonly=True)
    selected_count = fields.Integer(compute="_compute_totals")
    amount_total = fields.Monetary(compute="_compute_totals", string="Total to Write Off")
    amounts_by_currency = fields.Char(compute="_compute_totals")
    # What the preview shows, as it was when the button was pressed.
    checks = fields.Json(readonly=True)
    has_blockers = fields.Boolean(readonly=True)
    has_warnings = fields.Boolean(readonly=True)
    amount_tax = fields.Monetary(readonly=True, string="Tax")
    amount_untaxed = fields.Monetary(readonly=True, string="Loss")
    shown_warnings = fields.Text(readonly=True)
    warnings_confirmed = fields.Boolean(string="I have read the warnings and want to go on")
    preview = fields.Text(readonly=True)

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
        return result

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    @api.model
    def _open(self, items, customers=None, with_subsidiaries=False):
        """Open the wizard on these journal items; what cannot be written off is named in it.

        :param items: ``account.move.line`` records
        :param customers: ``res.partner`` whose whole balance it is: their credits are netted
        :param bool with_subsidiaries: whether the items of their subsidiaries are among them
        :return: window action
        :raises AccessError: if the user may not write off
        :raises UserError: if nothing is left, or several companies are concerned
        """
        self.env["ar.writeoff"]._check_authority()
        blockers = self.env["ar.writeoff.eligibility"]._get_blockers(items)
        eligible = items.filtered(lambda item: item not in blockers)
        left_out = "\n".join(message for _code, message in blockers.values())
        if not eligible:
            raise UserError(
                left_out or self.env._("There is nothing to write off on the chosen records.")
            )
        wizard = self.create(
            {
                "company_id": self._get_company(eligible).id,
                "left_out": left_out,
                "customer_ids": [Command.set(customers.ids if customers else [])],
                "with_subsidiaries": with_subsidiaries,
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
        company = companies if len(companies) == 1 else companies.root_id
        if company not in self.env.companies:
            raise UserError(
                self.env._(
                    "Items of several branches make one write-off of %(company)s, which is not "
                    "among your active companies. Activate it, or write off branch by branch.",
                    # sudo: to name what the user cannot read
                    company=company.sudo().name,
                )
            )
        return company

    def _get_action(self):
        return self._get_records_action(
            name=self.env._("Write Off"), target="new", context={"dialog_size": "extra-large"}
        )

    # ------------------------------------------------------------------
    # Editable defaults
    # ------------------------------------------------------------------

    @api.depends("line_ids.item_id", "line_ids.selected", "line_ids.netted")
    def _compute_sides(self):
        for wizard in self:
            lines = wizard.line_ids.filtered("selected") or wizard.line_ids
            # What netting closes is on no side any more.
            lines = lines.filtered(lambda line: not line._is_closed_by_netting()) or lines
            credits_ = lines.filtered("is_credit")
            wizard.has_credits = bool(credits_)
            wizard.has_balances = bool(lines - credits_)

    @api.depends("company_id")
    def _compute_reasons(self):
        for wizard in self:
            company = wizard.company_id
            wizard.reason_id = company._get_writeoff_parameter("writeoff_reason_id")
            wizard.credit_reason_id = company._get_writeoff_parameter("writeoff_credit_reason_id")

    @api.depends("company_id")
    def _compute_grouping(self):
        for wizard in self:
            company = wizard.company_id
            wizard.grouping = company._get_writeoff_parameter("writeoff_grouping") or "partner"
            wizard.leave_draft = company._get_writeoff_parameter("writeoff_leave_draft")

    @api.depends("reason_id", "credit_reason_id", "has_balances")
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
                wizard.comment = wizard._get_main_reason().comment

    def _get_main_reason(self):
        """The reason of the document: that of the balances, if there are any.

        :return: ``ar.writeoff.reason``
        """
        return self.reason_id if self.has_balances else self.credit_reason_id

    @api.depends("customer_ids")
    def _compute_has_subsidiaries(self):
        for wizard in self:
            wizard.has_subsidiaries = bool(wizard.customer_ids._get_writeoff_subsidiaries())

    @api.depends("line_ids.item_id", "leave_draft")
    def _compute_can_net(self):
        """Where entries wait in draft, nothing is matched before somebody posts them."""
        for wizard in self:
            pairs = self.env["ar.writeoff.netting"]._get_pairs(wizard.line_ids.item_id)
            wizard.can_net = bool(pairs) and not wizard.leave_draft

    @api.depends("customer_ids")
    def _compute_net_credits(self):
        for wizard in self:
            wizard.net_credits = bool(wizard.customer_ids)

    @api.depends("line_ids.has_tax", "line_ids.selected")
    def _compute_has_tax(self):
        for wizard in self:
            taxed = wizard.line_ids.filtered(lambda line: line.selected and line.has_tax)
            credits_ = taxed.filtered("is_credit")
            wizard.has_credit_tax = bool(credits_)
            wizard.has_balance_tax = bool(taxed - credits_)

    @api.depends("company_id", "separate_tax", "credit_separate_tax")
    def _compute_accounting_date(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            companies = wizard.line_ids.company_id or wizard.company_id or self.env.company
            has_tax = any(line.has_tax and line._get_separate_tax() for line in wizard.line_ids)
            # What the user chose stays, unless a lock of its own closes it for taxes.
            date = wizard.accounting_date or today
            wizard.accounting_date = companies._get_writeoff_open_date(date, has_tax)

    # The open items stay the same: what is chosen for all must not depend on what is done with
    # them, or it would be proposed anew after each change of an amount.

    @api.depends("company_id", "reason_id", "credit_reason_id")
    def _compute_accounts(self):
        for wizard in self:
            credits_ = wizard.line_ids.filtered("is_credit")
            wizard.writeoff_account_id = (wizard.line_ids - credits_)._get_common_account()
            wizard.gain_account_id = credits_._get_common_account()

    @api.depends("company_id", "reason_id", "credit_reason_id")
    def _compute_separate_tax(self):
        for wizard in self:
            credits_ = wizard.line_ids.filtered("is_credit")
            balances = wizard.line_ids - credits_
            wizard.separate_tax = any(balances.mapped("configured_separate_tax"))
            wizard.credit_separate_tax = any(credits_.mapped("configured_separate_tax"))

    @api.depends("line_ids.resolved_account_id", "line_ids.selected", "distribution")
    def _compute_accounts_missing(self):
        """Sides for which an account must be chosen, because a ticked item has none."""
        for wizard in self:
            missing = wizard.line_ids.filtered(
                lambda line, wizard=wizard: (
                    wizard.distribution == "one" and line.selected and line.is_account_missing
                )
            )
            wizard.is_gain_account_missing = any(missing.mapped("is_credit"))
            wizard.is_loss_account_missing = not all(missing.mapped("is_credit"))

    @api.depends("company_id", "writeoff_account_id", "has_balances", "distribution")
    def _compute_can_remember_account(self):
        is_manager = self.env.user.has_group("ar_writeoff.group_writeoff_manager")
        for wizard in self:
            wizard.can_remember_account = (
                is_manager
                and wizard.distribution == "one"
                and wizard.has_balances
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
            "reason_id": self._get_main_reason().id,
            "date": self.date,
            "accounting_date": self.accounting_date,
            "comment": self.comment,
            "grouping": self.grouping,
            "leave_draft": self.leave_draft,
            "line_ids": [
                Command.create(line._prepare_writeoff_line_vals())
                for line in self.line_ids.filtered("selected")
                # Of what netting closes, nothing is left to give up.
                if line.amount_currency or not self.net_credits
            ],
        }

    def _get_planned(self):
        """The write-off as it would be recorded; never saved. What posts gives its preview.

        :return: new ``ar.writeoff``
        """
        return self.env["ar.writeoff"]._get_planned(self._prepare_writeoff_vals())

    def _prepare_preview(self):
        """What the preview shows: the entries, and what speaks against them.

        Credits are netted for real and taken back at once, so that tax, rates and residuals are
        those that posting will find.

        :return: values of this wizard
        """
        if not self._is_netting():
            return self._prepare_preview_of_plan()
        savepoint = self.env.cr.savepoint()
        try:
            matches = self._net()
            netting = "\n".join(self._get_netting_text(match) for match in matches)
            return {**self._prepare_preview_of_plan(), "netting": netting}
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def _prepare_preview_of_plan(self):
        writeoff = self._get_planned()
        checks = writeoff._get_checks()
        levels = {check["level"] for check in checks}
        vals_list = writeoff._prepare_entries_vals(writeoff.line_ids)
        tax = writeoff._get_planned_tax()
        return {
            "checks": {
                f"{index}_{check['code']}": {"message": check["message"], "level": check["level"]}
                for index, check in enumerate(checks)
            },
            "has_blockers": "danger" in levels,
            "has_warnings": "warning" in levels,
            "shown_warnings": writeoff._get_warnings_text(),
            "amount_tax": tax,
            "amount_untaxed": sum(writeoff.line_ids.mapped("amount")) - tax,
            "preview": writeoff._get_preview(vals_list) if writeoff.line_ids else False,
            "netting": False,
        }

    # ------------------------------------------------------------------
    # Netting
    # ------------------------------------------------------------------

    def _is_netting(self):
        return self.net_credits and self.can_net

    def _net(self):
        """Match the customers' own credits with their debits.

        :return: ``account.partial.reconcile``
        :raises AccessError: if the user may not write off
        :raises UserError: naming items that somebody else is changing right now
        """
        self.env["ar.writeoff"]._check_authority()
        items = self.line_ids.item_id
        items._lock_writeoff_items()
        return self.env["ar.writeoff.netting"]._net(items)

    def _get_netting_text(self, match):
        return self.env._(
            "%(credit)s is matched with %(debit)s: %(amount)s",
            credit=match.credit_move_id._get_writeoff_item_name(),
            debit=match.debit_move_id._get_writeoff_item_name(),
            amount=match.debit_currency_id.format(match.debit_amount_currency),
        )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_preview(self):
        """Show the journal entries before anything is recorded.

        :return: window action
        """
        self.ensure_one()
        preview = self._prepare_preview()
        self.write({"step": "preview", "warnings_confirmed": False, **preview})
        return self._get_action()

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

        :return: client action that tells the result and closes the dialog
        :raises AccessError: if the user may not write off
        :raises UserError: if something blocks, or warnings were not confirmed
        """
        self.ensure_one()
        matches = self._net() if self._is_netting() else self.env["account.partial.reconcile"]
        vals = self._prepare_writeoff_vals()
        if self.warnings_confirmed:
            vals["warnings_confirmed"] = self.shown_warnings
        self._remember_account()
        writeoff = self.env["ar.writeoff"]._create_planned(vals)
        # sudo: the link is the engine's; authority was checked before
        matches.sudo().writeoff_id = writeoff
        writeoff.action_post()
        return self._get_result_action(writeoff)

    def _remember_account(self):
        if self.remember_account and self.can_remember_account:
            # sudo: a write-off administrator may set this parameter without rights on companies
            self.company_id.sudo().writeoff_loss_account_id = self.writeoff_account_id

    def _get_result_message(self, writeoff):
        amount = self.currency_id.format(writeoff.amount)
        if writeoff.state == "entries_draft":
            return self.env._(
                "%(amount)s: the entries wait in draft to be posted: %(link)s",
                amount=amount,
                link="%s",
            )
        return self.env._("%(amount)s written off: %(link)s", amount=amount, link="%s")

    def _get_result_action(self, writeoff):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._get_result_message(writeoff),
                "links": [
                    {
                        "label": writeoff.name,
                        "url": f"/odoo/ar_writeoff.action_ar_writeoff/{writeoff.id}",
                    }
                ],
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
