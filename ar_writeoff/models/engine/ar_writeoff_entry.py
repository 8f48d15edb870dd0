import hashlib
import json

from odoo import Command, api, models
from odoo.tools import get_lang

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
        breakdowns = self.env["ar.writeoff.breakdown"]._get_breakdowns(lines)
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
        """What entries and reversal entries have in common, their lines apart.

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
