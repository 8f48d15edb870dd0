from odoo import Command, api, models
from odoo.exceptions import UserError, ValidationError

from ..problems import blocker, get_problems, refuse
from ..rights import as_engine
from ..trial import trial
from .ar_writeoff_call_batch_check import BATCH_FIELDS
from .sent import join_problems


class ArWriteoffBatch(models.Model):
    """A batch without a screen."""

    # A room of its own: the batch is data, this acts.
    _inherit = "ar.writeoff.batch"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def write_off_batch(self, plan):
        """Make a batch of open items, found by criteria or named, and start it if that is wanted.

        - ``criteria``: dict of the fields of ``ar.writeoff.criteria.mixin``, those of several
          records as lists of ids; and, or instead of it, ``filter_id``, a saved filter
        - ``items``: list of dicts with ``item_id`` or ``reference``: no others are looked at
        - ``company_id``, ``reason_id``, ``credit_reason_id``, ``date``, ``accounting_date``,
          ``comment``, ``grouping``, ``leave_draft``, ``evidence_ids``: see
          ``ar.writeoff.write_off``
        - ``start``: whether it is run at once; if not, it stays in draft, to be looked at
        - ``all_or_nothing``: whether it is refused if something is left out; if not said, of items
          that are named, not of what criteria find
        - ``confirmed``, ``external_reference``: see ``ar.writeoff.write_off``

        :param dict plan: see above
        :return: dict: ``batch_id``, ``state``, ``totals``, ``left_out`` by reason, ``progress``,
            ``items`` and ``problems``, see ``docs/api.md``
        :raises AccessError: if the user may not write off
        :raises ValidationError: if the plan holds what cannot be used
        :raises UserError: if the batch cannot be run now
        """
        Writeoff, Call = self.env["ar.writeoff"], self.env["ar.writeoff.call"]
        Writeoff._check_authority()
        self._check_batch_plan(plan)
        if first := Call._find_first("batch", plan):
            return first._prepare_repeated()
        sent = {"items": plan.get("items") or [], "company_id": plan.get("company_id")}
        rows = Writeoff._get_plan_rows(sent)
        company = Writeoff._get_rows_company(sent, rows)
        return self._do_by_call(
            rows,
            lambda: Call._reserve("batch", plan, company),
            lambda: self.with_company(company)._make_by_call(plan, rows),
        )

    @api.model
    def start_batch(self, plan):
        """Start a batch that is in draft.

        - ``batch_id``
        - ``include_all``: whether it takes every item the rules allow, not only those included
        - ``all_or_nothing``: whether it is refused if something is left out; not unless it says so
        - ``confirmed``, ``external_reference``: see ``ar.writeoff.write_off``

        :param dict plan: see above
        :return: dict, see ``write_off_batch``
        :raises AccessError, ValidationError, UserError: see ``write_off_batch``
        """
        Call = self.env["ar.writeoff.call"]
        self.env["ar.writeoff"]._check_authority()
        self._check_start_plan(plan)
        if first := Call._find_first("start", plan):
            return first._prepare_repeated()
        batch = self.browse(plan["batch_id"])
        batch.check_access("read")
        return self._do_by_call(
            [],
            lambda: Call._reserve("start", plan, batch.company_id),
            lambda: batch._start_by_call(plan, []),
        )

    def _do_by_call(self, rows, reserve, act):
        """Do what was asked for, all of it or nothing.

        :param list rows: ``Row`` of the items that were named
        :param reserve: returns the ``ar.writeoff.call``
        :param act: returns the ``ar.writeoff.batch``
        :return: dict, see ``write_off_batch``
        """
        try:
            with self.env.cr.savepoint():
                call, batch = reserve(), act()
                kept = batch._prepare_kept_items(rows)
                return self.env["ar.writeoff"]._end_call(call, batch, kept)
        except UserError as error:
            if not get_problems(error):
                raise
            self.env.invalidate_all(flush=False)
            return self.env["ar.writeoff.outcome"]._prepare_refusal(rows, get_problems(error))

    # ------------------------------------------------------------------
    # Making it
    # ------------------------------------------------------------------

    def _make_by_call(self, plan, rows):
        """Make a batch, select its items, and start it if that is wanted.

        :param dict plan: see ``write_off_batch``
        :param list rows: ``Row`` of the items that were named
        :return: ``ar.writeoff.batch``
        """
        batch = self.create(self._prepare_called_vals(plan, rows))
        item_ids = [item_id for row in rows for item_id in row.item_ids]
        as_engine(batch).write(
            {
                "external_reference": plan.get("external_reference"),
                "is_of_items": bool(rows),
                "item_ids": [Command.set(item_ids)],
            }
        )
        self.env["ar.writeoff.choice"]._select(batch)
        batch._note_left_out(rows)
        is_whole = plan.get("all_or_nothing")
        problems = join_problems(rows)
        if problems and is_whole is not False:
            refuse("\n".join(one["message"] for one in problems), problems)
        if plan.get("start") and not batch.is_selecting:
            batch._start_by_call(plan, rows)
        return batch

    def _prepare_called_vals(self, plan, rows):
        """Values of a batch, of a plan that was sent. Extension point.

        :param dict plan: see ``write_off_batch``
        :param list rows: ``Row`` of the items that were named
        :return: values for ``ar.writeoff.batch``
        """
        vals = {}
        if plan.get("filter_id"):
            chosen = self.env["ar.writeoff.filter"].browse(plan["filter_id"])
            chosen.check_access("read")
            vals.update(chosen._prepare_criteria_vals())
        vals.update({name: plan[name] for name in BATCH_FIELDS if plan.get(name) is not None})
        for name, value in (plan.get("criteria") or {}).items():
            vals[name] = [Command.set(value)] if isinstance(value, list) else value
        if "evidence_ids" in vals:
            vals["evidence_ids"] = [Command.set(vals["evidence_ids"] or [])]
        if rows and "side" not in vals:
            vals["side"] = self._get_side_of(rows)
        return {**vals, "company_id": self.env.company.id}

    def _get_side_of(self, rows):
        """On which side the items stand that were named.

        :param list rows: ``Row``
        :return: str, a value of ``side``
        :raises ValidationError: if they stand on both: whether they are netted must be said
        """
        items = self.env["account.move.line"].browse(id_ for row in rows for id_ in row.item_ids)
        sides = {item._is_writeoff_credit() for item in items if not item.reconciled}
        if len(sides) > 1:
            raise ValidationError(
                self.env._(
                    "Balances and credits are named: say side “both” in the criteria, which nets "
                    "them, or make a batch of each."
                )
            )
        return "credit" if sides == {True} else "balance"

    def _note_left_out(self, rows):
        """Note in each row why one of its items is left out.

        :param list rows: ``Row`` of the items that were named
        """
        found = {candidate.item_id.id: candidate for candidate in self.candidate_ids}
        for row in rows:
            for item in self.env["account.move.line"].browse(row.item_ids):
                candidate = found.get(item.id)
                if not candidate:
                    message = self.env._(
                        "%s is not open, or not what the batch looks for.",
                        item._get_writeoff_item_name(),
                    )
                    row.problems.append(blocker("outside_criteria", message, item))
                elif candidate.state == "left_out":
                    row.problems.append(
                        blocker(candidate.obstacle, candidate.obstacle_message, item)
                    )

    def _start_by_call(self, plan, rows):
        """Run what is included.

        :param dict plan: see ``write_off_batch``
        :param list rows: ``Row`` of the items that were named
        :return: the batch
        :raises UserError: with what speaks against it
        """
        Start, Planned = self.env["ar.writeoff.start"], self.env["ar.writeoff.planned"]
        mode = "all" if plan.get("include_all") else "included"
        Start._check_can_run(self, mode)
        with trial(self.env):  # as the dialog does that shows it before
            Start._prepare(self, mode)
            figures, left_out = Planned._get_totals(self), self._count_left_out()
        if left_out and plan.get("all_or_nothing"):
            message = self.env._(
                "%(count)s open items of %(batch)s are left out: include them, or do not ask for "
                "all or nothing.",
                count=self._format_count(left_out),
                batch=self.display_name,
            )
            refuse(message, [blocker("left_out", message)])
        Start._start(self, mode, plan.get("confirmed"), figures["item_count"], figures["amount"])
        return self

    def _count_left_out(self):
        own = [("batch_id", "=", self.id), ("state", "=", "left_out")]
        return self.env["ar.writeoff.candidate"].search_count(own)
