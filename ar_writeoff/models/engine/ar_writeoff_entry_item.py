import json

from odoo import Command, api, models

from ..amounts import AMOUNTS


class ArWriteoffEntry(models.AbstractModel):
    """The journal items of an entry: counterparts, losses and taxes merged, transition cleared."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.entry"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_counterpart_vals(self, line):
        """Values of the receivable line that closes an open item. Its label is neutral: statements
        sent to the customer may show it.

        :param line: ``ar.writeoff.line``
        :return: values for ``account.move.line``
        """
        return {
            "name": self._with_customer_lang(line).env._("Adjustment %s", line.item_name),
            "account_id": line.account_id.id,
            # The item's own partner, perhaps a contact: their ledger closes as well.
            "partner_id": (line.item_id.partner_id or line.partner_id).id,
            "currency_id": line.currency_id.id,
            "amount_currency": -line.amount_currency,
            "balance": -line.amount,
            "tax_ids": [Command.clear()],
            "analytic_distribution": False,
            "writeoff_line_id": line._origin.id,
            "writeoff_target_id": line.item_id.id,
        }

    def _prepare_writeoff_lines_vals(self, breakdowns):
        """Values of the lines that carry loss, gain and tax, merged over the open items.

        :param dict breakdowns: ``ar.writeoff.line`` → parts
        :return: list of values for ``account.move.line``
        """
        return list(self._prepare_merged_vals(breakdowns).values())

    @api.model
    def _prepare_merged_vals(self, breakdowns):
        """Parts that make one journal item, added up; uncollected tax apart.

        :param dict breakdowns: ``ar.writeoff.line`` → parts
        :return: dict merge key → values for ``account.move.line``
        """
        merged = {}
        for line, parts in breakdowns.items():
            for part in parts:
                if part["kind"] == "transition":
                    continue
                key = self._get_merge_key(line, part)
                if key not in merged:
                    merged[key] = self._prepare_writeoff_line_vals(line, part)
                for name in AMOUNTS:
                    merged[key][name] += part.get(name, 0.0)
        lines = self.env["ar.writeoff.line"].union(*breakdowns)
        return self._round_merged(merged, lines.company_currency_id)

    @api.model
    def _round_merged(self, merged, company_currency):
        """Round sums, and leave out what comes to nothing.

        :param dict merged: key → values for ``account.move.line``, changed in place
        :param company_currency: ``res.currency``
        :return: dict, those that are left
        """
        for vals in merged.values():
            currency = self.env["res.currency"].browse(vals["currency_id"])
            vals["amount_currency"] = currency.round(vals["amount_currency"])
            for name in ("balance", "tax_base_amount"):
                vals[name] = company_currency.round(vals[name])
        kept = {
            key: vals for key, vals in merged.items() if vals["balance"] or vals["amount_currency"]
        }
        return self._split_opposite(kept)

    def _split_opposite(self, merged):
        """A journal item is debit or credit in both of its currencies: what is not, becomes two.

        So it is where a credit note at another rate took back more in one currency than in the
        other.

        :param dict merged: key → values for ``account.move.line``, rounded
        :return: dict, with a key more for each item that becomes two
        """
        result = {}
        for key, vals in merged.items():
            result[key] = vals
            if vals["balance"] * vals["amount_currency"] < 0.0:
                result[key, "currency"] = {**vals, "balance": 0.0, "tax_base_amount": 0.0}
                result[key] = {**vals, "amount_currency": 0.0}
        return result

    def _prepare_transition_lines_vals(self, breakdowns):
        """Values of the lines that clear uncollected tax: one for each line they close.

        :param dict breakdowns: ``ar.writeoff.line`` → parts
        :return: list of values for ``account.move.line``
        """
        return [
            self._prepare_transition_line_vals(line, part)
            for line, parts in breakdowns.items()
            for part in parts
            if part["kind"] == "transition"
        ]

    def _prepare_transition_line_vals(self, line, part):
        return {
            **self._prepare_writeoff_line_vals(line, part),
            "amount_currency": part["amount_currency"],
            "balance": part["balance"],
            "writeoff_line_id": line._origin.id,
            "writeoff_target_id": part["target_id"],
        }

    @api.model
    def _get_merge_key(self, line, part):
        """What parts of different items must share to be merged into one journal item.

        Losses and gains stay apart even on one account: nothing is netted by the way.

        :param line: ``ar.writeoff.line``
        :param dict part: of its breakdown
        :return: hashable
        """
        if part.get("carrier_id"):
            return part["carrier_id"]
        is_credit = (line.amount_currency or line.amount) < 0
        return (
            part["account_id"],
            line.partner_id,
            line.currency_id,
            line.reason_id,
            is_credit,
            self._get_signature(part),
            part.get("tax_repartition_line_id") or False,
            part.get("group_tax_id") or False,
            json.dumps(part.get("analytic_distribution"), sort_keys=True),
        )

    @api.model
    def _prepare_writeoff_line_vals(self, line, part):
        """Values of one write-off line, amounts still zero.

        :param line: ``ar.writeoff.line``
        :param dict part: of its breakdown
        :return: values for ``account.move.line``
        """
        label = self.env._("Write-off: %s", line.reason_id.name)
        vals = {
            "name": f"{label} ({part['name']})" if part.get("name") else label,
            "account_id": part["account_id"],
            "partner_id": line.partner_id.id,
            "currency_id": line.currency_id.id,
            **dict.fromkeys(AMOUNTS, 0.0),
            # Given even if empty: the account's default taxes are not for losses.
            "tax_ids": [Command.set(part.get("tax_ids", ()))],
            "tax_tag_ids": [Command.set(part.get("tax_tag_ids", ()))],
        }
        if "signature" in part:
            vals["signature"] = part["signature"]  # compared only: nobody makes items of rows
        if "analytic_distribution" in part:
            vals["analytic_distribution"] = part["analytic_distribution"]
        if part.get("tax_repartition_line_id"):
            vals.update(
                tax_repartition_line_id=part["tax_repartition_line_id"],
                group_tax_id=part.get("group_tax_id"),
                display_type="tax",  # or core would take it for an untaxed base
            )
        return vals
