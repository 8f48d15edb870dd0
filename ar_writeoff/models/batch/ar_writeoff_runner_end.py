from odoo import api, models

from ..rights import as_engine


class ArWriteoffRunner(models.AbstractModel):
    """How a run ends: done, stopped, or with an item that nobody can write off."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.runner"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _stop_unauthorised(self, run, message):
        """Nobody stands for it any more: what is done stays done, the rest is not touched.

        :param run: ``ar.writeoff.run``
        :param str message: why, for the history
        """
        self._stop(run, self.env._("The run was stopped: %s", message), "failed")

    @api.model
    def _stop_by_user(self, run):
        """Stop after the chunk that is under way.

        :param run: ``ar.writeoff.run``
        """
        message = self.env._("The run was stopped by %s.", self.env.user.name)
        self._stop(run, message, "skipped")

    def _stop(self, run, message, state):
        """End the run: what is done stays done, the rest is not tried any more.

        :param run: ``ar.writeoff.run``
        :param str message: why, for the history and the candidates
        :param str state: of the candidates that were not done: ``skipped`` or ``failed``
        """
        batch = as_engine(run).batch_id
        batch.message_post(body=message)
        queued = batch.candidate_ids.filtered(lambda row: row.state == "queued")
        queued._set_outcome(state, "stopped", message)
        self._finish(run, "stopped")

    @api.model
    def _fail_chunk(self, run, message):
        """Even the smallest chunk failed: go on with what is behind it.

        :param run: ``ar.writeoff.run``
        :param str message: what is said about its candidates
        :return: int, how many candidates it had
        """
        candidates = run._get_next_chunk(1)
        candidates._set_outcome("failed", "busy", message)
        return len(candidates)

    @api.model
    def _finish(self, run, state="done"):
        """The candidates that were left out go, their numbers stay; the batch says what was done.

        :param run: ``ar.writeoff.run`` with an empty queue, its batch locked
        :param str state: of the run
        """
        batch = as_engine(run).batch_id
        if not batch.finished_count:
            # The list stays as it is, to be mended and started again.
            batch.state = "draft"
            run._end(state, self.env._("Nothing was written off."))
            return
        left_out = batch.candidate_ids.filtered(lambda row: row.state == "left_out")
        self.env["ar.writeoff.left.out"]._keep(left_out)
        left_out._delete()
        batch.state = "done"
        text = self._get_result_text(batch)
        run._end(state, text)
        batch.message_post(body=text)

    def _get_result_text(self, batch):
        if batch.status == "entries_draft":
            return self.env._(
                "The run is finished: %(done)s items, %(amount)s, will be written off when the "
                "draft entries are posted; %(failed)s skipped or failed.",
                done=batch._format_count(batch.finished_count),
                amount=batch.currency_id.format(batch.amount),
                failed=batch._format_count(batch.failed_count),
            )
        return self.env._(
            "The run is finished: %(done)s items, %(amount)s; %(failed)s skipped or failed.",
            done=batch._format_count(batch.finished_count),
            amount=batch.currency_id.format(batch.amount),
            failed=batch._format_count(batch.failed_count),
        )
