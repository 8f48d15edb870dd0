import logging
from random import uniform
from time import sleep

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

CHUNK = 1000
QUEUED = [("state", "=", "queued")]
# A chunk that meets other transactions is tried again, at last with as little as can be.
ATTEMPTS = (None, None, 1)


class LinesRefusedError(UserError):
    """What speaks against some of the lines that were to be posted."""

    def __init__(self, refused):
        super().__init__("\n".join(message for _code, message in refused.values()))
        self.refused = refused  # line → (code, message)


class ArWriteoffChunkMixin(models.AbstractModel):
    """The run of a batch, in chunks that are committed; one failure spoils nothing else."""

    _name = "ar.writeoff.chunk.mixin"
    _description = "Chunks of a Batch Write-Off"

    def _get_chunk_size(self):
        """How many items are written off between two commits. Extension point.

        :return: int
        """
        return CHUNK

    @api.model
    def _cron_run(self):
        """Write off what the running batches still have to do, chunk by chunk; a scheduled job."""
        Cron = self.env["ir.cron"]
        queues = ["|", *QUEUED, ("undo_queued", "=", True)]
        remaining = self.env["ar.writeoff.line"].search_count(queues)
        Cron._commit_progress(remaining=remaining)
        for batch in self.search([("state", "=", "running")], order="id"):
            while count := batch._run_chunk_as_user():
                if not Cron._commit_progress(count):
                    return

    def _run_chunk_as_user(self):
        """The next chunk, with the rights, the language and the companies of who started it.

        :return: int, how many items were finished
        """
        is_run = bool(self._get_next_chunk(QUEUED, 1))
        if not is_run and not self._get_next_chunk([("undo_queued", "=", True)], 1):
            self.sudo()._refresh()  # sudo: the engine's; nothing waits here, whatever it says
            return 0
        user = self.user_id if is_run else self.undo_user_id
        if not user:
            self._stop_unauthorised(self.env._("Who started it does not exist any more."))
            return 1  # so that it is committed
        batch = self.with_user(user).with_context(
            lang=user.lang,
            tz=user.tz,
            allowed_company_ids=self._get_run_companies(user).ids,
        )
        for size in ATTEMPTS:
            try:
                count = batch._run_chunk(size)
                self.env.flush_all()  # what speaks against a commit is told here
                return count
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # What others committed meanwhile is seen by a new transaction only.
                self.env.cr.rollback()
                message = self.env._("Others kept changing this item; try again.")
                _logger.info("Batch %s meets other transactions", self.id)
                sleep(uniform(0.05, 0.5))  # noqa: S311
            except Exception as error:  # or the batches behind this one would never run
                self.env.cr.rollback()
                message = self._get_failure_message(error)
        return self._fail_chunk(message)

    def _get_run_companies(self, user):
        return (self.company_id | self._get_line_companies()) & user.company_ids

    def _fail_chunk(self, message):
        """Even the smallest chunk failed: go on with what is behind it.

        :param str message: what is said about its lines
        :return: int, how many lines it had
        """
        lines = self._get_next_chunk(QUEUED, 1)
        if not lines:
            self._stop_undo(message)
            return 1  # so that it is committed
        lines._set_outcome("failed", "busy", message)
        self._after_chunk()
        return len(lines)

    def _get_failure_message(self, error):
        if isinstance(error, UserError):
            return str(error)
        _logger.exception("Batch %s", self.id, exc_info=error)
        if isinstance(error, psycopg2.Error):
            return self.env._("The database refused it; the log of the server says why.")
        return f"{type(error).__name__}: {error}"

    # ------------------------------------------------------------------
    # One chunk
    # ------------------------------------------------------------------

    def _run_chunk(self, size=None):
        """Write off the next items of the queue, or undo them if that is what they wait for.

        :param int size: how many, if not as many as usual
        :return: int, how many were finished, whatever became of them
        """
        self.ensure_one()
        lines = self.sudo()._get_next_chunk(QUEUED, size)
        if not lines:
            return self._undo_chunk(size)
        try:
            self._check_authority()
        except UserError as error:  # an AccessError is one
            self._stop_unauthorised(str(error))
            return len(lines)
        self._skip(lines, self._get_refused(lines))
        self._post_isolated(lines.filtered(lambda line: line.state == "queued"))
        self._after_chunk()
        return len(lines)

    def _stop_unauthorised(self, message):
        """Nobody stands for it any more: what is done stays done, the rest is not touched.

        :param str message: why, for the history
        """
        batch = self.sudo()  # sudo: whoever started it may have no rights any more
        if batch._get_next_chunk(QUEUED, 1):
            batch._stop_run(self.env._("The run was stopped: %s", message), "failed")
        else:
            batch._stop_undo(message)

    def _after_chunk(self):
        # sudo: the register is the engine's; authority was checked before
        batch = self.sudo()
        batch._refresh()
        if not batch._get_next_chunk(QUEUED, 1):
            batch._finish()

    def _get_next_chunk(self, queue, size=None):
        """The next items of a queue: whole customers, as long as they fit.

        :param list queue: domain on ``ar.writeoff.line``
        :param int size: how many, if not as many as usual
        :return: ``ar.writeoff.line``
        """
        size = size or self._get_chunk_size()
        lines = self.env["ar.writeoff.line"].search(
            [("writeoff_id", "in", self.ids), *queue],
            order="company_id.id, partner_id.id, move_id.id, id",
            limit=size + 1,
        )
        if len(lines) <= size:
            return lines
        last = lines[-1]
        whole = lines.filtered(
            lambda line: (line.company_id, line.partner_id) != (last.company_id, last.partner_id)
        )
        return whole or self._get_part_of_customer(lines[:-1], queue)

    def _get_part_of_customer(self, lines, queue):
        """A customer with more items than a chunk takes: his documents and netting stay together.

        :param lines: ``ar.writeoff.line`` records of one customer
        :param list queue: domain on ``ar.writeoff.line``
        :return: ``ar.writeoff.line``
        """
        tied = lines.search(
            [
                ("writeoff_id", "in", self.ids),
                ("partner_id", "=", lines.partner_id.id),
                *queue,
                "|",
                ("netted_currency", "!=", 0.0),
                ("move_id", "in", lines.move_id.ids),
            ]
        )
        return lines | tied

    # ------------------------------------------------------------------
    # What changed since the items were chosen
    # ------------------------------------------------------------------

    def _get_refused(self, lines):
        """Items that changed since they were chosen, or are being changed right now.

        :param lines: ``ar.writeoff.line`` records in the queue
        :return: dict line → (code, message)
        """
        items = lines.item_id
        free = items.try_lock_for_update(allow_referencing=True)
        free.invalidate_recordset(["amount_residual", "amount_residual_currency", "reconciled"])
        by_item = {line.item_id: line for line in lines}
        Selection = self.env["ar.writeoff.selection"]
        found = Selection._find_at_run(self, free, by_item)
        refused = {}
        for line in lines:
            item = line.item_id
            if not item:
                refused[line] = "changed", self.env._("%s does not exist any more.", line.item_name)
            elif item not in free:
                message = self.env._("%s: somebody else is changing it.", line.item_name)
                refused[line] = "busy", message
            elif line._is_residual_changed():
                refused[line] = "changed", line._get_changed_message()
            elif item in found:
                refused[line] = found[item]
        return refused

    def _skip(self, lines, refused):
        """Leave out what was refused, and what was to be netted with it.

        :param lines: ``ar.writeoff.line`` records in the queue
        :param dict refused: line → (code, message)
        """
        for line, (code, message) in refused.items():
            line._set_outcome("skipped", code, message)
        # Credits of which nothing was to be netted are those of the broken customers, too.
        netted = lines.filtered(
            lambda line: (
                line.state == "queued" and (line.netted_currency or line.amount_currency < 0)
            )
        )
        broken = {line.partner_id for line in refused if line.netted_currency}
        for line in netted.filtered(lambda line: line.partner_id in broken):
            message = self.env._(
                "%s was to be matched with items of the customer that changed meanwhile.",
                line.item_name,
            )
            line._set_outcome("skipped", "netted_with", message)

    # ------------------------------------------------------------------
    # Posting: all at once; if that fails, by halves
    # ------------------------------------------------------------------

    def _post_isolated(self, lines):
        """Post these lines; if that fails, find out by halves which of them are to blame.

        :param lines: ``ar.writeoff.line`` records in the queue, locked
        """
        if not lines:
            return
        try:
            with self.env.cr.savepoint():
                self._post_queued(lines)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except LinesRefusedError as error:
            self.env.invalidate_all(flush=False)
            self._skip(lines, error.refused)
            self._post_isolated(lines.filtered(lambda line: line.state == "queued"))
        except Exception as error:  # whatever other apps do wrong, the run goes on
            self._isolate(lines, self._get_failure_message(error))

    def _isolate(self, lines, message):
        """After a failure: try halves, down to the part that is to blame.

        :param lines: ``ar.writeoff.line`` records in the queue
        :param str message: what was said against all of them together
        """
        self.env.invalidate_all(flush=False)
        parts = self._split(lines)
        if len(parts) == 1:
            lines._set_outcome("failed", "other", message)
            return
        for part in parts:
            self._post_isolated(part)

    def _split(self, lines):
        """Two halves of these lines that can be posted one without the other.

        :param lines: ``ar.writeoff.line`` records
        :return: list of one or two ``ar.writeoff.line`` recordsets
        """
        groups = lines.grouped(
            lambda line: (
                line.company_id,
                line.partner_id,
                not line.netted_currency and line.move_id,
            )
        )
        parts = list(groups.values())
        half = len(parts) // 2
        halves = [lines.browse().union(*parts[:half]), lines.browse().union(*parts[half:])]
        return [half for half in halves if half]

    def _post_queued(self, lines):
        """Net, check, create, post and reconcile, all of these lines at once.

        :param lines: ``ar.writeoff.line`` records in the queue, locked
        :raises LinesRefusedError: if something speaks against some of them
        """
        customers = lines.filtered(lambda line: not line._is_netted_only()).partner_id
        # Customers of whom nothing is left after netting have no entry that could wait.
        settled = lines.filtered(lambda line: line.partner_id not in customers)
        self._net(settled)
        self._post_lines(lines - settled, self._raise_refused)
        # What is netted waits with the entry that was left in draft.
        waiting = lines.filtered(lambda line: line.state == "queued")
        waiting.write({"state": "planned"})

    def _raise_refused(self, lines):
        """What held when the run was started may not hold any more: locks, for one.

        :param lines: ``ar.writeoff.line`` records of which something is given up
        :raises LinesRefusedError: naming those that something speaks against
        """
        refused = {}
        for own in lines.grouped("company_id").values():
            for check in filter(self._is_blocker, self._get_posting_checks(own)):
                concerned = own.filtered(lambda line, ids=check["items"]: line.item_id.id in ids)
                why = check["code"], check["message"]
                refused.update(dict.fromkeys(concerned or own, why))
        for line, check in self._get_line_checks(lines - lines.browse(li.id for li in refused)):
            if self._is_blocker(check):
                refused.setdefault(line, (check["code"], check["message"]))
        if refused:
            raise LinesRefusedError(refused)
