from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..rights import as_engine

# After so many minutes without a sign of life, people are told.
SILENT_MINUTES = 5


class ArWriteoffRun(models.Model):
    """What people hear of a run in the background: how far it is, what stops it, how it ended."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.run"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # The scheduled job
    # ------------------------------------------------------------------

    def _get_job(self):
        """The scheduled job, switched off or not.

        :return: ``ir.cron``, empty if somebody deleted it
        """
        # sudo: users read no scheduled jobs, but hear of it
        job = self.env.ref("ar_writeoff.ir_cron_run", raise_if_not_found=False)
        return (job or self.env["ir.cron"]).sudo()

    def _check_job_active(self):
        """Refuse what would wait for ever.

        :raises UserError: if the scheduled job is switched off
        """
        if message := self._get_job_off_message():
            raise UserError(message)

    def _get_job_off_message(self):
        if self._get_job().active:
            return ""
        return self.env._(
            "The scheduled job “Write-Offs: run batches” is switched off, and so many items are "
            "left to it. An administrator switches it on in Settings › Technical › Scheduled "
            "Actions."
        )

    def _get_job_problem(self):
        """Why nothing happens, if it is so.

        :return: str, empty while the job works, or is about to
        """
        if message := self._get_job_off_message():
            return message
        silent = fields.Datetime.now() - self._get_last_sign()
        if silent < timedelta(minutes=SILENT_MINUTES):
            return ""
        minutes, job = int(silent.total_seconds() // 60), self._get_job()
        if job.failure_count:
            return self.env._(
                "Nothing has happened for %(minutes)s minutes: the scheduled job “Write-Offs: run "
                "batches” failed. The server tries it again at %(next)s; its log says why.",
                minutes=minutes,
                next=format_datetime(self.env, job.nextcall),
            )
        return self.env._(
            "Nothing has happened for %s minutes. The server seems to run no scheduled jobs, or is "
            "busy with others: an administrator looks at “Write-Offs: run batches” in Settings › "
            "Technical › Scheduled Actions, and at the server's option max_cron_threads.",
            minutes,
        )

    def _get_last_sign(self):
        """When something was last heard of it.

        :return: datetime
        """
        return self.last_sign_on or self.started_on

    def _tell_of_crash(self):
        """The job was at work on these and did not come to its end: the server stopped meanwhile.

        What was committed stays, the rest is done now; nobody has to do anything.
        """
        for run in self:
            user = run.user_id
            own = as_engine(run).with_context(lang=user.lang, tz=user.tz)
            own._get_target().message_post(
                body=own.env._(
                    "The server stopped while this was under way (last sign of life: %s). What was "
                    "done by then stays; it goes on now.",
                    format_datetime(own.env, run.last_sign_on),
                )
            )

    # ------------------------------------------------------------------
    # How far it is
    # ------------------------------------------------------------------

    def _get_time_left_text(self):
        """How long it still takes, going by what was done so far.

        :return: str, empty while nobody can tell
        """
        if not (self.is_background and self.item_count):
            return ""
        left = self._count_left()
        done = self.item_count - left
        seconds = (self._get_last_sign() - self.started_on).total_seconds()
        if done <= 0 or not left or seconds < 1:
            return ""
        minutes = left * seconds / done / 60
        if minutes < 1:
            return self.env._("less than a minute left")
        return self.env._("about %s minutes left", round(minutes))

    # ------------------------------------------------------------------
    # How it ended
    # ------------------------------------------------------------------

    def _notify_end(self):
        """Tell whoever started it: on their screen, and by mail or in their inbox, as they prefer.

        The latter can be switched off for a company.
        """
        user, target = self.user_id, self._get_target()
        if not user:
            return
        title = self.display_name
        user._bus_send(
            "simple_notification",
            {
                "title": title,
                "message": self.result,
                "type": "success" if self.state == "done" else "danger",
                "sticky": True,
            },
        )
        if self.company_id._is_writeoff_enabled("writeoff_mail_result"):
            # sudo: the result is told, whatever the user may do with the batch by now
            target.sudo().message_notify(
                author_id=self.env.ref("base.partner_root").id,  # nobody is told by themself
                partner_ids=user.partner_id.ids,
                subject=title,
                body=self.result,
            )
