from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import formatLang

from .line_states import COUNTED_STATES, TOTAL_STATES

# After how many days a draft that nobody touched is thrown away.
EMPTY_DAYS = 1  # nothing was ever selected
STALE_DAYS = 30  # a list was chosen from

# What the user of a batch writes himself, besides its criteria; the rest is the engine's.
DECISION_FIELDS = (
    "is_batch",
    "company_id",
    "filter_id",
    "reason_id",
    "credit_reason_id",
    "date",
    "accounting_date",
    "comment",
    "grouping",
    "leave_draft",
)
# Once one of these changes, the items must be selected again.
SELECTING_FIELDS = ("company_id", "reason_id", "credit_reason_id")


class ArWriteoffBatchMixin(models.AbstractModel):
    """A batch: the same document, whose lines are found by criteria and chosen from a list."""

    _name = "ar.writeoff.batch.mixin"
    _description = "Batch Write-Off"
    _inherit = ["ar.writeoff.criteria.mixin"]

    is_batch = fields.Boolean(string="Batch", index="btree_not_null")
    filter_id = fields.Many2one(
        "ar.writeoff.filter",
        string="Saved Filter",
        ondelete="set null",
        domain="[('company_id', '=', company_id)]",
        help="Fills in the filters below; changing them here does not change what is saved.",
    )
    credit_reason_id = fields.Many2one(
        "ar.writeoff.reason",
        string="Reason for Credits",
        check_company=True,
        domain="[('use', 'in', ('credit', 'both'))]",
    )
    is_outdated = fields.Boolean(
        readonly=True,
        copy=False,
        help="Filters, limits or reasons changed since the items were selected.",
    )
    selected_on = fields.Datetime(readonly=True, copy=False)
    candidate_count = fields.Integer(compute="_compute_counts")
    included_count = fields.Integer(compute="_compute_counts")
    left_out_count = fields.Integer(compute="_compute_counts")
    finished_count = fields.Integer(compute="_compute_counts")
    failed_count = fields.Integer(string="Skipped or Failed", compute="_compute_counts")
    progress = fields.Integer(compute="_compute_progress", help="Finished items, in percent.")
    progress_text = fields.Char(compute="_compute_progress")
    amounts_by_currency = fields.Char(
        string="By Currency", compute="_compute_counts", help="In the documents' currencies."
    )
    summary_ids = fields.One2many("ar.writeoff.summary", "writeoff_id", readonly=True)

    @api.model
    def default_get(self, fields_list):
        """A batch starts with what the company proposes."""
        defaults = super().default_get(fields_list)
        if defaults.get("is_batch"):
            company = self.env.company
            today = fields.Date.context_today(self)
            proposals = {
                "reason_id": company._get_writeoff_reason("writeoff_reason_id").id,
                "credit_reason_id": company._get_writeoff_reason("writeoff_credit_reason_id").id,
                "grouping": company._get_writeoff_parameter("writeoff_grouping"),
                "leave_draft": company._is_writeoff_enabled("writeoff_leave_draft"),
                "accounting_date": company._get_writeoff_open_date(today),
            }
            defaults.update({name: proposals[name] for name in proposals if name in fields_list})
        return defaults

    @api.onchange("filter_id")
    def _onchange_filter_id(self):
        """A saved filter is copied: the batch keeps what it was run with."""
        if self.filter_id:
            self.update(self.filter_id._prepare_criteria_vals())

    @api.onchange("reason_id", "credit_reason_id", "side")
    def _onchange_reasons(self):
        """The main reason's default comment, as in the wizard."""
        if self.is_batch:
            reason = self.credit_reason_id if self.side == "credit" else self.reason_id
            self.comment = reason._propose_comment(self.comment)

    @api.autovacuum
    def _gc_drafts(self):
        """Batches that were begun and never run disappear: soon without candidates, else late."""
        now = fields.Datetime.now()
        drafts = Domain([("is_batch", "=", True), ("state", "=", "draft"), ("name", "=", "/")])
        empty = Domain("selected_on", "=", False) & Domain(
            "write_date", "<", now - timedelta(days=EMPTY_DAYS)
        )
        stale = Domain("write_date", "<", now - timedelta(days=STALE_DAYS)) & ~Domain(
            "line_ids.write_date", ">=", now - timedelta(days=STALE_DAYS)
        )
        self.search(drafts & (empty | stale)).unlink()

    @api.depends("line_ids.state", "line_ids.amount_currency")
    def _compute_counts(self):
        """Counted in the database, whatever the number of candidates."""
        groups = self.env["ar.writeoff.line"]._read_group(
            [("writeoff_id", "in", self.ids)],
            ["writeoff_id", "state", "currency_id"],
            ["__count", "amount_currency:sum"],
        )
        for batch in self:
            own = [group[1:] for group in groups if group[0] == batch]
            counts = {
                name: sum(count for state, _currency, count, _amount in own if state in states)
                for name, states in COUNTED_STATES.items()
            }
            batch.update(counts)
            total = counts["included_count"] + counts["finished_count"] + counts["failed_count"]
            batch.candidate_count = total + counts["left_out_count"]
            batch.amounts_by_currency = batch._get_amounts_text(own)

    @api.depends("line_ids.state", "undo_date")
    def _compute_progress(self):
        for batch in self:
            count, total = batch.finished_count + batch.failed_count, batch.included_count
            total += count
            text = self.env._("%(done)s of %(all)s items, %(failed)s of them skipped or failed")
            if batch.undo_date:
                reversed_ = [("writeoff_id", "=", batch.id), ("state", "=", "reversed")]
                count = self.env["ar.writeoff.line"].search_count(reversed_)
                text = self.env._("%(done)s of %(all)s items undone")
            batch.progress = 100 * count // total if total else 0
            batch.progress_text = text % {
                "done": batch._format_count(count),
                "all": batch._format_count(total),
                "failed": batch._format_count(batch.failed_count),
            }

    def _format_count(self, number):
        return formatLang(self.env, number, digits=0)

    def get_batch_totals(self):
        """What the list of candidates says above itself.

        :return: dict: ``text``, ``can_process`` (whether the buttons are of use) and
            ``is_tied`` (whether a choice may change other rows)
        :raises AccessError: if the user may not read the batch
        """
        self.ensure_one()
        self.check_access("read")
        text = self.env._(
            "Included: %(count)s of %(all)s",
            count=self._format_count(self.included_count + self.finished_count),
            all=self._format_count(self.candidate_count),
        )
        total = self.currency_id.format(self.amount)
        if self.amounts_by_currency and self.amounts_by_currency != total:
            text += f" · {self.amounts_by_currency}"
            total = self.env._("%s in company currency", total)
        text += f" · {total}"
        can_process = self.state == "draft" and not self.is_outdated
        may = self.env.user.has_group("ar_writeoff.group_writeoff_user")
        return {
            "text": text,
            "can_process": bool(can_process and may and self.candidate_count),
            "is_tied": bool(self.side == "both" or self.limit_customer),
        }

    @api.depends("name", "is_batch")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for batch in self.filtered(lambda batch: batch.is_batch and batch.name == "/"):
            batch.display_name = self.env._("New Batch")
        return result

    def _get_amounts_text(self, groups):
        """Amounts that are or will be written off, by currency, the company's first.

        The same lines as in ``amount``, which is their total in company currency.

        :param list groups: tuples (state, currency, count, amount in that currency)
        :return: str
        """
        amounts = {}
        for state, currency, _count, amount in groups:
            if state in TOTAL_STATES:
                amounts[currency] = amounts.get(currency, 0.0) + amount
        order = sorted(amounts, key=lambda c: (c != self.currency_id, c.name))
        return ", ".join(currency.format(amounts[currency]) for currency in order)

    # ------------------------------------------------------------------
    # Who writes what
    # ------------------------------------------------------------------

    @api.model
    def _has_field_access(self, field, operation):
        # Record rules let users write batches in draft; the register's own fields stay closed.
        is_writing = operation == "write" and not self.env.su
        if is_writing and field.name not in (*DECISION_FIELDS, *self._get_criteria_fields()):
            return False
        return super()._has_field_access(field, operation)

    def write(self, vals):
        if "is_batch" in vals and not self.env.su:
            # Without it, limits and numbers would be passed by.
            raise AccessError(self.env._("A batch stays a batch: %s.", self[:1].display_name))
        result = super().write(vals)
        selecting = {*SELECTING_FIELDS, *self._get_criteria_fields()}
        if not self.env.su and selecting & set(vals):
            batches = self.filtered(lambda batch: batch.is_batch and batch.selected_on)
            # sudo: the engine's own mark
            batches.sudo().is_outdated = True
        return result

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_save_filter(self):
        """Ask for a name under which the criteria are kept.

        :return: window action
        """
        self.ensure_one()
        vals = {**self._prepare_criteria_vals(), "company_id": self.company_id.id}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Save Filter"),
            "res_model": "ar.writeoff.filter",
            "views": [(self.env.ref("ar_writeoff.view_ar_writeoff_filter_name").id, "form")],
            "target": "new",
            "context": {f"default_{name}": value for name, value in vals.items()},
        }

    def _get_batch_action(self):
        """Open the batch itself.

        :return: window action
        """
        action = self.env["ir.actions.actions"]._for_xml_id("ar_writeoff.action_batch")
        form = self.env.ref("ar_writeoff.view_ar_writeoff_batch_form")
        return {**action, "views": [(form.id, "form")], "view_mode": "form", "res_id": self.id}

    def action_open_batch(self):
        """Open the batch behind a write-off: what it looked at, and what it left out.

        :return: window action
        """
        return self._get_batch_action()

    def action_open_candidates(self):
        """Open the list from which the items are chosen.

        :return: window action
        """
        return self._open_candidates()

    def _open_candidates(self, domain=(), name=None):
        """Open the list of the candidates; before the run, with what is included.

        :param domain: which of them; all if not given
        :param str name: title of the screen
        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("ar_writeoff.action_candidates")
        title = name or self.env._("Open Items")
        # For the screen alone: which buttons and which filter it starts with.
        screen = {"can_undo": self.state in ("posted", "partly_reversed")}
        if not domain and self.state == "draft" and self.included_count:
            screen["search_default_included"] = 1
        return {
            **action,
            "name": title,
            "display_name": title,
            "domain": [("writeoff_id", "=", self.id), *domain],
            # As core does on the way from a record to its lines: the list shows its totals.
            "context": {"active_model": self._name, "active_id": self.id, **screen},
        }
