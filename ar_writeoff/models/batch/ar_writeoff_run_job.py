import logging
from random import uniform
from time import monotonic, sleep

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..rights import as_engine

_logger = logging.getLogger(__name__)

# Smaller chunks would cost more than others wait.
LEAST = 20


class ArWriteoffRun(models.Model):
    """The scheduled job: chunk by chunk, with the rights of who started it."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.run"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_run(self):
        """Do what the runs still have to do, chunk by chunk; a scheduled job.

        They take turns, so that a small one does not wait for a large one.
        """
        Cron = self.env["ir.cron"]
        own = self.search(self._get_scheduled_domain())
        own.filtered("is_at_work")._tell_of_crash()
        left = sum(run._count_left() for run in own.exists())
        Cron._commit_progress(remaining=left)
        if self.env["ar.writeoff.proposal"]._make_waiting([("batch_id.state", "!=", "running")]):
            Cron._commit_progress()
        sizes, is_left, has_time = {}, True, True
        while is_left and has_time:
            is_left, has_time = self._take_turns(sizes)
        at_work = as_engine(self).search([("is_at_work", "=", True)])
        at_work.write({"is_at_work": False, "work_count": 0})
        if not has_time:
            # Core would come back at its next look, which may be a minute away.
            self._trigger()
        Cron._commit_progress()

    @api.model
    def _get_scheduled_domain(self):
        """The runs the scheduled job works on. Extension point: another worker takes its own out.

        :return: domain on ``ar.writeoff.run``
        """
        return Domain("state", "=", "running")

    def _take_turns(self, sizes):
        """One chunk of each run that is under way.

        :param dict sizes: run id → how many items its next chunk has; changed in place
        :return: tuple of bool: whether there may be something left to do; whether there is time
        """
        Cron, has_worked = self.env["ir.cron"], False
        for run in self.search(self._get_scheduled_domain(), order="id"):
            if not run.exists():  # a batch in draft may be deleted while its items are selected
                continue
            as_engine(run).write(
                {
                    "is_at_work": True,
                    "last_sign_on": fields.Datetime.now(),
                    "work_count": sizes.get(run.id) or run._get_chunk_size(),
                }
            )
            # A server that dies in the chunk leaves a trace, and people see what it is at.
            Cron._commit_progress()
            begun = monotonic()
            count = run._run_chunk_as_user(sizes.get(run.id))
            sizes[run.id] = run._get_next_size(count, monotonic() - begun)
            has_worked |= bool(count)
            if not Cron._commit_progress(count):
                return has_worked, False
        return has_worked, True

    def _get_next_size(self, count, seconds):
        """How many items the next chunk has, so that it takes no longer than it should.

        :param int count: items of the last chunk
        :param float seconds: how long it took
        :return: int
        """
        most = self._get_chunk_size()
        if not count:
            return most
        fit = int(self._get_chunk_seconds() * count / seconds) if seconds else most
        return max(min(fit, most), min(LEAST, most))

    def _run_chunk_as_user(self, chunk_size=None):
        """The next chunk, with the rights, the language and the companies of who started it.

        Where nothing is left, its end: looked for apart from the chunks, under lock.

        :param int chunk_size: how many items, if not as many as usual
        :return: int, how many items were finished
        """
        for size in (chunk_size, chunk_size, 1):
            # One that meets other transactions is tried again, at last with as little as can be.
            try:
                return self._run_chunk_once(size)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # What others committed meanwhile is seen by a new transaction only.
                self.env.cr.rollback()
                message = self.env._("Others kept changing this item; try again.")
                _logger.info("Run %s meets other transactions", self.id)
                sleep(uniform(0.05, 0.5))  # noqa: S311
            except Exception as error:  # or the runs behind this one would never go on
                self.env.cr.rollback()
                message = self._get_failure_message(error)
        return self._get_service()._fail_chunk(self, message)

    def _run_chunk_once(self, size=None, rows=None):
        """One chunk, without commit, rollback or another try: these are the caller's affair.

        :param int size: how many items, if not as many as usual
        :param rows: which items, if somebody has chosen: see ``_get_next_chunk``
        :return: int, how many items were finished
        """
        self._make_proposals()
        if self.state != "running":
            return 0
        user = self.user_id
        if not user:
            self._get_service()._stop_unauthorised(
                self, self.env._("Who started it does not exist any more.")
            )
            return 1  # so that it is committed
        run = self.with_user(user).with_context(
            lang=user.lang,
            tz=user.tz,
            allowed_company_ids=self._get_companies(user).ids,
        )
        count = run._run_chunk(size, rows)
        if not count:
            run._finish()
        self.env.flush_all()  # what speaks against a commit is told here
        return count

    def _make_proposals(self):
        """What was proposed is put on paper before the first of it is written off.

        Of several workers the first does it: it sees the items as they were when it began.
        """
        if self.state == "running" and self.kind in ("write_off", "retry"):
            domain = [("batch_id", "=", self.batch_id.id), ("occasion", "=", "start")]
            self.env["ar.writeoff.proposal"]._make_waiting(domain)

    def _get_failure_message(self, error):
        if isinstance(error, UserError):
            return str(error)
        _logger.exception("Run %s", self.id, exc_info=error)
        if isinstance(error, psycopg2.Error):
            return self.env._("The database refused it; the log of the server says why.")
        return f"{type(error).__name__}: {error}"

    def _get_companies(self, user):
        target = self._get_target()
        return (target.company_id | target._get_line_companies()) & user.company_ids
