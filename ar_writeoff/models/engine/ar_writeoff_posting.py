from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError

from ..decision import Decision
from ..evidence import keep_evidence
from ..plan import Plan
from ..problems import raise_blockers, raise_open
from ..rights import as_engine
from .ar_writeoff_eligibility import DRAFT, WIZARD
from .ar_writeoff_entry import COMPARED_FIELDS

# What is found out about a line in the state that netting leaves behind.
PLANNED_FIELDS = ("amount", "amount_tax", "amount_untaxed", "plan")


class ArWriteoffPosting(models.AbstractModel):
    """From the plan into the ledger: the one place where entries of write-offs are created.

    Whoever calls it has checked authority and locked the items.
    """

    _name = "ar.writeoff.posting"
    _description = "Posting of Write-Offs"

    # ------------------------------------------------------------------
    # From a plan to a write-off
    # ------------------------------------------------------------------

    @api.model
    def _write_off(self, vals, confirmed=(), fingerprint=None, approval=None):
        """Write off what a plan says, all of it or nothing.

        :param dict vals: the plan: values of ``ar.writeoff`` with ``line_ids`` commands, see
            ``account.move.line._prepare_writeoff_line_vals``
        :param list confirmed: the warnings somebody has read: dicts with ``code`` and ``items``
        :param str fingerprint: of the preview the user confirms, if there was one
        :param approval: what kept the plan until somebody approved it, see ``Decision``
        :return: ``ar.writeoff``, in the user's environment; or what keeps the plan, see
            ``ar.writeoff.authority``
        :raises AccessError: if the user may not write off
        :raises UserError: with everything that blocks or wants a confirmation; nothing is
            recorded then
        """
        Writeoff, Authority = self.env["ar.writeoff"], self.env["ar.writeoff.authority"]
        Writeoff._check_authority()
        with self._planned(vals) as planned:
            problems = self._judge(planned)
            raise_blockers(problems)
            self.env["ar.writeoff.preview"]._check_as_previewed(planned, fingerprint)
            raise_open(self.env, problems, confirmed)
            company = planned.company_id
            sums = Authority._get_sums(planned._get_given_up_lines())
        # Only what is raised now is kept, whatever somebody says they confirmed.
        kept = Writeoff.browse()._prepare_confirmed_vals(problems)
        content = {"vals": vals, "confirmed": confirmed, "kept": kept}
        decision = Decision("write_off", company, sums, content, approval)
        return Authority._authorise(decision) or self._record(vals, kept)

    def _record(self, vals, kept):
        """Put a plan into the register, and from there into the ledger.

        :param dict vals: see ``_write_off``
        :param dict kept: the warnings that were confirmed, as values of ``ar.writeoff``
        :return: ``ar.writeoff``, in the user's environment
        :raises UserError: with what speaks against it by now
        """
        Writeoff = self.env["ar.writeoff"]
        writeoff = Writeoff.browse(as_engine(Writeoff).create({**vals, **kept}).id)
        keep_evidence(writeoff, writeoff.evidence_ids)
        writeoff.line_ids.item_id._lock_writeoff_items()
        self._post_lines(
            writeoff,
            writeoff.line_ids,
            lambda _lines: raise_open(self.env, self._judge(writeoff), kept["confirmed_problems"]),
        )
        return writeoff

    @api.model
    @contextmanager
    def _planned(self, vals):
        """A write-off as it would be posted: credits netted, with the shares of its lines.

        :param dict vals: see ``_write_off``
        :return: context manager that gives a new ``ar.writeoff``; nothing of it stays
        """
        writeoff = self.env["ar.writeoff"].new(vals)
        Netting = self.env["ar.writeoff.netting"]
        with Netting._netted(writeoff, writeoff.line_ids, keep=False):
            self.env["ar.writeoff.breakdown"]._keep_plans(writeoff._get_given_up_lines())
            yield writeoff

    @api.model
    def _judge(self, writeoff):
        """What speaks against a write-off that is planned, in the state netting leaves behind.

        :param writeoff: ``ar.writeoff``, saved or new, with its lines
        :return: list of problems
        """
        plan = Plan(writeoff, writeoff._get_given_up_lines())
        return self.env["ar.writeoff.eligibility"]._judge(plan, WIZARD)

    # ------------------------------------------------------------------
    # From lines into the ledger
    # ------------------------------------------------------------------

    @api.model
    def _post_lines(self, writeoff, lines, refuse, leave_draft=None):
        """Net, judge, create, post and reconcile: the one way into the ledger. Extension point: an
        addon may leave some of the entries in draft.

        :param writeoff: ``ar.writeoff``
        :param lines: its ``ar.writeoff.line`` records, locked
        :param refuse: called with those of which something is given up, in the state that netting
            leaves behind; raises if something speaks against them
        :param bool leave_draft: whether the entries wait in draft; as the write-off says if not
            given
        """
        leave_draft = writeoff.leave_draft if leave_draft is None else leave_draft
        with self.env["ar.writeoff.netting"]._netted(writeoff, lines, keep=not leave_draft):
            lines = lines.filtered(lambda line: not line._is_netted_only())
            self.env["ar.writeoff.breakdown"]._keep_plans(lines)
            refuse(lines)
            found = [{name: line[name] for name in PLANNED_FIELDS} for line in lines]
        if not writeoff.batch_id:
            as_engine(writeoff)._number()  # those of a batch: once nothing can fail any more
        if leave_draft:
            for line, vals in zip(as_engine(lines), found, strict=True):
                line.write(vals)
        if not lines:
            return  # all of it was netted
        Bulk = self.env["ar.writeoff.bulk"]
        ordinary = lines.browse() if leave_draft else Bulk._filter_ordinary(writeoff, lines)
        with as_engine(lines)._settling(written=ordinary):
            entries, counterparts = self._create_entries(writeoff, lines, ordinary)
            if not leave_draft:
                self.env["ar.writeoff.note"]._log_written_off(ordinary)
                # As core's Post button does: mandatory analytic plans are enforced.
                entries.with_context(validate_analytic=True)._post(soft=False)
                Bulk._close(ordinary, counterparts)
        if leave_draft:
            as_engine(writeoff)._refresh_after_ledger()

    def _create_entries(self, writeoff, lines, ordinary):
        """Create the draft entries of these lines.

        :param writeoff: ``ar.writeoff``
        :param lines: its planned ``ar.writeoff.line`` records, with their breakdown
        :param ordinary: those whose counterparts are written set-based
        :return: tuple: draft ``account.move`` records; their lines that stand for such
            counterparts, see ``ar.writeoff.bulk._get_counterparts``
        """
        Bulk = self.env["ar.writeoff.bulk"]
        vals_list = self.env["ar.writeoff.entry"]._prepare_entries_vals(writeoff, lines)
        sums = Bulk._sum_up(vals_list, ordinary)
        entries = self._create_moves(vals_list)
        counterparts = Bulk._get_counterparts(entries, sums)
        as_engine(lines).is_settled = True
        breakdowns = self.env["ar.writeoff.breakdown"]._get_breakdowns(lines)
        self.env["ar.writeoff.carrier"]._create_shares(
            entries, breakdowns, Bulk._get_lines(counterparts)
        )
        return entries, counterparts

    @api.model
    def _create_moves(self, vals_list):
        """Create entries whose every line is given, so that core derives none.

        :param list vals_list: values for ``account.move``
        :return: draft ``account.move`` records in the user's own environment
        """
        self._spare_analytic_models(vals_list)
        # The links to the register are closed to everybody else.
        moves = as_engine(self.env["account.move"]).with_context(skip_invoice_sync=True)
        return self.env["account.move"].browse(moves.create(vals_list).ids)

    def _spare_analytic_models(self, vals_list):
        """Core looks for a distribution model line by line: where there is none, it need not.

        :param list vals_list: values for ``account.move``, changed in place
        """
        # sudo: core finds models of other companies, too, and leaves them aside
        models_ = self.env["account.analytic.distribution.model"].sudo()
        if not models_.search_count([], limit=1):
            for vals in vals_list:
                for _command, _id, line_vals in vals["line_ids"]:
                    line_vals.setdefault("analytic_distribution", False)

    # ------------------------------------------------------------------
    # Entries that were left in draft
    # ------------------------------------------------------------------

    @api.model
    def _check_draft_entry(self, entry):
        """Check an entry again that was left in draft, before somebody posts it.

        The customer may have paid and the entry may have been edited since it was planned.

        :param entry: draft ``account.move`` of a write-off
        :raises UserError: naming what does not hold any more
        """
        writeoff, lines = entry.writeoff_id, entry.line_ids.writeoff_line_id
        lines.item_id._lock_writeoff_items()
        self._net_before(writeoff, lines)
        plan = Plan(writeoff, lines, entry=entry)
        raise_blockers(self.env["ar.writeoff.eligibility"]._judge(plan, DRAFT))
        self._check_unchanged(entry, lines)
        self.env["ar.writeoff.carrier"]._keep_carriers(lines)

    def _net_before(self, writeoff, lines):
        """Match what was to be matched first with the items of these lines' customers.

        :param writeoff: ``ar.writeoff``
        :param lines: its ``ar.writeoff.line`` records of an entry in draft
        :raises UserError: see ``ar.writeoff.netting._net``
        """
        own = lines.search(
            [
                ("writeoff_id", "=", writeoff.id),
                ("partner_id", "in", lines.partner_id.ids),
                ("netted_currency", "!=", 0.0),
            ]
        )
        self.env["ar.writeoff.netting"]._net(writeoff, own._filter_to_net())

    def _check_unchanged(self, entry, lines):
        """An edited draft would be re-derived by core, and miss what was decided.

        :param entry: draft ``account.move``
        :param lines: ``ar.writeoff.line`` records that stand in it
        :raises UserError: if its items are not those planned
        """
        writeoff, currency = entry.writeoff_id, entry.company_currency_id
        Entry = self.env["ar.writeoff.entry"]
        vals = {}
        if lines:
            vals = Entry._prepare_entry_vals(writeoff, lines, entry.date, entry=entry)
        planned = [command[2] for command in vals.get("line_ids", ())]
        actual = entry.line_ids.read(COMPARED_FIELDS, load="")
        if sorted(Entry._get_comparable(item, currency) for item in planned) != sorted(
            Entry._get_comparable(item, currency) for item in actual
        ):
            raise UserError(
                self.env._(
                    "%(entry)s was changed since write-off %(writeoff)s planned it: its accounts, "
                    "customers or amounts are not those planned. Delete it and write off again.",
                    entry=entry.display_name,
                    writeoff=writeoff.name,
                )
            )
