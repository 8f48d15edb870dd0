from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..problems import get_blockers, get_problems, is_confirmation
from ..values import check_values

# What a plan may say for all items, and of each.
HEAD_FIELDS = (
    "company_id",
    "date",
    "accounting_date",
    "comment",
    "grouping",
    "leave_draft",
    "evidence_ids",
)
OTHER_KEYS = ("items", "reason_id", "credit_reason_id", "net_credits", "confirmed")
ITEM_FIELDS = (
    "item_id",
    "amount_currency",
    "reason_id",
    "writeoff_account_id",
    "separate_tax",
    "comment",
)
SENT_FIELDS = ("name", "account_id", "partner_id", "currency_id", "amount_currency", "balance")


class ArWriteoff(models.Model):
    """Writing off without a screen: by other addons, and from outside."""

    # A room of its own: the register is data, this acts.
    _inherit = "ar.writeoff"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def write_off(self, plan):
        """Write off open items as a plan says, all of it or nothing.

        The plan is a dict that can be sent. What it leaves out is as the wizard proposes it:

        - ``items``: list of dicts, each with ``item_id`` (of ``account.move.line``) and, if wanted,
          ``amount_currency`` (document currency, sign of what is open; all that is open),
          ``reason_id``, ``writeoff_account_id``, ``separate_tax``, ``comment``
        - ``reason_id`` and ``credit_reason_id``: for balances and for credits
        - ``company_id``, ``date``, ``accounting_date``, ``comment``, ``grouping``, ``leave_draft``;
          ``evidence_ids``: list of ids of ``ir.attachment``
        - ``net_credits``: whether the customers' credits among the items are matched with their
          balances first; not unless it says so
        - ``confirmed``: the warnings that were read: dicts with ``code`` and ``items``

        :param dict plan: see above
        :return: dict: ``writeoff_id`` (False if refused, or kept for somebody's approval),
            ``problems`` (see ``problems``): what blocks, or what wants to be confirmed; and what an
            addon adds that keeps it
        :raises AccessError: if the user may not write off, or may not read an item
        :raises ValidationError: if the plan holds what cannot be used
        :raises UserError: if somebody else is changing an item right now
        """
        self._check_authority()
        vals = self._prepare_plan_vals(plan)
        try:
            with self.env.cr.savepoint():
                outcome = self.env["ar.writeoff.posting"]._write_off(vals, plan.get("confirmed"))
        except UserError as error:
            if not get_problems(error):
                raise
            self.env.invalidate_all(flush=False)
            return {"writeoff_id": False, "problems": get_problems(error)}
        return outcome._prepare_outcome()

    def _prepare_outcome(self):
        """What whoever sent a plan hears of it. Extension point.

        :return: dict, see ``write_off``
        """
        self.ensure_one()
        return {"writeoff_id": self.id, "problems": []}

    @api.model
    def preview_write_off(self, plan):
        """Say what a plan would do, and what speaks against it; nothing is changed.

        :param dict plan: see ``write_off``
        :return: dict: ``problems``, all of them; ``entries``: what would be posted, unless
            something blocks it
        :raises AccessError, ValidationError: see ``write_off``
        """
        self._check_authority()
        Posting = self.env["ar.writeoff.posting"]
        with Posting._planned(self._prepare_plan_vals(plan)) as writeoff:
            problems = Posting._judge(writeoff)
            entries = []
            if not get_blockers(problems):
                lines = writeoff._get_given_up_lines()
                entries = self.env["ar.writeoff.entry"]._prepare_entries_vals(writeoff, lines)
            return {"problems": problems, "entries": [self._prepare_sent(one) for one in entries]}

    def _prepare_sent(self, vals):
        """Values of an entry as they can be sent.

        :param dict vals: values for ``account.move``
        :return: dict
        """
        get_ids = self.env["ar.writeoff.entry"]._get_linked_ids
        return {
            "date": fields.Date.to_string(vals["date"]),
            **{name: vals[name] for name in ("journal_id", "company_id", "ref")},
            "items": [
                {
                    **{name: command[2][name] for name in SENT_FIELDS},
                    "tax_ids": get_ids(command[2].get("tax_ids", ())),
                    "tax_tag_ids": get_ids(command[2].get("tax_tag_ids", ())),
                }
                for command in vals["line_ids"]
            ],
        }

    # ------------------------------------------------------------------
    # The plan
    # ------------------------------------------------------------------

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
        amount_currency, separate_tax = row.get("amount_currency"), row.get("separate_tax")
        if amount_currency is None:
            amount_currency = item.amount_residual_currency - netted
        reason = self.env["ar.writeoff.reason"].browse(reason_id)
        return item._prepare_writeoff_line_vals(
            float(amount_currency),
            reason if reason_id else company._get_writeoff_reason(parameter),
            account=self.env["account.account"].browse(row.get("writeoff_account_id")),
            comment=row.get("comment"),
            separate_tax=None if separate_tax is None else bool(separate_tax),
            netted_currency=netted,
        )

    def _check_plan(self, plan):
        """Refuse a plan of which something could only be guessed.

        :param dict plan: see ``write_off``
        :raises ValidationError: naming what cannot be used
        """
        rows = plan.get("items") if isinstance(plan, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValidationError(
                self.env._("A plan is a dict with a list of items, each of them a dict.")
            )
        strange = set(plan) - {*HEAD_FIELDS, *OTHER_KEYS}
        strange |= {name for row in rows for name in set(row) - {*ITEM_FIELDS}}
        if strange:
            names = ", ".join(sorted(map(str, strange)))
            raise ValidationError(self.env._("A plan does not know these keys: %s.", names))
        check_values(self, {name: plan[name] for name in HEAD_FIELDS if plan.get(name) is not None})
        Line = self.env["ar.writeoff.line"]
        for name in ("reason_id", "credit_reason_id"):
            check_values(Line, {"reason_id": plan[name]} if plan.get(name) else {})
        for row in rows:
            if not row.get("item_id"):
                raise ValidationError(self.env._("Each item of a plan needs its item_id."))
            given = {k: v for k, v in row.items() if v is not None and v is not False}
            check_values(Line, given)
        if not is_confirmation(plan.get("confirmed") or []):
            raise ValidationError(
                self.env._("What is confirmed is a list of dicts with the code and items of each.")
            )
