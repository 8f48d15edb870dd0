from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rights import as_engine


class ArWriteoffBatch(models.Model):
    """The proposal of a batch: what it would write off, on paper, before anything is."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.batch"  # pylint: disable=consider-merging-classes-inherited

    proposal_ids = fields.One2many(
        "ar.writeoff.proposal", "batch_id", string="Proposals", readonly=True, copy=False
    )

    def action_print_proposal(self):
        """Print what *Process* would do, as PDF and as a spreadsheet; both stay with the batch.

        Of more items than a user waits for, they are made in the background.

        :return: action: the PDF, or the spreadsheet where there is none; the batch itself while
            they are being made
        :raises AccessError: if the user may not write off
        :raises UserError: if nothing is included, or it has been run
        """
        self.ensure_one()
        self.env["ar.writeoff.start"]._check_can_run(self, "included")
        if not self.included_count:
            raise UserError(
                self.env._(
                    "%s proposes nothing yet: select its open items first.", self.display_name
                )
            )
        proposal = self.env["ar.writeoff.proposal"]._ask(self, "look")
        Run = self.env["ar.writeoff.run"]
        if self.included_count > Run._get_select_size():
            Run._check_job_active()
            Run._trigger()
            return self._tell_of_proposal()
        proposal._make("planned")
        if proposal.state == "failed":
            raise UserError(proposal.note)
        return proposal._get_download_action()

    def _tell_of_proposal(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "So many items take a while. You are told when the proposal is ready; it "
                    "stands under Proposals then."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_proposals(self):
        """Papers of a batch that was never run go with it, and their files with them."""
        as_engine(self).proposal_ids.unlink()
