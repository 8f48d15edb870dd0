import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# Items between two commits, and as many as a person waits for.
CHUNK = 1000
AT_ONCE = 200
# A chunk that meets other transactions is tried again so often.
ATTEMPTS = 3


class LinesRefusedError(UserError):
    """What speaks against some of the lines that were to be posted."""

    def __init__(self, refused):
        super().__init__("\n".join(message for _code, message in refused.values()))
        self.refused = refused  # line → (code, message)


class ArWriteoffRunMixin(models.AbstractModel):
    """The run of a batch, in chunks that are committed; one failure spoils nothing else."""

    _name = "ar.writeoff.run.mixin"
    _description = "Run of a Batch Write-Off"

    def _get_chunk_size(self):
        """How many items are written off between two commits. Extension point.

        :return: int
        """
        return CHUNK

    def _get_at_once_size(self):
        """Up to how many items a run is done while the user waits. Extension point.

        :return: int
        """
        return AT_ONCE

    # ------------------------------------------------------------------
    # Start and end
    # ------------------------------------------------------------------

    def _start(self, include_all=False, warnings_confirmed=False):
        """Reserve the included items and write them off: a few at once, many in the background.

        :param bool include_all: include every candidate first, as far as the rules allow
        :param str warnings_confirmed: the warnings the user has read
        :raises AccessError: if the user may not write off
        :raises UserError: naming what stands in the way; nothing is started then
        """
        self.ensure_one()
        self._check_authority()
        self._check_is_open_batch()
        # sudo: the register is the engine's; authority was checked before
        batch = self.sudo()
        if not batch.try_lock_for_update():
            raise UserError(
                self.env._("Somebody else starts this batch right now: %s.", self.display_name)
            )
        if include_all:
            self._include(self.line_ids.filtered(lambda line: line.state == "left_out"))
        batch.warnings_confirmed = warnings_confirmed
        self._leave_out_reserved()
        self._raise_obstacles_of(self._get_batch_checks())
        batch._number()
        batch.user_id = self.env.user
        lines = batch.line_ids.filtered(lambda line: line.state == "planned")
        lines.write({"state": "queued", "obstacle": False, "obstacle_message": False})
        batch._refresh()
        self._run_or_schedule(len(lines))

    def _run_or_schedule(self, count):
        """Few items are done at once, many by the scheduled job, which commits after each chunk."""
        if count <= self._get_at_once_size():
            while self._run_chunk():
                pass
        else:
            # sudo: users may not trigger jobs
            self.env.ref("ar_writeoff.ir_cron_run").sudo()._trigger()

    def _leave_out_reserved(self):
        """Items that another write-off took since they were selected are left out."""
        lines = self.sudo().line_ids.filtered(lambda line: line.state == "planned")
        reserving = self.env["ar.writeoff.eligibility"]._get_reserving_lines(lines.item_id, lines)
        customers = lines.filtered(lambda line: line.item_id in reserving).partner_id
        concerned = lines.filtered(lambda line: line.partner_id in customers)
        self._replan(concerned, confirmed=concerned.item_id)

    def _get_batch_checks(self):
        """What speaks against the run as a whole; the items were checked when they were chosen.

        :return: list of checks, see ``ar.writeoff._get_checks``
        """
        lines = self.line_ids.filtered(lambda line: line.state == "planned")
        return [
            *self._check_batch_limits(),
            *self._check_batch_reasons(),
            *self._check_up_to_date(),
            *self._check_has_lines(lines),
            *self._check_run_limit(lines),
            *self._check_journal(lines),
            *self._check_lock_dates(lines, self.accounting_date),
            *self._check_analytic(lines),
            *self._check_accounting_date(lines),
            *self._check_deferred(lines),
        ]

    def _check_up_to_date(self):
        if self.is_outdated:
            yield self._blocker(
                "outdated",
                self.env._(
                    "Filters, limits or reasons changed since the open items were selected. Press "
                    "Select Open Items again."
                ),
            )

    def _check_run_limit(self, lines):
        total = abs(sum(abs(line.amount) for line in lines))
        if self.limit_run and self.currency_id.compare_amounts(total, self.limit_run) > 0:
            yield self._blocker(
                "limit_run",
                self.env._(
                    "%(total)s are included, more than the limit of the run, %(limit)s. Exclude "
                    "some items.",
                    total=self.currency_id.format(total),
                    limit=self.currency_id.format(self.limit_run),
                ),
            )

    def action_stop(self):
        """Stop the run after the chunk that is under way; what is done stays done.

        :raises AccessError: if the user may not write off
        """
        self._check_authority()
        # sudo: the register is the engine's; authority was checked before
        for batch in self.sudo():
            lines = batch.line_ids.filtered(lambda line: line.state == "queued")
            message = self.env._("The run was stopped by %s.", self.env.user.name)
            lines.write({"state": "skipped", "obstacle": "stopped", "obstacle_message": message})
            batch.line_ids.filtered("undo_queued").undo_queued = False
            batch._finish()

    def action_retry(self):
        """Try those again that were skipped or failed.

        :raises AccessError: if the user may not write off
        :raises UserError: if none of them can be written off now, saying why
        """
        self.ensure_one()
        self._check_authority()
        # sudo: the register is the engine's; authority was checked before
        lines = self.sudo().line_ids.filtered(lambda line: line.state in ("skipped", "failed"))
        self._replan(lines, confirmed=lines.item_id)
        again = lines.filtered(lambda line: line.state == "planned")
        left_out = lines - again
        left_out.write({"state": "skipped"})
        if not again:
            raise UserError(
                "\n".join(dict.fromkeys(left_out.mapped("obstacle_message")))
                or self.env._("There is nothing to try again.")
            )
        again.write({"state": "queued"})
        self.sudo()._refresh()
        self._run_or_schedule(len(again))

    # ------------------------------------------------------------------
    # Chunks
    # ------------------------------------------------------------------

    @api.model
    def _cron_run(self):
        """Write off what the running batches still have to do, chunk by chunk; a scheduled job."""
        Cron = self.env["ir.cron"]
        queues = ["|", ("state", "=", "queued"), ("undo_queued", "=", True)]
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
        user = self.user_id
        if not self._get_next_chunk([("state", "=", "queued")]):
            user = self.undo_user_id
        batch = self.with_user(user).with_context(
            lang=user.lang,
            tz=user.tz,
            allowed_company_ids=self._get_run_companies(user).ids,
        )
        for attempt in range(ATTEMPTS):
            try:
                return batch._run_chunk()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # What others committed meanwhile is seen by a new transaction only.
                self.env.cr.rollback()
                _logger.info("Batch %s meets other transactions, attempt %s", self.id, attempt + 1)
        return self._fail_chunk(self.env._("Others kept changing these items; try again."))

    def _get_run_companies(self, user):
        companies = self.line_ids.company_id | self.company_id
        return (self.company_id | companies) & user.company_ids

    def _fail_chunk(self, message):
        lines = self._get_next_chunk([("state", "=", "queued")])
        if not lines:
            return 0  # an undo stays in its queue: the job comes again
        lines._set_outcome("failed", "busy", message)
        self._after_chunk()
        return len(lines)

    def _run_chunk(self):
        """Write off the next items of the queue.

        :return: int, how many were finished, whatever became of them
        """
        self.ensure_one()
        lines = self.sudo()._get_next_chunk([("state", "=", "queued")])
        if not lines:
            return self._undo_chunk()
        try:
            self._check_authority()
        except UserError as error:  # an AccessError is one
            lines._set_outcome("failed", "other", str(error))
        else:
            refused = self._get_refused(lines)
            self._skip(lines, refused)
            self._post_isolated(lines.filtered(lambda line: line.state == "queued"))
        self._after_chunk()
        return len(lines)

    def _after_chunk(self):
        # sudo: the register is the engine's; authority was checked before
        batch = self.sudo()
        batch._refresh()
        if not batch._get_next_chunk([("state", "=", "queued")]):
            batch._finish()

    def _get_next_chunk(self, queue):
        """The next items of a queue: whole customers, as long as they fit.

        :param list queue: domain on ``ar.writeoff.line``
        :return: ``ar.writeoff.line``
        """
        size = self._get_chunk_size()
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

    def _get_refused(self, lines):
        """Items that changed since they were chosen, or are being changed right now.

        :param lines: ``ar.writeoff.line`` records in the queue
        :return: dict line → (code, message)
        """
        items = lines.item_id
        free = items.try_lock_for_update(allow_referencing=True)
        free.invalidate_recordset(["amount_residual", "amount_residual_currency", "reconciled"])
        eligibility = self.env["ar.writeoff.eligibility"]
        blockers = eligibility._get_blockers(free, own_lines=lines)
        warnings = {}
        for _code, message, concerned in eligibility._get_warnings(free):
            warnings.update((item, message) for item in concerned)
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
            elif item in blockers:
                refused[line] = blockers[item]
            elif item in warnings and warnings[item] != line.confirmed_message:
                refused[line] = "changed", warnings[item]
        return refused

    def _skip(self, lines, refused):
        """Leave out what was refused, and what was to be netted with it.

        :param lines: ``ar.writeoff.line`` records in the queue
        :param dict refused: line → (code, message)
        """
        for line, (code, message) in refused.items():
            line._set_outcome("skipped", code, message)
        netted = lines.filtered(lambda line: line.netted_currency and line.state == "queued")
        broken = {line.partner_id for line in refused if line.netted_currency}
        for line in netted.filtered(lambda line: line.partner_id in broken):
            message = self.env._(
                "%s was to be matched with items of the customer that changed meanwhile.",
                line.item_name,
            )
            line._set_outcome("skipped", "netted_with", message)

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
        except (UserError, psycopg2.Error) as error:
            self._isolate(lines, str(error))
        except Exception as error:  # whatever other apps do wrong, the run goes on
            _logger.exception("Batch %s", self.name)
            self._isolate(lines, f"{type(error).__name__}: {error}")

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
        given_up = lines.filtered(lambda line: not line._is_netted_only())
        # Customers of whom nothing is left after netting have no entry that could wait.
        settled = lines.filtered(lambda line: line.partner_id not in given_up.partner_id)
        self._net(settled)
        self._post_lines(lines - settled, self._raise_refused)
        # What is netted waits with the entry that was left in draft.
        waiting = lines.filtered(lambda line: line.state == "queued")
        waiting.write({"state": "planned"})

    def _raise_refused(self, lines):
        refused = {}
        for line, check in self._get_line_checks(lines):
            refused.setdefault(line, (check["code"], check["message"]))
        if refused:
            raise LinesRefusedError(refused)

    def _finish(self):
        """The end of a run: the candidates that were left out go, their numbers stay."""
        self._refresh()
        if self.state == "draft":
            return  # nothing was done: the list stays as it is
        left_out = self.line_ids.filtered(lambda line: line.state == "left_out")
        self.env["ar.writeoff.left.out"]._keep(left_out)
        left_out.unlink()
        self.message_post(body=self._get_result_text())

    def _get_result_text(self):
        return self.env._(
            "The run is finished: %(done)s items, %(amount)s; %(failed)s skipped or failed.",
            done=self._format_count(self.finished_count),
            amount=self.currency_id.format(self.amount),
            failed=self._format_count(self.failed_count),
        )
