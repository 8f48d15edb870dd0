from odoo import models
from odoo.exceptions import UserError

from ..rights import as_engine


class ArWriteoffBatch(models.Model):
    """What is done with the write-offs of a batch: drafts posted, deleted or released, undo."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.batch"  # pylint: disable=consider-merging-classes-inherited

    def action_post_entries(self):
        """Post the entries that were left in draft, as core's own Post button does.

        :raises UserError: if an entry was changed, or an item is not open any more
        """
        self.check_access("read")
        self._check_all_lines_visible()
        self._get_waiting_writeoffs()._get_draft_entries().action_post()

    def action_cancel_entries(self):
        """Delete the entries that were left in draft: their items are free again.

        :raises AccessError: if the user may not write off
        """
        self._check_authority()
        self._check_all_lines_visible()
        self._get_waiting_writeoffs()._get_draft_entries().unlink()
        if self.status == "cancelled":
            as_engine(self).state = "cancelled"

    def action_release(self):
        """Allow the author, or scheduled posting, to post the entries that wait in draft.

        :raises AccessError: if the user may not write off
        :raises UserError: if nothing waits, it is released already, or the user is the author
        """
        self._check_authority()
        self._check_all_lines_visible()
        waiting = self._get_waiting_writeoffs()
        if not waiting:
            raise UserError(self.env._("No entry of batch %s waits in draft.", self.name))
        (
            waiting.filtered(lambda writeoff: not writeoff.release_user_id) or waiting
        ).action_release()

    def action_open_undo(self):
        """Ask for the reversal date; see ``ar.writeoff.undo``.

        :return: window action
        :raises AccessError: if the user may not write off
        """
        return self._open_undo(self.line_ids)

    def _open_undo(self, lines):
        """Open the undo dialog on those of these lines that can be undone.

        :param lines: ``ar.writeoff.line`` records of this batch
        :return: window action
        :raises AccessError: if the user may not write off
        """
        self.ensure_one()
        self._check_authority()
        self._check_all_lines_visible()
        return self.env["ar.writeoff.undo"]._open(lines, {"batch_id": self.id})

    def _get_netting(self):
        """What was matched first; see ``ar.writeoff``.

        :return: ``account.partial.reconcile``
        """
        return self.writeoff_ids.netting_ids
