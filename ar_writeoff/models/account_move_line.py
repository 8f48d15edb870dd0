from odoo import fields, models
from odoo.tools.misc import format_date


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

    def _get_writeoff_blocker(self):
        """Why this journal item can never, or not now, be written off.

        :return: None, or a tuple (code, message) with the first reason that applies
        """
        self.ensure_one()
        for check in (
            self._check_writeoff_is_open,
            self._check_writeoff_is_handled,
            self._check_writeoff_is_free,
        ):
            if found := check():
                return found
        return None

    def _check_writeoff_is_open(self):
        item = self._get_writeoff_item_name()
        if self.account_id.account_type != "asset_receivable" or self.move_id.is_purchase_document(
            include_receipts=True
        ):
            return "not_receivable", self.env._("%s is not a customer's receivable.", item)
        if self.parent_state != "posted":
            return "not_posted", self.env._("%s is not posted.", item)
        if self.reconciled or self.currency_id.is_zero(self.amount_residual_currency):
            return "closed", self.env._("%s is closed: nothing is open on it.", item)
        return None

    def _check_writeoff_is_handled(self):
        """Situations in which a plain entry would be wrong are refused by name."""
        residual = self.currency_id.format(self.amount_residual_currency)
        if self.currency_id.compare_amounts(self.amount_residual_currency, 0.0) < 0:
            return "credit", self.env._(
                "%(item)s is a credit of %(residual)s: match it with an invoice or pay it back. "
                "Credits cannot be written off yet.",
                item=self._get_writeoff_item_name(),
                residual=residual,
            )
        if self._has_on_payment_tax():
            return "on_payment_tax", self.env._(
                "%(item)s (%(residual)s) carries tax that is due on payment. Writing it off would "
                "make that tax due; this is not supported yet.",
                item=self._get_writeoff_item_name(),
                residual=residual,
            )
        return None

    def _check_writeoff_is_free(self):
        if self.move_id.payment_state == "blocked":
            return "blocked", self.env._(
                "%s is blocked, perhaps in dispute. Take the block off the invoice first "
                "(Actions › (Un)Block Payment).",
                self._get_writeoff_item_name(),
            )
        pending = self.move_id.sudo().matched_payment_ids.filtered(
            # sudo: payments are hidden from some billing users, the invoice they belong to is not
            lambda payment: not payment.move_id and payment.state in ("draft", "in_process", "paid")
        )
        if pending:
            return "in_payment", self.env._(
                "%(item)s has a payment in process (%(payments)s): wait for it or cancel it.",
                item=self._get_writeoff_item_name(),
                payments=", ".join(pending.mapped("display_name")),
            )
        return None

    def _get_writeoff_warnings(self, date):
        """What a user should know before this item is written off.

        :param date date: accounting date of the write-off
        :return: list of tuples (code, message)
        """
        self.ensure_one()
        if (
            self.discount_date
            and self.discount_date >= date
            and self.move_id._is_eligible_for_early_payment_discount(self.currency_id, date)
        ):
            return [
                (
                    "discount",
                    self.env._(
                        "%(item)s: the customer may still pay less until %(date)s (early payment "
                        "discount).",
                        item=self._get_writeoff_item_name(),
                        date=format_date(self.env, self.discount_date),
                    ),
                )
            ]
        return []

    def _has_on_payment_tax(self):
        """Tell whether closing this item would make tax due (cash basis).

        :return: bool
        """
        self.ensure_one()
        taxes = self.move_id.line_ids.tax_ids | self.move_id.line_ids.tax_line_id
        return "on_payment" in taxes.flatten_taxes_hierarchy().mapped("tax_exigibility")

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

    def _prepare_writeoff_line_vals(self, amount_currency, account):
        """Values of the write-off line that gives up an amount on this open item.

        :param float amount_currency: document currency, sign of the residual
        :param account: ``account.account`` the loss lands on
        :return: values for ``ar.writeoff.line``
        """
        self.ensure_one()
        return {
            "item_id": self.id,
            "move_id": self.move_id.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "item_name": self._get_writeoff_item_name(),
            "item_date": self.move_id.invoice_date or self.date,
            "date_maturity": self.date_maturity or self.date,
            "account_id": self.account_id.id,
            "currency_id": self.currency_id.id,
            "residual_currency": self.amount_residual_currency,
            "amount_currency": amount_currency,
            "amount": self._get_writeoff_amount(amount_currency),
            "writeoff_account_id": account.id,
        }

    def _get_writeoff_item_name(self):
        """Reference a customer would recognise: the document, and which instalment of it.

        :return: str
        """
        self.ensure_one()
        instalments = self.move_id.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).sorted("date_maturity")
        if self in instalments and len(instalments) > 1:
            return self.env._(
                "%(document)s (%(number)s of %(count)s)",
                document=self.move_id.name,
                number=list(instalments).index(self) + 1,
                count=len(instalments),
            )
        return self.move_id.name or self.name

    # ------------------------------------------------------------------
    # Reconciliation
    # ------------------------------------------------------------------

    def _reconcile_writeoff_lines(self):
        """Match each counterpart with its open item, each reversal with its counterpart.

        Called on the lines of entries that were just posted, whoever posted them.
        """
        # sudo: who posts an entry need not see the register that tells what it belongs to
        plan = [pair.sudo(False) for pair in self.sudo()._get_writeoff_pairs()]
        if not plan:
            return
        AccountMoveLine = self.env["account.move.line"].with_context(
            skip_invoice_sync=True,  # matching changes no line of an invoice
            no_exchange_difference=True,  # both sides are valued at the item's own rate
            tracking_disable=True,  # one note per document is logged instead
            mail_notrack=True,
        )
        AccountMoveLine._reconcile_plan(plan)
        # Computed while tracking is off: “Paid” would be the wrong word in the history.
        AccountMoveLine.union(*plan).move_id.mapped("payment_state")

    def _get_writeoff_pairs(self):
        pairs = []
        for line in self.filtered(lambda item: item.writeoff_line_id and not item.reconciled):
            if line.move_id.writeoff_role == "entry":
                partner = line.writeoff_line_id.item_id
            else:
                partner = line.writeoff_line_id.entry_line_ids.filtered(
                    lambda item: item.move_id.writeoff_role == "entry"
                )
            if partner and not partner.reconciled:
                pairs.append(line | partner)
        return pairs

    def _reconcile_pre_hook(self):
        data = super()._reconcile_pre_hook()
        # sudo: the reason decides, whether or not the user may read write-offs
        fresh = self.sudo().filtered(lambda line: line.writeoff_line_id and not line.reconciled)
        unsettling = fresh.writeoff_line_id.filtered(
            lambda line: not line.writeoff_id.reason_id.settles_invoice
        )
        data["unsettled_invoices"] = unsettling.move_id.sudo(False)
        return data

    def _reconcile_post_hook(self, data):
        """A debt given up is not paid: other apps hear of it only if the reason settles it."""
        unsettled = data.pop("unsettled_invoices")
        for key in ("not_paid_invoices", "in_payment_invoices"):
            data[key] -= unsettled
        return super()._reconcile_post_hook(data)
