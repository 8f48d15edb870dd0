import hashlib
import json

from odoo import Command, fields, models
from odoo.tools.misc import format_date

from odoo.addons.ar_writeoff.models.problems import (
    get_blockers,
    get_short_list,
    get_unconfirmed,
    warning,
)
from odoo.addons.ar_writeoff.models.trial import trial
from odoo.addons.ar_writeoff.models.undo_request import UndoRequest


class ArWriteoffRequest(models.Model):
    """What a request comes to today: paid items drop out, amounts shrink and never grow, a locked
    date moves to the first open one. Whoever approves it is shown all of that.
    """

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.request"  # pylint: disable=consider-merging-classes-inherited

    def _get_current(self):
        """What would be carried out now, and what to confirm before. Nothing is changed.

        :return: dict: ``problems``; ``fingerprint`` of what is shown
        """
        self.ensure_one()
        problems = [*self._check_date(), *getattr(self, f"_check_current_{self.kind}")()]
        # What the requester confirmed is shown on the request.
        shown = [*get_blockers(problems), *get_unconfirmed(problems, self.problems)]
        content = json.dumps([self.name, self.amount, shown], sort_keys=True)
        return {"problems": shown, "fingerprint": hashlib.sha256(content.encode()).hexdigest()}

    # ------------------------------------------------------------------
    # The date
    # ------------------------------------------------------------------

    def _get_date(self):
        """The accounting date it would be posted on now.

        :return: date: the one asked for, or the first open one after it
        """
        companies = self._get_companies()
        return companies._get_writeoff_open_date(self.accounting_date, self._has_tax())

    def _has_tax(self):
        rows, domain = self._get_asked()
        if self.kind == "undo":
            kinds = self.env["ar.writeoff.reversal"]._get_kinds_of_entries(self.undo_line_ids)
            return any(kinds.values())
        return bool(rows.search_count([*domain, ("separate_tax", "=", True)], limit=1))

    def _check_date(self):
        """A date that was locked meanwhile is the approver's to move."""
        date = self._get_date()
        if date != self.accounting_date:
            yield warning(
                "moved_date",
                self.env._(
                    "%(request)s: %(date)s is locked by now. It will be posted on %(open)s.",
                    request=self.name,
                    date=format_date(self.env, self.accounting_date),
                    open=format_date(self.env, date),
                ),
            )

    # ------------------------------------------------------------------
    # A write-off
    # ------------------------------------------------------------------

    def _check_current_write_off(self):
        changes = [*self._check_paid(), *self._check_shrunk()]
        with trial(self.env):
            self._give_back()
            Posting = self.env["ar.writeoff.posting"]
            with Posting._planned(self._prepare_current_vals()) as planned:
                return [*changes, *Posting._judge(planned)]

    def _get_open_lines(self):
        """The items asked for that are still open.

        :return: ``ar.writeoff.request.line``
        """
        return self._get_asked_lines().filtered(
            lambda line: line.item_id and not line.item_id.reconciled
        )

    def _check_paid(self):
        if gone := self._get_asked_lines() - self._get_open_lines():
            yield warning(
                "paid",
                self.env._(
                    "Not open any more, and left out: %s.",
                    get_short_list(self.env, gone.mapped("item_name")),
                ),
                gone.item_id,
            )

    def _check_shrunk(self):
        amounts = self._get_current_amounts()
        for line, (amount, _netted) in amounts.items():
            if line.currency_id.compare_amounts(abs(amount), abs(line.amount_currency)) < 0:
                yield warning(
                    "shrunk",
                    self.env._(
                        "%(item)s: %(now)s instead of %(asked)s; more is not open.",
                        item=line.item_name,
                        now=line.currency_id.format(amount),
                        asked=line.currency_id.format(line.amount_currency),
                    ),
                    line.item_id,
                )

    def _get_current_amounts(self):
        """How much of each item would be given up now, and matched before.

        :return: dict ``ar.writeoff.request.line`` → tuple of amounts in document currency: never
            more than asked for, nor than what is left after netting
        """
        lines, netted = self._get_open_lines(), {}
        if any(lines.mapped("netted_currency")):
            netted = self.env["ar.writeoff.netting"]._get_netted(lines.item_id)
        found = {}
        for line in lines:
            matched = netted.get(line.item_id, 0.0)
            left = line.currency_id.round(line.item_id.amount_residual_currency - matched)
            amount = min(line.amount_currency, left, key=abs)
            found[line] = (amount if amount * line.item_id.amount_residual > 0 else 0.0, matched)
        return found

    def _prepare_current_vals(self):
        """The plan as it is today.

        :return: values of ``ar.writeoff``
        """
        lines = [
            line.item_id._prepare_writeoff_line_vals(
                amount,
                line.reason_id,
                account=line.writeoff_account_id,
                comment=line.comment,
                separate_tax=line.separate_tax,
                netted_currency=netted,
            )
            for line, (amount, netted) in self._get_current_amounts().items()
            if amount or netted
        ]
        return {
            **self.plan,
            "date": fields.Date.to_date(self.plan.get("date")) or self.date,
            "accounting_date": self._get_date(),
            "user_id": self.user_id.id,
            "request_id": self.id,
            "line_ids": [Command.create(vals) for vals in lines],
        }

    # ------------------------------------------------------------------
    # A batch, an undo
    # ------------------------------------------------------------------

    def _check_current_batch(self):
        """What changed is skipped by the run, each item with its reason."""
        rows, domain = self._get_asked()
        if changed := rows.search(domain)._filter_changed():
            yield warning(
                "skipped",
                self.env._(
                    "Items that changed since, and will be skipped: %(count)s (%(names)s).",
                    count=len(changed),
                    names=get_short_list(self.env, changed[:11].mapped("item_name")),
                ),
            )

    def _check_current_undo(self):
        """What was undone or matched otherwise meanwhile drops out."""
        if gone := self.undo_line_ids - self._get_live_lines():
            yield warning(
                "undone",
                self.env._(
                    "Not written off any more, and left out: %s.",
                    get_short_list(self.env, gone.mapped("item_name")),
                ),
            )

    def _get_undo_target(self):
        return self.batch_id or self.writeoff_id

    def _get_live_lines(self):
        Runner = self.env["ar.writeoff.undo.runner"]
        return Runner._get_live_lines(self._get_undo_target()) & self.undo_line_ids

    def _get_undo_request(self):
        Account = self.env["account.account"]
        return UndoRequest(
            date=self._get_date(),
            comment=self.undo_vals["comment"],
            with_netting=self.undo_vals["with_netting"],
            replacements={
                Account.browse(int(old)): Account.browse(new)
                for old, new in self.undo_vals["replacements"].items()
            },
        )
