from odoo import api, models
from odoo.tools import SQL

from ..line_states import OUTSIDE_STATES
from ..rights import as_engine


class ArWriteoffIncludeRunner(models.AbstractModel):
    """Including whatever the rules allow in the background, where that is too much for a request.

    What is to be judged anew is marked in one statement of the database and judged chunk by chunk;
    where it is stopped, the rest stays as it was. Nothing is written off: the dialog comes after.
    """

    _name = "ar.writeoff.include.runner"
    _inherit = "ar.writeoff.stop.mixin"
    _description = "Inclusion in the Background"

    @api.model
    def _is_needed(self, batch):
        """Whether more is left out than a request has time for.

        :param batch: ``ar.writeoff.batch``
        :return: bool
        """
        domain = [("batch_id", "=", batch.id), ("state", "in", OUTSIDE_STATES)]
        size = self.env["ar.writeoff.run"]._get_select_size()
        rows = as_engine(self.env["ar.writeoff.candidate"])
        return rows.search_count(domain, limit=size + 1) > size

    @api.model
    def _start(self, batch):
        """Mark what is left out, and leave the rest to the scheduled job.

        :param batch: ``ar.writeoff.batch`` in draft; authority was checked
        :return: ``ar.writeoff.run``
        :raises UserError: if the scheduled job is switched off
        """
        run = self.env["ar.writeoff.run"]._create_run("include", batch, {})
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE ar_writeoff_candidate SET is_pending = TRUE "
                "WHERE batch_id = %s AND state IN %s",
                batch.id,
                OUTSIDE_STATES,
            )
        )
        count = self.env.cr.rowcount
        self.env["ar.writeoff.candidate"].invalidate_model(["is_pending"], flush=False)
        run._schedule(count)
        return run

    @api.model
    def _run_chunk(self, run, candidates):
        """Judge the next candidates that are left out, if who includes them still may.

        :param run: ``ar.writeoff.run``, in the environment of who started it
        :param candidates: ``ar.writeoff.candidate`` records that are marked, customers whole
        :return: int, how many there were
        """
        batch, count = run.batch_id, len(candidates)
        if not self._may_go_on(run):
            return count
        candidates.write({"is_pending": False})
        planned = candidates.search(
            [
                ("batch_id", "=", batch.id),
                ("partner_id", "in", [row.partner_id.id for row in candidates]),
                ("state", "=", "planned"),
            ]
        )
        fresh = self.env["ar.writeoff.start"]._plan_anew(batch, candidates, candidates | planned)
        for row in fresh:
            row.is_unseen = True
        return count

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    @api.model
    def _finish(self, run):
        """All were judged: what the limit of the run leaves room for is known only now.

        :param run: ``ar.writeoff.run`` with an empty queue, its batch locked
        """
        batch = run.batch_id
        self.env["ar.writeoff.selection"]._leave_out_beyond_run(batch)
        run._end(
            "done",
            self.env._(
                "Whatever the rules allow is included: %(included)s of %(all)s. Nothing is written "
                "off yet; press Process to see what that would do.",
                included=batch._format_count(batch.included_count),
                all=batch._format_count(batch.candidate_count),
            ),
        )

    def _stop(self, run, message):
        """What was included so far stays, the rest stays left out.

        :param run: ``ar.writeoff.run``
        :param str message: why, for the history
        """
        batch = as_engine(run).batch_id
        pending = as_engine(self.env["ar.writeoff.candidate"]).search(
            [("batch_id", "=", batch.id), ("is_pending", "=", True)]
        )
        pending.write({"is_pending": False})
        text = self.env._("Including all ended: %s What was included by then stays.", message)
        batch.message_post(body=text)
        run._end("stopped", text)
