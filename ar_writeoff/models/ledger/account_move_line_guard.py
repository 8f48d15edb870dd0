from odoo import models

from ..line_states import LIVE_STATES


class AccountMoveLine(models.Model):
    """Guards: an item on which a write-off stands is not deleted; the register follows the rest."""

    # A room of its own: the file of the model would be one of a thousand lines.
    _inherit = "account.move.line"  # pylint: disable=consider-merging-classes-inherited

    def unlink(self):
        self._check_deletable()
        # sudo: the register follows the ledger, whoever changes the ledger
        writeoffs = self.sudo().writeoff_line_id.writeoff_id
        self.env["ar.writeoff.share"]._detach(self)
        result = super().unlink()
        writeoffs._refresh()
        return result

    def _check_deletable(self):
        """Refuse to delete what a write-off stands on, whatever key the context passes on.

        :raises UserError: naming the write-off
        """
        posted = self.filtered(lambda line: line.parent_state == "posted")
        if not posted:
            return
        posted.move_id._check_not_writeoff_entry("delete")
        # sudo: the answer must not depend on who asks
        lines = self.env["ar.writeoff.line"].sudo()
        domain = [("item_id", "in", posted.ids), ("state", "in", LIVE_STATES)]
        lines.search(domain)._check_none_stands()
