import hashlib
import json

from odoo import Command, api, models
from odoo.tools import get_lang

from ..amounts import AMOUNTS

COMPARED_FIELDS = (
    "account_id",
    "partner_id",
    "currency_id",
    "writeoff_line_id",
    "amount_currency",
    "balance",
    "tax_ids",
    "tax_tag_ids",
    "tax_repartition_line_id",
)


class ArWriteoffEntry(models.AbstractModel):
    """How the journal entries of a write-off look: pure values, for preview and posting alike."""

    _name = "ar.writeoff.entry"
    _description = "Journal Entries of a Write-Off"

    @api.model
    def _get_entry_key(self, writeoff, line):
        """What lines must share to stand in one entry: the company, and what the grouping says.

        :param writeoff: ``ar.writeoff``, saved or new
        :param line: ``ar.writeoff.line``
        :return: hashable
        """
        if writeoff.grouping == "one":
            return (line.company_id,)
        if writeoff.grouping == "document":
            return line.company_id, line.partner_id, line.move_id
        return line.company_id, line.partner_id

    @api.model
    def _prepare_entries_vals(self, writeoff, lines):
        """Values of the journal entries that write off these lines.

        Read by the preview and by posting, so that what was shown is what is posted.

        :param writeoff: ``ar.writeoff``, saved or new
        :param lines: ``ar.writeoff.line`` records, saved or new
        :return: list of values for ``account.move``
        """
        return [
            self._prepare_entry_vals(writeoff, own, writeoff.accounting_date)
            for own in lines.grouped(lambda line: self._get_entry_key(writeoff, line)).values()
        ]

    @api.model
    def _prepare_entry_vals(self, writeoff, lines, date, entry=None):
        """Values of one entry: a counterpart per open item, then the merged write-off lines.

        :param writeoff: ``ar.writeoff``, saved or new
        :param lines: ``ar.writeoff.line`` records of one company
        :param date date: accounting date
        :param entry: the draft ``account.move`` these lines stand in already, if there is one: its
            journal counts, not today's setting
        :return: values for ``account.move``
        """
        company = lines.company_id
        breakdowns = lines._get_breakdowns()
        return {
            **self._prepare_entry_head_vals(writeoff, lines, date, "entry"),
            "journal_id": (entry.journal_id if entry else self._get_journal(company)).id,
            "line_ids": [
                Command.create(vals)
                for vals in (
                    *(self._prepare_counterpart_vals(line) for line in lines),
                    *self._prepare_writeoff_lines_vals(breakdowns),
                    *self._prepare_transition_lines_vals(breakdowns),
                )
            ],
        }

    @api.model
    def _prepare_entry_head_vals(self, writeoff, lines, date, role):
        """What entries and counter entries have in common, their lines apart.

        :param writeoff: ``ar.writeoff``, saved or new
        :param lines: ``ar.writeoff.line`` records of one company
        :param date date: accounting date
        :param str role: ``entry`` or ``reversal``
        :return: values for ``account.move``
        """
        return {
            "move_type": "entry",
            "company_id": lines.company_id.id,
            "date": date,
            "ref": self._get_entry_ref(writeoff, lines, role),
            "partner_id": lines.partner_id.id if len(lines.partner_id) == 1 else False,
            "writeoff_id": writeoff._origin.id,
            "writeoff_role": role,
        }

    @api.model
    def _get_journal(self, company):
        """Journal for the write-offs of a company.

        :param company: ``res.company``
        :return: ``account.journal``, empty if none is set
        """
        return company._get_writeoff_parameter("writeoff_journal_id")

    def _get_line_key(self, vals):
        """What tells journal items of an entry apart, amounts aside.

        :param dict vals: values of ``account.move.line``, as they are read or as they are planned
        :return: tuple
        """
        return (
            vals["account_id"],
            vals["partner_id"] or 0,
            vals["currency_id"],
            vals.get("writeoff_line_id") or 0,
            vals.get("tax_repartition_line_id") or 0,
            self._get_signature(vals),
        )

    @api.model
    def _get_signature(self, vals):
        """Taxes and boxes of a journal item, as a hash: what a row of the register keeps of them.

        :param dict vals: of ``account.move.line`` as read or planned, or a part of a plan
        :return: str, empty without taxes and boxes
        """
        if "signature" in vals:
            return vals["signature"] or ""
        linked = [self._get_linked_ids(vals.get(name, ())) for name in ("tax_ids", "tax_tag_ids")]
        if not any(linked):
            return ""
        return hashlib.sha256(json.dumps(linked).encode()).hexdigest()[:32]

    def _get_entry_ref(self, writeoff, lines, role):
        """Reference of an entry. Statements sent to the customer show it: it is neutral. The number
        of the write-off is on the entry's link, that of its batch is in it.

        :param writeoff: ``ar.writeoff``, saved or new
        :param lines: ``ar.writeoff.line`` records of the entry
        :param str role: ``entry`` or ``reversal``
        :return: str, in the customer's language
        """
        env = self._with_customer_lang(lines).env
        ref = env._("Adjustment") if role == "entry" else env._("Adjustment taken back")
        # Of before batches had numbers of their own: it is the write-off's, and on the link.
        batch = writeoff.batch_id
        return f"{ref} {batch.name}" if batch and batch.name != writeoff.name else ref

    def _with_customer_lang(self, lines):
        """This model in the language of what customers read: their own, else the company's.

        :param lines: ``ar.writeoff.line`` records of one company
        :return: this model
        """
        partner = lines.partner_id if len(lines.partner_id) == 1 else lines.company_id.partner_id
        return self.with_context(lang=get_lang(self.env, partner.lang).code)

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
        vals_list = list(self._prepare_merged_vals(breakdowns).values())
        if not self._has_analytic_models():
            for vals in vals_list:
                vals.setdefault("analytic_distribution", False)
        return vals_list

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

    def _has_analytic_models(self):
        """Whether core could distribute a line by itself: it asks for each line anew.

        :return: bool
        """
        # sudo: core finds models of other companies, too, and leaves them aside
        return bool(
            self.env["account.analytic.distribution.model"].sudo().search_count([], limit=1)
        )

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

    # ------------------------------------------------------------------
    # Comparing
    # ------------------------------------------------------------------

    @api.model
    def _get_comparable(self, vals, company_currency):
        """What must stay as planned on a journal item, in a form that can be compared.

        :param dict vals: values of ``account.move.line``
        :param company_currency: ``res.currency``
        :return: tuple
        """
        return *self._get_line_key(vals), *self._get_money(vals, company_currency)

    @api.model
    def _get_money(self, vals, company_currency):
        """The amounts of a journal item, rounded: nobody can edit those of a posted one.

        :param dict vals: values of ``account.move.line``
        :param company_currency: ``res.currency``
        :return: tuple: currency id, document currency, company currency
        """
        currency = self.env["res.currency"].browse(vals["currency_id"])
        return (
            currency.id,
            currency.round(vals["amount_currency"]),
            company_currency.round(vals["balance"]),
        )

    @api.model
    def _get_linked_ids(self, value):
        """Ids of a many-to-many value, as it is read or as it is planned.

        :param value: list of ids, or of one command that replaces all
        :return: sorted list of ids
        """
        ids = []
        for item in value:
            ids += [item] if isinstance(item, int) else item[2] or []
        return sorted(ids)
