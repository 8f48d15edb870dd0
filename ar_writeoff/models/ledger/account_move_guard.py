from odoo import api, models
from odoo.exceptions import UserError

from ..line_states import MATCHED_STATES
from ..rights import check_engine_alone

# Written by the engine alone.
LINK_FIELDS = {"writeoff_id", "writeoff_role", "writeoff_state", "writeoff_amount"}


class AccountMove(models.Model):
    """Guards: what stands written off is undone first, and a write-off's entry stays whole."""

    # A room of its own: the file of the model would be one of a thousand lines.
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def _has_field_access(self, field, operation):
        # Customers read their invoices, but not this. By groups on the fields, core's own views,
        # where these decide what is shown, would be said to be inconsistent. The name first: core
        # asks for every field of every record.
        if field.name in LINK_FIELDS and not self.env.su and not self.env.user._is_internal():
            return False
        return super()._has_field_access(field, operation)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_engine_alone(self, vals, LINK_FIELDS)
        return super().create(vals_list)

    def write(self, vals):
        check_engine_alone(self, vals, LINK_FIELDS)
        return super().write(vals)

    @api.depends("writeoff_id", "writeoff_line_ids.state")
    def _compute_show_reset_to_draft_button(self):
        """A button that could only refuse is not offered."""
        result = super()._compute_show_reset_to_draft_button()
        # sudo: the answer must not depend on who asks
        for move in self.sudo().filtered("show_reset_to_draft_button"):
            is_entry = move.writeoff_id and move.state == "posted"
            if is_entry or set(move.writeoff_line_ids.mapped("state")) & set(MATCHED_STATES):
                move.show_reset_to_draft_button = False
        return result

    def _check_may_leave(self):
        """Refuse to take from the books what a write-off stands on, or its entry.

        :raises UserError: naming the write-off
        """
        if self:  # core asks for none all the time
            self._check_not_written_off()
            self._check_not_writeoff_entry("reset")

    def _check_draftable(self):
        self._check_may_leave()
        return super()._check_draftable()

    def button_cancel(self):
        self._check_not_written_off()
        return super().button_cancel()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._check_not_writeoff_entry("reverse")
        if cancel:
            # Core would unmatch the write-off and leave its loss in the books.
            self._check_not_written_off()
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)

    def _check_not_written_off(self):
        # sudo: the answer must not depend on who asks
        self.sudo().writeoff_line_ids._check_none_matched()

    def _check_not_writeoff_entry(self, action):
        """Refuse what would leave a posted write-off half undone.

        :param str action: what was attempted: ``delete``, ``reset`` (or cancel) or ``reverse``
        :raises UserError: naming the entry and its write-off
        """
        # sudo: the answer must not depend on who asks
        for move in self.sudo().filtered(lambda move: move.writeoff_id and move.state == "posted"):
            names = {"entry": move.display_name, "writeoff": move.writeoff_id.name}
            messages = {
                "delete": self.env._(
                    "%(entry)s belongs to write-off %(writeoff)s and cannot be deleted on its own. "
                    "Open the write-off and press Undo: a reversal entry gives it back.",
                    **names,
                ),
                "reset": self.env._(
                    "%(entry)s belongs to write-off %(writeoff)s and cannot be reset or cancelled "
                    "on its own. Open the write-off and press Undo: a reversal entry gives it "
                    "back.",
                    **names,
                ),
                "reverse": self.env._(
                    "%(entry)s belongs to write-off %(writeoff)s and cannot be reversed on its "
                    "own. Open the write-off and press Undo: a reversal entry gives it back.",
                    **names,
                ),
            }
            raise UserError(messages[action])

    def _check_author_may_post(self):
        """Whatever posts an entry writes its state: nobody passes by here.

        :raises UserError: see ``ar.writeoff._check_may_post``
        """
        # sudo: whoever posts, whether or not they may see the write-off; they stay the user
        drafts = self.sudo().filtered(
            lambda move: move.writeoff_role == "entry" and move.state == "draft"
        )
        for company, entries in drafts.grouped("company_id").items():
            if company._is_writeoff_enabled("writeoff_author_may_post"):
                continue  # asked once, not for each of many entries
            for entry in entries:
                entry.writeoff_id._check_may_post(entry)
