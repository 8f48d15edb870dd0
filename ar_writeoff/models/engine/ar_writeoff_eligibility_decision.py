from odoo import models

from ..problems import blocker


class ArWriteoffEligibility(models.AbstractModel):
    """Whether what is decided on an open item is fit for it: its reason, account and amount."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.eligibility"  # pylint: disable=consider-merging-classes-inherited

    def _check_exists(self, plan):
        for row in plan.rows.filtered(lambda row: not row.item_id):
            message = self.env._("%s does not exist any more.", row.item_name)
            yield blocker("deleted", message)

    def _check_reason(self, plan):
        for row in plan.fit:
            if message := self._get_reason_problem(row):
                yield blocker("reason", message, row.item_id)

    def _get_reason_problem(self, row):
        """What is wrong with the reason of a row.

        :param row: see ``Plan``
        :return: str, empty if nothing is
        """
        reason = row.reason_id
        if not reason:
            return self.env._("%s: choose a reason for the write-off.", row.item_name)
        names = {"item": row.item_name, "reason": reason.name}
        if not reason.active:
            return self.env._(
                "%(item)s: the reason “%(reason)s” is archived; choose another one.", **names
            )
        is_credit = row.item_id._is_writeoff_credit()
        if reason.use != ("balance" if is_credit else "credit"):
            return ""
        if is_credit:
            return self.env._(
                "%(item)s: the reason “%(reason)s” is not for credits; choose another one.", **names
            )
        return self.env._(
            "%(item)s: the reason “%(reason)s” is not for balances; choose another one.", **names
        )

    # ------------------------------------------------------------------
    # Accounts
    # ------------------------------------------------------------------

    def _check_account(self, plan):
        """Where the loss or gain lands: chosen for the row, or configured."""
        for row in plan.fit:
            accounts = {row.writeoff_account_id}
            if not row.writeoff_account_id:
                accounts = row.item_id._get_writeoff_accounts(row.reason_id)
            yield from self._check_accounts(row, accounts)

    def _check_accounts(self, row, accounts):
        """What is wrong with accounts on which a row's loss or gain lands.

        :param row: see ``Plan``
        :param accounts: iterable of ``account.account``, an empty one where none is known
        :return: iterator of problems
        """
        for account in accounts:
            # sudo: to name what the user may not read, and whose it is
            if message := self._get_account_problem(row, account.sudo()):
                yield blocker("account", message, row.item_id)

    def _get_account_problem(self, row, account):
        """What is wrong with an account for a loss or gain.

        :param row: see ``Plan``
        :param account: ``account.account``, with the rights of the system, possibly empty
        :return: str, empty if nothing is
        """
        if not account:
            return self._get_no_account_message(row)
        names = {"item": row.item_name, "account": account.display_name}
        # sudo: a branch may use its parents' accounts
        if not account.company_ids & row.company_id.sudo().parent_ids:
            return self.env._(
                "%(item)s: %(account)s belongs to another company than %(company)s; choose "
                "another.",
                company=row.company_id.name,
                **names,
            )
        if not account._is_writeoff_account() or not account.active:
            return self.env._(
                "%(item)s: %(account)s is archived, or of a type that takes no loss or gain; "
                "choose another.",
                **names,
            )
        return ""

    def _get_no_account_message(self, row):
        if row.item_id._is_writeoff_credit():
            return self.env._(
                "%s: no gain account. Choose one here, on the reason, or as the company's gain "
                "account in Invoicing › Configuration › Settings › Write-Offs.",
                row.item_name,
            )
        return self.env._(
            "%s: no loss account. Choose one here, on the reason, on the customer, on the product "
            "or its category, or as the company's loss account in Invoicing › Configuration › "
            "Settings › Write-Offs.",
            row.item_name,
        )

    # ------------------------------------------------------------------
    # Amounts
    # ------------------------------------------------------------------

    def _check_amount(self, plan):
        """The amount has the sign of what is left, is not zero and never exceeds it."""
        for row in plan.fit:
            message = self._get_bounds_problem(row.item_id, row.amount_currency, row._get_left())
            if message:
                yield blocker("amount", message, row.item_id)

    def _get_bounds_problem(self, item, amount_currency, left):
        """What is wrong with an amount that is nothing, or more than is left.

        :param item: ``account.move.line``
        :param float amount_currency: document currency, sign of the residual
        :param float left: what can be given up at most: what is open less what is netted
        :return: str, empty if it lies between
        """
        currency, sign = item.currency_id, -1 if left < 0 else 1
        is_more = currency.compare_amounts(sign * amount_currency, sign * left)
        if is_more and currency.compare_amounts(sign * amount_currency, 0.0) <= 0:
            return self.env._(
                "%(item)s: the amount to write off must lie between zero and %(residual)s.",
                item=item._get_writeoff_item_name(),
                residual=currency.format(left),
            )
        if is_more > 0:
            return self.env._(
                "%(item)s: only %(residual)s is still open, %(amount)s cannot be written off.",
                item=item._get_writeoff_item_name(),
                residual=currency.format(left),
                amount=currency.format(amount_currency),
            )
        return ""

    def _check_worth(self, plan):
        """What an amount is worth in company currency, at the rate the item is booked at."""
        for row in plan.fit:
            compare = row.company_currency_id.compare_amounts
            worth = row.item_id._get_writeoff_amount(row.amount_currency)
            names = {
                "item": row.item_name,
                "amount": row.currency_id.format(row.amount_currency),
                "currency": row.company_currency_id.name,
            }
            # Payments in between change what is left in company currency: both sides must close.
            if compare(row.amount, worth):
                message = self.env._(
                    "%(item)s: what %(amount)s is worth in %(currency)s changed since it was "
                    "planned. Plan the write-off again.",
                    **names,
                )
                yield blocker("amount", message, row.item_id)
            elif row._is_part() and not compare(row.amount, 0.0):
                message = self.env._(
                    "%(item)s: %(amount)s is worth nothing in %(currency)s; write off more, or "
                    "all of it.",
                    **names,
                )
                yield blocker("amount", message, row.item_id)

    def _check_partial(self, plan):
        """A part is given up where the reason allows it, and never of a subsidiary's invoice."""
        for row in plan.fit.filtered(lambda row: row._is_part()):
            if not row.reason_id.allow_partial:
                message = self.env._(
                    "%(item)s: the reason “%(reason)s” allows no partial amounts; write off all of "
                    "%(residual)s, or choose another reason.",
                    item=row.item_name,
                    reason=row.reason_id.name,
                    residual=row.currency_id.format(row._get_left()),
                )
                yield blocker("amount", message, row.item_id)
            elif row.item_id._is_writeoff_child_account():
                yield blocker("child", self._get_child_message(row), row.item_id)

    # ------------------------------------------------------------------
    # Subsidiaries
    # ------------------------------------------------------------------

    def _check_child_whole(self, plan):
        """An invoice of a subsidiary goes as a whole: all of its open items, or none."""
        children = plan.fit.filtered(lambda row: row.item_id._is_writeoff_child_account())
        for document, rows in children.grouped("move_id").items():
            receivables = self.env["ar.writeoff.contra"]._get_receivables(document)
            if receivables.filtered(lambda item: not item.reconciled) - rows.item_id:
                for row in rows:
                    yield blocker("child", self._get_child_message(row), row.item_id)

    def _get_child_message(self, row):
        receivables = self.env["ar.writeoff.contra"]._get_receivables(row.move_id)
        return self.env._(
            "%(item)s belongs to %(customer)s, a subsidiary: only all of it, %(open)s, can be "
            "written off.",
            item=row.item_name,
            customer=row.partner_id.display_name,
            open=row.currency_id.format(sum(receivables.mapped("amount_residual_currency"))),
        )

    def _check_child_payer(self, plan):
        """An invoice of a subsidiary does not go once its parent had a part in it."""
        for row in plan.fit.filtered(lambda row: row.item_id._is_writeoff_child_account()):
            receivables = self.env["ar.writeoff.contra"]._get_receivables(row.move_id)
            matches = receivables.matched_credit_ids.credit_move_id
            matches |= receivables.matched_debit_ids.debit_move_id
            payers = matches.partner_id.commercial_partner_id - row.partner_id
            parents = self._get_parents(row.partner_id)
            if payer := payers.filtered(lambda payer, own=parents: payer in own)[:1]:
                message = self.env._(
                    "%(item)s: %(payer)s, the parent of %(customer)s, paid a part of it. It cannot "
                    "be written off; credit the rest, or reassign the payment.",
                    item=row.item_name,
                    payer=payer.display_name,
                    customer=row.partner_id.display_name,
                )
                yield blocker("child", message, row.item_id)

    def _get_parents(self, customer):
        """The companies a customer belongs to, on whatever level.

        :param customer: ``res.partner``
        :return: ``res.partner``, with the rights of the system
        """
        # sudo: whether the user may read all of the hierarchy does not change it
        customer = customer.sudo()
        parents, parent = customer.browse(), customer.parent_id
        while parent:
            parents, parent = parents | parent, parent.parent_id
        return parents
