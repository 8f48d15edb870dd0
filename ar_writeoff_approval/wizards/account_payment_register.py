from odoo import models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _tell_outcome(self, outcome):
        """The payment is made, the difference is still open: the dialog would not say so."""
        if outcome._name != "ar.writeoff.request":
            return super()._tell_outcome(outcome)
        message = self.env._(
            "The payment is made; the difference of %(amount)s is not written off yet: %(request)s "
            "waits for an approval.",
            amount=outcome.currency_id.format(outcome.amount),
            request=outcome.name,
        )
        self.env.user._bus_send(
            "simple_notification", {"message": message, "type": "warning", "sticky": True}
        )
        return None
