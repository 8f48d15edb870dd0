from odoo import api, fields, models


class ArWriteoffLine(models.Model):
    _name = "ar.writeoff.line"
    _description = "Write-Off Line"
    _inherit = [
        "ar.writeoff.item.mixin",
        "ar.writeoff.breakdown.mixin",
        "ar.writeoff.transition.mixin",
        "ar.writeoff.line.carrier.mixin",
    ]
    _order = "writeoff_id desc, id"
    _rec_name = "item_name"
    _check_company_auto = True

    writeoff_id = fields.Many2one("ar.writeoff", required=True, index=True, ondelete="cascade")
    batch_id = fields.Many2one(
        related="writeoff_id.batch_id", store=True, index="btree_not_null", string="Batch"
    )
    is_netted = fields.Boolean(readonly=True, help="Whether that was done already.")
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
            ("planned", "Planned"),
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
        default="planned",
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
        return 0.0 if self.is_netted else super()._get_waiting_netting()

    def _get_matches(self):
        """The matches of open items, and of tax in transition, with the lines made for them.

        :return: ``account.partial.reconcile``
        """
        lines = self.entry_line_ids.filtered(lambda item: item.move_id.writeoff_role == "entry")
        return lines._get_writeoff_matches()

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
        """Tell whether there is a counter entry, posted or about to be.

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

    def _get_breakdowns(self):
        """What each line is written off against: as booked, or as it would be posted now.

        :return: dict line → list of dicts, see ``_prepare_breakdown`` and
            ``ar.writeoff.share._to_parts``
        """
        booked = self.env["ar.writeoff.share"]._get_booked_parts(self)
        found = {line: booked.get(line._origin.id) or line.plan for line in self}
        unknown = self.filtered(lambda line: not found[line])
        return {**found, **unknown._prepare_breakdowns()}

    def _keep_plans(self):
        """Find out once what each line is written off against, with the tax in it."""
        for line, parts in self._prepare_breakdowns().items():
            tax = sum(part["balance"] for part in parts if part["kind"] != "loss")
            # sudo: the register is written by the engine only; authority was checked before
            line.sudo().write(
                {
                    "plan": parts,
                    "amount_tax": tax,
                    "amount_untaxed": line.amount - tax,
                }
            )

    def _filter_to_net(self):
        """The lines of which something is to be matched with the customer's other items.

        :return: ``ar.writeoff.line``
        """
        return self.filtered(
            lambda line: (
                line.netted_currency
                and not line.is_netted
                and line.state in ("planned", "entry_draft")
            )
        )
