from odoo import models

from ..rights import as_engine


class ArWriteoffBatch(models.Model):
    """The buttons of a batch: choosing, running, closing."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.batch"  # pylint: disable=consider-merging-classes-inherited

    def action_select(self):
        """Find the open items the criteria describe, and say why which of them are left out.

        :return: window action: the list of the candidates; the batch itself, with its progress,
            while many are looked at in the background
        :raises AccessError: if the user may not write off
        :raises UserError: if there is no limit, or no reason
        """
        self.ensure_one()
        self.env["ar.writeoff.choice"]._select(self)
        return self._get_batch_action() if self.is_selecting else self._open_candidates()

    def action_save_filter(self):
        """Ask for a name under which the criteria are kept.

        :return: window action
        """
        self.ensure_one()
        vals = {**self._prepare_criteria_vals(), "company_id": self.company_id.id}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Save Filter"),
            "res_model": "ar.writeoff.filter",
            "views": [(self.env.ref("ar_writeoff.view_ar_writeoff_filter_name").id, "form")],
            "target": "new",
            "context": {f"default_{name}": value for name, value in vals.items()},
        }

    def action_process(self):
        """Show what the run would do with the included items.

        :return: window action: the dialog that starts it
        :raises AccessError: if the user may not write off
        """
        return self._confirm_run("included")

    def action_process_all(self):
        """Show what the run would do with every candidate the rules allow.

        Where more are left out than can be judged while the user waits, they are included in the
        background, and the user processes the batch after that.

        :return: window action: the dialog that starts it; or the batch itself, with its progress
        :raises AccessError: if the user may not write off
        """
        self.ensure_one()
        if self.env["ar.writeoff.include.runner"]._is_needed(self):
            self.env["ar.writeoff.start"]._check_can_run(self, "all")
            self.env["ar.writeoff.include.runner"]._start(self)
            return self._get_batch_action()
        return self._confirm_run("all")

    def action_retry(self):
        """Show what would become of the items that were skipped or failed, as they are now.

        :return: window action: the dialog that starts it
        :raises AccessError: if the user may not write off
        :raises UserError: if none of them can be written off now, saying why
        """
        return self._confirm_run("retry")

    def _confirm_run(self, mode):
        self.ensure_one()
        self.env["ar.writeoff.start"]._check_can_run(self, mode)
        return self.env["ar.writeoff.batch.confirm"]._open(self, mode)

    def action_stop(self):
        """Stop the run or the undo after the chunk that is under way; what is done stays done.

        :raises AccessError: if the user may not write off
        """
        self._check_authority()
        for run in as_engine(self)._get_active_run():
            if run.user_id == self.env.user:
                run.is_background = False  # they know, and need not be told
            run._get_service()._stop_by_user(run)

    def _get_active_run(self):
        """The run or the undo that is under way.

        :return: ``ar.writeoff.run``
        """
        return self.env["ar.writeoff.run"].search(
            [("batch_id", "in", self.ids), ("state", "=", "running")]
        )

    def action_close(self):
        """Give up what was skipped or failed: the items go from the list, their numbers stay.

        :raises AccessError: if the user may not write off
        """
        self._check_authority()
        for batch in as_engine(self).filtered(lambda batch: batch.state in ("done", "cancelled")):
            self.env["ar.writeoff.left.out"]._keep(batch.candidate_ids)
            batch.candidate_ids._delete()
