from odoo import fields, models
from odoo.exceptions import UserError

from .ar_writeoff_selection import SOFT_OBSTACLES
from .line_states import OUTSIDE_STATES


class ArWriteoffCandidatesMixin(models.AbstractModel):
    """The candidates of a batch: found, planned, included and excluded."""

    _name = "ar.writeoff.candidates.mixin"
    _description = "Candidates of a Batch Write-Off"

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
        obstacles, netted = Selection._evaluate(self, items)
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

        :param lines: ``ar.writeoff.line`` records of this batch
        :return: those that stay left out
        """
        self._check_authority()
        self._check_is_open_batch()
        # sudo: candidates are the engine's; authority was checked before
        lines = lines.sudo().filtered(lambda line: line.state in OUTSIDE_STATES)
        for line in lines.filtered(lambda line: line.obstacle in dict(SOFT_OBSTACLES)):
            line.confirmed_message = line.obstacle_message
        pool = lines | self._get_tied_lines(lines)
        self._replan(pool, confirmed=pool.item_id)
        self.sudo()._refresh()
        return lines.filtered(lambda line: line.state == "left_out")

    def _exclude(self, lines):
        """Take candidates out of the run.

        :param lines: ``ar.writeoff.line`` records of this batch
        """
        self._check_authority()
        self._check_is_open_batch()
        # sudo: candidates are the engine's; authority was checked before
        lines = lines.sudo().filtered(lambda line: line.state == "planned")
        tied = self._get_tied_lines(lines) - lines
        obstacle = "user", self.env._("Excluded by %s.", self.env.user.name)
        for line in lines:
            line._plan(obstacle, 0.0)
        if self.side == "both":
            self._replan(tied, confirmed=tied.item_id)
        self.sudo()._refresh()

    def _get_tied_lines(self, lines):
        """Included lines whose limits or netting depend on these.

        :param lines: ``ar.writeoff.line`` records of this batch
        :return: ``ar.writeoff.line``
        """
        return self.sudo().line_ids.filtered(
            lambda line, customers=lines.partner_id: (
                line.state == "planned" and line.partner_id in customers
            )
        )

    def _replan(self, lines, confirmed):
        items = self.env["account.move.line"].browse(lines.item_id.ids)
        obstacles, netted = self.env["ar.writeoff.selection"]._evaluate(
            self, items, self.env["account.move.line"].browse(confirmed.ids)
        )
        for line in lines:
            item = items.browse(line.item_id.id)
            if line.item_id:
                line._plan(obstacles.get(item), netted.get(item, 0.0))

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
        if any(self.currency_id.compare_amounts(limit, 0.0) < 0 for limit in limits):
            yield self._blocker("limit", self.env._("A limit cannot be negative."))
        elif not any(limits):
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
