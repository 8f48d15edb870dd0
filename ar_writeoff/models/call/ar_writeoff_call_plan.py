from odoo import Command, fields, models

from .ar_writeoff_call_check import HEAD_FIELDS


class ArWriteoff(models.Model):
    """From a plan that was sent to the values of a write-off."""

    # A room of its own: the file of the call would be one too long to read.
    _inherit = "ar.writeoff"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_plan_vals(self, plan):
        """Values of a write-off, of a plan that was sent. Extension point.

        :param dict plan: see ``write_off``
        :return: values for ``ar.writeoff``
        :raises AccessError, ValidationError: see ``write_off``
        """
        self._check_plan(plan)
        rows = plan["items"]
        items = self.env["account.move.line"].browse(row["item_id"] for row in rows)
        items.check_access("read")
        netted = {}
        if plan.get("net_credits"):
            netted = self.env["ar.writeoff.netting"]._get_netted(items)
        lines = [
            self._prepare_plan_line_vals(plan, row, item, netted.get(item, 0.0))
            for row, item in zip(rows, items, strict=True)
        ]
        head = {name: plan[name] for name in HEAD_FIELDS if plan.get(name) is not None}
        if "evidence_ids" in head:
            head["evidence_ids"] = [Command.set(head["evidence_ids"] or [])]
        company = self._get_plan_company(plan, items)
        has_tax = any(vals["separate_tax"] for vals in lines)
        today = fields.Date.context_today(self)
        return {
            "reason_id": next((vals["reason_id"] for vals in lines), False),
            "company_id": company.id,
            "accounting_date": (company | items.company_id)._get_writeoff_open_date(today, has_tax),
            "grouping": company._get_writeoff_parameter("writeoff_grouping"),
            "leave_draft": company._is_writeoff_enabled("writeoff_leave_draft"),
            **head,
            "line_ids": [Command.create(vals) for vals in lines],
        }

    def _get_plan_company(self, plan, items):
        """The company a plan names, else that of its items, or the root of their branches.

        :param dict plan: see ``write_off``
        :param items: ``account.move.line`` records
        :return: ``res.company``
        :raises AccessError: if the user does not see the company the plan names
        """
        if plan.get("company_id"):
            company = self.env["res.company"].browse(plan["company_id"])
            company.check_access("read")
            return company
        companies = items.company_id
        return (companies if len(companies) == 1 else companies.root_id[:1]) or self.env.company

    def _prepare_plan_line_vals(self, plan, row, item, netted):
        """Values of a write-off line, of what a plan says of an item. Extension point.

        :param dict plan: see ``write_off``
        :param dict row: one of its ``items``
        :param item: the ``account.move.line``
        :param float netted: matched with other items before, document currency
        :return: values for ``ar.writeoff.line``
        """
        is_credit = item._is_writeoff_credit()
        name = "credit_reason_id" if is_credit else "reason_id"
        parameter = "writeoff_credit_reason_id" if is_credit else "writeoff_reason_id"
        company = item.company_id
        reason_id = row.get("reason_id") or plan.get(name)
        account_id = row.get("writeoff_account_id") or plan.get("writeoff_account_id")
        amount_currency, separate_tax = row.get("amount_currency"), row.get("separate_tax")
        if amount_currency is None:
            amount_currency = item.amount_residual_currency - netted
        reason = self.env["ar.writeoff.reason"].browse(reason_id)
        return item._prepare_writeoff_line_vals(
            float(amount_currency),
            reason if reason_id else company._get_writeoff_reason(parameter),
            account=self.env["account.account"].browse(account_id),
            comment=row.get("comment"),
            separate_tax=None if separate_tax is None else bool(separate_tax),
            netted_currency=netted,
        )
