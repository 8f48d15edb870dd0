from odoo import api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..engine.ar_writeoff_eligibility import CHUNK
from ..plan import Plan
from ..problems import get_problems, raise_blockers
from ..rights import as_engine


class ArWriteoffRunner(models.AbstractModel):
    """Writing off the candidates of a run, chunk by chunk; one failure spoils nothing else.

    Each chunk makes a write-off for each company it touches.
    """

    _name = "ar.writeoff.runner"
    _description = "Run of a Batch Write-Off"

    @api.model
    def _run_chunk(self, run, candidates):
        """Write off the next candidates, if who started it still may.

        :param run: ``ar.writeoff.run``, in the environment of who started it
        :param candidates: ``ar.writeoff.candidate`` records in its queue
        :return: int, how many were finished, whatever became of them
        """
        try:
            run.batch_id._check_authority()
        except UserError as error:  # an AccessError is one
            self._stop_unauthorised(run, str(error))
            return len(candidates)
        count = len(candidates)
        self._skip(candidates, self._get_refused(run.batch_id, candidates))
        writeoffs = {}
        self._post_isolated(run, self._filter_queued(candidates), writeoffs)
        made = as_engine(self.env["ar.writeoff"].union(*writeoffs.values()))
        made = made.with_context(tracking_disable=True)
        made._number()  # nothing can fail any more
        made._refresh()
        return count

    def _filter_queued(self, candidates):
        return candidates.exists().filtered(lambda row: row.state == "queued")

    # ------------------------------------------------------------------
    # What changed since the items were chosen
    # ------------------------------------------------------------------

    def _get_refused(self, batch, candidates):
        """Items that changed since they were chosen, or are being changed right now.

        :param batch: ``ar.writeoff.batch``
        :param candidates: ``ar.writeoff.candidate`` records in the queue
        :return: dict candidate → (code, message)
        """
        items = candidates.item_id
        free = items.try_lock_for_update(allow_referencing=True)
        free.invalidate_recordset(["amount_residual", "amount_residual_currency", "reconciled"])
        free_ids = set(free.ids)
        rows = {row.item_id: row for row in candidates if row.item_id.id in free_ids}
        found = self.env["ar.writeoff.selection"]._find_at_run(batch, rows)
        refused = {}
        for row in candidates:
            item = row.item_id
            if not item:
                refused[row] = "changed", self.env._("%s does not exist any more.", row.item_name)
            elif item.id not in free_ids:
                message = self.env._("%s: somebody else is changing it.", row.item_name)
                refused[row] = "busy", message
            elif row._is_residual_changed():
                refused[row] = "changed", row._get_changed_message()
            elif item in found:
                refused[row] = found[item]
        return refused

    def _skip(self, candidates, refused):
        """Leave out what was refused, and what was to be netted with it.

        :param candidates: ``ar.writeoff.candidate`` records in the queue
        :param dict refused: row → (code, message)
        """
        for row, (code, message) in refused.items():
            row._set_outcome("skipped", code, message)
        # Credits of which nothing was to be netted are those of the broken customers, too.
        netted = candidates.filtered(
            lambda row: row.state == "queued" and (row.netted_currency or row.amount_currency < 0)
        )
        broken = {row.partner_id for row in refused if row.netted_currency}
        for row in netted.filtered(lambda row: row.partner_id in broken):
            message = self.env._(
                "%s was to be matched with items of the customer that changed meanwhile.",
                row.item_name,
            )
            row._set_outcome("skipped", "netted_with", message)

    # ------------------------------------------------------------------
    # Posting: all at once; if that fails, by halves
    # ------------------------------------------------------------------

    def _post_isolated(self, run, candidates, writeoffs):
        """Post these candidates; if that fails, find out by halves which of them are to blame.

        :param run: ``ar.writeoff.run``
        :param candidates: ``ar.writeoff.candidate`` records in the queue, locked
        :param dict writeoffs: company → ``ar.writeoff`` of this chunk; those that are made are put
            into it
        """
        if not candidates:
            return
        try:
            with self.env.cr.savepoint():
                made = self._post(run, candidates, writeoffs)
            writeoffs.update(made)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # whatever other apps do wrong, the run goes on
            self.env.invalidate_all(flush=False)
            if problems := get_problems(error):
                self._skip(candidates, self._get_concerned(candidates, problems))
                self._post_isolated(run, self._filter_queued(candidates), writeoffs)
                return
            self._isolate(run, candidates, writeoffs, run._get_failure_message(error))

    def _get_concerned(self, candidates, problems):
        """The candidates that problems are about, each with the first that is about it.

        :param candidates: ``ar.writeoff.candidate`` records in the queue
        :param list problems: see ``problems``
        :return: dict candidate → (code, message); all of them, if no problem names one
        """
        by_id, refused = {row.item_id.id: row for row in candidates}, {}
        for problem in problems:
            rows = [by_id[item_id] for item_id in problem["items"] if item_id in by_id]
            for row in rows or candidates:
                refused.setdefault(row, (problem["code"], problem["message"]))
        return refused

    def _isolate(self, run, candidates, writeoffs, message):
        """After a failure: try halves, down to the part that is to blame.

        :param run: ``ar.writeoff.run``
        :param candidates: ``ar.writeoff.candidate`` records in the queue
        :param dict writeoffs: see ``_post_isolated``
        :param str message: what was said against all of them together
        """
        parts = self._split(candidates)
        if len(parts) == 1:
            candidates._set_outcome("failed", "other", message)
            return
        for part in parts:
            self._post_isolated(run, part, writeoffs)

    def _split(self, candidates):
        """Two halves of these candidates that can be posted one without the other.

        :param candidates: ``ar.writeoff.candidate`` records
        :return: list of one or two ``ar.writeoff.candidate`` recordsets
        """
        groups = candidates.grouped(
            lambda row: (
                row.company_id,
                row.partner_id,
                not row.netted_currency and row.move_id,
            )
        )
        parts = list(groups.values())
        half = len(parts) // 2
        nothing = candidates.browse()
        halves = [nothing.union(*parts[:half]), nothing.union(*parts[half:])]
        return [half for half in halves if half]

    def _post(self, run, candidates, writeoffs):
        """Make lines of the register, net, check, create, post and reconcile, all at once.

        :param run: ``ar.writeoff.run``
        :param candidates: ``ar.writeoff.candidate`` records in the queue, locked
        :param dict writeoffs: see ``_post_isolated``
        :return: dict company → ``ar.writeoff``
        :raises UserError: if something speaks against some of them
        """
        made = {}
        for company, own in candidates.grouped("company_id").items():
            writeoff = writeoffs.get(company) or self._create_writeoff(run, company)
            self._post_lines(writeoff, own._create_lines(writeoff))
            made[company] = writeoff
        return made

    def _create_writeoff(self, run, company):
        """The write-off of a chunk: its number comes last, its history is that of the batch.

        :param run: ``ar.writeoff.run``
        :param company: ``res.company``
        :return: ``ar.writeoff``, in the environment of who started the run
        """
        vals = {
            **run.batch_id._prepare_writeoff_vals(company.sudo(False)),
            "user_id": run._get_author().id,
            "warnings_confirmed": run.warnings_confirmed,
            "confirmed_problems": run.confirmed_problems,
        }
        Writeoff = as_engine(self.env["ar.writeoff"]).with_context(tracking_disable=True)
        return self.env["ar.writeoff"].browse(Writeoff.create(vals).id)

    def _post_lines(self, writeoff, lines):
        """Net and post these lines.

        :param writeoff: ``ar.writeoff``
        :param lines: its ``ar.writeoff.line`` records, as they are planned, locked
        :raises UserError: if something speaks against some of them
        """
        customers = lines.filtered(lambda line: not line._is_netted_only()).partner_id
        # Customers of whom nothing is left after netting have no entry that could wait; what of
        # others is netted only waits with the entry that was left in draft.
        settled = lines.filtered(lambda line: line.partner_id not in customers)
        self.env["ar.writeoff.netting"]._net(writeoff, settled)
        if others := lines - settled:
            self.env["ar.writeoff.posting"]._post_lines(writeoff, others, self._refuse)

    def _refuse(self, lines):
        """What wants a confirmation was confirmed when the run was started.

        :param lines: ``ar.writeoff.line`` records of which something is given up
        :raises UserError: if something speaks against some of them
        """
        plan = Plan(lines.writeoff_id, lines)
        raise_blockers(self.env["ar.writeoff.eligibility"]._judge(plan, CHUNK))
