from odoo import api, fields, models
from odoo.exceptions import UserError

from ..problems import get_blockers, get_problems
from .sent import join_problems

SENT_FIELDS = ("name", "account_id", "partner_id", "currency_id", "amount_currency", "balance")


class ArWriteoff(models.Model):
    """Writing off without a screen: by other addons, and from outside."""

    # A room of its own: the register is data, this acts.
    _inherit = "ar.writeoff"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def write_off(self, plan):
        """Write off open items as a plan says; all of it or nothing, unless it says otherwise.

        The plan is a dict that can be sent. What it leaves out is as the wizard proposes it:

        - ``items``: list of dicts, each with ``item_id`` (of ``account.move.line``) or
          ``reference`` (number of a document) and, if wanted, ``amount_currency`` (document
          currency, sign of what is open; all that is open, of instalments the oldest first),
          ``reason_id``, ``writeoff_account_id``, ``separate_tax``, ``comment``
        - ``reason_id`` and ``credit_reason_id``: for balances and for credits;
          ``writeoff_account_id``: for all items that name none
        - ``company_id``, ``date``, ``accounting_date``, ``comment``, ``grouping``, ``leave_draft``;
          ``evidence_ids``: list of ids of ``ir.attachment``
        - ``net_credits``: whether the customers' credits among the items are matched with their
          balances first; not unless it says so
        - ``all_or_nothing``: whether what is refused keeps the rest; if False, it is left out by
          name, and the rest is written off, as one decision
        - ``external_reference``: of the caller; the same call again returns the first result, with
          the states of now, see ``ar.writeoff.call``
        - ``confirmed``: the warnings that were read: dicts with ``code`` and ``items``

        :param dict plan: see above
        :return: dict: ``writeoff_id`` (False if refused, or kept for somebody's approval),
            ``status``, ``state`` of now, ``items`` (what happened to each), ``problems`` (what
            blocks, or wants to be confirmed, or why something is left out), see ``docs/api.md``;
            and what an addon adds that keeps it
        :raises AccessError: if the user may not write off, or may not read an item
        :raises ValidationError: if the plan holds what cannot be used, or its reference was used
            for something else
        :raises UserError: if somebody else is changing an item right now
        """
        self._check_authority()
        self._check_plan(plan)
        Call = self.env["ar.writeoff.call"]
        if first := Call._find_first("write_off", plan):
            return first._prepare_repeated()
        rows = self._get_plan_rows(plan)
        try:
            with self.env.cr.savepoint():
                call = Call._reserve("write_off", plan, self._get_rows_company(plan, rows))
                outcome = self._write_off_rows(plan, rows)
                return self._end_call(call, outcome, self._prepare_kept_rows(outcome, rows))
        except UserError as error:
            if not get_problems(error):
                raise
            self.env.invalidate_all(flush=False)
            return self.env["ar.writeoff.outcome"]._prepare_refusal(rows, get_problems(error))

    def _end_call(self, call, outcome, kept):
        """Remember what came of a call, and tell it.

        :param call: ``ar.writeoff.call``; empty if it has no reference
        :param outcome: see ``ar.writeoff.outcome``
        :param list kept: what became of each row
        :return: dict, see ``write_off``
        """
        call._keep(outcome, kept)
        result = self.env["ar.writeoff.outcome"]._prepare_result(outcome, kept)
        return {**result, "external_reference": call.external_reference}

    def _prepare_kept_rows(self, outcome, rows):
        """What became of each row of a plan that was carried out, or kept.

        :param outcome: ``ar.writeoff``; or what keeps it
        :param list rows: ``Row`` of the plan
        :return: list of dicts
        """
        status = outcome._get_outcome_status()
        by_item = {record.item_id.id: record for record in outcome._get_outcome_records()}
        return [
            self.env["ar.writeoff.outcome"]._prepare_kept_row(
                row, "left_out" if row.problems else self._get_row_status(status, row, by_item)
            )
            for row in rows
        ]

    def _get_row_status(self, status, row, by_item):
        """All of it may have been matched with other items, and nothing given up."""
        records = [by_item[item_id] for item_id in row.item_ids if item_id in by_item]
        is_netted = records and all(record._is_netted_only() for record in records)
        return "matched" if is_netted and status == "written_off" else status

    @api.model
    def preview_write_off(self, plan):
        """Say what a plan would do, and what speaks against it; nothing is changed.

        :param dict plan: see ``write_off``
        :return: dict as of ``write_off``: ``problems``, all of them; ``items``, with the amounts
            they would be written off with; ``entries``: what would be posted, unless something
            blocks it
        :raises AccessError, ValidationError: see ``write_off``
        """
        self._check_authority()
        self._check_plan(plan)
        Call = self.env["ar.writeoff.call"]
        if first := Call._find_first("write_off", plan):
            return {**first._prepare_repeated(), "entries": []}
        rows = self._get_plan_rows(plan)
        Call._check_unused(plan, self._get_rows_company(plan, rows))
        taken = self._find_taken(plan, rows)
        Posting = self.env["ar.writeoff.posting"]
        with Posting._planned(self._prepare_rows_vals(plan, taken)) as writeoff:
            # Where every row is out, each has its reason: that nothing is left is none besides.
            problems = Posting._judge(writeoff) if taken or not rows else []
            return self._prepare_preview(plan, rows, taken, writeoff, problems)

    def _prepare_preview(self, plan, rows, taken, writeoff, problems):
        """What a plan would do.

        :param dict plan: see ``write_off``
        :param list rows: ``Row`` of the plan
        :param list taken: those that would be taken
        :param writeoff: new ``ar.writeoff`` of them
        :param list problems: what the rules say of it
        :return: dict, see ``preview_write_off``
        """
        Outcome = self.env["ar.writeoff.outcome"]
        is_whole = self._is_all_or_nothing(plan)
        left_out = join_problems(rows)
        blockers = [*get_blockers(problems), *(left_out if is_whole else ())]
        blocked = blockers or (rows and not writeoff.line_ids)
        entries = []
        if not blocked:
            lines = writeoff._get_given_up_lines()
            entries = self.env["ar.writeoff.entry"]._prepare_entries_vals(writeoff, lines)
        by_item = {line.item_id.id: line for line in writeoff.line_ids}
        shown = []
        for row in rows:
            out = "refused" if is_whole else "left_out"
            row.problems += row.filter_own(problems)
            is_out = row not in taken or get_blockers(row.problems)
            status = out if is_out else "not_done" if blocked else "ready"
            lines = [by_item[item_id] for item_id in row.item_ids if item_id in by_item]
            shown.append(Outcome._prepare_row(Outcome._prepare_kept_row(row, status), lines))
        return {
            "status": "refused" if blocked else "ready",
            "problems": Outcome._prepare_problems([*left_out, *problems]),
            "items": shown,
            "entries": [self._prepare_sent(one) for one in entries],
        }

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
