from odoo import models

from ..problems import get_blockers, get_unconfirmed, refuse
from .sent import Row, join_parts, join_problems


class ArWriteoff(models.Model):
    """Which rows of a plan are written off: all of them, or those nothing speaks against."""

    # A room of its own: the file of the call would be one too long to read.
    _inherit = "ar.writeoff"  # pylint: disable=consider-merging-classes-inherited

    def _get_plan_rows(self, plan):
        """The items of a plan, documents looked up by their references. Extension point.

        :param dict plan: see ``write_off``
        :return: list of ``Row``
        """
        rows = [Row(index, sent) for index, sent in enumerate(plan["items"])]
        references = [row.sent["reference"] for row in rows if row.sent.get("reference")]
        found = {}
        if references:
            companies = self._get_lookup_companies(plan)
            found = self.env["ar.writeoff.lookup"]._find(references, companies)
        for row in rows:
            said = {name: value for name, value in row.sent.items() if name != "reference"}
            if not row.sent.get("reference"):
                row.parts.append(said)
            elif isinstance(document := found[row.sent["reference"]], dict):
                row.problems.append(document)
            else:
                self._spread_row(row, said, document)
        return rows

    def _get_lookup_companies(self, plan):
        """Where references are looked up: the company a plan names with its branches, or all that
        are active.

        :param dict plan: see ``write_off``
        :return: ``res.company``
        """
        companies = self.env.companies
        if not plan.get("company_id"):
            return companies
        company = self._get_plan_company(plan, self.env["account.move.line"])
        # sudo: who belongs to a branch alone may not read its parents
        return companies.filtered(lambda one: company in one.sudo().parent_ids)

    def _get_rows_company(self, plan, rows):
        """The company of a write-off, in which its reference is unique.

        :param dict plan: see ``write_off``
        :param list rows: ``Row``
        :return: ``res.company``
        """
        items = self.env["account.move.line"].browse(part["item_id"] for part in join_parts(rows))
        return self._get_plan_company(plan, items)

    def _prepare_rows_vals(self, plan, rows):
        """Values of a write-off of some rows of a plan.

        :param dict plan: see ``write_off``
        :param list rows: ``Row``
        :return: values for ``ar.writeoff``
        """
        return self._prepare_plan_vals({**plan, "items": join_parts(rows)})

    def _is_all_or_nothing(self, plan):
        return plan.get("all_or_nothing") is None or bool(plan["all_or_nothing"])

    def _write_off_rows(self, plan, rows):
        """Write off what a plan says.

        :param dict plan: see ``write_off``
        :param list rows: its ``Row``; why one is left out is noted in it
        :return: ``ar.writeoff``; or what keeps it, see ``ar.writeoff.authority``
        :raises UserError: with everything that blocks or wants a confirmation
        """
        taken = self._find_taken(plan, rows)
        is_short = len(taken) < len(rows)
        if is_short and (self._is_all_or_nothing(plan) or not taken):
            problems = join_problems(rows)
            if taken:
                problems += get_blockers(self._judge_rows(plan, taken))
            refuse("\n".join(dict.fromkeys(one["message"] for one in problems)), problems)
        vals = self._prepare_rows_vals(plan, taken)
        return self.env["ar.writeoff.posting"]._write_off(vals, plan.get("confirmed"))

    def _find_taken(self, plan, rows):
        """The rows nothing speaks against; of all or nothing, those that were found.

        A row that goes may change what the rules say of the others: they are asked again.

        :param dict plan: see ``write_off``
        :param list rows: ``Row``; why one is left out is noted in it
        :return: list of ``Row``
        """
        taken = [row for row in rows if not row.problems]
        while taken and not self._is_all_or_nothing(plan):
            problems = self._judge_rows(plan, taken)
            against = [*get_blockers(problems), *get_unconfirmed(problems, plan.get("confirmed"))]
            for row in taken:
                row.problems += row.filter_own(against)
            left = [row for row in taken if not row.problems]
            if len(left) == len(taken):
                break
            taken = left
        return taken

    def _judge_rows(self, plan, rows):
        """What the rules say of some rows of a plan.

        :param dict plan: see ``write_off``
        :param list rows: ``Row``
        :return: list of problems
        """
        Posting = self.env["ar.writeoff.posting"]
        with Posting._planned(self._prepare_rows_vals(plan, rows)) as writeoff:
            return Posting._judge(writeoff)

    def _spread_row(self, row, said, items):
        """Say what is written off of each instalment of a document.

        :param row: ``Row``; an amount that cannot be is noted in it
        :param dict said: what the plan says of it
        :param items: open ``account.move.line`` records, the oldest due first
        """
        Lookup, amount = self.env["ar.writeoff.lookup"], said.get("amount_currency")
        amount = None if amount is None else float(amount)
        if problem := Lookup._get_amount_problem(items, amount):
            row.problems.append(problem)
        if amount is None or problem:
            row.parts += [{**said, "item_id": item.id} for item in items]
            return
        for item, part in Lookup._spread(items, amount):
            row.parts.append({**said, "item_id": item.id, "amount_currency": part})
