from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..decision import Decision
from ..engine.ar_writeoff_eligibility import START
from ..line_states import OUTSIDE_STATES
from ..plan import Plan
from ..problems import blocker, get_short_list, raise_open, warning
from ..rights import as_engine

# Skipped without a rule that spoke against them.
NOT_JUDGED = ("stopped", "busy")


class ArWriteoffStart(models.AbstractModel):
    """The start of a batch: what a run would do, what speaks against it, and doing it.

    A run takes what is *included*, *all* candidates the rules allow, or those to *retry*.
    """

    _name = "ar.writeoff.start"
    _description = "Start of a Batch Write-Off"

    @api.model
    def _start(self, batch, mode, confirmed, count, amount, fingerprint=None):
        """Reserve the items and write them off: a few at once, many in the background.

        :param batch: ``ar.writeoff.batch``
        :param str mode: see ``_prepare``
        :param list confirmed: the warnings the user has read, dicts with ``code`` and ``items``
        :param int count: how many items the user was shown
        :param float amount: their amount, company currency
        :param str fingerprint: of what the user was shown, see ``ar.writeoff.planned``
        :return: ``ar.writeoff.run``; or what keeps the batch, see ``ar.writeoff.authority``
        :raises AccessError: if the user may not write off
        :raises UserError: naming what stands in the way; nothing is started then
        """
        batch.ensure_one()
        self._check_can_run(batch, mode)
        own = as_engine(batch)
        if not own.try_lock_for_update():
            raise UserError(
                self.env._("Somebody else starts this batch right now: %s.", batch.display_name)
            )
        warnings = self._prepare(batch, mode)
        self._check_as_shown(batch, count, amount)
        Planned = self.env["ar.writeoff.planned"]
        if fingerprint and fingerprint != Planned._get_fingerprint(batch):
            raise UserError(
                self.env._(
                    "Meanwhile the batch has changed: it takes other items, or with other amounts, "
                    "accounts, reasons, dates or comments. Look at it again before you start it."
                )
            )
        problems = [*self._get_problems(batch), *warnings]
        raise_open(self.env, problems, confirmed)
        Authority = self.env["ar.writeoff.authority"]
        candidates = as_engine(self.env["ar.writeoff.candidate"])
        sums = Authority._read_sums(candidates, Planned._get_domain(batch))
        content = {"batch": batch, "mode": mode, "problems": problems}
        decision = Decision("batch", batch.company_id, sums, content)
        return Authority._authorise(decision) or self._launch(batch, mode, problems)

    @api.model
    def _launch(self, batch, mode, problems):
        """Let a run take what is planned.

        :param batch: ``ar.writeoff.batch``, locked
        :param str mode: see ``_prepare``
        :param list problems: the warnings among them were confirmed
        :return: ``ar.writeoff.run``
        """
        return self._begin(batch, mode, problems, self._take(batch, "running", problems))

    @api.model
    def _begin(self, batch, mode, problems, count):
        """Start the run of what was taken; see ``_take``.

        :param batch: running ``ar.writeoff.batch``
        :param str mode: see ``_prepare``
        :param list problems: the warnings among them were confirmed
        :param int count: how many items there are
        :return: ``ar.writeoff.run``
        """
        kind = "retry" if mode == "retry" else "write_off"
        kept = batch.browse()._prepare_confirmed_vals(problems)
        run = self.env["ar.writeoff.run"]._create_run(kind, batch, kept)
        run._run_or_schedule(count)
        return run

    @api.model
    def _take(self, batch, state, problems):
        """What is planned is put on paper, and waits in the queue: nobody changes it any more.

        :param batch: ``ar.writeoff.batch``, locked
        :param str state: of the batch from now on
        :param list problems: the warnings among them were confirmed
        :return: int, how many items there are
        """
        own = as_engine(batch)
        own._number()
        own.write({**own._prepare_confirmed_vals(problems), "user_id": own.env.uid, "state": state})
        self.env["ar.writeoff.proposal"]._keep_at_start(batch, problems)
        return self.env["ar.writeoff.planned"]._queue(batch)

    # ------------------------------------------------------------------
    # What a run would take
    # ------------------------------------------------------------------

    @api.model
    def _prepare(self, batch, mode):
        """Bring the candidates into the state in which the run takes them: *planned*.

        :param batch: ``ar.writeoff.batch``
        :param str mode: ``included``, ``all`` or ``retry``
        :return: list of warnings, see ``problems``, about those that nobody has looked at one by
            one
        """
        Planned = self.env["ar.writeoff.planned"]
        if mode == "included":
            rows = as_engine(self.env["ar.writeoff.candidate"])
            self._leave_out_changed(batch, rows.search(Planned._get_domain(batch)))
            return Planned._get_unseen_warnings(batch)
        if mode == "retry":
            return self._prepare_retry(batch)
        candidates = as_engine(batch).candidate_ids
        chosen = candidates.filtered(lambda row: row.state in OUTSIDE_STATES)
        was_planned = candidates.filtered(lambda row: row.state == "planned")
        fresh = self._plan_anew(batch, chosen, chosen | was_planned, with_run_limit=True)
        return [*Planned._get_unseen_warnings(batch), *self._get_warnings(fresh)]

    def _prepare_retry(self, batch):
        """What was skipped or failed is judged anew; of very many, what a rule spoke against, or
        what changed: every chunk of the run asks the rules again.

        :param batch: ``ar.writeoff.batch``
        :return: list of warnings, see ``problems``
        """
        candidates = as_engine(self.env["ar.writeoff.candidate"])
        domain = Domain("batch_id", "=", batch.id) & Domain("state", "in", ("skipped", "failed"))
        chosen = judged = candidates.search(domain)
        if len(chosen) > self.env["ar.writeoff.run"]._get_select_size():
            judged = affected = self._get_to_judge(batch, chosen)
            (chosen - judged)._plan_many()
        else:
            affected = chosen
            if batch.state == "draft":
                affected |= candidates.search(self.env["ar.writeoff.planned"]._get_domain(batch))
        fresh = self._plan_anew(batch, judged, affected)
        judged.filtered(lambda row: row.state == "left_out").write({"state": "skipped"})
        self._check_can_retry(batch, chosen)
        return self._get_warnings(fresh)

    def _get_to_judge(self, batch, candidates):
        """Those a rule spoke against, or whose item changed, and what goes with them.

        :param batch: ``ar.writeoff.batch``
        :param candidates: ``ar.writeoff.candidate`` records that were skipped or failed
        :return: ``ar.writeoff.candidate``
        """
        passed_by = candidates.search(
            [("id", "in", candidates.ids), ("obstacle", "in", NOT_JUDGED)]
        )
        to_judge = (candidates - passed_by) | passed_by._filter_changed()
        if not to_judge:
            return to_judge
        return candidates & self.env["ar.writeoff.choice"]._get_affected(batch, to_judge)

    @api.model
    def _plan_anew(self, batch, chosen, affected, with_run_limit=False):
        """Judge candidates that were left out, and include whatever the rules allow.

        :param batch: ``ar.writeoff.batch``
        :param chosen: ``ar.writeoff.candidate`` records to include
        :param affected: these, and those whose limits or netting depend on them
        :param bool with_run_limit: whether the limit of the run leaves out what does not fit
        :return: dict: row that is included now → list of (code, message) of warnings about it that
            nobody confirmed before
        """
        confirmed = {row: (row.confirmed_codes, row.confirmed_message) for row in chosen}
        fresh = chosen._confirm_warnings()
        Choice = self.env["ar.writeoff.choice"]
        Choice._plan(affected, *Choice._evaluate(batch, affected, with_run_limit=with_run_limit))
        for row in chosen:
            if row.state != "planned":  # nobody is shown what speaks against these
                row.confirmed_codes, row.confirmed_message = confirmed[row]
        return {row: found for row, found in fresh.items() if row.state == "planned"}

    def _get_warnings(self, fresh):
        """Warnings about rows as problems, the same one once for all items it is about.

        :param dict fresh: see ``_plan_anew``
        :return: list of problems
        """
        concerned = {}
        for row, warnings in fresh.items():
            for found in warnings:
                concerned.setdefault(found, []).append(row.item_id)
        return [warning(*found, items) for found, items in concerned.items()]

    def _leave_out_changed(self, batch, candidates):
        """What another write-off took, or a rule forbids since they were selected, is left out.

        Of more than a request has time for, those alone are looked at whose item changed; every
        chunk of the run asks the rules again, under lock, and skips what they refuse.
        """
        Choice = self.env["ar.writeoff.choice"]
        if len(candidates) > self.env["ar.writeoff.run"]._get_select_size():
            changed = candidates._filter_changed()
            candidates = changed and candidates & Choice._get_affected(batch, changed)
        obstacles, _netted = Choice._evaluate(batch, candidates)
        if obstacles:
            affected = candidates & Choice._get_affected(
                batch, candidates.browse(row.id for row in obstacles)
            )
            Choice._plan(affected, *Choice._evaluate(batch, affected))

    @api.model
    def _check_can_run(self, batch, mode):
        """Whether a run may be started at all.

        :param batch: ``ar.writeoff.batch``
        :param str mode: see ``_prepare``
        :raises AccessError: if the user may not write off
        :raises UserError: if the batch runs, has run, or has items the user cannot see
        """
        batch._check_authority()
        batch._check_all_lines_visible()
        if mode != "retry":
            batch._check_is_draft()
        elif batch.state == "running":
            raise UserError(self.env._("%s is under way: let it finish first.", batch.display_name))

    def _check_can_retry(self, batch, candidates):
        if not candidates:
            raise UserError(self.env._("There is nothing to try again."))
        if not candidates.filtered(lambda row: row.state == "planned"):
            raise UserError(get_short_list(self.env, candidates.mapped("obstacle_message"), "\n"))

    # ------------------------------------------------------------------
    # What speaks against it
    # ------------------------------------------------------------------

    @api.model
    def _get_problems(self, batch):
        """What speaks against the run as a whole; the items were checked when they were chosen.

        :param batch: ``ar.writeoff.batch`` whose planned candidates are to be written off
        :return: list of problems, see ``problems``
        """
        Choice = self.env["ar.writeoff.choice"]
        plan = Plan(batch._get_plan(), self.env["ar.writeoff.planned"]._get_rows(batch))
        return [
            *Choice._check_limits(batch),
            *Choice._check_reasons(batch),
            *self._check_up_to_date(batch),
            *self._check_run_limit(batch),
            *self.env["ar.writeoff.eligibility"]._judge(plan, START),
        ]

    def _check_up_to_date(self, batch):
        if batch.is_outdated:
            yield blocker("outdated", batch._get_outdated_message())

    def _check_run_limit(self, batch):
        """What is done already counts, too."""
        if not batch.limit_run:
            return
        total = self.env["ar.writeoff.planned"]._get_documents_total(batch)
        if batch.currency_id.compare_amounts(total, batch.limit_run) > 0:
            yield blocker(
                "limit_run",
                self.env._(
                    "%(total)s are included, more than the limit of the run, %(limit)s. Exclude "
                    "some items.",
                    total=batch.currency_id.format(total),
                    limit=batch.currency_id.format(batch.limit_run),
                ),
            )

    def _check_as_shown(self, batch, count, amount):
        figures = self.env["ar.writeoff.planned"]._get_totals(batch)
        total = figures["amount"]
        if figures["item_count"] != count or batch.currency_id.compare_amounts(total, amount):
            raise UserError(
                self.env._(
                    "Meanwhile the batch has changed: it takes %(count)s items, %(total)s, not "
                    "%(shown)s. Look at it again before you start it.",
                    count=batch._format_count(figures["item_count"]),
                    total=batch.currency_id.format(total),
                    shown=batch.currency_id.format(amount),
                )
            )
