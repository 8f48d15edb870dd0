from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..line_states import OUTSIDE_STATES
from ..plan import Plan
from ..problems import raise_blockers
from ..rights import as_engine
from .ar_writeoff_selection import OBSTACLES

# What people write on a candidate in the list; the rest is the engine's.
CANDIDATE_FIELDS = ("is_included", "amount_currency", "reason_id", "writeoff_account_id", "comment")


class ArWriteoffCandidate(models.Model):
    """An open item in a batch: included or left out, and why; editable until the run.

    What is written off becomes a line of the register and goes from here.
    """

    _name = "ar.writeoff.candidate"
    _description = "Open Item of a Batch"
    _inherit = ["ar.writeoff.values.mixin", "ar.writeoff.item.mixin"]
    _order = "batch_id desc, id"
    _rec_name = "item_name"
    _check_company_auto = True

    batch_id = fields.Many2one(
        "ar.writeoff.batch", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("found", "Found"),
            ("left_out", "Left Out"),
            ("planned", "Planned"),
            ("queued", "In the Run"),
            ("skipped", "Skipped"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="planned",
        index=True,
    )
    requested_currency = fields.Monetary(
        string="Set by Hand",
        readonly=True,
        help="The amount that a user set, or a list; it stays while it can.",
    )
    obstacle = fields.Selection(
        OBSTACLES, string="Left Out Because", readonly=True, help="Why it is not written off."
    )
    obstacle_message = fields.Char(string="Why", readonly=True)
    confirmed_codes = fields.Char(readonly=True)
    confirmed_message = fields.Char(
        string="Confirmed", readonly=True, help="The warnings in spite of which it was included."
    )
    is_pending = fields.Boolean(readonly=True, help="To be judged in the background.")
    is_unseen = fields.Boolean(
        readonly=True, help="Included in the background, with warnings nobody was shown yet."
    )
    imported_as = fields.Char(
        string="In the List", readonly=True, help="What the imported list calls the document."
    )
    has_own_reason = fields.Boolean(
        readonly=True, help="Chosen for this item, by a user or a list, not for the batch."
    )
    is_included = fields.Boolean(
        string="Include", compute="_compute_is_included", inverse="_inverse_is_included"
    )
    days_overdue = fields.Integer(compute="_compute_days_overdue")

    # In the order in which chunks take them, see ``_get_next_chunk`` of the run.
    _queue = models.Index("(batch_id, state, partner_id, company_id, move_id, id)")
    _pending = models.Index("(batch_id, partner_id, company_id, move_id, id) WHERE is_pending")
    _item_once = models.UniqueIndex(
        "(batch_id, item_id) WHERE item_id IS NOT NULL", "An item stands in a batch once."
    )

    @api.depends("state")
    def _compute_is_included(self):
        for line in self:
            line.is_included = line.state not in OUTSIDE_STATES

    def _inverse_is_included(self):
        """The toggle of a row; what the rules leave out stays out, with the reason.

        :raises UserError: saying why an item cannot be included
        """
        chosen = self.filtered("is_included")
        Choice = self.env["ar.writeoff.choice"]
        for batch, lines in (self - chosen).grouped("batch_id").items():
            Choice._exclude(batch, lines)
        for batch, lines in chosen.grouped("batch_id").items():
            refused = Choice._include(batch, lines)
            if refused:
                raise UserError(
                    "\n".join(
                        self.env._(
                            "%(item)s stays left out. %(why)s",
                            item=line.item_name,
                            why=line.obstacle_message,
                        )
                        for line in refused
                    )
                )

    @api.depends("date_maturity")
    def _compute_days_overdue(self):
        today = fields.Date.context_today(self)
        for line in self:
            line.days_overdue = (
                max((today - line.date_maturity).days, 0) if line.date_maturity else 0
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_user_writes(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_user_writes(vals)
        result = super().write(vals)
        if not self.env.su:
            self._after_edit(set(vals))
        return result

    def _check_user_writes(self, vals):
        """Record rules let people write candidates; what the engine sets stays its own.

        :param dict vals: as for ``create`` and ``write``
        :raises AccessError: naming the fields
        """
        strange = sorted(set(vals) - set(CANDIDATE_FIELDS))
        if strange and not self.env.su:
            raise AccessError(
                self.env._(
                    "Nobody writes these fields of an item in a batch: %s.", ", ".join(strange)
                )
            )

    def _after_edit(self, names):
        """What follows from what the user wrote on candidates.

        :param set names: of the fields
        :raises UserError: if an amount is not between zero and what is left after netting, or a
            reason or account cannot be used
        """
        if names & {"amount_currency", "reason_id", "writeoff_account_id"}:
            self.batch_id._check_authority()
        rows = as_engine(self)
        if names & {"reason_id", "writeoff_account_id"}:
            self._check_edited("decision")
        if "amount_currency" in names:
            for row in rows:
                row.requested_currency = row.amount_currency
            rows._revalue()
            self._check_edited("amount")
        for line in rows:
            if "reason_id" in names:
                line.has_own_reason = True
                line.separate_tax = line.item_id._is_writeoff_tax_separate(line.reason_id)
                if "writeoff_account_id" not in names:
                    line.writeoff_account_id = line.item_id._get_writeoff_account(line.reason_id)

    def _use_reason(self, reason):
        """Give up an item for the reason of the batch, with what comes with it.

        :param reason: ``ar.writeoff.reason``
        """
        self.ensure_one()
        if reason == self.reason_id:
            return
        self.write(
            {
                "reason_id": reason.id,
                "separate_tax": self.item_id._is_writeoff_tax_separate(reason),
                "writeoff_account_id": self.item_id._get_writeoff_account(reason).id,
            }
        )

    def _check_edited(self, scope):
        """What somebody typed is refused at once if a rule speaks against it.

        :param str scope: of the rules, see ``ar.writeoff.eligibility._get_rules``
        :raises UserError: naming the item and what is wrong
        """
        for batch, rows in self.grouped("batch_id").items():
            plan = Plan(batch._get_plan(), rows)
            raise_blockers(self.env["ar.writeoff.eligibility"]._judge(plan, (scope,)))

    def _confirm_warnings(self):
        """Note that a user saw what there is to know of these items, and includes them.

        :return: dict line → list of (code, message) that were not confirmed before
        """
        found = self.env["ar.writeoff.selection"]._get_item_warnings(self.sudo(False))
        fresh = {}
        for line in self:
            warnings = dict(found.get(line.item_id.id, ()))
            known = set((line.confirmed_codes or "").split(","))
            if new := [warning for warning in warnings.items() if warning[0] not in known]:
                fresh[line] = new
                line.confirmed_codes = ",".join(sorted({*warnings, *known} - {""}))
                line.confirmed_message = " ".join(warnings.values())
        return fresh

    def _plan(self, obstacle, netted):
        """Include or leave out this candidate; an amount the user set stays while it can.

        :param tuple obstacle: code and message of what speaks against it, or None
        :param float netted: matched with other items before, in document currency
        """
        self.ensure_one()
        vals = self.env["ar.writeoff.choice"]._prepare_obstacle_vals(obstacle)
        residual = self.item_id.amount_residual_currency
        compare = self.currency_id.compare_amounts
        left = self.currency_id.round(residual - netted)
        if compare(netted, self.netted_currency) or compare(residual, self.residual_currency):
            amount = min(self.requested_currency or left, left, key=abs)
            vals.update(
                residual_currency=residual,
                residual=self.item_id.amount_residual,
                netted_currency=netted,
                amount_currency=amount,
                amount=self.item_id._get_writeoff_amount(amount),
            )
        elif not obstacle and self.state == "planned":
            return
        self.write(vals)

    # ------------------------------------------------------------------
    # Buttons of the list
    # ------------------------------------------------------------------

    def action_include(self):
        """Include the marked candidates.

        :return: client action that tells how many stay left out, and reloads the list
        """
        refused = self.browse()
        for batch, lines in self.grouped("batch_id").items():
            refused |= self.env["ar.writeoff.choice"]._include(batch, lines)
        count = self.env["ar.writeoff.batch"]._format_count
        message = self.env._("Included: %(count)s.", count=count(len(self) - len(refused)))
        if refused:
            message += " " + self.env._(
                "%(count)s stay left out; the list says why.", count=count(len(refused))
            )
        return self._notify(message, "warning" if refused else "success")

    def action_exclude(self):
        """Exclude the marked candidates.

        :return: client action that tells how many, and reloads the list
        """
        for batch, lines in self.grouped("batch_id").items():
            self.env["ar.writeoff.choice"]._exclude(batch, lines)
        count = self.env["ar.writeoff.batch"]._format_count(len(self))
        return self._notify(self.env._("Excluded: %(count)s.", count=count), "success")

    def _notify(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_open_document(self):
        """Open the document the item stands on.

        :return: window action
        """
        self.ensure_one()
        return self.move_id._get_records_action(name=self.item_name, context={})
