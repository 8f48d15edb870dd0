from odoo import api, fields, models

from .account_account import WRITEOFF_ACCOUNT_DOMAIN


class ProductCategory(models.Model):
    _inherit = "product.category"

    writeoff_account_id = fields.Many2one(
        "account.account",
        string="Bad Debt Account",
        company_dependent=True,
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
        ondelete="restrict",
        tracking=True,
        help="Takes the share of the products of this category when an invoice is written off and "
        "neither the reason nor the customer has an account.",
    )

    @api.constrains("writeoff_account_id")
    def _check_writeoff_account(self):
        self.writeoff_account_id._check_writeoff_account()


class ProductTemplate(models.Model):
    _inherit = "product.template"

    writeoff_account_id = fields.Many2one(
        "account.account",
        string="Bad Debt Account",
        company_dependent=True,
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
        ondelete="restrict",
        help="Takes this product's share when an invoice is written off. Empty: the category's.",
    )

    @api.constrains("writeoff_account_id")
    def _check_writeoff_account(self):
        self.writeoff_account_id._check_writeoff_account()
