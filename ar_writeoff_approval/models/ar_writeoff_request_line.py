from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.ar_writeoff.models.rights import as_engine


class ArWriteoffRequestLine(models.Model):
    """An open item somebody asks to write off, and how much of it."""

    _name = "ar.writeoff.request.line"
    _description = "Item of a Write-Off Request"
    _inherit = "ar.writeoff.item.mixin"
    _order = "request_id desc, id"
    _rec_name = "item_name"
    _check_company_auto = True

    request_id = fields.Many2one(
        "ar.writeoff.request", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="request_id.state", string="Status of the Request")
    is_struck = fields.Boolean(
        string="Struck Out", readonly=True, help="Not approved; the rest may be."
    )
    struck_by = fields.Many2one("res.users", readonly=True)
    open_now = fields.Monetary(
        compute="_compute_open_now", help="Residual of today, in document currency."
    )

    def _compute_open_now(self):
        for line in self:
            line.open_now = line.item_id.amount_residual_currency

    def action_strike_out(self):
        """Take this item out of what may be approved, or put it back.

        :raises AccessError, UserError: if the user may not decide on the request
        """
        for line in self:
            request = line.request_id
            request._check_may_decide()
            is_struck = not line.is_struck
            if is_struck and not (request._get_asked_lines() - line):
                raise UserError(
                    self.env._(
                        "%s: all of it struck out is a rejection. Reject it instead.", request.name
                    )
                )
            user = self.env.user if is_struck else self.env["res.users"]
            as_engine(line).write({"is_struck": is_struck, "struck_by": user.id})
            Reservation = self.env["ar.writeoff.reservation"]
            if is_struck:
                Reservation._give_back(line)
                text = self.env._("%(item)s, %(amount)s, is struck out.", **line._get_names())
            else:
                line._check_free()
                Reservation._reserve(line)
                text = self.env._("%(item)s, %(amount)s, counts again.", **line._get_names())
            request._after_strike(text)

    def _get_outcome_state(self):
        return "struck_out" if self.is_struck else super()._get_outcome_state()

    def _get_names(self):
        return {"item": self.item_name, "amount": self.currency_id.format(self.amount_currency)}

    def _check_free(self):
        """Refuse to take an item back that somebody else keeps by now.

        :raises UserError: naming who
        """
        for item, kept in self.env["ar.writeoff.reservation"]._get_reserved(self.item_id).items():
            raise UserError(
                self.env._(
                    "%(item)s is kept for %(holder)s by now.",
                    item=item._get_writeoff_item_name(),
                    holder=kept._get_holder_name(),
                )
            )
