from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.problems import get_blockers, get_warnings


class AccountPaymentRegister(models.TransientModel):
    """*Mark as fully paid* by way of the register: where a company wants it, the difference of a
    customer's payment is a write-off like any other, with a reason, within the rules.
    """

    _inherit = "account.payment.register"

    is_writeoff_registered = fields.Boolean(compute="_compute_is_writeoff_registered")
    writeoff_reason_id = fields.Many2one(
        "ar.writeoff.reason",
        string="Write-Off Reason",
        check_company=True,
        compute="_compute_writeoff_reason_id",
        store=True,
        readonly=False,
    )

    @api.depends(
        "payment_difference_handling",
        "partner_type",
        "company_id",
        "early_payment_discount_mode",
        "writeoff_is_exchange_account",
    )
    def _compute_is_writeoff_registered(self):
        for wizard in self:
            wizard.is_writeoff_registered = (
                wizard.payment_difference_handling == "reconcile"
                and wizard.partner_type == "customer"
                and not wizard.early_payment_discount_mode
                and not wizard.writeoff_is_exchange_account
                and wizard.company_id._is_writeoff_enabled("writeoff_from_payments")
            )

    @api.depends("is_writeoff_registered", "payment_difference")
    def _compute_writeoff_reason_id(self):
        """What the customer owes is a balance; what they paid too much, a credit."""
        for wizard in self:
            is_balance = (wizard.payment_difference > 0) == (wizard.payment_type == "inbound")
            name = "writeoff_reason_id" if is_balance else "writeoff_credit_reason_id"
            wizard.writeoff_reason_id = (
                wizard.is_writeoff_registered and wizard.company_id._get_writeoff_reason(name)
            )

    def _create_payment_vals_from_wizard(self, batch_result):
        vals = super()._create_payment_vals_from_wizard(batch_result)
        if self.is_writeoff_registered:
            vals["write_off_line_vals"] = []  # the payment is what was paid
        return vals

    def _create_payments(self):
        if not self.is_writeoff_registered:
            return super()._create_payments()
        self.env["ar.writeoff"]._check_authority()
        difference = self.payment_difference
        payments = super()._create_payments()
        if not self.currency_id.is_zero(difference):
            self._write_off_difference(payments, difference)
        return payments

    def _write_off_difference(self, payments, difference):
        """Give up what was not paid, or what was paid too much.

        :param payments: the ``account.payment`` just made
        :param float difference: currency of the payment; positive if less was paid than was owed
        :raises UserError: if something speaks against it; the payment is not made then either
        """
        vals = self._prepare_writeoff_vals(payments, difference)
        Posting = self.env["ar.writeoff.posting"]
        with Posting._planned(vals) as planned:
            problems = Posting._judge(planned)
        # That the payment is on its way is why they are here.
        known = [one for one in problems if one["code"] == "in_payment"]
        if others := [one for one in get_warnings(problems) if one not in known]:
            raise UserError(
                self.env._(
                    "%s\nKeep the difference open, and write it off on the invoice: there you can "
                    "confirm this.",
                    "\n".join(one["message"] for one in [*get_blockers(problems), *others]),
                )
            )
        self._tell_outcome(Posting._write_off(vals, known))

    def _tell_outcome(self, outcome):
        """What became of the difference, where nobody would see it. Extension point.

        :param outcome: ``ar.writeoff``, which stands on the invoice; or what keeps the difference
            for somebody's approval
        """

    def _prepare_writeoff_vals(self, payments, difference):
        """The plan for the difference. Extension point.

        :param payments: see ``_write_off_difference``
        :param float difference: see ``_write_off_difference``
        :return: values of ``ar.writeoff``
        :raises UserError: if nobody can tell of which items it is the difference
        """
        amounts = self._get_writeoff_amounts(payments, difference)
        company = self.company_id
        lines = [
            item._prepare_writeoff_line_vals(amount, self.writeoff_reason_id)
            for item, amount in amounts.items()
        ]
        has_tax = any(line["separate_tax"] for line in lines)
        return {
            "company_id": company.id,
            "reason_id": self.writeoff_reason_id.id,
            "date": self.payment_date,
            "accounting_date": company._get_writeoff_open_date(self.payment_date, has_tax),
            "grouping": company._get_writeoff_parameter("writeoff_grouping"),
            "leave_draft": company._is_writeoff_enabled("writeoff_leave_draft"),
            "comment": self.env._(
                "Difference of payment %s", ", ".join(payments.mapped("display_name"))
            ),
            "line_ids": [Command.create(line) for line in lines],
        }

    def _get_writeoff_amounts(self, payments, difference):
        """How much of which item is given up: the oldest due first.

        :param payments: see ``_write_off_difference``
        :param float difference: see ``_write_off_difference``
        :return: dict ``account.move.line`` → amount in its currency, sign of its residual
        :raises UserError: see ``_prepare_writeoff_vals``
        """
        items = self.line_ids if difference > 0 else payments.move_id.line_ids
        items = items.filtered(
            lambda item: item.account_type == "asset_receivable" and not item.reconciled
        )
        left, amounts = abs(difference), {}
        for item in items.sorted(lambda item: (item.date_maturity or item.date, item.id)):
            residual = item.amount_residual_currency
            amount = min(left, abs(residual)) if item.currency_id == self.currency_id else 0.0
            if not item.currency_id.is_zero(amount):
                amounts[item] = amount if residual > 0 else -amount
                left = item.currency_id.round(left - amount)
        if not self.currency_id.is_zero(left):
            raise UserError(
                self.env._(
                    "%(amount)s of the difference belong to no open item in %(currency)s. Keep the "
                    "difference open, and write it off on the invoice.",
                    amount=self.currency_id.format(left),
                    currency=self.currency_id.name,
                )
            )
        return amounts
