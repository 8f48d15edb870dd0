from collections import defaultdict

from odoo import models

from ..line_states import LIVE_STATES, TOTAL_STATES


class ArWriteoff(models.Model):
    """State and totals of a write-off: they follow from its lines, as those from the ledger."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff"  # pylint: disable=consider-merging-classes-inherited

    def _refresh_after_ledger(self):
        """Follow a change of the ledger; what is being posted looks once, when it is settled."""
        state = self.env["ar.writeoff.line"]._fields["state"]
        (self - self.env.protected(state).writeoff_id)._refresh()

    def _refresh(self):
        """Derive state and totals from the lines, by one read for all write-offs.

        Called after whatever changed lines or their entries. A field that depends on
        ``line_ids.state`` would be recomputed for each of 100,000 lines.
        """
        if not self:
            return  # most entries and matches have nothing to do with write-offs
        totals = defaultdict(lambda: defaultdict(float))
        taxes = defaultdict(float)
        partners = defaultdict(dict)
        groups = self.env["ar.writeoff.line"]._read_group(
            [("writeoff_id", "in", self.ids)],
            ["writeoff_id", "state", "partner_id", "partner_name"],
            ["amount:sum", "amount_tax:sum", "matched:sum", "undo_run_id:count_distinct"],
        )
        matched = defaultdict(float)
        being_undone = set()
        for writeoff, state, partner, name, amount, tax, is_matched, undo_count in groups:
            totals[writeoff.id][state] += amount
            if undo_count:
                being_undone.add(writeoff.id)
            matched[writeoff.id] += is_matched
            if state in TOTAL_STATES:
                taxes[writeoff.id] += tax
                partners[writeoff.id][partner] = name
        for writeoff in self:
            writeoff._write_derived(
                *(found[writeoff.id] for found in (totals, taxes, matched, partners)),
                is_being_undone=writeoff.id in being_undone,
            )
        has_drafts = any("entry_draft" in states for states in totals.values())
        self.env["ar.writeoff.reservation"]._follow_lines(self, has_drafts)

    def _write_derived(self, totals, tax, matched, partners, is_being_undone):
        """Store what ``_refresh`` read.

        :param dict totals: line state → sum of amounts in company currency
        :param float tax: the tax in them, in company currency
        :param float matched: what closes items now, in company currency
        :param dict partners: customers on the lines → their name, that of the time if deleted
        :param bool is_being_undone: whether lines wait to be undone in the background
        """
        # As many are read as are shown; of those who are gone, the name of the time is left.
        ordered = sorted(partners, key=lambda partner: partners[partner] or "")
        names = [partner.display_name or partners[partner] for partner in ordered[:3]]
        names = [name for name in names if name]
        amount = sum(total for state, total in totals.items() if state in TOTAL_STATES)
        vals = {
            "state": self._get_derived_state(set(totals)),
            "is_being_undone": is_being_undone,
            "amount": amount,
            "amount_tax": tax,
            "amount_untaxed": amount - tax,
            "amount_reversed": totals.get("reversed", 0.0),
            "amount_net": matched,
            "partner_id": next(iter(partners)).id if len(partners) == 1 else False,
            "partner_names": ", ".join(names) + (f" (+{len(ordered) - 3})" if ordered[3:] else ""),
        }
        changed = {name: value for name, value in vals.items() if self._is_new(name, value)}
        if changed:  # nobody hears of a look that found everything as it was
            self.write(changed)

    def _is_new(self, name, value):
        """Tell whether a derived value is another one than the one that is stored.

        :param str name: of a field
        :param value: as it would be written
        :return: bool
        """
        stored = self[name]
        if self._fields[name].type == "monetary":
            return bool(self.currency_id.compare_amounts(stored, value))
        if self._fields[name].relational:
            stored = stored.id
        return (stored or False) != (value or False)

    def _get_derived_state(self, states):
        """State of the write-off that follows from the states its lines are in.

        :param set states: states of the lines
        :return: a value of ``state``
        """
        live = states & set(LIVE_STATES)
        if "entry_draft" in states:
            return "entries_draft"
        if live and "reversed" in states:
            return "partly_reversed"
        if live:
            return "posted"
        if "reversed" in states:
            return "reversed"
        if "netted" in states:
            return "posted"
        if "cancelled" in states:
            return "cancelled"
        return "entries_draft" if self.leave_draft else "posted"  # it is being made
