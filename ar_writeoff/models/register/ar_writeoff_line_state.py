from contextlib import contextmanager

from odoo import api, models
from odoo.tools import SQL


class ArWriteoffLine(models.Model):
    """What state a line is in: read off the ledger, so that it is true whoever touches it."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.line"  # pylint: disable=consider-merging-classes-inherited

    @api.depends(
        "item_id",
        "netting",
        "is_settled",
        "entry_line_ids.parent_state",
        "entry_line_ids.matched_debit_ids.debit_move_id",
        "entry_line_ids.matched_debit_ids.amount",
        "entry_line_ids.matched_credit_ids.credit_move_id",
        "entry_line_ids.matched_credit_ids.amount",
    )
    def _compute_state(self):
        for line in self:
            matched_currency, matched = line._get_matched()
            line.state = line._get_derived_state(matched_currency, matched)
            line.matched_currency, line.matched = matched_currency, matched

    @contextmanager
    def _settling(self, written=None):
        """Look at the ledger when it is as it is to be, not after each of several steps.

        What happens in between is no state of a write-off, and no automation rule may see it.

        :param written: those of which the state is written meanwhile, see ``_write_done``
        """
        state = self._fields["state"]
        derived = self.pool.field_computed[state]
        self.mapped("state")  # what is pending belongs to what was before
        settling = self - self.env.protected(state)
        with self.env.protecting(derived, settling):
            yield
        looking = settling - written if written else settling
        for field in derived:
            self.env.add_to_compute(field, looking)
        # What follows from them may have been looked at meanwhile.
        settling.modified([field.name for field in derived])
        settling.writeoff_id._refresh_after_ledger()

    def _is_any_settling(self):
        """Whether some of these lines are just being settled, see ``_settling``.

        :return: bool
        """
        return bool(self & self.env.protected(self._fields["state"]))

    def _write_done(self):
        """Note of many at once that each is matched with its item as a whole, as it is; whoever
        calls it invalidates the cache."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE ar_writeoff_line
                   SET state = 'done', matched_currency = amount_currency, matched = amount
                 WHERE id = ANY(%s)
                """,
                self.ids,
            )
        )

    def _get_derived_state(self, matched_currency, matched):
        """State that follows from facts: the entry, its matches, and what posting noted.

        :param float matched_currency: see ``_get_matched``
        :param float matched: see ``_get_matched``
        :return: a value of ``state``
        """
        counterpart = self._get_counterpart()
        reversal = self.entry_line_ids.filtered(
            lambda item: item.move_id.writeoff_role == "reversal"
        )
        if not counterpart:
            if self._is_netted_only():
                return {"waiting": "waiting", "done": "netted"}.get(self.netting, "cancelled")
            return "cancelled" if self.is_settled else "waiting"
        if reversal.filtered(lambda item: item.parent_state == "posted"):
            return "reversed"
        if counterpart.parent_state == "draft":
            return "entry_draft"
        if not matched_currency and not matched:
            return "unmatched"
        return "done" if self._is_all(matched_currency, matched) else "partly_matched"

    def _get_matched(self):
        """How much the counterpart closes of its item, after whatever people did by hand.

        An item that was deleted since cannot be looked up; any match speaks for all of it.

        :return: tuple: document currency, company currency, both with the sign of ``amount``
        """
        counterpart = self._get_counterpart()
        if not self.item_id:
            found = counterpart.matched_debit_ids | counterpart.matched_credit_ids
            is_live = found and not self._is_being_reversed()
            return (self.amount_currency, self.amount) if is_live else (0.0, 0.0)
        matches = counterpart._get_writeoff_matches()
        sign = -1 if (self.amount_currency or self.amount) < 0 else 1
        side = "debit_amount_currency" if sign > 0 else "credit_amount_currency"
        matched_currency = self.currency_id.round(sign * sum(matches.mapped(side)))
        matched = self.company_currency_id.round(sign * sum(matches.mapped("amount")))
        if matches and self._is_all(matched_currency, matched):
            return self.amount_currency, self.amount
        return matched_currency, matched

    def _is_all(self, matched_currency, matched):
        """Whether a match covers what the line gives up.

        :param float matched_currency: document currency, sign of ``amount``
        :param float matched: company currency, sign of ``amount``
        :return: bool
        """
        if self.amount_currency:  # a cent that rates leave in company currency is no matter
            compared = abs(matched_currency), abs(self.amount_currency)
            return self.currency_id.compare_amounts(*compared) >= 0
        return self.company_currency_id.compare_amounts(abs(matched), abs(self.amount)) >= 0
