from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date


class ArWriteoffCheckMixin(models.AbstractModel):
    """What speaks against a write-off, as data: the wizard lists it, posting raises it."""

    _name = "ar.writeoff.check.mixin"
    _description = "Checks of a Write-Off"

    def _get_checks(self):
        """Everything that blocks this write-off or should be confirmed first.

        :return: list of dicts with ``code``, ``level`` (``danger`` blocks, ``warning`` wants a
            confirmation) and ``message``
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.state == "planned")
        return [
            *self._check_has_lines(lines),
            *self._check_one_company(lines),
            *self._check_reason(),
            *self._check_journal(lines),
            *self._check_lock_dates(lines),
            *self._check_lines(lines),
            *self._check_accounting_date(lines),
        ]

    def _raise_blockers(self):
        """Refuse to go on while something blocks.

        :raises UserError: with every blocking message
        """
        blockers = [check["message"] for check in self._get_checks() if check["level"] == "danger"]
        if blockers:
            raise UserError("\n".join(blockers))

    def _blocker(self, code, message):
        return {"code": code, "level": "danger", "message": message}

    def _warning(self, code, message):
        return {"code": code, "level": "warning", "message": message}

    def _check_has_lines(self, lines):
        if not lines:
            yield self._blocker(
                "nothing", self.env._("Nothing is selected: tick at least one open item.")
            )

    def _check_one_company(self, lines):
        roots = lines.company_id.root_id
        if len(roots) > 1:
            yield self._blocker(
                "companies",
                self.env._(
                    "One write-off belongs to one company and its branches, but these items belong "
                    "to %(companies)s. Write them off company by company.",
                    companies=", ".join(roots.mapped("name")),
                ),
            )

    def _check_reason(self):
        if not self.reason_id:
            yield self._blocker("reason", self.env._("Choose a reason for the write-off."))
        elif self.reason_id.use == "credit":
            yield self._blocker(
                "reason",
                self.env._(
                    "The reason “%(reason)s” is for credits; choose one for balances.",
                    reason=self.reason_id.name,
                ),
            )

    def _check_journal(self, lines):
        for company in lines.company_id:
            if not company._get_writeoff_parameter("writeoff_journal_id"):
                yield self._blocker(
                    "journal",
                    self.env._(
                        "%(company)s has no write-off journal. An administrator sets it in "
                        "Invoicing › Configuration › Settings › Write-Offs.",
                        company=company.name,
                    ),
                )

    def _check_lock_dates(self, lines):
        for company in lines.company_id:
            yield from self._check_lock_dates_of(company, self.accounting_date)

    def _check_lock_dates_of(self, company, date):
        """Refuse a date inside a lock: core would move it to another period without a word.

        :param company: ``res.company``, whose parents' locks count as well
        :param date date: accounting date of the entry
        """
        journal = company._get_writeoff_parameter("writeoff_journal_id")
        locks = company._get_violated_lock_dates(date, False, journal)
        if locks:
            yield self._blocker(
                "lock_date",
                self.env._(
                    "%(date)s lies in a closed period of %(company)s: %(locks)s. The first open "
                    "date is %(open_date)s.",
                    date=format_date(self.env, date),
                    company=company.name,
                    locks=company._format_lock_dates(locks),
                    open_date=format_date(self.env, company._get_writeoff_open_date(date)),
                ),
            )

    def _check_lines(self, lines):
        for line in lines:
            yield from line._get_checks()

    def _check_accounting_date(self, lines):
        date = self.accounting_date
        later = lines.filtered(lambda line: line.item_date and line.item_date > date)
        if later:
            yield self._warning(
                "before_document",
                self.env._(
                    "The accounting date %(date)s is before the date of %(items)s: between the "
                    "two, the books show less than the customer owed.",
                    date=format_date(self.env, self.accounting_date),
                    items=", ".join(later.mapped("item_name")),
                ),
            )
        if self.accounting_date > fields.Date.context_today(self):
            yield self._warning(
                "future",
                self.env._(
                    "The accounting date %(date)s is in the future; the entry is posted at once.",
                    date=format_date(self.env, self.accounting_date),
                ),
            )


class ArWriteoffLineCheckMixin(models.AbstractModel):
    """What speaks against one of its lines."""

    _name = "ar.writeoff.line.check.mixin"
    _description = "Checks of a Write-Off Line"

    def _get_checks(self):
        """What speaks against writing off this line.

        :return: iterator of check dicts, see ``ar.writeoff._get_checks``
        """
        self.ensure_one()
        blocker = self.item_id._get_writeoff_blocker() if self.item_id else None
        if not self.item_id:
            message = self.env._("%s does not exist any more.", self.item_name)
            yield self.writeoff_id._blocker("deleted", message)
        elif blocker:
            yield self.writeoff_id._blocker(*blocker)
        else:
            yield from self._check_amount()
            yield from self._check_item_warnings()
        yield from self._check_writeoff_account()

    def _check_amount(self):
        """The amount has the sign of the residual, is not zero and never exceeds it."""
        currency, residual = self.currency_id, self.item_id.amount_residual_currency
        sign = -1 if currency.compare_amounts(residual, 0.0) < 0 else 1
        asked, left = sign * self.amount_currency, sign * residual
        if currency.compare_amounts(asked, 0.0) <= 0:
            message = self.env._(
                "%(item)s: the amount to write off must be more than zero and at most "
                "%(residual)s.",
                item=self.item_name,
                residual=currency.format(residual),
            )
            yield self.writeoff_id._blocker("amount", message)
        elif currency.compare_amounts(asked, left) > 0:
            message = self.env._(
                "%(item)s: only %(residual)s is still open, %(amount)s cannot be written off.",
                item=self.item_name,
                residual=currency.format(residual),
                amount=currency.format(self.amount_currency),
            )
            yield self.writeoff_id._blocker("amount", message)
        elif self.company_currency_id.is_zero(self.amount):
            message = self.env._(
                "%(item)s: %(amount)s is worth nothing in %(currency)s; write off more, or "
                "all of it.",
                item=self.item_name,
                amount=currency.format(self.amount_currency),
                currency=self.company_currency_id.name,
            )
            yield self.writeoff_id._blocker("amount", message)

    def _check_item_warnings(self):
        for code, message in self.item_id._get_writeoff_warnings(self.writeoff_id.accounting_date):
            yield self.writeoff_id._warning(code, message)

    def _check_writeoff_account(self):
        account = self.writeoff_account_id
        if not account:
            message = self.env._(
                "%(item)s: no loss account. Choose one here, on the reason, or as the company's "
                "loss account in Invoicing › Configuration › Settings › Write-Offs.",
                item=self.item_name,
            )
            yield self.writeoff_id._blocker("account", message)
        elif not account._is_writeoff_account() or not account.active:
            message = self.env._(
                "%(item)s: %(account)s is archived, or of a type that takes no loss; choose "
                "another.",
                item=self.item_name,
                account=account.display_name,
            )
            yield self.writeoff_id._blocker("account", message)
