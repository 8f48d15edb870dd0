from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

# Accounts a write-off must not land on: they are matched with documents, hold money,
# or are computed. An allowance (a balance-sheet account) is allowed.
REFUSED_ACCOUNT_TYPES = (
    "asset_receivable",
    "liability_payable",
    "asset_cash",
    "liability_credit_card",
    "equity_unaffected",
    "off_balance",
)
WRITEOFF_ACCOUNT_DOMAIN = [("is_writeoff_account", "=", True)]
# Money on its way stands on these until the bank statement comes: names core gives them.
OUTSTANDING_XMLIDS = (
    "account_journal_payment_debit_account_id",
    "account_journal_payment_credit_account_id",
)


class AccountAccount(models.Model):
    _inherit = "account.account"

    is_writeoff_account = fields.Boolean(
        string="Takes Losses and Gains",
        compute="_compute_is_writeoff_account",
        search="_search_is_writeoff_account",
    )

    @api.depends("account_type")
    def _compute_is_writeoff_account(self):
        fit = self.filtered_domain(self._get_writeoff_account_domain())
        for account in self:
            account.is_writeoff_account = account in fit

    @api.model
    def _search_is_writeoff_account(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain(self._get_writeoff_account_domain())

    @api.model
    def _get_writeoff_account_domain(self):
        """Accounts on which a loss or gain may be posted. Extension point.

        :return: domain on ``account.account``
        """
        return [
            ("account_type", "not in", REFUSED_ACCOUNT_TYPES),
            ("id", "not in", self._get_transit_account_ids()),
        ]

    @api.model
    def _get_transit_account_ids(self):
        """Accounts that money passes through, of all companies: bank suspense, outstanding
        payments, internal transfers.

        :return: list of ids
        """
        # sudo: what an account is used for does not depend on who asks
        env = self.sudo().with_context(active_test=False).env
        companies = env["res.company"].search([("id", "!=", False)])
        journals = env["account.journal"].search([("suspense_account_id", "!=", False)])
        methods = env["account.payment.method.line"].search([("payment_account_id", "!=", False)])
        names = [f"{company.id}_{xmlid}" for company in companies for xmlid in OUTSTANDING_XMLIDS]
        outstanding = env["ir.model.data"].search_fetch(
            [("module", "=", "account"), ("model", "=", self._name), ("name", "in", names)],
            ["res_id"],
        )
        accounts = companies.transfer_account_id | companies.account_journal_suspense_account_id
        accounts |= journals.suspense_account_id | methods.payment_account_id
        return [*accounts.ids, *outstanding.mapped("res_id")]

    def _is_writeoff_account(self):
        """Tell whether a loss or gain may be posted on this account.

        :return: bool
        """
        self.ensure_one()
        return self.is_writeoff_account

    def _check_writeoff_account(self):
        """Refuse accounts that a write-off must not land on.

        :raises ValidationError: naming the first refused account, its type or its use
        """
        types = dict(self._fields["account_type"]._description_selection(self.env))
        for account in self:
            if account.account_type in REFUSED_ACCOUNT_TYPES:
                raise ValidationError(
                    self.env._(
                        "%(account)s cannot be a write-off account: its type is “%(type)s”. "
                        "Choose an expense, income or allowance account.",
                        account=account.display_name,
                        type=types[account.account_type],
                    )
                )
            if not account._is_writeoff_account():
                raise ValidationError(
                    self.env._(
                        "%s cannot be a write-off account: payments pass through it until they "
                        "are matched with the bank statement. Choose an expense, income or "
                        "allowance account.",
                        account.display_name,
                    )
                )

    @api.model
    def _order_to_sql(self, order, query, alias=None, reverse=False):
        """The other accounts of a preferred type's group come next: other income after income."""
        sql_order = super()._order_to_sql(order, query, alias, reverse)
        preferred_type = self.env.context.get("preferred_account_type")
        if order != self._order or not preferred_type:
            return sql_order
        return SQL(
            "%s = %s %s, %s",
            self._field_to_sql(alias or self._table, "internal_group"),
            preferred_type.split("_")[0],
            SQL("ASC") if reverse else SQL("DESC"),
            sql_order,
        )

    def _compute_display_name(self):
        """Whoever writes off chooses accounts, so they see their codes as accountants do;
        those of another company, too.
        """
        super()._compute_display_name()
        user = self.env.user
        if not user.has_group("ar_writeoff.group_writeoff_user"):
            return
        is_accountant = user.has_group("account.group_account_readonly")
        for account in self:
            if account.placeholder_code and not (is_accountant and account.code):
                account.display_name = f"{account.placeholder_code} {account.display_name.lstrip()}"
