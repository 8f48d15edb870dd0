from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Users without rights on write-offs neither read nor forge the link.
    writeoff_line_id = fields.Many2one(
        "ar.writeoff.line",
        string="Write-Off Line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="ar_writeoff.group_writeoff_user,account.group_account_readonly",
        help="The write-off for which this receivable line was made.",
    )

    writeoff_target_id = fields.Many2one(
        "account.move.line",
        string="Closes",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="ar_writeoff.group_writeoff_user,account.group_account_readonly",
        help="The journal item for which this line was made: an open item, or its tax in "
        "transition; on a reversal, the line that is reversed.",
    )

    @api.model
    def _get_open_item_domain(self):
        """Receivables that are still open, on either side. Extension point: what is not among
        them is neither found nor written off, on no path.

        :return: domain on ``account.move.line``
        """
        return [
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            "|",
            ("amount_residual", "!=", 0),
            ("amount_residual_currency", "!=", 0),
        ]

    def action_write_off(self):
        """Open the write-off wizard on these journal items.

        :return: window action
        :raises AccessError: if the user may not write off
        :raises UserError: if nothing can be written off, saying why for each item
        """
        self.check_access("read")
        return self.env["ar.writeoff.wizard"]._open(self)

    def _is_writeoff_credit(self):
        """Tell which side the item is on: a credit (gain when given up) or a balance (loss).

        :return: bool
        """
        self.ensure_one()
        residual = self.amount_residual_currency or self.amount_residual
        return residual < 0

    def _get_writeoff_amount(self, amount_currency):
        """Company-currency share of a partial amount, at the rate the item is booked at.

        What closes the item takes all that is left, so that no cent stays open.

        :param float amount_currency: document currency, sign of the residual
        :return: float, company currency, sign of the residual
        """
        self.ensure_one()
        if not self.currency_id.compare_amounts(amount_currency, self.amount_residual_currency):
            return self.amount_residual
        if not self.amount_currency:
            return 0.0
        amount = self.company_currency_id.round(
            amount_currency * self.balance / self.amount_currency
        )
        return min(amount, self.amount_residual, key=abs)

    def _get_writeoff_item_name(self):
        """Reference a customer would recognise: the document, and which instalment of it.

        :return: str
        """
        self.ensure_one()
        document = self.move_id._get_writeoff_document_name()
        if not self.move_id.is_invoice(include_receipts=True):
            is_payment = self.move_id.origin_payment_id or not self.name
            return document if is_payment else f"{document}: {self.name}"
        instalments = self.move_id.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).sorted("date_maturity")
        if self in instalments and len(instalments) > 1:
            return self.env._(
                "%(document)s (%(number)s of %(count)s)",
                document=document,
                number=list(instalments).index(self) + 1,
                count=len(instalments),
            )
        return document

    def _lock_writeoff_items(self):
        """Lock open items for this transaction.

        Whoever changed them since this transaction began makes it fail, and Odoo repeats it.

        :raises UserError: naming the items that somebody else is changing right now
        """
        if busy := self - self.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "Somebody else is working on %(items)s right now. Nothing was changed; try "
                    "again in a moment.",
                    items=", ".join(item._get_writeoff_item_name() for item in busy),
                )
            )
        self.invalidate_recordset(["amount_residual", "amount_residual_currency", "reconciled"])

    def _get_writeoff_matches(self):
        """The matches of these lines with what they were made to close.

        :return: ``account.partial.reconcile``
        """
        ids = []
        for line in self.filtered("writeoff_target_id"):
            target = line.writeoff_target_id
            ids += line.matched_debit_ids.filtered(lambda m, t=target: m.debit_move_id == t).ids
            ids += line.matched_credit_ids.filtered(lambda m, t=target: m.credit_move_id == t).ids
        return self.env["account.partial.reconcile"].browse(ids)

    def _read_at_once(self):
        """Read what core, or we, look at item by item: one query for all of them."""
        self.fetch()
        for name in ("tax_ids", "tax_tag_ids", "partner_id"):
            self.mapped(name).fetch()
