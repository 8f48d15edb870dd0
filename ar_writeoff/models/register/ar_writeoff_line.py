from odoo import api, fields, models


class ArWriteoffLine(models.Model):
    _name = "ar.writeoff.line"
    _description = "Write-Off Line"
    _inherit = "ar.writeoff.item.mixin"
    _order = "writeoff_id desc, id"
    _rec_name = "item_name"
    _check_company_auto = True

    writeoff_id = fields.Many2one("ar.writeoff", required=True, index=True, ondelete="cascade")
    batch_id = fields.Many2one(
        related="writeoff_id.batch_id", store=True, index="btree_not_null", string="Batch"
    )
    netting = fields.Selection(
        [
            ("none", "None"),
            ("waiting", "Waiting"),
            ("done", "Done"),
            ("undone", "Undone"),
        ],
        string="Matching",
        required=True,
        readonly=True,
        default="none",
        help="Whether it was matched with the customer's other items already.",
    )
    is_settled = fields.Boolean(
        readonly=True, help="An entry was made for it: if there is none now, it was deleted."
    )
    matched_currency = fields.Monetary(
        string="Matched",
        compute="_compute_state",
        store=True,
        help="What of it closes the item now, in document currency: less than written off once "
        "somebody unreconciled it by hand. The invoice counts this amount.",
    )
    matched = fields.Monetary(
        string="Matched (Company Currency)",
        currency_field="company_currency_id",
        compute="_compute_state",
        store=True,
        help="The same in company currency; the totals of the write-off count this amount.",
    )
    amount_tax = fields.Monetary(
        string="Tax",
        currency_field="company_currency_id",
        readonly=True,
        help="Tax in it that is no loss: given back, or never due because it was not collected.",
    )
    amount_untaxed = fields.Monetary(
        string="Loss",
        currency_field="company_currency_id",
        readonly=True,
        help="What is lost, or gained if negative: the amount without that tax.",
    )
    share_ids = fields.One2many(
        "ar.writeoff.share", "line_id", string="Written Off Against", readonly=True
    )
    plan = fields.Json(
        store=False,
        readonly=True,
        help="Shares that are planned: what was found out once for checks, preview and posting.",
    )
    undo_run_id = fields.Many2one(
        "ar.writeoff.run",
        string="Waits to Be Undone By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    entry_line_ids = fields.One2many("account.move.line", "writeoff_line_id", readonly=True)
    entry_id = fields.Many2one(
        "account.move", string="Journal Entry", compute="_compute_entry_id", compute_sudo=True
    )
    entry_name = fields.Char(string="Entry", compute="_compute_entry_id", compute_sudo=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("entry_draft", "In a Draft Entry"),
            ("done", "Done"),
            ("partly_matched", "Partly Matched"),
            ("unmatched", "Unreconciled"),
            ("reversed", "Reversed"),
            ("netted", "Matched"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        required=True,
        default="waiting",
        index=True,
        help="Read off the ledger: whether the entry is posted, matched with the item, reversed.",
    )

    @api.depends("entry_line_ids.move_id")
    def _compute_entry_id(self):
        for line in self:
            line.entry_id = line.entry_line_ids.filtered(
                lambda item: item.move_id.writeoff_role == "entry"
            ).move_id[:1]
            line.entry_name = line.entry_id.name

    _item_once = models.UniqueIndex(
        "(writeoff_id, item_id) WHERE item_id IS NOT NULL", "An item stands in a write-off once."
    )

    def _get_waiting_netting(self):
        return super()._get_waiting_netting() if self.netting == "waiting" else 0.0

    def _get_matches(self):
        """The matches of open items, and of tax in transition, with the lines made for them.

        :return: ``account.partial.reconcile``
        """
        lines = self.entry_line_ids.filtered(lambda item: item.move_id.writeoff_role == "entry")
        return lines._get_writeoff_matches()

    def _get_unsettled_documents(self):
        """Documents that are not paid, only given up: the reason does not settle them.

        :return: ``account.move``
        """
        return self.filtered(lambda line: not line.reason_id.settles_invoice).move_id

    def _get_counterpart(self):
        """The receivable line that was made to close the open item.

        :return: ``account.move.line``, empty before there is an entry
        """
        return self._get_entry_lines().filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )

    def _get_entry_lines(self):
        """The lines that were made to close something of this line's document.

        :return: ``account.move.line``, empty before there is an entry
        """
        return self.entry_line_ids.filtered(
            lambda item: item.move_id.writeoff_role == "entry" and item.parent_state != "cancel"
        )

    def _is_being_reversed(self):
        """Tell whether there is a reversal entry, posted or about to be.

        :return: bool
        """
        self.ensure_one()
        return "reversal" in self.entry_line_ids.move_id.mapped("writeoff_role")

    def action_open_undo(self):
        """Ask for the date to undo these lines of a write-off or of a batch, and no others.

        :return: window action
        :raises AccessError: if the user may not write off
        """
        if len(self.writeoff_id) > 1 and len(self.batch_id) == 1:
            return self.batch_id._open_undo(self)
        return self.writeoff_id._open_undo(self)

    def _filter_to_net(self):
        """The lines of which something is to be matched with the customer's other items.

        :return: ``ar.writeoff.line``
        """
        return self.filtered(
            lambda line: line.netting == "waiting" and line.state in ("waiting", "entry_draft")
        )
