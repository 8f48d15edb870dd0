from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import formatLang

from ..evidence import keep_evidence
from ..numbering import give_numbers
from ..rights import as_engine

# After how many days a draft that nobody touched is thrown away.
EMPTY_DAYS = 1  # nothing was ever selected
STALE_DAYS = 30  # a list was chosen from

# What people write themselves, besides the criteria; the rest is the engine's.
DECISION_FIELDS = (
    "company_id",
    "filter_id",
    "reason_id",
    "credit_reason_id",
    "date",
    "accounting_date",
    "comment",
    "grouping",
    "leave_draft",
    "evidence_ids",
)
# Once one of these changes, the items must be selected again.
SELECTING_FIELDS = ("company_id", "reason_id", "credit_reason_id")


class ArWriteoffBatch(models.Model):
    """Open items found by criteria and chosen from a list, to be written off in chunks."""

    _name = "ar.writeoff.batch"
    _description = "Batch Write-Off"
    _inherit = [
        "ar.writeoff.decision.mixin",
        "ar.writeoff.criteria.mixin",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"  # once it runs, it is the engine's; notes are everybody's

    company_id = fields.Many2one(readonly=True, index=True, default=lambda self: self.env.company)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )
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
    is_of_items = fields.Boolean(
        readonly=True, copy=False, help="It looks at the open items that were named, at no others."
    )
    item_ids = fields.Many2many(
        "account.move.line", string="Named Items", readonly=True, copy=False
    )
    is_outdated = fields.Boolean(
        readonly=True,
        copy=False,
        help="Filters, limits or reasons changed since the items were selected or imported.",
    )
    selected_on = fields.Datetime(readonly=True, copy=False)
    imported_on = fields.Datetime(readonly=True, copy=False, help="Its items come from a list.")
    candidate_ids = fields.One2many(
        "ar.writeoff.candidate", "batch_id", string="Open Items", readonly=True, copy=False
    )
    run_ids = fields.One2many(
        "ar.writeoff.run", "batch_id", string="Runs", readonly=True, copy=False
    )
    summary_ids = fields.One2many("ar.writeoff.summary", "batch_id", readonly=True)

    @api.model
    def default_get(self, fields_list):
        """A batch starts with what the company proposes."""
        defaults = super().default_get(fields_list)
        company = self.env.company
        today = fields.Date.context_today(self)
        proposals = {
            "reason_id": lambda: company._get_writeoff_reason("writeoff_reason_id").id,
            "credit_reason_id": lambda: (
                company._get_writeoff_reason("writeoff_credit_reason_id").id
            ),
            "grouping": lambda: company._get_writeoff_parameter("writeoff_grouping"),
            "leave_draft": lambda: company._is_writeoff_enabled("writeoff_leave_draft"),
            "accounting_date": lambda: company._get_writeoff_open_date(today),
        }
        defaults.update({name: proposals[name]() for name in proposals if name in fields_list})
        return defaults

    @api.onchange("filter_id")
    def _onchange_filter_id(self):
        """A saved filter is copied: the batch keeps what it was run with."""
        if self.filter_id:
            self.update(self.filter_id._prepare_criteria_vals())

    @api.onchange("reason_id", "credit_reason_id", "side")
    def _onchange_reasons(self):
        """The main reason's default comment, as in the wizard."""
        reason = self.credit_reason_id if self.side == "credit" else self.reason_id
        self.comment = reason._propose_comment(self.comment)

    @api.depends("name")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for batch in self.filtered(lambda batch: batch.name == "/"):
            batch.display_name = self.env._("New Batch")
        return result

    def _number(self):
        """Give a number to what has none: what is never run leaves no gap."""
        give_numbers(self, "ar.writeoff.batch")

    @api.model
    def _format_count(self, number):
        return formatLang(self.env, number, digits=0)

    # ------------------------------------------------------------------
    # Who writes what
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_user_writes(vals)
        batches = super().create(vals_list)
        for batch in batches:
            keep_evidence(batch, batch.evidence_ids)
        return batches

    def write(self, vals):
        self._check_user_writes(vals)
        result = super().write(vals)
        if "evidence_ids" in vals:
            for batch in self:
                keep_evidence(batch, batch.evidence_ids)
        selecting = {*SELECTING_FIELDS, *self._get_criteria_fields()}
        if not self.env.su and selecting & set(vals):
            chosen = as_engine(self).filtered(lambda one: one.selected_on or one.imported_on)
            chosen.is_outdated = True
        return result

    def _check_user_writes(self, vals):
        """Record rules let people write batches in draft; what the engine sets stays its own.

        :param dict vals: as for ``create`` and ``write``
        :raises AccessError: naming the fields
        """
        own = {*DECISION_FIELDS, *self._get_criteria_fields()}
        strange = sorted(set(vals) - own)
        if strange and not self.env.su:
            raise AccessError(
                self.env._("Nobody writes these fields of a batch: %s.", ", ".join(strange))
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        for batch in self:
            if batch.state != "draft":
                raise UserError(
                    self.env._(
                        "Batch %(name)s was run and cannot be deleted: its write-offs are part of "
                        "the register.",
                        name=batch.name,
                    )
                )

    @api.autovacuum
    def _gc_drafts(self):
        """Batches that were begun and never run disappear: soon without candidates, else late."""
        now = fields.Datetime.now()
        drafts = Domain([("state", "=", "draft"), ("name", "=", "/")])
        empty = Domain([("selected_on", "=", False), ("imported_on", "=", False)]) & Domain(
            "write_date", "<", now - timedelta(days=EMPTY_DAYS)
        )
        stale = Domain("write_date", "<", now - timedelta(days=STALE_DAYS)) & ~Domain(
            "candidate_ids.write_date", ">=", now - timedelta(days=STALE_DAYS)
        )
        self.search(drafts & (empty | stale)).unlink()

    def _check_authority(self):
        """Refuse whoever may not write off, or not read this batch.

        :raises AccessError: see ``ar.writeoff._check_authority``
        """
        self.env["ar.writeoff"]._check_authority()
        self.check_access("read")

    def _check_is_draft(self):
        """Items are chosen before the run, and once all were found.

        :raises UserError: if it is not in draft any more, or its items are being selected
        """
        if self.is_selecting:
            raise UserError(
                self.env._(
                    "The open items of %s are being selected or included in the background: let it "
                    "finish, or stop it.",
                    self.display_name,
                )
            )
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%s is no batch in draft: its open items are not chosen from a list any more.",
                    self.display_name,
                )
            )

    # ------------------------------------------------------------------
    # What is chosen, and with which reason
    # ------------------------------------------------------------------

    def _get_candidate_domain(self):
        """Of items that were named, no others, whatever became of them."""
        domain = super()._get_candidate_domain()
        return domain & Domain("id", "in", self.item_ids.ids) if self.is_of_items else domain

    def _get_reason_of(self, item):
        """The reason proposed for an item, by its side.

        :param item: ``account.move.line``
        :return: ``ar.writeoff.reason``
        """
        return self.credit_reason_id if item._is_writeoff_credit() else self.reason_id

    # ------------------------------------------------------------------
    # Buttons: the run
    # ------------------------------------------------------------------

    def _prepare_writeoff_vals(self, company):
        """Values of a write-off that a chunk of this batch makes. Extension point.

        :param company: ``res.company`` of its lines
        :return: values for ``ar.writeoff``, without lines
        """
        self.ensure_one()
        return {
            "batch_id": self.id,
            "company_id": company.id,
            "reason_id": self.reason_id.id,
            "date": self.date,
            "accounting_date": self.accounting_date,
            "comment": self.comment,
            "grouping": self.grouping,
            "leave_draft": self.leave_draft,
            "user_id": self.user_id.id,
            "evidence_ids": [Command.set(self.evidence_ids.ids)],
        }

    def _get_plan(self):
        """The write-off as a run would make it, to be judged before there is one.

        :return: new ``ar.writeoff`` without lines
        """
        return self.env["ar.writeoff"].new(self._prepare_writeoff_vals(self.company_id))
