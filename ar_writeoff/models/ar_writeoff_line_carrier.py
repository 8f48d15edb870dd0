from collections import defaultdict

from odoo import models

from .ar_writeoff_entry import COMPARED_FIELDS

MATCHED_FIELDS = (*COMPARED_FIELDS, "name", "analytic_distribution", "writeoff_target_id")
LOOKS = 4  # how many ways there are of telling items apart, see _get_looks


class ArWriteoffLineCarrierMixin(models.AbstractModel):
    """The journal items that carry what a line was written off against.

    Once there is an entry, the ledger counts: accountants edit account, boxes, label or analytic
    distribution of posted items. The plan only says how much of an item is whose.
    """

    _name = "ar.writeoff.line.carrier.mixin"
    _description = "Journal Items of a Write-Off Line"

    def _keep_carriers(self, entries):
        """Store which journal item carries each part.

        :param entries: ``account.move`` records that were just created for these lines
        """
        for entry, found in self._match_carriers(entries).items():
            for line in entry.line_ids.writeoff_line_id:
                parts = [
                    {**part, "carrier_id": found.get(line._get_carrier_key(part), False)}
                    for part in line.breakdown
                ]
                # sudo: the register is written by the engine only; authority was checked before
                line.sudo().breakdown = parts

    def _get_carriers(self, breakdowns):
        """The journal item that carries each part.

        :param dict breakdowns: line → parts, see ``_get_breakdowns``
        :return: dict line → list of ``account.move.line``, one for each part; empty where none
            is known: parts of several lines that cancel each other have none
        """
        nothing = self.env["account.move.line"]
        ids = {part.get("carrier_id") for parts in breakdowns.values() for part in parts}
        known = {item.id: item for item in nothing.browse(ids - {None, False}).exists()}
        carriers = {
            line: [known.get(part.get("carrier_id"), nothing) for part in parts]
            for line, parts in breakdowns.items()
        }
        # Of before they were stored, or made anew while the entry was in draft.
        unknown = self.filtered(lambda line: not all(carriers[line]))
        found = unknown._match_carriers(unknown.entry_id)
        for line in unknown.filtered("entry_id"):
            carriers[line] = [
                carrier or nothing.browse(found[line.entry_id].get(line._get_carrier_key(part)))
                for part, carrier in zip(breakdowns[line], carriers[line], strict=True)
            ]
        return carriers

    def _match_carriers(self, entries):
        """Find the carriers of parts by what they look like.

        :param entries: ``account.move`` records these lines stand in
        :return: dict entry → dict key → id of ``account.move.line``, see ``_get_carrier_key``
        """
        values = {vals["id"]: vals for vals in entries.line_ids.read(MATCHED_FIELDS, load="")}
        return {
            entry: self._match_entry(entry, [values[item.id] for item in entry.line_ids])
            for entry in entries
        }

    def _match_entry(self, entry, items):
        """Pair what an entry was planned to consist of with its journal items, one to one.

        What was just created is as planned to the letter; what was edited since still has its
        amounts.

        :param entry: ``account.move``
        :param list items: values of its journal items as they are read
        :return: dict key → item id
        """
        writeoff = entry.writeoff_id
        found = {
            (vals["writeoff_line_id"], vals["writeoff_target_id"]): vals["id"]
            for vals in items
            if vals["writeoff_line_id"]
        }
        planned = writeoff._prepare_merged_vals(
            {line: line.breakdown or () for line in entry.line_ids.writeoff_line_id}
        )
        looks = {key: self._get_looks(writeoff, vals) for key, vals in planned.items()}
        free = {vals["id"]: vals for vals in items if not vals["writeoff_line_id"]}
        free = {item_id: self._get_looks(writeoff, vals) for item_id, vals in free.items()}
        for index in range(LOOKS):
            alike = defaultdict(list)
            for item_id, item_looks in free.items():
                alike[item_looks[index]].append(item_id)
            for key in looks.keys() - found.keys():
                if candidates := alike.get(looks[key][index]):
                    found[key] = candidates.pop(0)
                    del free[found[key]]
        return found

    def _get_looks(self, writeoff, vals):
        """What a journal item looks like, from all that was planned to what nobody can edit.

        :param writeoff: ``ar.writeoff``
        :param dict vals: values of ``account.move.line``, as they are read or as they are planned
        :return: tuple of hashables; none first, if the analytic distribution was not planned
        """
        comparable = writeoff._get_comparable(vals)
        whole = None
        if "analytic_distribution" in vals:
            distribution = sorted((vals["analytic_distribution"] or {}).items())
            whole = (*comparable, vals["name"], *distribution)
        return whole, (*comparable, vals["name"]), comparable, writeoff._get_money(vals)

    def _get_carrier_key(self, part):
        """What the parts on one journal item have in common.

        :param dict part: of the breakdown
        :return: hashable
        """
        if part["kind"] == "transition":
            return self.id, part["target_id"]
        return self.writeoff_id._get_merge_key(self, part)
