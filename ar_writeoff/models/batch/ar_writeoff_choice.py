from odoo import api, fields, models

from ..line_states import CHOICE_STATES, OUTSIDE_STATES
from ..problems import blocker, raise_blockers
from ..rights import as_engine


class ArWriteoffChoice(models.AbstractModel):
    """Choosing what a batch takes: candidates are found, included and excluded."""

    _name = "ar.writeoff.choice"
    _description = "Choice of a Batch Write-Off"

    @api.model
    def _select(self, batch):
        """Find the open items the criteria describe, and say why which of them are left out.

        Few are looked at while the user waits, many in the background.

        :param batch: ``ar.writeoff.batch``
        :raises AccessError: if the user may not write off
        :raises UserError: if there is no limit, or no reason
        """
        batch._check_authority()
        batch._check_is_draft()
        problems = self._check_limits(batch), self._check_reasons(batch), self._check_no_list(batch)
        raise_blockers([problem for found in problems for problem in found])
        AccountMoveLine, domain = self.env["account.move.line"], batch._get_candidate_domain()
        as_engine(batch).candidate_ids._delete()
        as_engine(batch).write({"selected_on": fields.Datetime.now(), "is_outdated": False})
        size = self.env["ar.writeoff.run"]._get_select_size()
        if AccountMoveLine.search_count(domain, limit=size + 1) > size:
            self.env["ar.writeoff.select.runner"]._start(batch)
            return
        items = AccountMoveLine.search(domain, order="date_maturity, id")
        self._add_candidates(batch, items, with_run_limit=True)

    @api.model
    def _add_candidates(self, batch, items, with_run_limit=False):
        """Put open items into the list, and say why which of them are left out.

        :param batch: ``ar.writeoff.batch``
        :param items: open ``account.move.line`` records, of customers that are whole
        :param bool with_run_limit: whether the limit of the run leaves out what does not fit
        """
        # Not by way of the batch, which would read all it has so far.
        candidates = as_engine(self.env["ar.writeoff.candidate"]).create(
            [self._prepare_candidate_vals(batch, item) for item in items]
        )
        self._plan(candidates, *self._evaluate(batch, candidates, with_run_limit=with_run_limit))

    @api.model
    def _prepare_candidate_vals(self, batch, item, amount_currency=None, reason=None, comment=None):
        """Values of the row that stands for an open item in the list, before it is judged.

        :param batch: ``ar.writeoff.batch``
        :param item: ``account.move.line``
        :param float amount_currency: document currency, sign of the residual; else all of it
        :param reason: ``ar.writeoff.reason``; else that of the batch
        :param str comment: internal, of this item alone
        :return: values for ``ar.writeoff.candidate``
        """
        vals = item._prepare_writeoff_line_vals(
            item.amount_residual_currency if amount_currency is None else amount_currency,
            reason or batch._get_reason_of(item),
            comment=comment or False,
        )
        known = self.env["ar.writeoff.candidate"]._fields
        return {
            # What addons keep on the lines of the register besides is theirs once there is one.
            **{name: value for name, value in vals.items() if name in known},
            "batch_id": batch.id,
        }

    def _prepare_obstacle_vals(self, obstacle):
        code, message = obstacle or (False, False)
        return {
            "state": "left_out" if obstacle else "planned",
            "obstacle": code,
            "obstacle_message": message,
        }

    # ------------------------------------------------------------------
    # Choosing
    # ------------------------------------------------------------------

    @api.model
    def _include(self, batch, candidates):
        """Take candidates into the run, as far as the rules allow.

        What only wants a second look (warnings, the limit of the run) the user confirms thereby.
        What is included already stays so: candidates that would push it out stay out themselves.

        :param batch: ``ar.writeoff.batch``
        :param candidates: ``ar.writeoff.candidate`` records of it
        :return: those that stay left out
        """
        batch._check_authority()
        batch._check_all_lines_visible()
        batch._check_is_draft()
        candidates = as_engine(candidates).filtered(lambda row: row.state in OUTSIDE_STATES)
        candidates._confirm_warnings()
        candidates.filtered("is_unseen").is_unseen = False
        self._take_in(batch, candidates)
        return candidates.filtered(lambda row: row.state == "left_out")

    @api.model
    def _take_in(self, batch, candidates):
        """Judge candidates that are to be included together with what they may push out.

        :param batch: ``ar.writeoff.batch``
        :param candidates: ``ar.writeoff.candidate`` records of it that are not included
        """
        affected = self._get_affected(batch, candidates)
        decided = self._get_decided(affected - candidates)
        self._release_credits(batch, affected, candidates, decided)
        obstacles, netted = self._evaluate(batch, affected, decided)
        if refused := self._get_pushing_out(batch, affected, candidates, decided, obstacles):
            obstacles, netted = self._evaluate(batch, affected, {**decided, **refused})
        self._plan(affected, obstacles, netted)

    def _release_credits(self, batch, affected, candidates, decided):
        """A credit that a limit left out with its debit comes along when that is included.

        :param batch: ``ar.writeoff.batch``
        :param affected: ``ar.writeoff.candidate`` records
        :param candidates: those of them that are to be included
        :param dict decided: see ``_get_decided``; changed in place
        """
        if batch.side != "both":
            return
        by_item = {row.item_id: row for row in affected}
        items = self.env["account.move.line"].browse(affected.item_id.ids)
        for debit, credit, _amount in self.env["ar.writeoff.netting"]._get_pairs(items):
            code = decided.get(by_item[credit], (None, None))[0]
            if by_item[debit] in candidates and code in ("limit_customer", "limit_run"):
                del decided[by_item[credit]]

    def _get_pushing_out(self, batch, affected, candidates, decided, obstacles):
        """Which of the candidates to include would push out what is included already, and why.

        :param batch: ``ar.writeoff.batch``
        :param affected: ``ar.writeoff.candidate`` records
        :param candidates: those of them that are to be included
        :param dict decided: see ``_get_decided``
        :param dict obstacles: what was found with them
        :return: dict row → (code, message)
        """
        pushed = affected.filtered(lambda row: row.state == "planned" and row in obstacles)
        if not pushed:
            return {}
        without, _netted = self._evaluate(
            batch, affected, {**decided, **dict.fromkeys(candidates, ("user", ""))}
        )
        reasons = {row.partner_id: obstacles[row] for row in pushed if row not in without}
        return {row: reasons[row.partner_id] for row in candidates if row.partner_id in reasons}

    @api.model
    def _exclude(self, batch, candidates):
        """Take candidates out of the run.

        :param batch: ``ar.writeoff.batch``
        :param candidates: ``ar.writeoff.candidate`` records of it
        """
        batch._check_authority()
        batch._check_all_lines_visible()
        batch._check_is_draft()
        candidates = as_engine(candidates).filtered(lambda row: row.state == "planned")
        obstacle = "user", self.env._("Excluded by %s.", self.env.user.name)
        affected = self._get_affected(batch, candidates)
        decided = {
            **self._get_decided(affected - candidates),
            **dict.fromkeys(candidates, obstacle),
        }
        self._plan(affected, *self._evaluate(batch, affected, decided))

    @api.model
    def _get_affected(self, batch, candidates):
        """These candidates, and those whose limits or netting depend on them.

        :param batch: ``ar.writeoff.batch``
        :param candidates: ``ar.writeoff.candidate`` records of it
        :return: ``ar.writeoff.candidate``
        """
        by_customer = batch.side == "both" or batch.limit_customer
        tie = "partner_id" if by_customer else "move_id"
        return candidates | as_engine(candidates).search(
            [
                ("batch_id", "=", batch.id),
                (tie, "in", candidates[tie].ids),
                ("state", "in", CHOICE_STATES),
            ]
        )

    def _get_decided(self, candidates):
        """What was said against candidates nobody touches now: it stays.

        Only credits that netting ties to a debit may come along with it.

        :param candidates: ``ar.writeoff.candidate`` records
        :return: dict row → (code, message)
        """
        return {
            row: (row.obstacle, row.obstacle_message)
            for row in candidates
            if row.state in OUTSIDE_STATES
            and not (row.obstacle == "netted_with" and row.residual_currency < 0)
        }

    @api.model
    def _evaluate(self, batch, candidates, decided=None, with_run_limit=False):
        """What speaks against these candidates now, and what of them would be netted.

        :param batch: ``ar.writeoff.batch``
        :param candidates: ``ar.writeoff.candidate`` records of it
        :param dict decided: see ``_get_decided``
        :param bool with_run_limit: whether the limit of the run leaves out what does not fit
        :return: tuple: dict row → (code, message); dict row → amount netted
        """
        # The user's own rights: candidates are the engine's here.
        by_item = {row.item_id: row for row in candidates.sudo(False).filtered("item_id")}
        obstacles, netted = self.env["ar.writeoff.selection"]._evaluate(
            batch,
            by_item,
            decided={row.item_id: obstacle for row, obstacle in (decided or {}).items()},
            with_run_limit=with_run_limit,
        )
        return (
            {by_item[item]: obstacle for item, obstacle in obstacles.items()},
            {by_item[item]: amount for item, amount in netted.items()},
        )

    @api.model
    def _plan(self, candidates, obstacles, netted):
        for row in candidates.filtered("item_id"):
            row._plan(obstacles.get(row), netted.get(row, 0.0))

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.model
    def _check_no_list(self, batch):
        if batch.imported_on:
            yield blocker(
                "imported",
                self.env._(
                    "The open items of %s come from a list, which would be lost. Remove the list "
                    "first, or select by filters in a new batch.",
                    batch.display_name,
                ),
            )

    @api.model
    def _check_limits(self, batch):
        limits = (batch.limit_document, batch.limit_customer, batch.limit_run)
        # What somebody named one by one needs no limit.
        if not any(limits) and not batch.is_of_items and not batch.imported_on:
            yield blocker(
                "limit",
                self.env._(
                    "A batch needs a limit: per document, per customer, or of the run. Enter at "
                    "least one amount."
                ),
            )

    @api.model
    def _check_reasons(self, batch):
        needed = {"balance": ["reason_id"], "credit": ["credit_reason_id"]}.get(
            batch.side, ["reason_id", "credit_reason_id"]
        )
        for name in needed:
            if not batch[name]:
                yield blocker(
                    "reason",
                    self.env._(
                        "Choose a reason for what is to be written off (%s).",
                        batch._fields[name]._description_string(self.env),
                    ),
                )
            elif not batch[name].active:
                yield blocker(
                    "reason",
                    self.env._(
                        "The reason “%s” is archived: choose another one.", batch[name].name
                    ),
                )
