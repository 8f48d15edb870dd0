from collections import defaultdict

from odoo import Command, api, models

from ..amounts import AMOUNTS


class ArWriteoffReversalEntry(models.AbstractModel):
    """Values of the entry that undoes another: read off the ledger, with the opposite amounts."""

    _name = "ar.writeoff.reversal.entry"
    _description = "Reversal Entry of a Write-Off"

    @api.model
    def _prepare_reversal_vals(self, writeoff, lines, given_back, date, replacements):
        """Values of the reversal entries, one for each entry that is undone.

        :param writeoff: ``ar.writeoff``
        :param lines: its ``ar.writeoff.line`` records that are done
        :param list given_back: see ``_get_given_back``
        :param date date: accounting date
        :param dict replacements: archived ``account.account`` → the one to post on instead
        :return: list of values for ``account.move``
        """
        carriers = self.env["account.move.line"].union(*(carrier for *_what, carrier in given_back))
        carriers._read_at_once()
        by_entry = defaultdict(list)
        for given in given_back:
            by_entry[given[0].entry_id].append(given)
        return [
            self._prepare_reversal_entry_vals(
                writeoff, entry, own, by_entry[entry], date, replacements
            )
            for entry, own in lines.grouped("entry_id").items()
        ]

    def _prepare_reversal_entry_vals(self, writeoff, entry, lines, given_back, date, replacements):
        """Values of one reversal entry: the lines' shares of what its journal items carry.

        :param writeoff: ``ar.writeoff``
        :param entry: posted ``account.move``
        :param lines: ``ar.writeoff.line`` records that stand in it
        :param list given_back: of these lines, see ``_get_given_back``
        :param date date: accounting date
        :param dict replacements: archived ``account.account`` → the one to post on instead
        :return: values for ``account.move``
        """
        Entry = self.env["ar.writeoff.entry"]
        items = self._prepare_reversal_items(given_back, writeoff.currency_id)
        replaced = {old.id: new.id for old, new in replacements.items()}
        for vals in items.values():
            vals["account_id"] = replaced.get(vals["account_id"], vals["account_id"])
        return {
            **Entry._prepare_entry_head_vals(writeoff, lines, date, "reversal"),
            "journal_id": entry.journal_id.id,
            "line_ids": [Command.create(vals) for vals in items.values()],
        }

    @api.model
    def _prepare_reversal_items(self, given_back, currency):
        """Values of the items of a reversal entry, with the amounts that are given back.

        :param list given_back: see ``_get_given_back``
        :param currency: ``res.currency`` of the company
        :return: dict ``account.move.line`` that carries them (else a merge key) → values
        """
        Entry, merged = self.env["ar.writeoff.entry"], {}
        for line, part, carrier in given_back:
            key = carrier or Entry._get_merge_key(line, part)
            if key not in merged:
                merged[key] = (
                    self._prepare_reversal_line_vals(carrier)
                    if carrier
                    else Entry._prepare_writeoff_line_vals(line, part)
                )
            for name in AMOUNTS:
                merged[key][name] -= part.get(name, 0.0)
        return Entry._round_merged(merged, currency)

    @api.model
    def _get_given_back(self, lines):
        """What an undo gives back: the counterpart of each line, then what it was set against.

        :param lines: ``ar.writeoff.line`` records
        :return: list of tuples: line, part with its amounts, ``account.move.line`` that carries it
            (empty where none is known: what was planned counts then)
        """
        counterparts = [
            (
                line,
                {"amount_currency": -line.amount_currency, "balance": -line.amount},
                line._get_counterpart(),
            )
            for line in lines
        ]
        breakdowns = self.env["ar.writeoff.breakdown"]._get_breakdowns(lines)
        Carrier = self.env["ar.writeoff.carrier"]
        carriers = Carrier._get_carriers(lines, breakdowns)
        parts = [
            (line, part if carrier else Carrier._restore_part(line, part), carrier)
            for line in lines
            for part, carrier in zip(breakdowns[line], carriers[line], strict=True)
        ]
        parts.sort(key=lambda given: given[1]["kind"] == "transition")
        return [*counterparts, *parts]

    def _prepare_reversal_line_vals(self, carrier):
        """Values that repeat a journal item as it stands, whatever was planned; amounts still zero.

        :param carrier: posted ``account.move.line``
        :return: values for ``account.move.line``
        """
        vals = {
            "name": carrier.name,
            "account_id": carrier.account_id.id,
            "partner_id": carrier.partner_id.id,
            "product_id": carrier.product_id.id,
            "currency_id": carrier.currency_id.id,
            **dict.fromkeys(AMOUNTS, 0.0),
            # Given even if empty: the account's default taxes are not for losses.
            "tax_ids": [Command.set(carrier.tax_ids.ids)],
            "tax_tag_ids": [Command.set(carrier.tax_tag_ids.ids)],
            "tax_repartition_line_id": carrier.tax_repartition_line_id.id,
            "group_tax_id": carrier.group_tax_id.id,
            "display_type": carrier.display_type,
            "analytic_distribution": carrier.analytic_distribution or False,
            "writeoff_target_id": carrier.id,
        }
        if carrier.writeoff_line_id:
            vals["writeoff_line_id"] = carrier.writeoff_line_id.id
        return vals
