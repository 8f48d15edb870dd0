from contextlib import contextmanager

from odoo import api, models

from .line_states import WITHOUT_ENTRY_STATES


class ArWriteoffLineStateMixin(models.AbstractModel):
    """What state a line is in: read off the ledger, so that it is true whoever touches it."""

    _name = "ar.writeoff.line.state.mixin"
    _description = "State of a Write-Off Line"

    @api.depends(
        "item_id",
        "is_netted",
        "entry_line_ids.parent_state",
        "entry_line_ids.matched_debit_ids.debit_move_id",
        "entry_line_ids.matched_debit_ids.amount",
        "entry_line_ids.matched_credit_ids.credit_move_id",
        "entry_line_ids.matched_credit_ids.amount",
    )
    def _compute_state(self):
        for line in self:
            line.state = line._get_derived_state()

    @contextmanager
    def _settling(self):
        """Look at the ledger when it is as it is to be, not after each of several steps.

        What happens in between is no state of a write-off, and no automation rule may see it.
        """
        field = self._fields["state"]
        self.mapped("state")  # what is pending belongs to what was before
        settling = self - self.env.protected(field)
        with self.env.protecting([field], settling):
            yield
        self.env.add_to_compute(field, settling)
        settling.writeoff_id._refresh_after_ledger()

    def _get_derived_state(self):
        """State that follows from the ledger; without an entry, what was decided before.

        :return: a value of ``state``
        """
        counterpart = self._get_counterpart()
        reversal = self.entry_line_ids.filtered(
            lambda item: item.move_id.writeoff_role == "reversal"
        )
        if not counterpart:
            if self.is_netted and self._is_netted_only():
                return "netted"
            waiting = self.state in WITHOUT_ENTRY_STATES
            return self.state if waiting else "cancelled" if self.state else "planned"
        if reversal.filtered(lambda item: item.parent_state == "posted"):
            return "reversed"
        if counterpart.parent_state == "draft":
            return "entry_draft"
        return "done" if self._is_matched(counterpart) else "unmatched"

    def _is_matched(self, counterpart):
        """Tell whether the counterpart closes its item by the whole amount.

        An item that was deleted since cannot be looked up; any match speaks for it.

        :param counterpart: ``account.move.line``
        :return: bool
        """
        if not self.item_id:
            return bool(counterpart.matched_debit_ids | counterpart.matched_credit_ids)
        matches = counterpart._get_writeoff_matches()
        matched = sum(matches.mapped("amount"))
        covers = self.company_currency_id.compare_amounts(matched, abs(self.amount)) >= 0
        return bool(matches) and covers
