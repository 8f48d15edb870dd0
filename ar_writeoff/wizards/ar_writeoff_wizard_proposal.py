from odoo import api, fields, models


class ArWriteoffWizard(models.TransientModel):
    """What the wizard proposes and adds up; what is proposed can be changed on the screen."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.wizard"  # pylint: disable=consider-merging-classes-inherited

    @api.depends("line_ids.item_id", "line_ids.selected", "line_ids.netted")
    def _compute_sides(self):
        for wizard in self:
            lines = wizard.line_ids.filtered("selected") or wizard.line_ids
            # What netting closes is on no side any more.
            lines = lines.filtered(lambda line: not line._is_closed_by_netting()) or lines
            credits_ = lines.filtered("is_credit")
            wizard.has_credits = bool(credits_)
            wizard.has_balances = bool(lines - credits_)

    @api.depends("line_ids.partner_id")
    def _compute_has_several_customers(self):
        for wizard in self:
            wizard.has_several_customers = len(wizard.line_ids.partner_id) > 1

    @api.depends("company_id")
    def _compute_reasons(self):
        for wizard in self:
            company = wizard.company_id
            wizard.reason_id = company._get_writeoff_reason("writeoff_reason_id")
            wizard.credit_reason_id = company._get_writeoff_reason("writeoff_credit_reason_id")

    @api.depends("company_id")
    def _compute_grouping(self):
        for wizard in self:
            company = wizard.company_id
            wizard.grouping = company._get_writeoff_parameter("writeoff_grouping")
            wizard.leave_draft = company._is_writeoff_enabled("writeoff_leave_draft")

    @api.depends("reason_id", "credit_reason_id", "has_balances")
    def _compute_comment(self):
        for wizard in self:
            wizard.comment = wizard._get_main_reason()._propose_comment(wizard.comment)

    def _get_main_reason(self):
        """The reason of the write-off: that of the balances, if there are any.

        :return: ``ar.writeoff.reason``
        """
        return self.reason_id if self.has_balances else self.credit_reason_id

    @api.depends("customer_ids")
    def _compute_has_subsidiaries(self):
        for wizard in self:
            wizard.has_subsidiaries = bool(wizard.customer_ids._get_writeoff_subsidiaries())

    @api.depends("line_ids.item_id")
    def _compute_can_net(self):
        for wizard in self:
            pairs = self.env["ar.writeoff.netting"]._get_pairs(wizard.line_ids.item_id)
            wizard.can_net = bool(pairs)

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        """Ticking a row changes what is netted of others, which computes cannot show."""
        self.line_ids._compute_netted()

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

    @api.depends(
        "line_ids.resolved_account_id", "line_ids.selected", "line_ids.netted", "distribution"
    )
    def _compute_accounts_missing(self):
        """Sides for which an account must be chosen, because a ticked item has none.

        What netting closes needs none: its side is not on the screen, and a required field that
        nobody sees would stop the wizard without a word.
        """
        for wizard in self:
            missing = wizard.line_ids.filtered(
                lambda line, wizard=wizard: (
                    wizard.distribution == "one"
                    and line.selected
                    and line.is_account_missing
                    and not line._is_closed_by_netting()
                )
            )
            wizard.is_gain_account_missing = any(missing.mapped("is_credit"))
            wizard.is_loss_account_missing = not all(missing.mapped("is_credit"))

    @api.depends("company_id", "has_balances", "has_credits", "distribution")
    def _compute_can_remember_account(self):
        """Administrators may, where an account is chosen for all and the company has none."""
        is_manager = self.env.user.has_group("ar_writeoff.group_writeoff_manager")
        for wizard in self:
            get_parameter = wizard.company_id._get_writeoff_parameter
            can_remember = is_manager and wizard.distribution == "one"
            wizard.can_remember_account = (
                can_remember
                and wizard.has_balances
                and not get_parameter("writeoff_loss_account_id")
            )
            wizard.can_remember_gain_account = (
                can_remember
                and wizard.has_credits
                and not get_parameter("writeoff_gain_account_id")
            )

    @api.depends("line_ids.selected", "line_ids.amount_currency", "line_ids.amount")
    def _compute_totals(self):
        for wizard in self:
            lines = wizard.line_ids.filtered("selected")
            credits_ = lines.filtered("is_credit")
            wizard.selected_count = len(lines)
            wizard.amount_total = sum(lines.mapped("amount"))
            wizard.amount_credits = sum(credits_.mapped("amount"))
            wizard.amount_balances = wizard.amount_total - wizard.amount_credits
            wizard.is_mixed = bool(wizard.amount_credits and wizard.amount_balances)
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
