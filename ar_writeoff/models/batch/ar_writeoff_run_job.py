import logging
from random import uniform
from time import sleep

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# A chunk that meets other transactions is tried again, at last with as little as can be.
ATTEMPTS = (None, None, 1)


class ArWriteoffRun(models.Model):
    """The scheduled job: chunk by chunk, with the rights of who started it."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.run"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_run(self):
        """Do what the runs still have to do, chunk by chunk; a scheduled job."""
        Cron = self.env["ir.cron"]
        remaining = sum(
            self.env[model].search_count(domain)
            for model, domain in (
                ("ar.writeoff.candidate", [("state", "=", "queued")]),
                ("ar.writeoff.line", [("undo_run_id", "!=", False)]),
            )
        )
        Cron._commit_progress(remaining=remaining)
        for run in self.search([("state", "=", "running")], order="id"):
            while count := run._run_chunk_as_user():
                if not Cron._commit_progress(count):
                    return
            Cron._commit_progress()  # its end: other runs do not wait for its lock

    def _run_chunk_as_user(self):
        """The next chunk, with the rights, the language and the companies of who started it.

        Where nothing is left, its end: looked for apart from the chunks, under lock.

        :return: int, how many items were finished
        """
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
        for size in ATTEMPTS:
            try:
                count = run._run_chunk(size)
                if not count:
                    run._finish()
                self.env.flush_all()  # what speaks against a commit is told here
                return count
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
