from odoo import api, fields, models

from .account_account import WRITEOFF_ACCOUNT_DOMAIN


class ResPartner(models.Model):
    _inherit = "res.partner"

    writeoff_account_id = fields.Many2one(
        "account.account",
        string="Write-Off Account",
        company_dependent=True,
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
        ondelete="restrict",
        groups="ar_writeoff.group_writeoff_user,account.group_account_readonly",
        help="Takes the loss when this customer's balance is written off for a reason without an "
        "account of its own.",
    )

    @api.constrains("writeoff_account_id")
    def _check_writeoff_account(self):
        # sudo: the field is hidden from most users, the rule is not
        self.sudo().writeoff_account_id._check_writeoff_account()
