from odoo import api, models

from ..line_states import LIVE_STATES
from ..rights import check_engine_alone

# Written by the engine alone: whoever could write them could rewrite the register.
LINK_FIELDS = {"writeoff_line_id", "writeoff_target_id"}


class AccountMoveLine(models.Model):
    """Guards: an item on which a write-off stands is not deleted; the register follows the rest."""

    # A room of its own: the file of the model would be one of a thousand lines.
    _inherit = "account.move.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_engine_alone(self, vals, LINK_FIELDS)
        return super().create(vals_list)

    def write(self, vals):
        check_engine_alone(self, vals, LINK_FIELDS)
        return super().write(vals)

    def unlink(self):
        if not self:  # core asks so all the time
            return super().unlink()
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
