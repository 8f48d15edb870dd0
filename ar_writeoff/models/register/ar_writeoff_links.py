from odoo import models

from ..line_states import REGISTER_STATES


class ArWriteoff(models.Model):
    """The way from a write-off to what belongs to it."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff"  # pylint: disable=consider-merging-classes-inherited

    def action_open_entries(self):
        """Open the journal entries, the reversals included.

        :return: window action
        """
        self.ensure_one()
        return self.entry_ids._get_records_action(name=self.env._("Journal Entries"), context={})

    def action_open_documents(self):
        """Open what was written off: invoices, credit notes, payments, opening entries.

        :return: window action
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.state in REGISTER_STATES)
        return lines.move_id._get_records_action(name=self.env._("Documents"), context={})

    def action_open_batch(self):
        """Open the batch behind a write-off: what it looked at, and what it left out.

        :return: window action
        """
        self.ensure_one()
        return self.batch_id._get_batch_action()

    def action_open_undo(self):
        """Ask for the reversal date; see ``ar.writeoff.undo``.

        :return: window action
        """
        return self._open_undo(self.line_ids)

    def _open_undo(self, lines):
        """Open the undo dialog on those of these lines that can be undone.

        :param lines: ``ar.writeoff.line`` records of this write-off
        :return: window action
        :raises AccessError: if the user may not write off
        """
        self.ensure_one()
        self._check_authority()
        self._check_all_lines_visible()
        return self.env["ar.writeoff.undo"]._open(lines, {"writeoff_id": self.id})

    # ------------------------------------------------------------------
    # What somebody is told who just wrote it off
    # ------------------------------------------------------------------

    def _get_outcome_action(self):
        """Tell the outcome, with the way to it, and close the dialog. Extension point.

        :return: client action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._get_outcome_message(),
                "links": [
                    {
                        "label": self.name,
                        "url": f"/odoo/action-ar_writeoff.action_ar_writeoff/{self.id}",
                    }
                ],
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_outcome_message(self):
        amount = self.currency_id.format(self.amount)
        if self.state == "entries_draft":
            return self.env._(
                "%(amount)s will be written off when the draft entries are posted: %(link)s",
                amount=amount,
                link="%s",
            )
        return self.env._("%(amount)s written off: %(link)s", amount=amount, link="%s")
