from odoo import models


class AccountMoveLine(models.Model):
    """What giving up an open item would be: as configured, or as somebody typed it."""

    # A room of its own: the file of the model would be one of a thousand lines.
    _inherit = "account.move.line"  # pylint: disable=consider-merging-classes-inherited

    def _is_writeoff_child_account(self):
        """Whether the rule for subsidiaries holds: customers with a parent of their own.

        :return: bool
        """
        self.ensure_one()
        return bool(
            self.partner_id.commercial_partner_id.parent_id
            and self.move_id.is_invoice(include_receipts=True)
            and self.company_id._is_writeoff_enabled("writeoff_child_full_only")
        )

    def _is_writeoff_tax_separate(self, reason):
        """Whether the tax in this item is given back: the reason says so, or the company.

        :param reason: ``ar.writeoff.reason``
        :return: bool
        """
        self.ensure_one()
        if reason.separate_tax:
            return reason.separate_tax == "yes"
        name = "writeoff_separate_tax"
        if self._is_writeoff_credit():
            name = "writeoff_credit_separate_tax"
        return self.company_id._is_writeoff_enabled(name)

    def _prepare_writeoff_line_vals(
        self,
        amount_currency,
        reason,
        account=None,
        comment=None,
        separate_tax=None,
        netted_currency=0.0,
    ):
        """Values of the write-off line that gives up an amount on this open item.

        :param float amount_currency: document currency, sign of the residual
        :param reason: ``ar.writeoff.reason``
        :param account: ``account.account`` chosen for this line; else the configured one
        :param str comment: internal, of this line alone
        :param bool separate_tax: whether the tax is given back; else as configured
        :param float netted_currency: matched with other items before, as ``amount_currency``
        :return: values for ``ar.writeoff.line``
        """
        self.ensure_one()
        if separate_tax is None:
            separate_tax = self._is_writeoff_tax_separate(reason)
        return {
            "item_id": self.id,
            "move_id": self.move_id.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "partner_name": self.partner_id.commercial_partner_id.display_name,
            "item_name": self._get_writeoff_item_name(),
            "item_date": self.move_id.invoice_date or self.date,
            "date_maturity": self.date_maturity or self.date,
            "account_id": self.account_id.id,
            "currency_id": self.currency_id.id,
            "item_kind": self._get_writeoff_kind(),
            "item_accounting_date": self.date,
            "item_label": self.move_id.ref or self.name,
            "residual": self.amount_residual,
            "residual_currency": self.amount_residual_currency,
            "netted_currency": netted_currency,
            "netting": "waiting" if netted_currency else "none",
            "amount_currency": amount_currency,
            "amount": self._get_writeoff_amount(amount_currency),
            "reason_id": reason.id,
            "writeoff_account_id": (account or self._get_writeoff_account(reason)).id,
            "separate_tax": separate_tax,
            "comment": comment,
        }
