from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..problems import blocker, get_problems, refuse
from ..undo_request import UndoRequest
from ..values import check_values
from .sent import Row, join_problems

TARGETS = ("writeoff_id", "writeoff_name", "writeoff_reference", "batch_id")
UNDO_KEYS = (
    *TARGETS,
    "company_id",
    "item_ids",
    "date",
    "comment",
    "with_netting",
    "replacements",
    "all_or_nothing",
    "external_reference",
    "confirmed",
)
REPLACEMENT_KEYS = ("account_id", "replacement_id")


class ArWriteoff(models.Model):
    """Undoing without a screen."""

    # A room of its own: the file of the call would be one too long to read.
    _inherit = "ar.writeoff"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def undo_write_off(self, plan):
        """Undo a write-off, a batch, or some items of it.

        - one of ``writeoff_id``, ``writeoff_name``, ``writeoff_reference`` (external reference of
          the call that made it, also of a batch) and ``batch_id``
        - ``item_ids``: list of ids of ``account.move.line``; all that is left if not given
        - ``date``: accounting date of the reversal; the first open one from today on
        - ``comment``: why, for the history
        - ``with_netting``: whether the customers' credits that were matched first are open again,
          too; they are unless it says no
        - ``replacements``: for archived accounts, dicts with ``account_id`` and
          ``replacement_id``
        - ``all_or_nothing``, ``external_reference``, ``confirmed``, ``company_id``: see
          ``write_off``

        :param dict plan: see above
        :return: dict as of ``write_off``; ``run_id`` besides, of which ``state`` is ``running``
            while many are undone in the background
        :raises AccessError: if the user may not write off
        :raises ValidationError: if the plan holds what cannot be used, or names nothing there is
        :raises UserError: if it is under way already
        """
        self._check_authority()
        self._check_undo_plan(plan)
        Call = self.env["ar.writeoff.call"]
        if first := Call._find_first("undo", plan):
            return first._prepare_repeated()
        target = self._get_undo_target(plan)
        lines, rows = self._get_undo_rows(plan, target)
        try:
            with self.env.cr.savepoint():
                call = Call._reserve("undo", plan, target.company_id)
                outcome = self._undo_rows(plan, target, lines, rows)
                return self._end_call(call, outcome, self._prepare_undone_rows(outcome, rows))
        except UserError as error:
            if not get_problems(error):
                raise
            self.env.invalidate_all(flush=False)
            return self.env["ar.writeoff.outcome"]._prepare_refusal(rows, get_problems(error))

    # ------------------------------------------------------------------
    # What is undone
    # ------------------------------------------------------------------

    def _get_undo_target(self, plan):
        """What is undone.

        :param dict plan: see ``undo_write_off``
        :return: ``ar.writeoff`` or ``ar.writeoff.batch``, which the user may read
        :raises ValidationError: if there is no such record, or several
        """
        if plan.get("batch_id"):
            target = self.env["ar.writeoff.batch"].browse(plan["batch_id"])
        elif plan.get("writeoff_id"):
            target = self.browse(plan["writeoff_id"])
        else:
            target = self._find_undo_target(plan)
        target.check_access("read")
        return target

    def _find_undo_target(self, plan):
        """The write-off or batch with a name, or with the reference of a call.

        :param dict plan: see ``undo_write_off``
        :return: ``ar.writeoff`` or ``ar.writeoff.batch``
        :raises ValidationError: if there is no such record, or several
        """
        own = [("company_id", "=", plan["company_id"])] if plan.get("company_id") else []
        name = plan.get("writeoff_name") or plan["writeoff_reference"]
        if plan.get("writeoff_name"):
            found = [*self.search([*own, ("name", "=", name)])]
        else:
            calls = self.env["ar.writeoff.call"].search([*own, ("external_reference", "=", name)])
            found = [target for call in calls if (target := call._get_writeoff() or call.batch_id)]
        if not found:
            raise ValidationError(
                self.env._("There is no write-off “%s”, or you do not see it.", name)
            )
        if len(found) > 1:
            raise ValidationError(
                self.env._("Several companies have a write-off “%s”: name the company_id.", name)
            )
        return found[0]

    def _get_undo_rows(self, plan, target):
        """The lines to undo, each a row of the answer.

        :param dict plan: see ``undo_write_off``
        :param target: ``ar.writeoff`` or ``ar.writeoff.batch``
        :return: tuple: ``ar.writeoff.line``; list of ``Row``
        """
        lines = self.env["ar.writeoff.undo.runner"]._get_live_lines(target)
        if plan.get("item_ids") is None:
            item_ids = [line.item_id.id for line in lines]
        else:
            item_ids = list(dict.fromkeys(plan["item_ids"]))
            lines = lines.filtered(lambda line: line.item_id.id in item_ids)
        live = set(lines.item_id.ids)
        rows = []
        for index, item_id in enumerate(item_ids):
            row = Row(index, {"item_id": item_id}, [{"item_id": item_id}])
            if item_id and item_id not in live:
                row.problems.append(self._get_not_live(item_id, target))
            rows.append(row)
        return lines, rows

    def _get_not_live(self, item_id, target):
        item = self.env["account.move.line"].browse(item_id)
        may_read = item.exists() and item.has_access("read")
        return blocker(
            "not_written_off",
            self.env._(
                "%(item)s is not, or not any more, written off by %(writeoff)s.",
                item=item._get_writeoff_item_name() if may_read else item_id,
                writeoff=target.display_name,
            ),
            item,
        )

    def _undo_rows(self, plan, target, lines, rows):
        """Undo what a plan says.

        :param dict plan: see ``undo_write_off``
        :param target: ``ar.writeoff`` or ``ar.writeoff.batch``
        :param lines: ``ar.writeoff.line``
        :param list rows: ``Row``
        :return: ``ar.writeoff.run``; or what keeps the undo, see ``ar.writeoff.authority``
        :raises UserError: with what stands in the way
        """
        problems = join_problems(rows)
        if problems and (self._is_all_or_nothing(plan) or not lines):
            refuse("\n".join(one["message"] for one in problems), problems)
        Runner = self.env["ar.writeoff.undo.runner"]
        for row in rows:
            row.sent["line_ids"] = lines.filtered(
                lambda line, row=row: line.item_id.id in row.item_ids
            ).ids
        return Runner._start(target, lines, self._prepare_undo_request(plan, lines))

    def _prepare_undo_request(self, plan, lines):
        """What is asked for, as the dialog asks it.

        :param dict plan: see ``undo_write_off``
        :param lines: ``ar.writeoff.line``
        :return: ``UndoRequest``
        """
        Account = self.env["account.account"]
        date = fields.Date.to_date(plan.get("date"))
        return UndoRequest(
            date=date or self.env["ar.writeoff.reversal"]._get_open_date(lines),
            comment=plan.get("comment") or "",
            with_netting=plan.get("with_netting") is not False,
            replacements={
                Account.browse(one["account_id"]): Account.browse(one["replacement_id"])
                for one in plan.get("replacements") or ()
            },
        )

    def _prepare_undone_rows(self, outcome, rows):
        status = outcome._get_outcome_status()
        Outcome = self.env["ar.writeoff.outcome"]
        return [
            {
                **Outcome._prepare_kept_row(row, "left_out" if row.problems else status),
                "line_ids": row.sent["line_ids"],
            }
            for row in rows
        ]

    # ------------------------------------------------------------------
    # What was sent
    # ------------------------------------------------------------------

    def _check_undo_plan(self, plan):
        """Refuse a plan of which something could only be guessed.

        :param dict plan: see ``undo_write_off``
        :raises ValidationError: naming what cannot be used
        """
        if not isinstance(plan, dict):
            raise ValidationError(self.env._("A plan is a dict."))
        self._check_keys(plan, UNDO_KEYS)
        if sum(bool(plan.get(name)) for name in TARGETS) != 1:
            raise ValidationError(
                self.env._("A plan names what is undone, once: %s.", ", ".join(TARGETS))
            )
        Call, Run = self.env["ar.writeoff.call"], self.env["ar.writeoff.run"]
        for name in ("writeoff_id", "batch_id", "company_id"):
            check_values(Call, {name: plan[name]} if plan.get(name) else {})
        for name in ("writeoff_name", "writeoff_reference"):
            self._check_reference(name, plan.get(name))
        check_values(Run, {"undo_date": plan.get("date"), "undo_comment": plan.get("comment")})
        self._check_flags(plan, ("with_netting", "all_or_nothing"))
        self._check_ids("item_ids", plan.get("item_ids"))
        self._check_replacements(plan.get("replacements") or [])
        self._check_call(plan)

    def _check_ids(self, name, value):
        """Refuse what is no list of numbers of journal items.

        :param str name: of the key
        :param value: what was sent
        :raises ValidationError: naming it
        """
        if value is None:
            return
        if not isinstance(value, list) or not value:
            raise ValidationError(self.env._("%s is a list of ids; leave it out for all.", name))
        for one in value:
            check_values(self.env["ar.writeoff.line"], {"item_id": one or -1})

    def _check_replacements(self, value):
        """Refuse what is no list of pairs of accounts.

        :param value: what was sent
        :raises ValidationError: naming what cannot be used
        """
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise ValidationError(self.env._("replacements is a list of dicts."))
        for one in value:
            self._check_keys(one, REPLACEMENT_KEYS)
            for name in REPLACEMENT_KEYS:
                check_values(
                    self.env["ar.writeoff.line"], {"writeoff_account_id": one.get(name) or -1}
                )


class ArWriteoffRun(models.Model):
    """A run, most of all of an undo, as what came of a call."""

    # A room of its own: what a call tells stands together.
    _inherit = "ar.writeoff.run"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_outcome(self):
        """What whoever started it by a call hears of it; see ``ar.writeoff``.

        :return: dict that can be sent
        """
        self.ensure_one()
        return {
            "run_id": self.id,
            "batch_id": self.batch_id.id,
            "writeoff_id": self.writeoff_id.id,
            "writeoff": self.writeoff_id._prepare_sent_writeoff(),
            "state": self.state,
            "message": self.result,
            "problems": [],
        }

    def _get_outcome_status(self):
        return "queued" if self.state == "running" else "undone"

    def _get_outcome_records(self):
        return self.undo_line_ids
