from odoo import models


class AccountMoveLine(models.Model):
    """Where giving up an open item lands, as configured."""

    # A room of its own: the file of the model would be one of a thousand lines.
    _inherit = "account.move.line"  # pylint: disable=consider-merging-classes-inherited

    def _get_writeoff_account(self, reason):
        """Where giving up this item lands, as configured. Extension point, obeyed on every path.

        Balances: the reason's loss account, else the customer's, else those of the products on
        the document or of their categories, else the company's. Credits: the reason's gain
        account, else the company's.

        :param reason: ``ar.writeoff.reason``
        :return: ``account.account``, empty if nothing is configured (accounts are never guessed)
            or if each product of the document has its own
        """
        self.ensure_one()
        company = self.company_id
        if self._is_writeoff_credit():
            return company._get_writeoff_property(
                reason, "gain_account_id"
            ) or company._get_writeoff_parameter("writeoff_gain_account_id")
        customer = self.partner_id.commercial_partner_id
        own = company._get_writeoff_property(
            reason, "loss_account_id"
        ) or company._get_writeoff_property(customer, "writeoff_account_id")
        accounts = {own} if own else self._get_product_writeoff_accounts()
        return accounts.pop() if len(accounts) == 1 else self.env["account.account"]

    def _get_writeoff_accounts(self, reason):
        """Every account on which a part of this item lands; see ``_get_writeoff_account``.

        :param reason: ``ar.writeoff.reason``
        :return: set of ``account.account``, the empty one where something is not configured
        """
        account = self._get_writeoff_account(reason)
        if account or self._is_writeoff_credit():
            return {account}
        return self._get_product_writeoff_accounts()

    def _get_product_writeoff_accounts(self):
        """Where the products of the document let it land.

        :return: set of ``account.account``, see ``_get_writeoff_accounts``
        """
        products = {self.env["product.product"]}
        if self.move_id.is_sale_document(include_receipts=True):
            lines = self.move_id.invoice_line_ids
            products = {line.product_id for line in lines if line.display_type == "product"}
        return {self._get_product_writeoff_account(product) for product in products}

    def _get_product_writeoff_account(self, product):
        """Where the share of a product lands: its own account, its category's, the company's.
        Extension point.

        :param product: ``product.product``, possibly empty
        :return: ``account.account``, possibly empty
        """
        company = self.company_id
        own = company._get_writeoff_property(
            product.product_tmpl_id, "writeoff_account_id"
        ) or company._get_writeoff_property(product.categ_id, "writeoff_account_id")
        if own:
            # As core does with income accounts.
            return self.move_id.fiscal_position_id.map_account(own)
        return company._get_writeoff_parameter("writeoff_loss_account_id")
