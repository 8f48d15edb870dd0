from odoo import models


class AccountMove(models.Model):
    """What customers see: a neutral adjustment, never a payment, never a reason."""

    # A room of its own: the file of the model would be one of a thousand lines.
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def _compute_payments_widget_reconciled_info(self):
        result = super()._compute_payments_widget_reconciled_info()
        for move in self:
            widget = move.invoice_payments_widget
            if not widget:
                continue
            adjustments = move._get_adjustment_moves(widget["content"])
            for values in widget["content"]:
                values["is_adjustment"] = values["move_id"] in adjustments
            # A new value: the cache compares, and would keep what is only changed in place.
            move.invoice_payments_widget = {**widget, "content": list(widget["content"])}
        return result

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
        if values:
            # sudo: customers are told the amount, and cannot read the write-off
            values["amount_adjusted"] = self.sudo().writeoff_amount
            values["amount_paid"] -= values["amount_adjusted"]
            values["adjustment"] = self._get_adjustment_kind()
        return values

    def _get_adjustment_notice(self):
        """What a mail says where it would otherwise say that the invoice is paid.

        A write-off is no waiver: only where it settled the claim, nothing is due.

        :return: str, in the language of the environment; empty unless a write-off closed it
        """
        kind = self._get_adjustment_kind()
        if kind == "settled":
            return self.env._("This document was adjusted. No payment is due on this document.")
        return self.env._("This document was adjusted.") if kind else ""

    def _get_adjustment_kind(self):
        """What customers are told of a document that a write-off closed.

        :return: ``settled`` if nothing is due any more, ``adjusted`` if the claim stands, False
            if a write-off did not close it
        """
        self.ensure_one()
        # sudo: the page and the mail are made for whoever may not read the write-off
        state = self.sudo().writeoff_state
        if not state or not self.currency_id.is_zero(self.amount_residual):
            return False
        return "settled" if state == "settled" else "adjusted"
