from odoo import api, models
from odoo.exceptions import UserError

from ..engine.ar_writeoff_eligibility import START
from ..line_states import OUTSIDE_STATES, TAKEN_STATES
from ..plan import Plan
from ..problems import blocker, get_short_list, raise_open, warning
from ..rights import as_engine


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
        :param str fingerprint: of what the user was shown, see ``_get_fingerprint``
        :return: ``ar.writeoff.run``
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
        candidates, warnings = self._prepare(batch, mode)
        self._check_as_shown(batch, candidates, count, amount)
        if fingerprint and fingerprint != self._get_fingerprint(batch, candidates):
            raise UserError(
                self.env._(
                    "Meanwhile the batch has changed: it takes other items, or with other amounts, "
                    "accounts, reasons, dates or comments. Look at it again before you start it."
                )
            )
        problems = [*self._get_problems(batch, candidates), *warnings]
        raise_open(self.env, problems, confirmed)
        own._number()
        own.write(
            {
                **own._prepare_confirmed_vals(problems),
                "user_id": self.env.uid,
                "state": "running",
            }
        )
        candidates.write({"state": "queued", "obstacle": False, "obstacle_message": False})
        self.env["ar.writeoff.reservation"]._reserve(candidates)
        kind = "retry" if mode == "retry" else "write_off"
        run = self.env["ar.writeoff.run"]._create_run(
            kind, batch, own.browse()._prepare_confirmed_vals(problems)
        )
        run._run_or_schedule(len(candidates))
        return run

    @api.model
    def _get_fingerprint(self, batch, candidates):
        """Of what would be written off; see ``ar.writeoff.preview._get_fingerprint``.

        :param batch: ``ar.writeoff.batch``
        :param candidates: ``ar.writeoff.candidate`` records to write off
        :return: str
        """
        return self.env["ar.writeoff.preview"]._get_fingerprint(batch._get_plan(), candidates)

    # ------------------------------------------------------------------
    # What a run would take
    # ------------------------------------------------------------------

    @api.model
    def _prepare(self, batch, mode):
        """Bring the candidates into the state in which the run takes them.

        :param batch: ``ar.writeoff.batch``
        :param str mode: ``included``, ``all`` or ``retry``
        :return: tuple: ``ar.writeoff.candidate`` records to write off; list of warnings, see
            ``problems``, about those that nobody has looked at one by one
        """
        candidates = as_engine(batch).candidate_ids
        if mode == "included":
            self._leave_out_changed(batch, candidates.filtered(lambda row: row.state == "planned"))
            return candidates.filtered(lambda row: row.state == "planned"), []
        outside = candidates.filtered(lambda row: row.state in OUTSIDE_STATES)
        chosen = outside if mode == "all" else outside.filtered(lambda row: row.state != "left_out")
        was_planned = candidates.filtered(lambda row: row.state == "planned")
        confirmed = {row: (row.confirmed_codes, row.confirmed_message) for row in chosen}
        warnings = chosen._confirm_warnings()
        affected = (chosen | was_planned) if batch.state == "draft" else chosen
        Choice = self.env["ar.writeoff.choice"]
        Choice._plan(affected, *Choice._evaluate(batch, affected, with_run_limit=mode == "all"))
        if mode == "retry":
            chosen.filtered(lambda row: row.state == "left_out").write({"state": "skipped"})
            self._check_can_retry(batch, chosen)
        run = affected.filtered(lambda row: row.state == "planned")
        for row in chosen - run:  # nobody is shown what speaks against these
            row.confirmed_codes, row.confirmed_message = confirmed[row]
        concerned = {}
        for row in run:
            for found in warnings.get(row, ()):
                concerned.setdefault(found, []).append(row.item_id)
        return run, [warning(*found, items) for found, items in concerned.items()]

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
    def _get_problems(self, batch, candidates):
        """What speaks against the run as a whole; the items were checked when they were chosen.

        :param batch: ``ar.writeoff.batch``
        :param candidates: ``ar.writeoff.candidate`` records to write off
        :return: list of problems, see ``problems``
        """
        Choice, plan = self.env["ar.writeoff.choice"], Plan(batch._get_plan(), candidates)
        return [
            *Choice._check_limits(batch),
            *Choice._check_reasons(batch),
            *self._check_up_to_date(batch),
            *self._check_run_limit(batch, candidates),
            *self.env["ar.writeoff.eligibility"]._judge(plan, START),
        ]

    def _check_up_to_date(self, batch):
        if batch.is_outdated:
            yield blocker(
                "outdated",
                self.env._(
                    "Filters, limits or reasons changed since the open items were selected. Press "
                    "Select Open Items again."
                ),
            )

    def _check_run_limit(self, batch, candidates):
        """What is done already counts, too."""
        if not batch.limit_run:
            return
        # sudo: of branches that are not active as well
        done = batch.sudo().line_ids.filtered(lambda line: line.state in TAKEN_STATES)
        documents = {}
        for row in (*candidates.sudo(), *done):
            key = row.move_id, row.partner_id, row.account_id
            documents[key] = documents.get(key, 0.0) + row.amount
        total = sum(abs(amount) for amount in documents.values())
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

    def _check_as_shown(self, batch, candidates, count, amount):
        total = sum(candidates.mapped("amount"))
        if len(candidates) != count or batch.currency_id.compare_amounts(total, amount):
            raise UserError(
                self.env._(
                    "Meanwhile the batch has changed: it takes %(count)s items, %(total)s, not "
                    "%(shown)s. Look at it again before you start it.",
                    count=batch._format_count(len(candidates)),
                    total=batch.currency_id.format(total),
                    shown=batch.currency_id.format(amount),
                )
            )
