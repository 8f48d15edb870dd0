from odoo import fields, models
from odoo.exceptions import UserError

from .line_states import CANDIDATE_STATES, OUTSIDE_STATES


class ArWriteoffChoiceMixin(models.AbstractModel):
    """Choosing what a batch takes: candidates are found, included and excluded."""

    _name = "ar.writeoff.choice.mixin"
    _description = "Choice of a Batch Write-Off"

    def action_select(self):
        """Find the open items the criteria describe, and say why which of them are left out.

        :return: window action: the list of the candidates
        :raises AccessError: if the user may not write off
        :raises UserError: if there is no limit, or no reason
        """
        self.ensure_one()
        self._check_authority()
        self._check_is_open_batch()
        self._raise([*self._check_batch_limits(), *self._check_batch_reasons()])
        items = self.env["account.move.line"].search(
            self._get_candidate_domain(), order="date_maturity, id"
        )
        # sudo: candidates are the engine's; authority was checked before
        batch = self.sudo()
        batch.line_ids.unlink()
        batch.write({"selected_on": fields.Datetime.now(), "is_outdated": False})
        Selection = self.env["ar.writeoff.selection"]
        obstacles, netted = Selection._evaluate(self, items, with_run_limit=True)
        batch.env["ar.writeoff.line"].create(
            [
                self._prepare_candidate_vals(item, obstacles.get(item), netted[item])
                for item in items
            ]
        )
        batch._refresh()
        return self._open_candidates()

    def _prepare_candidate_vals(self, item, obstacle, netted):
        """Values of the line that stands for an open item in the list.

        :param item: ``account.move.line``
        :param tuple obstacle: code and message, or None
        :param float netted: matched with other items before, in the item's currency
        :return: values for ``ar.writeoff.line``
        """
        return {
            **item._prepare_writeoff_line_vals(
                item.amount_residual_currency - netted,
                self._get_reason_of(item),
                netted_currency=netted,
            ),
            "writeoff_id": self.id,
            **self._prepare_obstacle_vals(obstacle),
        }

    def _prepare_obstacle_vals(self, obstacle):
        code, message = obstacle or (False, False)
        return {
            "state": "left_out" if obstacle else "planned",
            "obstacle": code,
            "obstacle_message": message,
        }

    def _get_reason_of(self, item):
        """The reason proposed for an item, by its side.

        :param item: ``account.move.line``
        :return: ``ar.writeoff.reason``
        """
        return self.credit_reason_id if item._is_writeoff_credit() else self.reason_id

    # ------------------------------------------------------------------
    # Choosing
    # ------------------------------------------------------------------

    def _include(self, lines):
        """Take candidates into the run, as far as the rules allow.

        What only wants a second look (warnings, the limit of the run) the user confirms thereby.
        What is included already stays so: candidates that would push it out stay out themselves.

        :param lines: ``ar.writeoff.line`` records of this batch
        :return: those that stay left out
        """
        self._check_authority()
        self._check_all_lines_visible()
        self._check_is_open_batch()
        # sudo: candidates are the engine's; authority was checked before
        lines = lines.sudo().filtered(lambda line: line.state in OUTSIDE_STATES)
        lines._confirm_warnings()
        pool = self._get_pool(lines)
        carried = self._get_carried(pool - lines)
        self._release_credits(pool, lines, carried)
        obstacles, netted = self._evaluate_lines(pool, carried)
        if refused := self._get_pushing_out(pool, lines, carried, obstacles):
            obstacles, netted = self._evaluate_lines(pool, {**carried, **refused})
        self._plan_lines(pool, obstacles, netted)
        self.sudo()._refresh()
        return lines.filtered(lambda line: line.state == "left_out")

    def _release_credits(self, pool, lines, carried):
        """A credit that a limit left out with its debit comes along when that is included.

        :param pool: ``ar.writeoff.line`` records
        :param lines: those of them that are to be included
        :param dict carried: see ``_get_carried``; changed in place
        """
        if self.side != "both":
            return
        by_item = {line.item_id: line for line in pool}
        items = self.env["account.move.line"].browse(pool.item_id.ids)
        for debit, credit, _amount in self.env["ar.writeoff.netting"]._get_pairs(items):
            code = carried.get(by_item[credit], (None, None))[0]
            if by_item[debit] in lines and code in ("limit_customer", "limit_run"):
                del carried[by_item[credit]]

    def _get_pushing_out(self, pool, lines, carried, obstacles):
        """Which of the lines to include would push out what is included already, and why.

        :param pool: ``ar.writeoff.line`` records
        :param lines: those of them that are to be included
        :param dict carried: see ``_get_carried``
        :param dict obstacles: what was found with them
        :return: dict line → (code, message)
        """
        pushed = pool.filtered(lambda line: line.state == "planned" and line in obstacles)
        if not pushed:
            return {}
        without, _netted = self._evaluate_lines(
            pool, {**carried, **dict.fromkeys(lines, ("user", ""))}
        )
        reasons = {line.partner_id: obstacles[line] for line in pushed if line not in without}
        return {line: reasons[line.partner_id] for line in lines if line.partner_id in reasons}

    def _exclude(self, lines):
        """Take candidates out of the run.

        :param lines: ``ar.writeoff.line`` records of this batch
        """
        self._check_authority()
        self._check_all_lines_visible()
        self._check_is_open_batch()
        # sudo: candidates are the engine's; authority was checked before
        lines = lines.sudo().filtered(lambda line: line.state == "planned")
        obstacle = "user", self.env._("Excluded by %s.", self.env.user.name)
        pool = self._get_pool(lines)
        carried = {**self._get_carried(pool - lines), **dict.fromkeys(lines, obstacle)}
        self._plan_lines(pool, *self._evaluate_lines(pool, carried))
        self.sudo()._refresh()

    def _get_pool(self, lines):
        """These candidates, and those whose limits or netting depend on them.

        :param lines: ``ar.writeoff.line`` records of this batch
        :return: ``ar.writeoff.line``
        """
        by_customer = self.side == "both" or self.limit_customer
        tie = "partner_id" if by_customer else "move_id"
        # sudo: candidates are the engine's; authority was checked before
        return lines | lines.sudo().search(
            [
                ("writeoff_id", "=", self.id),
                (tie, "in", lines[tie].ids),
                ("state", "in", CANDIDATE_STATES),
            ]
        )

    def _get_carried(self, lines):
        """What was said against candidates nobody touches now: it stays.

        Only credits that netting ties to a debit may come along with it.

        :param lines: ``ar.writeoff.line`` records
        :return: dict line → (code, message)
        """
        return {
            line: (line.obstacle, line.obstacle_message)
            for line in lines
            if line.state in OUTSIDE_STATES
            and not (line.obstacle == "netted_with" and line.residual_currency < 0)
        }

    def _evaluate_lines(self, lines, carried=None, with_run_limit=False):
        """What speaks against these candidates now, and what of them would be netted.

        :param lines: ``ar.writeoff.line`` records of this batch
        :param dict carried: see ``_get_carried``
        :param bool with_run_limit: whether the limit of the run leaves out what does not fit
        :return: tuple: dict line → (code, message); dict line → amount netted
        """
        lines = lines.filtered("item_id")
        items = self.env["account.move.line"].browse(lines.item_id.ids)
        by_item = {line.item_id: line for line in lines}
        obstacles, netted = self.env["ar.writeoff.selection"]._evaluate(
            self,
            items,
            lines=by_item,
            carried={line.item_id: obstacle for line, obstacle in (carried or {}).items()},
            with_run_limit=with_run_limit,
        )
        return (
            {by_item[item]: obstacle for item, obstacle in obstacles.items()},
            {by_item[item]: amount for item, amount in netted.items()},
        )

    def _plan_lines(self, lines, obstacles, netted):
        for line in lines.filtered("item_id"):
            line._plan(obstacles.get(line), netted.get(line, 0.0))

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _check_is_open_batch(self):
        """Candidates are chosen before the run.

        :raises UserError: if this is no batch, or not in draft any more
        """
        if not self.is_batch or self.state != "draft":
            raise UserError(
                self.env._(
                    "%s is no batch in draft: its open items are not chosen from a list any more.",
                    self.display_name,
                )
            )

    def _check_batch_limits(self):
        limits = (self.limit_document, self.limit_customer, self.limit_run)
        if not any(limits):
            yield self._blocker(
                "limit",
                self.env._(
                    "A batch needs a limit: per document, per customer, or of the run. Enter at "
                    "least one amount."
                ),
            )

    def _check_batch_reasons(self):
        needed = {"balance": ["reason_id"], "credit": ["credit_reason_id"]}.get(
            self.side, ["reason_id", "credit_reason_id"]
        )
        for name in needed:
            if not self[name]:
                yield self._blocker(
                    "reason",
                    self.env._(
                        "Choose a reason for what is to be written off (%s).",
                        self._fields[name]._description_string(self.env),
                    ),
                )
            elif not self[name].active:
                yield self._blocker(
                    "reason",
                    self.env._("The reason “%s” is archived: choose another one.", self[name].name),
                )
