from odoo import fields, models

from ..item_kinds import ITEM_KINDS
from ..rights import as_engine


class ArWriteoffItemMixin(models.AbstractModel):
    """An open item, and what is decided on it: of a candidate and of a write-off line alike."""

    _name = "ar.writeoff.item.mixin"
    _description = "Open Item of a Write-Off"

    item_id = fields.Many2one(
        "account.move.line", string="Open Item", index=True, ondelete="set null", readonly=True
    )
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    # Copies of what it concerns: the history stays true whatever happens to the ledger.
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True, ondelete="set null"
    )
    partner_name = fields.Char(string="Customer at the Time", readonly=True)
    item_name = fields.Char(string="Reference", readonly=True)
    item_date = fields.Date(string="Document Date", readonly=True)
    date_maturity = fields.Date(string="Due Date", readonly=True)
    item_kind = fields.Selection(ITEM_KINDS, string="Kind", readonly=True)
    item_accounting_date = fields.Date(
        string="Accounting Date of the Document", readonly=True, help="Its accounting period."
    )
    item_label = fields.Char(string="Description", readonly=True)
    account_id = fields.Many2one("account.account", string="Receivable Account", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    residual_currency = fields.Monetary(
        string="Open Before", readonly=True, help="Residual when it was planned, document currency."
    )
    residual = fields.Monetary(
        string="Open Before (Company Currency)",
        currency_field="company_currency_id",
        readonly=True,
    )
    netted_currency = fields.Monetary(
        string="Matched First",
        readonly=True,
        help="Matched with the customer's other items before, in document currency; sign of the "
        "residual.",
    )
    amount_currency = fields.Monetary(
        string="Written Off",
        readonly=True,
        help="Given up, in document currency; negative for a credit.",
    )
    amount = fields.Monetary(
        string="Written Off (Company Currency)",
        currency_field="company_currency_id",
        readonly=True,
        help="Given up, at the rate the item is booked at; negative for a credit.",
    )
    reason_id = fields.Many2one(
        "ar.writeoff.reason",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="restrict",
    )
    comment = fields.Char(
        string="Internal Comment", readonly=True, help="Of this item alone; never shown outside."
    )
    writeoff_account_id = fields.Many2one(
        "account.account",
        string="Write-Off Account",
        readonly=True,
        ondelete="restrict",
        help="Empty where the products of the document have accounts of their own.",
    )
    separate_tax = fields.Boolean(
        string="Separate Sales Tax",
        readonly=True,
        help="The tax in the amount goes back to the tax accounts and boxes of the document.",
    )

    def _revalue(self):
        """What is left after netting is worth what it is booked at, to the cent rates leave."""
        for line in self:
            as_engine(line).amount = line.item_id._get_writeoff_amount(line.amount_currency)

    def _is_netted_only(self):
        """Whether all of it is matched with the customer's other items, and nothing given up.

        :return: bool
        """
        self.ensure_one()
        return bool(self.netted_currency) and self.currency_id.is_zero(self.amount_currency)

    def _filter_invoiced(self):
        """The lines of invoices, receipts and credit notes: documents that have lines to split.

        :return: records of this model
        """
        return self.filtered(
            lambda line: line.item_id and line.move_id.is_sale_document(include_receipts=True)
        )

    def _get_waiting_netting(self):
        """What of it is still to be matched with the customer's other items.

        :return: float, document currency, sign of the residual
        """
        self.ensure_one()
        return self.netted_currency

    def _get_left(self):
        """What can be given up at most: what is open, less what is to be matched first.

        :return: float, document currency, sign of the residual
        """
        is_open = self.item_id.amount_residual_currency
        return self.currency_id.round(is_open - self._get_waiting_netting())

    def _is_part(self):
        """Whether something stays open.

        :return: bool
        """
        return bool(self.currency_id.compare_amounts(self.amount_currency, self._get_left()))
