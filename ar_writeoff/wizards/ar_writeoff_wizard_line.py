from odoo import api, fields, models

from ..models.configuration.account_account import WRITEOFF_ACCOUNT_DOMAIN


class ArWriteoffWizardLine(models.TransientModel):
    _name = "ar.writeoff.wizard.line"
    _description = "Open Item to Write Off"
    _inherit = "ar.writeoff.values.mixin"
    _order = "date_maturity, id"
    _check_company_auto = True

    wizard_id = fields.Many2one("ar.writeoff.wizard", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="item_id.company_id")
    item_id = fields.Many2one("account.move.line", required=True, readonly=True)
    selected = fields.Boolean(
        string="Write Off", compute="_compute_selected", store=True, readonly=False
    )
    move_id = fields.Many2one(related="item_id.move_id")
    item_name = fields.Char(string="Reference", compute="_compute_item")
    partner_id = fields.Many2one("res.partner", string="Customer", compute="_compute_item")
    date_maturity = fields.Date(string="Due Date", compute="_compute_date_maturity", store=True)
    days_overdue = fields.Integer(related="item_id.writeoff_days_overdue")
    currency_id = fields.Many2one(related="item_id.currency_id")
    company_currency_id = fields.Many2one(
        related="item_id.company_currency_id", string="Company Currency"
    )
    residual_currency = fields.Monetary(related="item_id.amount_residual_currency", string="Open")
    netted = fields.Monetary(
        compute="_compute_netted",
        store=True,
        help="Matched with the customer's other items first.",
    )
    is_credit = fields.Boolean(compute="_compute_is_credit")
    is_full_only = fields.Boolean(
        compute="_compute_is_full_only", help="Of a subsidiary, all or nothing is written off."
    )
    reason_id = fields.Many2one(
        "ar.writeoff.reason",
        check_company=True,
        compute="_compute_reason_id",
        store=True,
        readonly=False,
    )
    resolved_account_id = fields.Many2one(
        "account.account",
        compute="_compute_resolved_account_id",
        help="As configured: by reason, customer, product or company; empty where the products "
        "have several.",
    )
    is_account_missing = fields.Boolean(compute="_compute_resolved_account_id")
    has_tax = fields.Boolean(compute="_compute_has_tax")
    configured_separate_tax = fields.Boolean(
        compute="_compute_configured_separate_tax", help="As the reason or the company says."
    )
    separate_tax = fields.Boolean(
        compute="_compute_separate_tax",
        store=True,
        readonly=False,
        help="The tax in the amount goes back to the tax accounts and boxes of the document.",
    )
    writeoff_account_id = fields.Many2one(
        "account.account",
        string="Account",
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
        compute="_compute_writeoff_account_id",
        store=True,
        readonly=False,
    )
    comment = fields.Char(help="Internal, of this item alone.")
    amount_currency = fields.Monetary(
        string="Amount", compute="_compute_amount_currency", store=True, readonly=False
    )
    amount_proposed = fields.Monetary(
        compute="_compute_amount_currency", store=True, readonly=False
    )
    amount = fields.Monetary(
        string="Amount in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_amount",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # Related fields read with the rights of the system: whoever names an item must see it.
        lines.item_id.check_access("read")
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "item_id" in vals:
            self.item_id.check_access("read")
        if "wizard_id" in vals:
            self.check_access("write")  # a row is not put into somebody else's wizard
        if "writeoff_account_id" in vals:
            self.writeoff_account_id._check_writeoff_account()
        if "selected" in vals:
            self.wizard_id.line_ids._compute_netted()
        return result

    @api.depends("wizard_id.select_all")
    def _compute_selected(self):
        for line in self:
            line.selected = line.wizard_id.select_all

    @api.depends("item_id")
    def _compute_date_maturity(self):
        for line in self:
            line.date_maturity = line.item_id.date_maturity or line.item_id.date

    @api.depends("item_id")
    def _compute_item(self):
        for line in self:
            item = line.item_id
            line.item_name = item._get_writeoff_item_name() if item else False
            line.partner_id = item.partner_id.commercial_partner_id

    @api.depends("item_id", "wizard_id.net_credits")
    def _compute_netted(self):
        """Of the ticked rows, netting closes or reduces some."""
        for wizard, lines in self.grouped("wizard_id").items():
            netted = {}
            if wizard._is_netting():
                items = wizard.line_ids.filtered("selected").item_id
                netted = self.env["ar.writeoff.netting"]._get_netted(items)
            for line in lines:
                line.netted = netted.get(line.item_id, 0.0)

    def _is_closed_by_netting(self):
        """Whether nothing is left of the item once credits are netted.

        :return: bool
        """
        self.ensure_one()
        if not self.netted:
            return False
        return not self.currency_id.compare_amounts(self.netted, self.residual_currency)

    @api.depends("item_id", "netted")
    def _compute_amount_currency(self):
        """What is left after netting is proposed; an amount the user set stays while it can."""
        for line in self:
            left = line.item_id.amount_residual_currency - line.netted
            if line.currency_id.compare_amounts(left, line.amount_proposed):
                line.amount_currency = line.amount_proposed = left

    @api.onchange("amount_currency")
    def _onchange_amount_currency(self):
        """An amount that cannot be written off is refused in its cell, not in the preview."""
        left = self.item_id.amount_residual_currency - self.netted
        problem = self.env["ar.writeoff.eligibility"]._get_bounds_problem(
            self.item_id, self.amount_currency, left
        )
        if not problem:
            return {}
        self.amount_currency = left
        return {"warning": {"title": self.env._("Amount"), "message": problem}}

    @api.depends("item_id", "amount_currency")
    def _compute_amount(self):
        for line in self:
            item = line.item_id
            line.amount = item._get_writeoff_amount(line.amount_currency) if item else 0.0

    @api.depends("item_id")
    def _compute_is_credit(self):
        for line in self:
            line.is_credit = line.item_id and line.item_id._is_writeoff_credit()

    @api.depends("item_id")
    def _compute_is_full_only(self):
        for line in self:
            line.is_full_only = line.item_id and line.item_id._is_writeoff_child_account()

    @api.depends("is_credit", "wizard_id.reason_id", "wizard_id.credit_reason_id")
    def _compute_reason_id(self):
        for line in self:
            wizard = line.wizard_id
            line.reason_id = wizard.credit_reason_id if line.is_credit else wizard.reason_id

    @api.depends(
        "item_id",
        "reason_id",
        "wizard_id.distribution",
        "wizard_id.reason_id",
        "wizard_id.credit_reason_id",
    )
    def _compute_resolved_account_id(self):
        for line in self:
            reason = line._get_reason()
            accounts = line.item_id._get_writeoff_accounts(reason) if line.item_id else set()
            line.is_account_missing = not all(accounts)
            line.resolved_account_id = accounts.pop() if len(accounts) == 1 else False

    @api.depends("item_id")
    def _compute_has_tax(self):
        documents = self.move_id.filtered(lambda m: m.is_sale_document(include_receipts=True))
        taxed = self.env["ar.writeoff.contra"]._get_taxed_documents(documents)
        for line in self:
            line.has_tax = line.move_id.id in taxed

    @api.depends(
        "item_id",
        "reason_id",
        "wizard_id.distribution",
        "wizard_id.reason_id",
        "wizard_id.credit_reason_id",
    )
    def _compute_configured_separate_tax(self):
        for line in self:
            line.configured_separate_tax = line.item_id and line.item_id._is_writeoff_tax_separate(
                line._get_reason()
            )

    @api.depends("configured_separate_tax")
    def _compute_separate_tax(self):
        for line in self:
            line.separate_tax = line.configured_separate_tax

    def _get_separate_tax(self):
        """Whether tax of this line will be given back: by its own word, or that of its side.

        :return: bool
        """
        self.ensure_one()
        wizard = self.wizard_id
        if wizard.distribution == "line":
            return self.separate_tax
        return wizard.credit_separate_tax if self.is_credit else wizard.separate_tax

    def _get_reason(self):
        """The reason this line will have: its own, or the one of all of its side.

        :return: ``ar.writeoff.reason``
        """
        self.ensure_one()
        wizard = self.wizard_id
        if wizard.distribution == "line":
            return self.reason_id
        return wizard.credit_reason_id if self.is_credit else wizard.reason_id

    @api.depends("resolved_account_id")
    def _compute_writeoff_account_id(self):
        for line in self:
            line.writeoff_account_id = line.resolved_account_id

    def _get_common_account(self):
        """The account all these lines resolve to: empty where they differ or one has none.

        :return: ``account.account``
        """
        accounts = {line.resolved_account_id for line in self}
        return accounts.pop() if len(accounts) == 1 else self.env["account.account"]

    def _get_account(self):
        """The account this line will post on: its own, or the one chosen for all of its side;
        where that is left open, the configured one.

        :return: ``account.account``, possibly empty
        """
        self.ensure_one()
        wizard = self.wizard_id
        chosen = wizard.gain_account_id if self.is_credit else wizard.writeoff_account_id
        if wizard.distribution == "line":
            chosen = self.writeoff_account_id
        return chosen or self.resolved_account_id

    def _prepare_writeoff_line_vals(self):
        """Values of the write-off line this line stands for.

        :return: values for ``ar.writeoff.line``
        """
        return self.item_id._prepare_writeoff_line_vals(
            self.amount_currency,
            self._get_reason(),
            account=self._get_account(),
            comment=self.comment if self.wizard_id.distribution == "line" else False,
            separate_tax=self._get_separate_tax(),
            netted_currency=self.netted,
        )
