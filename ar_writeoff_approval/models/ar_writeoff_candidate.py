from odoo import models
from odoo.exceptions import UserError

from odoo.addons.ar_writeoff.models.rights import as_engine


class ArWriteoffCandidate(models.Model):
    _inherit = "ar.writeoff.candidate"

    def action_strike_out(self):
        """Take these items out of what may be approved; the rest of the batch may be.

        :return: client action that tells how many, and reloads the list
        :raises AccessError, UserError: if the user may not decide on the request
        """
        for batch, rows in self.grouped("batch_id").items():
            request = batch.waiting_request_id
            if not request:
                raise UserError(self.env._("%s does not wait for an approval.", batch.display_name))
            request._check_may_decide()
            chosen = rows.filtered(lambda row: row.state == "queued")
            # What is netted together stays or goes together.
            if netted := chosen.filtered("netted_currency").partner_id:
                chosen |= self.search(
                    [
                        ("batch_id", "=", batch.id),
                        ("state", "=", "queued"),
                        ("netted_currency", "!=", 0.0),
                        ("partner_id", "in", netted.ids),
                    ]
                )
            if len(chosen) >= request.item_count:
                raise UserError(
                    self.env._(
                        "%s: all of it struck out is a rejection. Reject it instead.", request.name
                    )
                )
            message = self.env._("Struck out by %s.", self.env.user.name)
            as_engine(chosen)._set_outcome("skipped", "user", message)
            request._after_strike(
                self.env._("Struck out: %s items.", batch._format_count(len(chosen)))
            )
        count = self.env["ar.writeoff.batch"]._format_count(len(self))
        return self._notify(self.env._("Struck out: %(count)s.", count=count), "success")
