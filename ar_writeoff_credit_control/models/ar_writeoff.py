from odoo import models

from odoo.addons.ar_writeoff.models.line_states import MATCHED_STATES

# Prepared, and the customer has not seen them.
UNSENT_STATES = ("draft", "queued", "to_be_sent", "error", "email_error")


class ArWriteoff(models.Model):
    _inherit = "ar.writeoff"

    def _refresh(self):
        """What is given up is not asked for any more."""
        result = super()._refresh()
        self._follow_reminders()
        return result

    def _follow_reminders(self):
        """Ignore the reminders of what is closed, and lower those of what is open in part."""
        lines = self.line_ids.filtered(lambda line: line.state in MATCHED_STATES)
        # sudo: who writes off need not be in charge of reminders
        reminders = self.env["credit.control.line"].sudo()
        for reminder in reminders.search(
            [("move_line_id", "in", lines.item_id.ids), ("state", "in", UNSENT_STATES)]
        ):
            item = reminder.move_line_id
            left = item.currency_id.round(item.amount_residual_currency)
            if item.reconciled:
                reminder.state = "ignored"
            elif item.currency_id.compare_amounts(left, reminder.balance_due) < 0:
                reminder.balance_due = left
