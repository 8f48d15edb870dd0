from odoo import api, fields, models

from ..item_kinds import ITEM_KINDS


class AccountMoveLine(models.Model):
    """What the list of open items says about each; read there only, nothing is stored."""

    # A room of its own: the file of the model would be one of a thousand lines.
    _inherit = "account.move.line"  # pylint: disable=consider-merging-classes-inherited

    writeoff_kind = fields.Selection(
        ITEM_KINDS, string="Kind", compute="_compute_writeoff_kind", groups="base.group_user"
    )
    writeoff_days_overdue = fields.Integer(
        string="Days Overdue",
        compute="_compute_writeoff_days_overdue",
        groups="base.group_user",
        help="Since the due date; since its own date where it has none, such as a payment.",
    )

    @api.depends("move_id.move_type", "move_id.origin_payment_id", "move_id.statement_line_id")
    def _compute_writeoff_kind(self):
        for item in self:
            item.writeoff_kind = item._get_writeoff_kind()

    @api.depends("date_maturity", "date")
    @api.depends_context("tz")
    def _compute_writeoff_days_overdue(self):
        today = fields.Date.context_today(self)
        for item in self:
            due = item.date_maturity or item.date
            item.writeoff_days_overdue = max((today - due).days, 0) if due else 0

    def _get_writeoff_kind(self):
        """What kind of document the item stands on.

        :return: a key of ``ITEM_KINDS``
        """
        move = self.move_id
        if move.move_type == "out_refund":
            return "credit_note"
        if move.is_invoice(include_receipts=True):
            return "invoice"
        return "payment" if move.origin_payment_id or move.statement_line_id else "entry"
