from odoo import api, fields, models
from odoo.exceptions import UserError

from ..line_states import LIVE_STATES
from ..trial import is_trial


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
    def _has_field_access(self, field, operation):
        # The links are the engine's: whoever could write them could rewrite the register.
        is_link = field.name in ("writeoff_line_id", "writeoff_target_id")
        if is_link and operation == "write" and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    def unlink(self):
        self._check_deletable()
        # sudo: the register follows the ledger, whoever changes the ledger
        writeoffs = self.sudo().writeoff_line_id.writeoff_id
        self.env["ar.writeoff.share"]._detach(self)
        result = super().unlink()
        writeoffs._refresh()
        return result

    def _check_deletable(self):
        """Refuse to delete what a write-off stands on, whatever key the context passes on.

        :raises UserError: naming the write-off
        """
        posted = self.filtered(lambda line: line.parent_state == "posted")
        if not posted:
            return
        posted.move_id._check_not_writeoff_entry("delete")
        # sudo: the answer must not depend on who asks
        lines = self.env["ar.writeoff.line"].sudo()
        domain = [("item_id", "in", posted.ids), ("state", "in", LIVE_STATES)]
        lines.search(domain)._check_none_stands()

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

    def _get_writeoff_amount_problem(self, amount_currency, left):
        """What is wrong with an amount that somebody typed for this item.

        :param float amount_currency: document currency, sign of the residual
        :param float left: what can be written off at most: the residual less what is netted
        :return: str, empty if the amount can be written off
        """
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        sign = -1 if left < 0 else 1
        is_all = not compare(amount_currency, left)
        if is_all or (
            sign * compare(amount_currency, 0.0) > 0 > sign * compare(amount_currency, left)
        ):
            return ""
        return self.env._(
            "%(item)s: enter an amount between zero and %(left)s.",
            item=self._get_writeoff_item_name(),
            left=self.currency_id.format(left),
        )

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
            "item_period": self.date,
            "item_label": self.move_id.ref or self.name,
            "residual": self.amount_residual,
            "residual_currency": self.amount_residual_currency,
            "netted_currency": netted_currency,
            "amount_currency": amount_currency,
            "amount": self._get_writeoff_amount(amount_currency),
            "reason_id": reason.id,
            "writeoff_account_id": (account or self._get_writeoff_account(reason)).id,
            "separate_tax": separate_tax,
            "comment": comment,
        }

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
            no_cash_basis=True,  # what is given up was not collected: no tax falls due
            no_exchange_difference=True,  # both sides are valued at the item's own rate
            tracking_disable=True,  # one note per document is logged instead
            mail_notrack=True,
        )
        # Core looks at what was matched with them before one by one: read it at once.
        earlier = AccountMoveLine.union(*plan)._all_reconciled_lines()
        earlier.fetch(["reconciled", "currency_id", "company_currency_id", "balance"])
        AccountMoveLine._reconcile_plan(plan)
        self._keep_cash_basis_facts()
        self._check_counterparts_closed()
        # Computed while tracking is off: “Paid” would be the wrong word in the history.
        AccountMoveLine.union(*plan).move_id.mapped("payment_state")

    def _keep_cash_basis_facts(self):
        """Without them, core drops a match when one of its entries is posted again."""
        # sudo: who posts an entry need not see the register that tells what it belongs to
        lines = self.sudo().filtered("writeoff_line_id")
        documents = self.env["ar.writeoff.image"]._get_on_payment_documents(
            lines.writeoff_line_id.move_id
        )
        lines.filtered(
            lambda line: line.writeoff_line_id.move_id.id in documents
        )._get_writeoff_matches()._set_draft_caba_move_vals()

    def _check_counterparts_closed(self):
        """A counterpart that stays open would be a claim or debt nobody looks for.

        :raises UserError: naming the entry and what is left of it
        """
        # sudo: as above
        for line in self.sudo().filtered("writeoff_line_id"):
            if line.move_id.writeoff_role == "entry" and not line.reconciled:
                raise UserError(
                    self.env._(
                        "%(entry)s does not close %(item)s: %(left)s would stay open. Nothing was "
                        "posted; plan the write-off again.",
                        entry=line.move_id.display_name,
                        item=line.writeoff_line_id.item_name,
                        left=line.company_currency_id.format(line.amount_residual),
                    )
                )

    def _get_writeoff_pairs(self):
        return [
            line | line.writeoff_target_id
            for line in self.filtered("writeoff_line_id")
            if not line.reconciled
            and line.writeoff_target_id
            and not line.writeoff_target_id.reconciled
        ]

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

    def _reconcile_pre_hook(self):
        data = super()._reconcile_pre_hook()
        # sudo: the reason decides, whether or not the user may read write-offs
        fresh = self.sudo().filtered(lambda line: line.writeoff_line_id and not line.reconciled)
        unsettling = fresh.writeoff_line_id.filtered(
            lambda line: not line.reason_id.settles_invoice
        )
        data["unsettled_invoices"] = unsettling.move_id.sudo(False)
        return data

    def _reconcile_post_hook(self, data):
        """A debt given up is not paid: other apps hear of it only if the reason settles it.

        Of what is only tried they hear nothing.
        """
        unsettled = data.pop("unsettled_invoices")
        for key in ("not_paid_invoices", "in_payment_invoices"):
            data[key] -= data[key] if is_trial(self.env.cr) else unsettled
        return super()._reconcile_post_hook(data)
