from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..line_states import MATCHED_STATES

# Where core's own status would hide that something was given up.
GIVEN_UP_STATES = ("partial", "full")
# Nothing of a write-off may hide these.
STRONGER_STATES = ("blocked", "invoicing_legacy")


class AccountMove(models.Model):
    """What lists say of an invoice of which something was written off: computed for the screen,
    and once more in SQL for searching and grouping."""

    # A room of its own: the file of the model would be one of a thousand lines.
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    status_in_payment = fields.Selection(
        selection_add=[
            ("written_off", "Written Off"),
            ("written_off_closed", "Closed, Partly Written Off"),
            ("written_off_open", "Open, Partly Written Off"),
        ]
    )

    is_writeoff_waiting = fields.Boolean(
        string="Write-Off Waiting in Draft",
        compute="_compute_writeoff_waiting",
        search="_search_is_writeoff_waiting",
        compute_sudo=True,
        groups="base.group_user",
    )
    writeoff_waiting_amount = fields.Monetary(
        string="Will Be Written Off",
        compute="_compute_writeoff_waiting",
        compute_sudo=True,
        groups="base.group_user",
        help="In entries that wait in draft, in the document's currency.",
    )

    def _get_writeoff_states(self):
        """What was given up of these documents, as a state.

        The base is the total less the document's own credit notes, as far as they are matched with
        it: what was credited was never to be paid. Reasons that settle are told apart from others.

        :return: dict ``account.move`` → a value of ``writeoff_state``
        """
        states = dict.fromkeys(self, False)
        written_off = self.filtered(
            lambda move: (
                not (move.currency_id or move.company_currency_id).is_zero(move.writeoff_amount)
            )
        )
        given_up = written_off._filter_given_up()
        for move in written_off:
            credited = move._get_credited_amount() if move.reversal_move_ids else 0.0
            base = abs(move.amount_total) - credited
            if move not in given_up:
                states[move] = "settled"
            elif move.currency_id.compare_amounts(move.writeoff_amount, base) < 0:
                states[move] = "partial"
            else:
                states[move] = "full"
        return states

    def _filter_given_up(self):
        """Those of which something was written off by a reason that does not settle."""
        if not self:
            return self
        groups = self.env["ar.writeoff.line"]._read_group(
            [
                ("move_id", "in", self.ids),
                ("state", "in", MATCHED_STATES),
                ("reason_id.settles_invoice", "=", False),
            ],
            aggregates=["move_id:recordset"],
        )
        return groups[0][0]

    def _get_credited_amount(self):
        """What the document's own credit notes closed of it.

        :return: float, in the document's currency, positive
        """
        items = self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        matches = items.matched_credit_ids.filtered(
            lambda match: match.credit_move_id.move_id.reversed_entry_id == self
        )
        return sum(matches.mapped("debit_amount_currency"))

    # ------------------------------------------------------------------
    # The status
    # ------------------------------------------------------------------

    @api.model
    def _is_writeoff_status_visible(self):
        """Whether the user is told of write-offs by the status: customers are not, on pages that
        are made for them with the rights of the system neither."""
        return self.env.user._is_internal()

    @api.depends_context("uid")
    # Whether all is closed tells the payment state as well, on which core's own part depends.
    @api.depends("writeoff_state")
    def _compute_status_in_payment(self):
        result = super()._compute_status_in_payment()
        if self._is_writeoff_status_visible():
            for move in self.filtered(lambda move: move.state == "posted" and move.writeoff_state):
                move.status_in_payment = move._get_writeoff_status()
        return result

    def _get_writeoff_status(self):
        """The status of a posted document of which something was written off.

        :return: a value of ``status_in_payment``; see ``_get_writeoff_status_sql``
        """
        if self.payment_state in STRONGER_STATES:
            return self.payment_state
        if self.writeoff_state not in GIVEN_UP_STATES:
            return self.status_in_payment  # core's
        if not self.currency_id.is_zero(self.amount_residual):
            return "written_off_open"
        return "written_off" if self.writeoff_state == "full" else "written_off_closed"

    def _field_to_sql(self, alias, fname, query=None):
        sql = super()._field_to_sql(alias, fname, query)
        if fname == "status_in_payment" and self._is_writeoff_status_visible():
            return self._get_writeoff_status_sql(alias, sql)
        return sql

    def _get_writeoff_status_sql(self, alias, core):
        """The same as ``_get_writeoff_status``, for searching and grouping.

        :param str alias: of the table
        :param core: ``SQL`` of core's status
        :return: ``SQL``
        """
        columns = {
            name: SQL.identifier(alias, name, to_flush=self._fields[name])
            for name in ("state", "payment_state", "writeoff_state", "amount_residual")
        }
        return SQL(
            "CASE WHEN %(state)s != 'posted' OR %(payment_state)s IN %(stronger)s "
            "OR COALESCE(%(writeoff_state)s, '') NOT IN %(given_up)s THEN %(core)s "
            "WHEN %(amount_residual)s != 0 THEN 'written_off_open' "
            "WHEN %(writeoff_state)s = 'full' THEN 'written_off' "
            "ELSE 'written_off_closed' END",
            **columns,
            stronger=STRONGER_STATES,
            given_up=GIVEN_UP_STATES,
            core=core,
        )

    # ------------------------------------------------------------------
    # What waits in draft
    # ------------------------------------------------------------------

    @api.depends("writeoff_line_ids.state", "writeoff_line_ids.amount_currency")
    def _compute_writeoff_waiting(self):
        groups = self.env["ar.writeoff.line"]._read_group(
            [("move_id", "in", self.ids), ("state", "=", "entry_draft")],
            ["move_id"],
            ["amount_currency:sum"],
        )
        amounts = {move.id: abs(amount) for move, amount in groups}
        for move in self:
            move.is_writeoff_waiting = move.id in amounts
            move.writeoff_waiting_amount = amounts.get(move.id, 0.0)

    def _search_is_writeoff_waiting(self, operator, value):
        # A computed field is replaced by what it searches before its groups are looked at.
        self._check_field_access(self._fields["is_writeoff_waiting"], "read")
        if operator != "in":
            return NotImplemented
        # sudo: every biller may know that something waits, without the right to see the register
        waiting = self.env["ar.writeoff.line"].sudo()._search([("state", "=", "entry_draft")])
        return Domain("id", "in", waiting.subselect("move_id"))

    def action_open_waiting_entries(self):
        """Open the draft entries that will write something off of this document.

        :return: window action
        """
        self.ensure_one()
        # sudo: the way from the document to the entry leads over the register
        lines = self.sudo().writeoff_line_ids.filtered(lambda line: line.state == "entry_draft")
        entries = self.browse(lines.entry_id.ids)
        return entries._get_records_action(name=self.env._("Entries in Draft"), context={})
