from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain


class ArWriteoffCriteriaMixin(models.AbstractModel):
    """The open items that criteria describe."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.criteria.mixin"  # pylint: disable=consider-merging-classes-inherited

    def _get_candidate_domain(self):
        """The open items these criteria describe. Extension point.

        :return: ``Domain`` on ``account.move.line``
        """
        self.ensure_one()
        return Domain.AND(
            [
                self.env["account.move.line"]._get_open_item_domain(),
                self._get_side_domain(),
                self._get_company_domain(),
                self._get_customer_domain(),
                self._get_date_domain(),
                self._get_kind_domain(),
                self._get_ledger_domain(),
            ]
        )

    def _get_side_domain(self):
        if self.side == "both":
            return Domain.TRUE
        sign = ">" if self.side == "balance" else "<"
        return Domain("amount_residual_currency", sign, 0) | Domain(
            [("amount_residual_currency", "=", 0), ("amount_residual", sign, 0)]
        )

    def _get_company_domain(self):
        # sudo: who belongs to a branch alone may not read its parents
        own = self.env.companies.filtered(lambda c: self.company_id in c.sudo().parent_ids)
        companies = self.branch_ids & own if self.branch_ids else own
        return Domain("company_id", "in", companies.ids)

    def _get_customer_domain(self):
        domain = Domain("partner_id", "!=", False) if self.side == "both" else Domain.TRUE
        if self.partner_ids:
            customers = self.partner_ids.commercial_partner_id
            domain &= Domain("partner_id.commercial_partner_id", "in", customers.ids)
        for name, records in (
            ("category_id", self.partner_tag_ids),
            ("user_id", self.salesperson_ids),
            ("country_id", self.country_ids),
        ):
            if records:
                path = f"partner_id.commercial_partner_id.{name}"
                domain &= Domain(path, "in", records.ids)
        return domain

    def _get_date_domain(self):
        today = fields.Date.context_today(self)
        bounds = [
            ("date", ">=", self.date_from),
            ("date", "<=", self.date_to),
            ("move_id.invoice_date", ">=", self.invoice_date_from),
            ("move_id.invoice_date", "<=", self.invoice_date_to),
            ("date_maturity", ">=", self.due_from),
            ("date_maturity", "<=", self.due_to),
            ("date_maturity", ">=", self._get_days_ago(today, self.overdue_to)),
            ("date_maturity", "<=", self._get_days_ago(today, self.overdue_from)),
        ]
        return Domain.AND(self._get_bound_domain(*bound) for bound in bounds if bound[2])

    def _get_days_ago(self, today, days):
        return days and today - timedelta(days=days)

    def _get_bound_domain(self, name, operator, day):
        """Items without a date of that kind, such as payments, count by their own date."""
        domain = Domain(name, operator, day)
        if name == "date":
            return domain
        return domain | (Domain(name, "=", False) & Domain("date", operator, day))

    def _get_kind_domain(self):
        is_payment = Domain("move_id.origin_payment_id", "!=", False) | Domain(
            "move_id.statement_line_id", "!=", False
        )
        is_entry = Domain("move_id.move_type", "=", "entry")
        kinds = [
            (self.with_invoices, Domain("move_id.move_type", "in", ("out_invoice", "out_receipt"))),
            (self.with_credit_notes, Domain("move_id.move_type", "=", "out_refund")),
            (self.with_payments, is_entry & is_payment),
            (self.with_entries, is_entry & ~is_payment),
        ]
        if all(chosen for chosen, _domain in kinds):
            return Domain.TRUE
        return Domain.OR(domain for chosen, domain in kinds if chosen)

    def _get_ledger_domain(self):
        domain = Domain.TRUE
        for name, records in (
            ("currency_id", self.currency_ids),
            ("journal_id", self.journal_ids),
            ("account_id", self.account_ids),
        ):
            if records:
                domain &= Domain(name, "in", records.ids)
        return domain
