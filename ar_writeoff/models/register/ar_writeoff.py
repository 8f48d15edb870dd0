from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..line_states import REGISTER_STATES
from ..numbering import give_numbers
from ..rights import as_engine


class ArWriteoff(models.Model):
    _name = "ar.writeoff"
    _description = "Write-Off"
    _inherit = "ar.writeoff.decision.mixin"
    _order = "date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"  # the register is written by the engine only, notes by everybody

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    batch_id = fields.Many2one(
        "ar.writeoff.batch",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The batch of which a chunk is this write-off.",
    )
    state = fields.Selection(
        [
            ("entries_draft", "Entries in Draft"),
            ("posted", "Posted"),
            ("partly_reversed", "Partly Reversed"),
            ("reversed", "Reversed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
        help="Follows from the lines, as their state follows from the ledger.",
    )
    is_being_undone = fields.Boolean(
        readonly=True, copy=False, help="Items of it wait to be undone in the background."
    )
    line_ids = fields.One2many("ar.writeoff.line", "writeoff_id", string="Open Items", copy=False)
    entry_ids = fields.One2many("account.move", "writeoff_id", string="Journal Entries", copy=False)
    netting_ids = fields.One2many(
        "account.partial.reconcile",
        "writeoff_id",
        string="Matched First",
        copy=False,
        readonly=True,
        help="The customer's own credits that were matched with their debits before.",
    )
    entry_count = fields.Integer(compute="_compute_entry_count")
    document_count = fields.Integer(compute="_compute_document_count")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        copy=False,
        index=True,
        ondelete="set null",
        help="Empty when the write-off concerns several customers.",
    )
    partner_names = fields.Char(string="Customers Concerned", readonly=True, copy=False)
    amount = fields.Monetary(
        default=0.0,
        readonly=True,
        copy=False,
        help="Given up, in company currency. Credits count against balances.",
    )
    amount_tax = fields.Monetary(
        string="Tax",
        default=0.0,
        readonly=True,
        copy=False,
        help="Tax in it that is no loss: given back, or never due because it was not collected.",
    )
    amount_untaxed = fields.Monetary(
        string="Loss",
        default=0.0,
        readonly=True,
        copy=False,
        help="What is lost, or gained: the amount without that tax.",
    )
    amount_reversed = fields.Monetary(string="Reversed", default=0.0, readonly=True, copy=False)
    amount_net = fields.Monetary(
        string="Still Written Off",
        default=0.0,
        readonly=True,
        copy=False,
        help="What closes items now: neither reversed nor unreconciled. In company currency.",
    )

    @api.depends("entry_ids")
    def _compute_entry_count(self):
        groups = self.env["account.move"]._read_group(
            [("writeoff_id", "in", self.ids)], ["writeoff_id"], ["__count"]
        )
        counts = {writeoff.id: count for writeoff, count in groups}
        for writeoff in self:
            writeoff.entry_count = counts.get(writeoff.id, 0)

    @api.depends("line_ids.move_id")
    def _compute_document_count(self):
        groups = self.env["ar.writeoff.line"]._read_group(
            [("writeoff_id", "in", self.ids), ("state", "in", REGISTER_STATES)],
            ["writeoff_id"],
            ["move_id:count_distinct"],
        )
        counts = {writeoff.id: count for writeoff, count in groups}
        for writeoff in self:
            writeoff.document_count = counts.get(writeoff.id, 0)

    # ------------------------------------------------------------------
    # Life cycle
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # What it is about to be: nobody sees a state in between.
            vals.setdefault("state", "entries_draft" if vals.get("leave_draft") else "posted")
        writeoffs = super().create(vals_list)
        as_engine(writeoffs)._refresh_after_ledger()
        return writeoffs

    def _number(self):
        """Give numbers to those that have none, in the row of the year they were decided in."""
        give_numbers(self, "ar.writeoff")

    def _get_note_link(self):
        """What notes on documents call it: by the number of its batch, if it is a chunk of one.

        :return: Markup
        """
        return self._get_html_link(title=self.batch_id.name or self.name)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        for writeoff in self:
            raise UserError(
                self.env._(
                    "Write-off %(name)s is part of the register and cannot be deleted. Undo it "
                    "instead: the history stays.",
                    name=writeoff.name,
                )
            )

    def _get_line_companies(self):
        """The companies its lines belong to, whether or not the user sees them.

        :return: ``res.company``, with the rights of the system
        """
        # sudo: to see what is hidden
        AllLines = self.env["ar.writeoff.line"].sudo()
        groups = AllLines._read_group(
            [("writeoff_id", "in", self.ids)], aggregates=["company_id:recordset"]
        )
        return groups[0][0]

    def _check_authority(self):
        """Refuse whoever may not write off; the one gate on the way to posting and undoing.

        :raises AccessError: if the user lacks the write-off group
        """
        user = self.env.user
        # The system itself is never active.
        if not user.active and not user._is_superuser():
            raise AccessError(
                self.env._("%s is archived and may not write off receivables.", user.name)
            )
        if not user.has_group("ar_writeoff.group_writeoff_user"):
            raise AccessError(
                self.env._(
                    "%(user)s may not write off receivables. Ask an administrator for the role "
                    "“Write-Offs: User”.",
                    user=user.name,
                )
            )
        self.check_access("read")

    def _get_given_up_lines(self):
        """The lines without an entry of which something is given up; of the others, all is netted.

        :return: ``ar.writeoff.line``
        """
        return self.line_ids.filtered(
            lambda line: line.state == "waiting" and not line._is_netted_only()
        )

    def action_post_entries(self):
        """Post the entries that were left in draft, as core's own Post button does.

        :raises UserError: if an entry was changed, or an item is not open any more
        """
        self.check_access("read")
        self._check_all_lines_visible()
        self._get_draft_entries().action_post()

    def action_cancel_entries(self):
        """Delete the entries that were left in draft: their items are free again.

        :raises AccessError: if the user may not write off
        """
        self._check_authority()
        self._check_all_lines_visible()
        self._get_draft_entries().unlink()

    def _get_draft_entries(self):
        return self.entry_ids.filtered(lambda move: move.state == "draft")

    def _get_netting(self):
        """The customers' own credits that were matched first.

        :return: ``account.partial.reconcile``
        """
        return self.netting_ids
