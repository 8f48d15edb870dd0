from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column

from ..line_states import MATCHED_STATES, REGISTER_STATES


class AccountMove(models.Model):
    _inherit = "account.move"

    # --- of an entry that a write-off made ---
    writeoff_id = fields.Many2one(
        "ar.writeoff",
        string="Write-Off",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="ar_writeoff.group_writeoff_user,account.group_account_readonly",
    )
    writeoff_role = fields.Selection(
        [("entry", "Write-Off"), ("reversal", "Reversal")], copy=False, readonly=True
    )
    # --- of an invoice that was written off ---
    writeoff_line_ids = fields.One2many(
        "ar.writeoff.line",
        "move_id",
        string="Write-Off Lines",
        groups="ar_writeoff.group_writeoff_user,account.group_account_readonly",
    )
    writeoff_state = fields.Selection(
        [("settled", "Settled"), ("partial", "Partly Written Off"), ("full", "Written Off")],
        string="Write-Off Status",
        compute="_compute_writeoff_state",
        store=True,
        compute_sudo=True,
        copy=False,
        help="Written off: all of it, credit notes apart. Partly: the rest is paid, netted or "
        "still open. Settled: only for reasons that settle the invoice.",
    )
    writeoff_amount = fields.Monetary(
        string="Written Off",
        compute="_compute_writeoff_amount",
        store=True,
        compute_sudo=True,
        copy=False,
        help="Given up and not undone, in the document's currency.",
    )
    writeoff_count = fields.Integer(
        compute="_compute_writeoff_count",
        groups="ar_writeoff.group_writeoff_user,account.group_account_readonly",
    )

    def _auto_init(self):
        """Columns first: with them in place, installing recomputes no existing entry."""
        for column, column_type in (
            ("writeoff_role", "varchar"),
            ("writeoff_state", "varchar"),
            ("writeoff_amount", "numeric"),
        ):
            if not column_exists(self.env.cr, self._table, column):
                create_column(self.env.cr, self._table, column, column_type)
        return super()._auto_init()

    @api.depends("writeoff_line_ids.state", "writeoff_line_ids.matched_currency")
    def _compute_writeoff_amount(self):
        groups = self.env["ar.writeoff.line"]._read_group(
            [("move_id", "in", self.ids), ("state", "in", MATCHED_STATES)],
            ["move_id"],
            ["matched_currency:sum"],
        )
        amounts = {move.id: abs(amount) for move, amount in groups}
        for move in self:
            amount = amounts.get(move.id, 0.0) if move.is_invoice(include_receipts=True) else 0.0
            move.writeoff_amount = amount

    # Not by what is matched, though credit notes count: whoever invoices, pays and matches what
    # was never written off pays nothing for it. Matches tell it, see ``_follow_matches``.
    @api.depends(
        "writeoff_amount",
        "writeoff_line_ids.state",
        "writeoff_line_ids.reason_id.settles_invoice",
        "reversal_move_ids",
    )
    def _compute_writeoff_state(self):
        for move, state in self._get_writeoff_states().items():
            move.writeoff_state = state

    def _follow_matches(self):
        """What these documents are matched with changed: judge anew what was given up of them."""
        # sudo: whoever matches items need not see what follows from it
        documents = self.sudo().filtered("writeoff_amount")
        if documents:
            self.env.add_to_compute(self._fields["writeoff_state"], documents)

    @api.depends("writeoff_line_ids")
    def _compute_writeoff_count(self):
        groups = self.env["ar.writeoff.line"]._read_group(
            [("move_id", "in", self.ids), ("state", "in", REGISTER_STATES)],
            ["move_id"],
            ["writeoff_id:count_distinct"],
        )
        counts = {move.id: count for move, count in groups}
        for move in self:
            move.writeoff_count = counts.get(move.id, 0)

    # ------------------------------------------------------------------
    # From the invoice to the write-off
    # ------------------------------------------------------------------

    def _get_writeoff_items(self):
        """The receivable lines of these documents, open or not, oldest due first.

        :return: ``account.move.line``
        """
        return self.line_ids.filtered(
            lambda line: (
                line.account_id.account_type in ("asset_receivable", "liability_payable")
                and line.display_type not in ("line_section", "line_subsection", "line_note")
            )
        ).sorted(lambda line: (line.date_maturity or line.date, line.id))

    def _get_writeoff_document_name(self):
        """What a message calls the document; a draft without a number by customer and amount.

        :return: str
        """
        self.ensure_one()
        if self.state == "posted":
            return self.name
        name = self._get_move_display_name()
        if self.name not in (False, "/"):
            return name
        details = (self.partner_id.display_name, self.currency_id.format(self.amount_total))
        return f"{name} ({', '.join(filter(None, details))})"

    def action_write_off(self):
        """Open the write-off wizard on what is open on these documents.

        :return: window action
        :raises AccessError: if the user may not write off
        :raises UserError: if nothing can be written off, saying why for each document
        """
        self.check_access("read")
        return self.env["ar.writeoff.wizard"]._open(self._get_writeoff_items())

    def action_open_writeoffs(self):
        """Open the write-offs of this invoice, the undone ones included.

        :return: window action
        :raises UserError: if they belong to a company the user has not activated
        """
        self.ensure_one()
        # sudo: a write-off of several branches belongs to their root
        lines = self.sudo().writeoff_line_ids
        found = lines.filtered(lambda line: line.state in REGISTER_STATES).writeoff_id
        writeoffs = self.env["ar.writeoff"].search([("id", "in", found.ids)])
        if not writeoffs:
            raise UserError(
                self.env._(
                    "%(document)s was written off by %(companies)s: activate that company to see "
                    "how.",
                    document=self.display_name,
                    companies=", ".join(found.company_id.mapped("name")),
                )
            )
        return writeoffs._get_records_action(name=self.env._("Write-Offs"), context={})

    def action_open_writeoff(self):
        """Open the write-off that made this entry.

        :return: window action
        """
        self.ensure_one()
        return self.writeoff_id._get_records_action(name=self.env._("Write-Off"), context={})
