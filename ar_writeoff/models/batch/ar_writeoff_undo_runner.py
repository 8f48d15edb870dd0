from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..decision import Decision
from ..line_states import LIVE_STATES, TAKEN_STATES
from ..rights import as_engine
from ..undo_request import UndoRequest


class ArWriteoffUndoRunner(models.AbstractModel):
    """Undoing lines of a batch or of one write-off: few at once, many chunk by chunk."""

    _name = "ar.writeoff.undo.runner"
    _inherit = "ar.writeoff.stop.mixin"
    _description = "Run of an Undo"

    @api.model
    def _start(self, target, lines, request, approval=None):
        """Undo few lines at once, many in the background.

        :param target: ``ar.writeoff.batch`` or ``ar.writeoff``, in the environment of who undoes it
        :param lines: ``ar.writeoff.line`` records to undo; others than its own do not count
        :param request: ``UndoRequest``
        :param approval: what kept the undo until somebody approved it, see ``Decision``
        :return: ``ar.writeoff.run``; or what keeps the undo, see ``ar.writeoff.authority``
        :raises AccessError, UserError: see ``ar.writeoff.reversal._reverse``
        """
        target.ensure_one()
        target._check_authority()
        target._check_all_lines_visible()
        lines = self._get_live_lines(target) & lines
        self._check_none_under_way(target, lines)
        Reversal = self.env["ar.writeoff.reversal"]
        Reversal._check_something_left(target, lines, request)
        Authority = self.env["ar.writeoff.authority"]
        content = {"target": target, "lines": lines, "request": request}
        sums = Authority._read_sums(lines, [("id", "in", lines.ids)])
        decision = Decision("undo", target.company_id, sums, content, approval)
        if waiting := Authority._authorise(decision):
            return waiting
        run = self.env["ar.writeoff.run"]._create_run(
            "undo", target, self._prepare_request_vals(request)
        )
        if len(lines) <= run._get_at_once_size():
            self._reverse(run, lines)
            self._finish(run)
            return run
        Reversal._raise_undo_blockers(lines, request)
        self._queue(lines, run)
        if run.batch_id:
            as_engine(run).batch_id.state = "running"
        run._schedule(len(lines))
        return run

    @api.model
    def _get_live_lines(self, target):
        """What of a write-off or a batch can be undone.

        :param target: ``ar.writeoff`` or ``ar.writeoff.batch``
        :return: ``ar.writeoff.line``
        """
        link = "batch_id" if target._name == "ar.writeoff.batch" else "writeoff_id"
        return self.env["ar.writeoff.line"].search(
            [(link, "=", target.id), ("state", "in", LIVE_STATES)]
        )

    def _queue(self, lines, run):
        """Let lines wait for a run: in one statement, however many there are.

        :param lines: ``ar.writeoff.line`` records
        :param run: ``ar.writeoff.run``
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE ar_writeoff_line SET undo_run_id = %s WHERE id = ANY(%s)", run.id, lines.ids
            )
        )
        lines.invalidate_model(["undo_run_id"], flush=False)
        run.invalidate_recordset(["undo_line_ids"], flush=False)
        writeoffs = as_engine(self.env["ar.writeoff"])
        writeoffs.search([("line_ids.undo_run_id", "=", run.id)])._refresh()

    def _prepare_request_vals(self, request):
        """What was asked for, as values of the run that keeps it.

        :param request: ``UndoRequest``
        :return: values for ``ar.writeoff.run``
        """
        return {
            "undo_date": request.date,
            "undo_comment": request.comment,
            "undo_with_netting": request.with_netting,
            "undo_replacements": {old.id: new.id for old, new in request.replacements.items()},
        }

    def _get_request(self, run):
        """What the undo was asked for.

        :param run: ``ar.writeoff.run``
        :return: ``UndoRequest``
        """
        Account = self.env["account.account"]
        stored = (run.undo_replacements or {}).items()
        return UndoRequest(
            date=run.undo_date,
            comment=run.undo_comment,
            with_netting=run.undo_with_netting,
            replacements={Account.browse(int(old)): Account.browse(new) for old, new in stored},
        )

    def _check_none_under_way(self, target, lines):
        waiting = [("id", "in", lines.ids), ("undo_run_id", "!=", False)]
        # sudo: whoever started them
        groups = self.env["ar.writeoff.line"].sudo()._read_group(waiting, ["undo_run_id"])
        runs = self.env["ar.writeoff.run"].sudo().union(*(run for (run,) in groups))  # sudo: same
        if target._name == "ar.writeoff.batch":
            runs |= target._get_active_run()
        if runs.filtered(lambda run: run.kind == "undo"):
            raise UserError(
                self.env._(
                    "%s is being undone already: let it finish, or stop it.", target.display_name
                )
            )
        if runs:
            raise UserError(
                self.env._("%s is under way: let it finish first.", target.display_name)
            )

    @api.model
    def _run_chunk(self, run, lines):
        """Undo the next lines of those that wait for it; what stands in the way ends it.

        :param run: ``ar.writeoff.run``, in the environment of who started it
        :param lines: ``ar.writeoff.line`` records in its queue
        :return: int, how many lines were looked at
        """
        # What somebody else is changing right now stays in the queue.
        free = lines.item_id.try_lock_for_update(allow_referencing=True)
        lines = lines.filtered(lambda line: not line.item_id or line.item_id in free)
        if not lines:
            return 0
        try:
            with self.env.cr.savepoint():
                self._reverse(run, self.env["ar.writeoff.line"].browse(lines.ids))
            lines.undo_run_id = False
        except UserError as error:
            self.env.invalidate_all(flush=False)
            self._stop(run, str(error))
        lines.writeoff_id._refresh()
        return len(lines)

    def _reverse(self, run, lines):
        """Undo these lines, write-off by write-off.

        :param run: ``ar.writeoff.run``
        :param lines: ``ar.writeoff.line`` records in the environment of who started it
        """
        Reversal, request = self.env["ar.writeoff.reversal"], self._get_request(run)
        if run.writeoff_id:
            Reversal._reverse(run.writeoff_id, lines, request)
            return
        for writeoff, own in lines.grouped("writeoff_id").items():
            Reversal._reverse(writeoff, own, request, is_all=False)

    @api.model
    def _open_matched(self, batch, request):
        """Once nothing of a batch is left: what was only matched is open again, too.

        :param batch: ``ar.writeoff.batch``
        :param request: ``UndoRequest``
        """
        own = [("batch_id", "=", batch.id)]
        # sudo: whether something stands does not depend on who may see it
        stands = self.env["ar.writeoff.line"].sudo().search_count(
            [*own, ("state", "in", TAKEN_STATES)], limit=1
        ) or self.env["ar.writeoff.candidate"].sudo().search_count(
            [*own, ("state", "=", "queued")], limit=1
        )
        if request.with_netting and not stands:
            netted = self.env["ar.writeoff"].search([*own, ("netting_ids", "!=", False)])
            for writeoff in netted:
                self.env["ar.writeoff.reversal"]._reverse(
                    writeoff, writeoff.line_ids.browse(), request, is_all=True
                )

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    @api.model
    def _finish(self, run):
        """The last step of an undo.

        :param run: ``ar.writeoff.run`` with an empty queue
        """
        batch = as_engine(run).batch_id
        if not batch:
            run._end("done", self.env._("Undone."))
            return
        self._open_matched(run.batch_id, self._get_request(run))
        if batch.state == "running":
            batch.state = "done"
        text = self.env._(
            "Undone: of this batch, %(amount)s are given back.",
            amount=batch.currency_id.format(batch.amount_reversed),
        )
        run._end("done", text)
        batch.message_post(body=" ".join(filter(None, (text, run.undo_comment))))

    def _stop(self, run, message):
        """What is undone stays undone, the rest stays written off.

        :param run: ``ar.writeoff.run``
        :param str message: why, for the history
        """
        own = as_engine(run)
        lines = own.undo_line_ids
        lines.undo_run_id = False
        lines.writeoff_id._refresh()
        text = self.env._("The undo stopped: %s", message)
        if own.batch_id:
            own.batch_id.state = "done"
        own._get_target().message_post(body=text)
        run._end("stopped", text)
