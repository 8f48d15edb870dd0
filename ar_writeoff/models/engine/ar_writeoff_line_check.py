from odoo import models

from ..problems import blocker


class ArWriteoffLineCheckMixin(models.AbstractModel):
    """What speaks against one of its lines."""

    _name = "ar.writeoff.line.check.mixin"
    _description = "Checks of a Write-Off Line"

    def _get_checks(self, parts, split):
        """What speaks against writing off this line, its item being eligible.

        Asked on every path, see ``ar.writeoff._get_posting_checks``; of candidates, by the run.
        Extension point: yield what ``super()`` does, and your own.

        :param list parts: its breakdown
        :param dict split: see ``_get_split_child_invoices``
        :return: iterator of check dicts, see ``ar.writeoff._get_checks``
        """
        self.ensure_one()
        if not self.item_id:
            message = self.env._("%s does not exist any more.", self.item_name)
            yield blocker("deleted", message, self.item_id)
            return
        yield from self._check_reason()
        yield from self._check_amount()
        yield from self._check_child_account(split)
        yield from self._check_writeoff_account(parts)
        yield from self._check_relief()

    def _get_split_child_invoices(self):
        """Invoices of subsidiaries of which these lines give up only a part.

        :return: dict ``account.move`` → what is open on it, in its currency
        """
        split = {}
        children = self.filtered(lambda line: line.item_id._is_writeoff_child_account())
        for document, lines in children.grouped("move_id").items():
            receivables = self.env["ar.writeoff.image"]._get_receivables(document)
            is_open = sum(receivables.mapped("amount_residual_currency"))
            amount = sum(lines.mapped("amount_currency"))
            if lines.currency_id.compare_amounts(amount, is_open):
                split[document] = is_open
        return split

    def _check_child_account(self, split):
        """An invoice of a subsidiary goes as a whole, and not once its parent had a part in it."""
        if not self.item_id._is_writeoff_child_account():
            return
        if self.move_id in split:
            message = self.env._(
                "%(item)s belongs to %(customer)s, a subsidiary: only all of it, %(open)s, can be "
                "written off.",
                item=self.item_name,
                customer=self.partner_id.display_name,
                open=self.currency_id.format(split[self.move_id]),
            )
            yield blocker("child", message, self.item_id)
        receivables = self.env["ar.writeoff.image"]._get_receivables(self.move_id)
        matches = receivables.matched_credit_ids.credit_move_id
        matches |= receivables.matched_debit_ids.debit_move_id
        payers = matches.partner_id.commercial_partner_id - self.partner_id
        if payer := payers.filtered(lambda p: self._is_below(p))[:1]:
            message = self.env._(
                "%(item)s: %(payer)s, the parent of %(customer)s, paid a part of it. It cannot be "
                "written off; credit the rest, or reassign the payment.",
                item=self.item_name,
                payer=payer.display_name,
                customer=self.partner_id.display_name,
            )
            yield blocker("child", message, self.item_id)

    def _is_below(self, company):
        """Whether the customer is a subsidiary of another one, on whatever level.

        :param company: ``res.partner``
        :return: bool
        """
        # sudo: whether the user may read all of the hierarchy does not change it
        parent = self.partner_id.sudo().parent_id
        while parent:
            if parent == company:
                return True
            parent = parent.parent_id
        return False

    def _check_amount(self):
        """The amount has the sign of the residual, is not zero and never exceeds it."""
        message = self._get_bounds_message() or self._get_worth_message()
        if message:
            yield blocker("amount", message, self.item_id)

    def _get_bounds_message(self):
        """What is wrong with an amount that is nothing, or more than is open.

        :return: str, empty if it lies between
        """
        item, currency = self.item_id, self.currency_id
        sign = -1 if item._is_writeoff_credit() else 1
        asked, left = sign * self.amount_currency, sign * item.amount_residual_currency
        is_more = currency.compare_amounts(asked, left)
        if is_more and currency.compare_amounts(asked, 0.0) <= 0:
            return self.env._(
                "%(item)s: the amount to write off must lie between zero and %(residual)s.",
                item=self.item_name,
                residual=currency.format(item.amount_residual_currency),
            )
        if is_more > 0:
            return self.env._(
                "%(item)s: only %(residual)s is still open, %(amount)s cannot be written off.",
                item=self.item_name,
                residual=currency.format(item.amount_residual_currency),
                amount=currency.format(self.amount_currency),
            )
        return ""

    def _get_worth_message(self):
        """What is wrong with an amount within its bounds: outdated, or a part where none may be.

        :return: str, empty if nothing is
        """
        item, currency = self.item_id, self.currency_id
        is_part = currency.compare_amounts(self.amount_currency, item.amount_residual_currency)
        names = {
            "item": self.item_name,
            "amount": currency.format(self.amount_currency),
            "currency": self.company_currency_id.name,
        }
        if self._is_amount_outdated():
            return self.env._(
                "%(item)s: what %(amount)s is worth in %(currency)s changed since it was planned. "
                "Plan the write-off again.",
                **names,
            )
        if is_part and not self.reason_id.allow_partial:
            return self.env._(
                "%(item)s: the reason “%(reason)s” allows no partial amounts; write off all of "
                "%(residual)s, or choose another reason.",
                item=self.item_name,
                reason=self.reason_id.name,
                residual=currency.format(item.amount_residual_currency),
            )
        if is_part and self.company_currency_id.is_zero(self.amount):
            return self.env._(
                "%(item)s: %(amount)s is worth nothing in %(currency)s; write off more, or "
                "all of it.",
                **names,
            )
        return ""

    def _is_amount_outdated(self):
        """Payments in between change what is left in company currency: both sides must close.

        :return: bool
        """
        amount = self.item_id._get_writeoff_amount(self.amount_currency)
        return bool(self.company_currency_id.compare_amounts(self.amount, amount))

    def _check_relief(self):
        """A relief tax claims what was declared: no other amount, and not on payment."""
        relief = self._get_relief()
        if not relief or not self.separate_tax or not relief.tax_ids:
            return
        for tax, group in self._get_charged_taxes():
            mapped = self.env["ar.writeoff.image"]._get_relief_taxes(relief, tax, group)
            if mapped == tax or self.env["ar.writeoff.image"]._is_fit_relief(tax, mapped):
                continue
            message = self.env._(
                "%(item)s: the relief taxes “%(relief)s” replace %(tax)s by %(mapped)s. It must "
                "be one tax of the same kind and amount, due on the invoice; correct the fiscal "
                "position, or choose another reason.",
                item=self.item_name,
                relief=relief.display_name,
                tax=tax.display_name,
                mapped=", ".join((mapped or relief.map_tax(group)).mapped("display_name")),
            )
            yield blocker("relief", message, self.item_id)

    def _get_charged_taxes(self):
        """The taxes on the document that are due on the invoice.

        :return: list of tuples: ``account.tax``, and the group it was charged by, or empty
        """
        taxes = self.move_id.invoice_line_ids.tax_ids
        pairs = []
        for tax in taxes:
            group = tax if tax.amount_type == "group" else tax.browse()
            pairs += [(leaf, group) for leaf in tax.flatten_taxes_hierarchy()]
        return [pair for pair in pairs if pair[0].tax_exigibility == "on_invoice"]
