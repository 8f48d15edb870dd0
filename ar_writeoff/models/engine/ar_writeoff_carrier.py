from collections import defaultdict

from odoo import models

from ..rights import as_engine
from .ar_writeoff_entry import COMPARED_FIELDS

MATCHED_FIELDS = (*COMPARED_FIELDS, "name", "analytic_distribution", "writeoff_target_id")
LOOKS = 4  # how many ways there are of telling items apart, see _get_looks


class ArWriteoffCarrier(models.AbstractModel):
    """The shares of lines in the register, and the journal items that carry them.

    Once there is an entry, the ledger counts: accountants edit account, boxes, label or analytic
    distribution of posted items. The shares only say how much of an item is whose.
    """

    _name = "ar.writeoff.carrier"
    _description = "Journal Items of Write-Off Lines"

    def _create_shares(self, entries, breakdowns, summed=None):
        """Keep what these lines are written off against, and which journal item carries it.

        :param entries: ``account.move`` records that were just created for these lines
        :param dict breakdowns: line → parts, see ``_get_breakdowns``
        :param dict summed: entry → ``ar.writeoff.line`` that have no counterpart in it yet
        """
        standing = {entry: entry.line_ids.writeoff_line_id for entry in entries}
        for entry, own in (summed or {}).items():
            standing[entry] |= own
        found = self._match_carriers(standing, breakdowns)
        Share = as_engine(self.env["ar.writeoff.share"])
        Entry = self.env["ar.writeoff.entry"]
        vals_list = []
        for entry, lines in standing.items():
            for line in lines:
                for part in breakdowns[line]:
                    carrier_id = found[entry].get(self._get_carrier_key(line, part), False)
                    kept = {**part, "signature": Entry._get_signature(part)}
                    vals_list.append(Share._prepare_vals(line, kept, carrier_id))
        Share.create(vals_list)

    def _create_reversed_shares(self, reversals, given_back):
        """Keep what an undo gave back: the same shares with the opposite sign.

        :param reversals: ``account.move`` records that were just created
        :param list given_back: see ``ar.writeoff.reversal.entry``
        """
        linked = reversals.line_ids.filtered("writeoff_target_id")
        items = {item.writeoff_target_id: item for item in linked.sorted("id", reverse=True)}
        nothing = linked.browse()
        carriers = {
            part["share_id"]: items.get(carrier, nothing)
            for _line, part, carrier in given_back
            if "share_id" in part
        }
        carriers.update(self._match_given_back(reversals, given_back))
        Share = as_engine(self.env["ar.writeoff.share"])
        Share.create(
            [share._prepare_reversed_vals(carriers[share.id]) for share in Share.browse(carriers)]
        )

    def _match_given_back(self, reversals, given_back):
        """The items of reversal entries that give back what no item of an entry carried: shares
        that had cancelled each other, of which now only some are given back.

        :param reversals: ``account.move`` records that were just created
        :param list given_back: see ``ar.writeoff.reversal.entry``
        :return: dict id of a share → ``account.move.line``
        """
        loose = [given for given in given_back if "share_id" in given[1] and not given[2]]
        found = {}
        for reversal in reversals if loose else ():
            lines, currency = reversal.line_ids.writeoff_line_id, reversal.company_currency_id
            own = [given for given in loose if given[0] in lines]
            planned = self.env["ar.writeoff.reversal.entry"]._prepare_reversal_items(own, currency)
            free = reversal.line_ids.filtered(lambda item: not item.writeoff_target_id)
            values = free.read(MATCHED_FIELDS, load="")
            matched = self._match_alike(currency, planned, values, {})
            for line, part, _nothing in own:
                item_id = matched.get(self._get_carrier_key(line, part), False)
                found[part["share_id"]] = free.browse(item_id)
        return found

    def _keep_carriers(self, lines):
        """Store which items carry shares that have none: items made anew in an entry in draft.

        :param lines: ``ar.writeoff.line`` records that stand in it
        """
        breakdowns = self.env["ar.writeoff.breakdown"]._get_breakdowns(lines)
        carriers = self._get_carriers(lines, breakdowns)
        # sudo: the register follows the ledger, whoever changes the ledger
        Share = self.env["ar.writeoff.share"].sudo()
        for line, parts in breakdowns.items():
            for part, carrier in zip(parts, carriers[line], strict=True):
                if carrier and not part["carrier_id"]:
                    Share.browse(part["share_id"]).carrier_id = carrier

    def _get_carriers(self, lines, breakdowns):
        """The journal item that carries each part.

        :param lines: ``ar.writeoff.line``
        :param dict breakdowns: line → parts, see ``_get_breakdowns``
        :return: dict line → list of ``account.move.line``, one for each part; empty where none
            is known: parts of several lines that cancel each other have none
        """
        nothing = self.env["account.move.line"]
        carriers = {
            line: [nothing.browse(part.get("carrier_id")) for part in parts]
            for line, parts in breakdowns.items()
        }
        unknown = lines.filtered(lambda line: line.entry_id and not all(carriers[line]))
        if not unknown:
            return carriers
        entries = unknown.entry_id
        # An item may carry shares of other lines, too.
        found = self._match_carriers(
            {entry: entry.line_ids.writeoff_line_id for entry in entries},
            self.env["ar.writeoff.breakdown"]._get_breakdowns(entries.line_ids.writeoff_line_id),
        )
        for line in unknown:
            carriers[line] = [
                carrier
                or nothing.browse(found[line.entry_id].get(self._get_carrier_key(line, part)))
                for part, carrier in zip(breakdowns[line], carriers[line], strict=True)
            ]
        return carriers

    def _match_carriers(self, standing, breakdowns):
        """Find the carriers of parts by what they look like.

        :param dict standing: ``account.move`` → ``ar.writeoff.line`` that stand in it
        :param dict breakdowns: line → parts, of all these lines
        :return: dict entry → dict key → id of ``account.move.line``, see ``_get_carrier_key``
        """
        items = self.env["account.move"].union(*standing).line_ids
        values = {vals["id"]: vals for vals in items.read(MATCHED_FIELDS, load="")}
        return {
            entry: self._match_entry(
                entry,
                [values[item.id] for item in entry.line_ids],
                {line: breakdowns[line] for line in lines},
            )
            for entry, lines in standing.items()
        }

    def _match_entry(self, entry, items, breakdowns):
        """Pair what an entry was planned to consist of with its journal items, one to one.

        What was just created is as planned to the letter; what was edited since still has its
        amounts.

        :param entry: ``account.move``
        :param list items: values of its journal items as they are read
        :param dict breakdowns: line → parts
        :return: dict key → item id
        """
        found = {
            (vals["writeoff_line_id"], vals["writeoff_target_id"]): vals["id"]
            for vals in items
            if vals["writeoff_line_id"]
        }
        for line, parts in breakdowns.items():
            for part in parts:
                if part.get("carrier_id"):  # one that is known is no other's
                    found[self._get_carrier_key(line, part)] = part["carrier_id"]
        planned = self.env["ar.writeoff.entry"]._prepare_merged_vals(breakdowns)
        return self._match_alike(entry.company_currency_id, planned, items, found)

    def _match_alike(self, currency, planned, items, found):
        """Pair what is alike: first to the letter, at last by amounts alone.

        :param currency: ``res.currency`` of the company
        :param dict planned: key → values of ``account.move.line``, as they are planned
        :param list items: values of ``account.move.line``, as they are read
        :param dict found: key → item id: what is known; the rest is added to it
        :return: ``found``
        """
        looks = {key: self._get_looks(currency, vals) for key, vals in planned.items()}
        taken = set(found.values())
        free = {
            vals["id"]: self._get_looks(currency, vals) for vals in items if vals["id"] not in taken
        }
        for index in range(LOOKS):
            alike = defaultdict(list)
            for item_id, item_looks in free.items():
                alike[item_looks[index]].append(item_id)
            for key in looks.keys() - found.keys():
                if candidates := alike.get(looks[key][index]):
                    found[key] = candidates.pop(0)
                    del free[found[key]]
        return found

    def _get_looks(self, currency, vals):
        """What a journal item looks like, from all that was planned to what nobody can edit.

        :param currency: ``res.currency`` of the company
        :param dict vals: values of ``account.move.line``, as they are read or as they are planned
        :return: tuple of hashables; none first, if the analytic distribution was not planned
        """
        Entry = self.env["ar.writeoff.entry"]
        comparable = Entry._get_comparable(vals, currency)
        whole = None
        if "analytic_distribution" in vals:
            distribution = sorted((vals["analytic_distribution"] or {}).items())
            whole = (*comparable, vals["name"], *distribution)
        return whole, (*comparable, vals["name"]), comparable, Entry._get_money(vals, currency)

    def _get_carrier_key(self, line, part):
        """What the parts on one journal item have in common.

        :param line: ``ar.writeoff.line``
        :param dict part: of a plan, or of a row of the register
        :return: hashable
        """
        if part["kind"] == "transition":
            return line.id, part["target_id"]
        return self.env["ar.writeoff.entry"]._get_merge_key(line, part)

    def _restore_part(self, line, part):
        """A part that no journal item carries, with what else it would: taxes, boxes, analytic.

        :param line: ``ar.writeoff.line``
        :param dict part: of a row of the register
        :return: dict, see ``_prepare_breakdown``
        """
        part = {name: value for name, value in part.items() if name != "signature"}
        if not part["key"]:
            return part
        Contra, CreditNote = self.env["ar.writeoff.contra"], self.env["ar.writeoff.credit.note"]
        corrections = CreditNote._get_corrections(line.move_id).get(line.move_id, ())
        relief = self.env["ar.writeoff.breakdown"]._get_relief(line)
        contra = Contra._get_contra(line.move_id, part["treatment"] != "gross", relief, corrections)
        remainder = self.env["ar.writeoff.breakdown"]._get_remainder_source(contra)
        source = {remainder["key"]: remainder, **contra}.get(part["key"], part)
        restored = self.env["ar.writeoff.breakdown"]._prepare_share_part(
            line, part["key"], source, part
        )
        return {**part, **restored, "account_id": part["account_id"]}
