from odoo import fields, models

from ..item_kinds import ITEM_KINDS
from ..problems import blocker


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
    item_period = fields.Date(
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
            # sudo: amounts are the engine's; authority was checked before
            line.sudo().amount = line.item_id._get_writeoff_amount(line.amount_currency)

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

    def _get_separated_documents(self):
        """The documents of these lines of which taxes are given back.

        :return: set of ids
        """
        documents = self.filtered("separate_tax")._filter_invoiced().move_id
        return self.env["ar.writeoff.image"]._get_taxed_documents(documents)

    # ------------------------------------------------------------------
    # What speaks against it
    # ------------------------------------------------------------------

    def _check_reason(self):
        unfit, side = (
            ("balance", self.env._("credits"))
            if self.item_id._is_writeoff_credit()
            else ("credit", self.env._("balances"))
        )
        if not self.reason_id:
            message = self.env._("%s: choose a reason for the write-off.", self.item_name)
            yield blocker("reason", message, self.item_id)
        elif not self.reason_id.active:
            message = self.env._(
                "%(item)s: the reason “%(reason)s” is archived; choose another one.",
                item=self.item_name,
                reason=self.reason_id.name,
            )
            yield blocker("reason", message, self.item_id)
        elif self.reason_id.use == unfit:
            message = self.env._(
                "%(item)s: the reason “%(reason)s” is not for %(side)s; choose another one.",
                item=self.item_name,
                reason=self.reason_id.name,
                side=side,
            )
            yield blocker("reason", message, self.item_id)

    def _check_writeoff_account(self, parts):
        ids = {part["account_id"] for part in parts if part["kind"] == "loss"}
        # sudo: to name what the user may not read, and whose it is
        accounts = self.env["account.account"].sudo().browse(filter(None, ids))
        own = self.company_id.sudo().parent_ids  # sudo: a branch may use its parents' accounts
        if not all(ids):
            yield blocker("account", self._get_no_account_message(), self.item_id)
        others = {part["account_id"] for part in parts if part["kind"] != "loss"}
        for account in self.env["account.account"].browse(others):
            if not account.active:
                message = self.env._(
                    "%(item)s: its tax would go to %(account)s, which is archived; unarchive it.",
                    item=self.item_name,
                    account=account.display_name,
                )
                yield blocker("account", message, self.item_id)
        for account in accounts:
            if not account.company_ids & own:
                message = self.env._(
                    "%(item)s: %(account)s belongs to another company than %(company)s; choose "
                    "another.",
                    item=self.item_name,
                    account=account.display_name,
                    company=self.company_id.name,
                )
                yield blocker("account", message, self.item_id)
            elif not account._is_writeoff_account() or not account.active:
                message = self.env._(
                    "%(item)s: %(account)s is archived, or of a type that takes no loss or gain; "
                    "choose another.",
                    item=self.item_name,
                    account=account.display_name,
                )
                yield blocker("account", message, self.item_id)

    def _get_no_account_message(self):
        if self.item_id._is_writeoff_credit():
            return self.env._(
                "%s: no gain account. Choose one here, on the reason, or as the company's gain "
                "account in Invoicing › Configuration › Settings › Write-Offs.",
                self.item_name,
            )
        return self.env._(
            "%s: no loss account. Choose one here, on the reason, on the customer, on the product "
            "or its category, or as the company's loss account in Invoicing › Configuration › "
            "Settings › Write-Offs.",
            self.item_name,
        )
