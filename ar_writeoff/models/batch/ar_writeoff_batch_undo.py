from odoo import models
from odoo.exceptions import UserError

from ..line_states import LIVE_STATES


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
            self.sudo().state = "cancelled"  # sudo: the engine's; authority was checked before

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

    def _reverse(self, date, lines=None, comment=None, with_netting=False, replacements=None):
        """Give back what is still written off, write-off by write-off.

        :param date date: accounting date of the counter entries
        :param lines: ``ar.writeoff.line`` records to undo; all that are left, if not given
        :param str comment: why, for the history
        :param bool with_netting: take back, too, the matching of the customers' own credits
        :param dict replacements: archived ``account.account`` → the one to post on instead
        :raises AccessError, UserError: see ``ar.writeoff._reverse``
        """
        self.ensure_one()
        self._check_authority()
        self._check_all_lines_visible()
        request = {
            "date": date,
            "comment": comment,
            "with_netting": with_netting,
            "replacements": replacements,
        }
        lines = self.line_ids if lines is None else lines & self.line_ids
        live = lines.filtered(lambda line: line.state in LIVE_STATES)
        for writeoff, own in live.grouped("writeoff_id").items():
            writeoff._reverse(lines=own, is_all=False, **request)
        self.env["ar.writeoff.undo.runner"]._open_matched(self, request)

    def _reverse_or_schedule(
        self, date, lines, comment=None, with_netting=False, replacements=None
    ):
        """Undo few lines at once, many in the background; see ``ar.writeoff.undo.runner``.

        :param date date: accounting date of the counter entries
        :param lines: ``ar.writeoff.line`` records to undo
        :param str comment: why, for the history
        :param bool with_netting: take back, too, the matching of the customers' own credits
        :param dict replacements: archived ``account.account`` → the one to post on instead
        :raises AccessError, UserError: see ``ar.writeoff._reverse``
        """
        self.ensure_one()
        request = {"date": date, "comment": comment, "with_netting": with_netting}
        self.env["ar.writeoff.undo.runner"]._start(
            self, lines & self.line_ids, request, replacements or {}
        )

    def _get_netting(self):
        """What was matched first; see ``ar.writeoff``.

        :return: ``account.partial.reconcile``
        """
        return self.writeoff_ids.netting_ids
