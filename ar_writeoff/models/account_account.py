from odoo import models
from odoo.exceptions import ValidationError

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
WRITEOFF_ACCOUNT_DOMAIN = [("account_type", "not in", REFUSED_ACCOUNT_TYPES)]


class AccountAccount(models.Model):
    _inherit = "account.account"

    def _is_writeoff_account(self):
        """Tell whether a loss or gain may be posted on this account.

        :return: bool
        """
        self.ensure_one()
        return self.account_type not in REFUSED_ACCOUNT_TYPES

    def _check_writeoff_account(self):
        """Refuse accounts of a type that a write-off must not land on.

        :raises ValidationError: naming the first refused account and its type
        """
        for account in self:
            if not account._is_writeoff_account():
                raise ValidationError(
                    self.env._(
                        "%(account)s cannot be a write-off account: its type is “%(type)s”. "
                        "Choose an expense, income or allowance account.",
                        account=account.display_name,
                        type=dict(account._fields["account_type"]._description_selection(self.env))[
                            account.account_type
                        ],
                    )
                )
