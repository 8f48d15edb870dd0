from dateutil.relativedelta import relativedelta

from odoo import fields, models


class ArWriteoffRule(models.Model):
    """The brake: beyond it nothing is posted."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.rule"  # pylint: disable=consider-merging-classes-inherited

    def _get_brake_message(self, count, amount):
        """Why a run must not go on. Extension point.

        :param int count: how many items it would write off
        :param float amount: their amount, losses and gains added up, company currency
        :return: str, empty if it may
        """
        self.ensure_one()
        compare, money = self.currency_id.compare_amounts, self.currency_id.format
        if compare(amount, self.brake_amount) > 0:
            return self.env._(
                "%(amount)s in all, above the largest total of a run, %(brake)s.",
                amount=money(amount),
                brake=money(self.brake_amount),
            )
        if self.brake_count and count > self.brake_count:
            return self.env._(
                "%(count)s items, above the most of a run, %(brake)s.",
                count=count,
                brake=self.brake_count,
            )
        month = amount + self._get_month_total()
        if not self.currency_id.is_zero(self.brake_month) and compare(month, self.brake_month) > 0:
            return self.env._(
                "%(amount)s this month, above the largest total of a month, %(brake)s.",
                amount=money(month),
                brake=money(self.brake_month),
            )
        receivables = self._get_receivables() if self.brake_share else 0.0
        if self.brake_share and compare(amount, receivables * self.brake_share / 100) > 0:
            return self.env._(
                "%(amount)s of %(receivables)s that customers owe, above %(brake)s %%.",
                amount=money(amount),
                receivables=money(receivables),
                brake=self.brake_share,
            )
        return ""

    def _get_month_total(self):
        """What its runs of this calendar month wrote off, or asked for.

        :return: float, company currency
        """
        start = fields.Date.context_today(self) + relativedelta(day=1)
        domain = [
            ("rule_id", "=", self.id),
            ("date", ">=", start),
            ("mode", "!=", "report"),
            ("state", "in", ("running", "done")),
        ]
        # sudo: whoever asks
        [(amount,)] = (
            self.env["ar.writeoff.rule.run"].sudo()._read_group(domain, aggregates=["amount:sum"])
        )
        return amount

    def _get_receivables(self):
        """What customers owe the company and its branches today.

        :return: float, company currency
        """
        domain = [
            ("company_id", "child_of", self.company_id.id),
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual", ">", 0.0),
        ]
        # sudo: all of it, whatever the user of the rule sees
        [(amount,)] = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(domain, aggregates=["amount_residual:sum"])
        )
        return amount
