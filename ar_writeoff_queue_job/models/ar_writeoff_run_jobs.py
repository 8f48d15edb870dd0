from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.ar_writeoff.models.batch.ar_writeoff_run_notice import SILENT_MINUTES
from odoo.addons.ar_writeoff.models.rights import as_engine

# Jobs that are done sooner or later.
LIVE_STATES = ("wait_dependencies", "pending", "enqueued", "started")


class ArWriteoffRun(models.Model):
    """What became of the jobs of a run: how it goes, and what if none is left."""

    # A room of its own: who does the work, and who looks after it.
    _inherit = "ar.writeoff.run"  # pylint: disable=consider-merging-classes-inherited

    def _get_job_prefix(self):
        """How the identity of every job of this run begins.

        :return: str
        """
        return f"ar.writeoff.run/{self.id}/"

    def _get_jobs(self, states=None):
        """The jobs of this run.

        :param states: only in these states
        :return: ``queue.job``, with the rights of the system
        """
        domain = [("identity_key", "=like", f"{self._get_job_prefix()}%")]
        if states:
            domain.append(("state", "in", states))
        # sudo: users read no jobs, but hear of theirs
        return self.env["queue.job"].sudo().search(domain)

    # ------------------------------------------------------------------
    # The sweep
    # ------------------------------------------------------------------

    @api.model
    def _cron_run(self):
        self._take_over_abandoned()
        return super()._cron_run()

    def _take_over_abandoned(self):
        """Runs whose jobs failed for good, were cancelled or deleted: the scheduled job goes on.

        It writes off what can be, and marks what fails, with the reason.
        """
        for run in self.search([("state", "=", "running"), ("is_queued", "=", True)]):
            # Nobody takes it over while a job of it ends: that one would leave another behind.
            if run._get_jobs(LIVE_STATES):
                continue
            own = as_engine(run)
            own.is_queued = False
            own = own.with_context(lang=run.user_id.lang, tz=run.user_id.tz)
            own._get_target().message_post(
                body=own.env._(
                    "The jobs of the queue ended before all was done: they failed, or somebody "
                    "cancelled them. The scheduled job goes on with the rest."
                )
            )

    # ------------------------------------------------------------------
    # What people hear
    # ------------------------------------------------------------------

    def _get_last_sign(self):
        if not self.is_queued:
            return super()._get_last_sign()
        # sudo: users read no jobs, but hear of theirs
        self.env["queue.job"].sudo().flush_model(["identity_key", "date_started", "date_done"])
        [(last,)] = self.env.execute_query(
            SQL(
                "SELECT MAX(GREATEST(date_started, date_done)) FROM queue_job "
                "WHERE starts_with(identity_key, %s)",
                self._get_job_prefix(),
            )
        )
        return last or self.started_on

    def _get_job_problem(self):
        if not self.is_queued:
            return super()._get_job_problem()
        if message := self._get_job_off_message():  # it looks after the jobs
            return message
        silent = fields.Datetime.now() - self._get_last_sign()
        if silent < timedelta(minutes=SILENT_MINUTES):
            return ""
        return self.env._(
            "Nothing has happened for %s minutes: the runner of the job queue does not seem to "
            "work. An administrator looks at Job Queue › Jobs, and at how the server is started "
            "(--load=web,queue_job, --workers), or enters 0 workers in the settings of write-offs "
            "for the next batch.",
            int(silent.total_seconds() // 60),
        )
