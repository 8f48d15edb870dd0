from odoo import models
from odoo.exceptions import UserError

from .line_states import OUTSIDE_STATES, TAKEN_STATES

# As many items as a person waits for.
AT_ONCE = 200


class ArWriteoffRunMixin(models.AbstractModel):
    """The run of a batch: what it would do, its start, its end; see ``ar.writeoff.chunk.mixin``.

    A run takes what is *included*, *all* candidates the rules allow, or those to *retry*.
    """

    _name = "ar.writeoff.run.mixin"
    _description = "Run of a Batch Write-Off"

    def _get_at_once_size(self):
        """Up to how many items a run is done while the user waits. Extension point.

        :return: int
        """
        return AT_ONCE

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_process(self):
        """Show what the run would do with the included items.

        :return: window action: the dialog that starts it
        :raises AccessError: if the user may not write off
        """
        return self._confirm_run("included")

    def action_process_all(self):
        """Show what the run would do with every candidate the rules allow.

        :return: window action: the dialog that starts it
        :raises AccessError: if the user may not write off
        """
        return self._confirm_run("all")

    def action_retry(self):
        """Show what would become of the items that were skipped or failed, as they are now.

        :return: window action: the dialog that starts it
        :raises AccessError: if the user may not write off
        :raises UserError: if none of them can be written off now, saying why
        """
        return self._confirm_run("retry")

    def _confirm_run(self, mode):
        self.ensure_one()
        self._check_can_run(mode)
        return self.env["ar.writeoff.batch.confirm"]._open(self, mode)

    def action_stop(self):
        """Stop the run or the undo after the chunk that is under way; what is done stays done.

        :raises AccessError: if the user may not write off
        """
        self._check_authority()
        # sudo: the register is the engine's; authority was checked before
        for batch in self.sudo().filtered(lambda batch: batch.state == "running"):
            if batch._is_undo_under_way():
                batch._stop_undo(self.env._("stopped by %s.", self.env.user.name))
            else:
                message = self.env._("The run was stopped by %s.", self.env.user.name)
                batch._stop_run(message, "skipped")

    def _stop_run(self, message, state):
        """End the run: what is done stays done, the rest is not tried any more.

        :param str message: why, for the history and the lines
        :param str state: of the lines that were not done: ``skipped`` or ``failed``
        """
        # sudo: the register is the engine's; who may stop it was checked before
        batch = self.sudo()
        batch.message_post(body=message)
        lines = batch.line_ids.filtered(lambda line: line.state == "queued")
        lines._set_outcome(state, "stopped", message)
        batch._finish()

    # ------------------------------------------------------------------
    # What a run would take
    # ------------------------------------------------------------------

    def _prepare_run(self, mode):
        """Bring the candidates into the state in which the run takes them.

        :param str mode: ``included``, ``all`` or ``retry``
        :return: tuple: ``ar.writeoff.line`` records to write off; list of warnings, see
            ``ar.writeoff._get_checks``, about those that nobody has looked at one by one
        """
        # sudo: candidates are the engine's; authority was checked before
        lines = self.sudo().line_ids
        if mode == "included":
            self._leave_out_changed(lines.filtered(lambda line: line.state == "planned"))
            return lines.filtered(lambda line: line.state == "planned"), []
        outside = lines.filtered(lambda line: line.state in OUTSIDE_STATES)
        chosen = outside if mode == "all" else outside.filtered(lambda li: li.state != "left_out")
        was_planned = lines.filtered(lambda line: line.state == "planned")
        confirmed = {line: (line.confirmed_codes, line.confirmed_message) for line in chosen}
        warnings = chosen._confirm_warnings()
        pool = (chosen | was_planned) if self.state == "draft" else chosen
        self._plan_lines(pool, *self._evaluate_lines(pool, with_run_limit=mode == "all"))
        if mode == "retry":
            chosen.filtered(lambda line: line.state == "left_out").write({"state": "skipped"})
            self._check_can_retry(chosen)
        run = pool.filtered(lambda line: line.state == "planned")
        for line in chosen - run:  # nobody is shown what speaks against these
            line.confirmed_codes, line.confirmed_message = confirmed[line]
        concerned = {}
        for line in run:
            for warning in warnings.get(line, ()):
                concerned.setdefault(warning, []).append(line.item_id)
        return run, [self._warning(*warning, items) for warning, items in concerned.items()]

    def _leave_out_changed(self, lines):
        """What another write-off took, or a rule forbids since they were selected, is left out."""
        obstacles, _netted = self._evaluate_lines(lines)
        if obstacles:
            pool = lines & self._get_pool(lines.browse(line.id for line in obstacles))
            self._plan_lines(pool, *self._evaluate_lines(pool))

    def _check_can_run(self, mode):
        """Whether a run may be started at all.

        :param str mode: see ``_prepare_run``
        :raises AccessError: if the user may not write off
        :raises UserError: if the batch runs, has run, or has lines the user cannot see
        """
        self._check_authority()
        self._check_all_lines_visible()
        if mode != "retry":
            self._check_is_open_batch()
        elif not self.is_batch or self.state == "running":
            raise UserError(self.env._("%s is under way: let it finish first.", self.display_name))

    def _check_can_retry(self, lines):
        if not lines:
            raise UserError(self.env._("There is nothing to try again."))
        if not lines.filtered(lambda line: line.state == "planned"):
            raise UserError(self._get_short_list(lines.mapped("obstacle_message"), "\n"))

    # ------------------------------------------------------------------
    # What speaks against it
    # ------------------------------------------------------------------

    def _get_run_checks(self, lines):
        """What speaks against the run as a whole; the items were checked when they were chosen.

        :param lines: ``ar.writeoff.line`` records to write off
        :return: list of checks, see ``ar.writeoff._get_checks``
        """
        return [
            *self._check_batch_limits(),
            *self._check_batch_reasons(),
            *self._check_up_to_date(),
            *self._check_has_lines(lines),
            *self._check_run_limit(lines),
            *self._get_posting_checks(lines),
        ]

    def _check_up_to_date(self):
        if self.is_outdated:
            yield self._blocker(
                "outdated",
                self.env._(
                    "Filters, limits or reasons changed since the open items were selected. Press "
                    "Select Open Items again."
                ),
            )

    def _check_run_limit(self, lines):
        """What is done already counts, too."""
        if not self.limit_run:
            return
        # sudo: of branches that are not active as well
        done = self.sudo().line_ids.filtered(lambda line: line.state in TAKEN_STATES)
        documents = (lines.sudo() | done).grouped(
            lambda line: (line.move_id, line.partner_id, line.account_id)
        )
        total = sum(abs(sum(group.mapped("amount"))) for group in documents.values())
        if self.currency_id.compare_amounts(total, self.limit_run) > 0:
            yield self._blocker(
                "limit_run",
                self.env._(
                    "%(total)s are included, more than the limit of the run, %(limit)s. Exclude "
                    "some items.",
                    total=self.currency_id.format(total),
                    limit=self.currency_id.format(self.limit_run),
                ),
            )

    # ------------------------------------------------------------------
    # Start and end
    # ------------------------------------------------------------------

    def _start(self, mode, confirmed, count, amount, fingerprint=None):
        """Reserve the items and write them off: a few at once, many in the background.

        :param str mode: see ``_prepare_run``
        :param list confirmed: the warnings the user has read, see ``_prepare_confirmed``
        :param int count: how many items the user was shown
        :param float amount: their amount, company currency
        :param str fingerprint: of what the user was shown, see ``_get_fingerprint``
        :raises AccessError: if the user may not write off
        :raises UserError: naming what stands in the way; nothing is started then
        """
        self.ensure_one()
        self._check_can_run(mode)
        # sudo: the register is the engine's; authority was checked before
        batch = self.sudo()
        if not batch.try_lock_for_update():
            raise UserError(
                self.env._("Somebody else starts this batch right now: %s.", self.display_name)
            )
        lines, warnings = self._prepare_run(mode)
        self._check_as_shown(lines, count, amount)
        if fingerprint and fingerprint != self._get_fingerprint(lines):
            raise UserError(
                self.env._(
                    "Meanwhile the batch has changed: it takes other items, or with other amounts, "
                    "accounts, reasons, dates or comments. Look at it again before you start it."
                )
            )
        checks = [*self._get_run_checks(lines), *warnings]
        self._raise_obstacles_of(checks, confirmed)
        batch.write(batch._prepare_confirmed_vals(checks))
        batch._number()
        # What is left in draft now was released by nobody yet.
        batch.write({"user_id": self.env.uid, "release_user_id": False, "release_date": False})
        lines.write({"state": "queued", "obstacle": False, "obstacle_message": False})
        batch._refresh()
        self._run_or_schedule(len(lines))

    def _check_as_shown(self, lines, count, amount):
        total = sum(lines.mapped("amount"))
        if len(lines) != count or self.currency_id.compare_amounts(total, amount):
            raise UserError(
                self.env._(
                    "Meanwhile the batch has changed: it takes %(count)s items, %(total)s, not "
                    "%(shown)s. Look at it again before you start it.",
                    count=self._format_count(len(lines)),
                    total=self.currency_id.format(total),
                    shown=self.currency_id.format(amount),
                )
            )

    def _run_or_schedule(self, count):
        """Few items are done at once, many by the scheduled job, which commits after each chunk."""
        if count <= self._get_at_once_size():
            while self._run_chunk():
                pass
        else:
            # sudo: users may not trigger jobs
            self.env.ref("ar_writeoff.ir_cron_run").sudo()._trigger()

    def _finish(self):
        """The end of a run: the candidates that were left out go, their numbers stay."""
        self._refresh()
        if self.state == "draft":
            return  # nothing was done: the list stays as it is
        left_out = self.line_ids.filtered(lambda line: line.state == "left_out")
        self.env["ar.writeoff.left.out"]._keep(left_out)
        left_out.unlink()
        self.message_post(body=self._get_result_text())

    def _get_result_text(self):
        if self.state == "entries_draft":
            return self.env._(
                "The run is finished: %(done)s items, %(amount)s, will be written off when the "
                "draft entries are posted; %(failed)s skipped or failed.",
                done=self._format_count(self.finished_count),
                amount=self.currency_id.format(self.amount),
                failed=self._format_count(self.failed_count),
            )
        return self.env._(
            "The run is finished: %(done)s items, %(amount)s; %(failed)s skipped or failed.",
            done=self._format_count(self.finished_count),
            amount=self.currency_id.format(self.amount),
            failed=self._format_count(self.failed_count),
        )
