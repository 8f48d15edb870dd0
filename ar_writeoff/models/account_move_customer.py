from odoo import models


class AccountMoveCustomer(models.Model):
    """What customers see of a write-off: a neutral adjustment, never a payment, never a reason."""

    _inherit = "account.move"

    def _compute_payments_widget_reconciled_info(self):
        super()._compute_payments_widget_reconciled_info()
        for move in self:
            widget = move.invoice_payments_widget
            if not widget:
                continue
            adjustments = move._get_adjustment_moves(widget["content"])
            for values in widget["content"]:
                values["is_adjustment"] = values["move_id"] in adjustments
            # A new value: the cache compares, and would keep what is only changed in place.
            move.invoice_payments_widget = {**widget, "content": list(widget["content"])}

    def _get_adjustment_moves(self, contents):
        """Which of the matched entries are write-offs.

        :param list contents: values of the payments widget
        :return: set of ``account.move`` ids
        """
        # sudo: customers and billers need to be told, and need not see the write-off itself
        moves = self.env["account.move"].sudo().browse(values["move_id"] for values in contents)
        return set(moves.filtered("writeoff_role").ids)

    def _get_invoice_next_payment_values(self, custom_amount=None):
        values = super()._get_invoice_next_payment_values(custom_amount=custom_amount)
        values["amount_adjusted"] = self.writeoff_amount
        values["amount_paid"] -= self.writeoff_amount
        return values

    def _track_subtype(self, init_values):
        # “Paid” is a message that followers, customers among them, may have subscribed to.
        if self.writeoff_state:
            init_values = {
                name: value for name, value in init_values.items() if name != "payment_state"
            }
        return super()._track_subtype(init_values)

    def _get_adjustment_notice(self):
        """What a mail says where it would otherwise say that the invoice is paid.

        :return: str, in the language of the environment; empty unless a write-off closed it
        """
        self.ensure_one()
        if self.writeoff_state and self.currency_id.is_zero(self.amount_residual):
            return self.env._("No payment is due on this document.")
        return ""
