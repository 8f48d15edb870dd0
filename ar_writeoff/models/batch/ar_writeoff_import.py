import re
from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..problems import get_short_list
from ..rights import as_engine
from ..values import AMOUNT_MAX, is_text

AMOUNT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


@dataclass(eq=False)
class ImportedRow:
    """A row of a list, and what was found to it."""

    number: int  # of the row in the file
    name: str = ""
    amount_currency: str = ""
    reason: str = ""
    comment: str = ""
    currency: str = ""  # what stands beside the amount
    amount: float | None = None  # document currency; None: all that is open
    items: object = None  # open ``account.move.line`` records of its document
    parts: list = field(default_factory=list)  # tuples: item, amount in document currency
    reason_id: object = None  # ``ar.writeoff.reason``, if the row has one of its own
    errors: list = field(default_factory=list)


class ArWriteoffImport(models.AbstractModel):
    """A list of write-offs becomes candidates of a batch, or says what is wrong with each row.

    Everything is asked for all rows at once.
    """

    _name = "ar.writeoff.import"
    _description = "Import of a List of Write-Offs"

    @api.model
    def _check_can_import(self, batch):
        """Whether a batch takes a list.

        :param batch: ``ar.writeoff.batch``, possibly empty
        :raises AccessError: if the user may not write off
        :raises UserError: if there is no batch, or it is not in draft, or has selected items
        """
        self.env["ar.writeoff"]._check_authority()
        if not batch:
            raise UserError(
                self.env._("Open a batch write-off and press Import a List: no batch is chosen.")
            )
        batch._check_authority()
        batch._check_all_lines_visible()
        batch._check_is_draft()
        if not as_engine(batch).try_lock_for_update():
            raise UserError(self.env._("Somebody else works on %s right now.", batch.display_name))
        if batch.candidate_count and not batch.imported_on:
            raise UserError(
                self.env._(
                    "%s has open items that were found by filters: import the list into a new "
                    "batch.",
                    batch.display_name,
                )
            )

    # ------------------------------------------------------------------
    # What is wrong with a row
    # ------------------------------------------------------------------

    @api.model
    def _read(self, batch, rows):
        """Find what rows mean, or say what is wrong with them.

        :param batch: ``ar.writeoff.batch``
        :param list rows: ``ImportedRow``; changed in place
        """
        for row in rows:
            self._read_texts(row)
        self._find_documents(batch, rows)
        self._find_repeated(batch, rows)
        self._find_reasons(batch, rows)
        for row in rows:
            if row.items:
                self._read_decision(batch, row)

    def _read_texts(self, row):
        for text in (row.name, row.amount_currency, row.reason, row.comment):
            if not is_text(text):
                row.errors.append(self.env._("“%s” cannot be used here.", text))
        number, _space, currency = row.amount_currency.partition(" ")
        if not number:
            return
        if AMOUNT.fullmatch(number) and abs(float(number)) <= AMOUNT_MAX:
            row.amount, row.currency = float(number), currency
        else:
            row.errors.append(
                self.env._(
                    "%(document)s: “%(amount)s” is no amount.",
                    document=row.name,
                    amount=row.amount_currency,
                )
            )

    def _find_documents(self, batch, rows):
        found = self.env["ar.writeoff.lookup"]._find(
            [row.name for row in rows], self._get_companies(batch)
        )
        for row in rows:
            result = found[row.name]
            if not row.name:
                row.errors.append(
                    self.env._("Row %s has no document: enter its number.", row.number)
                )
            elif isinstance(result, dict):
                row.errors.append(result["message"])
            else:
                row.items = result

    def _get_companies(self, batch):
        """Whose documents a list may name: of the company, and of its branches that are active.

        :param batch: ``ar.writeoff.batch``
        :return: ``res.company``
        """
        # sudo: who belongs to a branch alone may not read its parents
        return self.env.companies.filtered(lambda c: batch.company_id in c.sudo().parent_ids)

    def _find_repeated(self, batch, rows):
        """A document is named once, in the file and in the batch, whatever it is called."""
        by_document = {}
        for row in rows:
            if row.items:
                by_document.setdefault(row.items.move_id, []).append(row)
        taken = as_engine(self.env["ar.writeoff.candidate"]).search(
            [("batch_id", "=", batch.id), ("move_id", "in", [move.id for move in by_document])]
        )
        taken = set(taken.move_id.ids)
        for document, own in by_document.items():
            name = document._get_writeoff_document_name()
            if document.id in taken:
                for row in own:
                    row.errors.append(self.env._("%s is in this batch already.", name))
            for row in own if len(own) > 1 else ():
                others = [str(other.number) for other in own if other != row]
                row.errors.append(
                    self.env._(
                        "%(document)s stands in row %(rows)s, too: leave one of them.",
                        document=name,
                        rows=get_short_list(self.env, others),
                    )
                )

    def _find_reasons(self, batch, rows):
        """A reason is called by its code, or by its name if that is no other one's."""
        if not any(row.reason for row in rows):
            return
        Reason, known = self.env["ar.writeoff.reason"], {}
        companies = self._get_companies(batch)
        for reason in Reason.search(Reason._check_company_domain(companies)):
            for rank, text in enumerate((reason.code, reason.name)):
                known.setdefault(text.strip().casefold(), ({}, {}))[rank][reason] = True
        for row in rows:
            by_code, by_name = known.get(row.reason.casefold(), ({}, {}))
            found = Reason.union(*(by_code or by_name))
            if row.reason and len(found) == 1:
                row.reason_id = found
            elif row.reason:
                row.errors.append(self._get_reason_message(row, found))

    def _get_reason_message(self, row, found):
        """Why a reason is not known.

        :param row: ``ImportedRow``
        :param found: ``ar.writeoff.reason`` records that are called so
        :return: str
        """
        names = {"document": row.name, "reason": row.reason}
        if not found:
            return self.env._(
                "%(document)s: “%(reason)s” is neither the code nor the name of a reason.", **names
            )
        return self.env._(
            "%(document)s: several reasons are called “%(reason)s”: %(reasons)s. Use the code of "
            "the one that is meant.",
            reasons=get_short_list(self.env, found.mapped("display_name")),
            **names,
        )

    def _read_decision(self, batch, row):
        """What is given up of a document that was found, and why.

        :param batch: ``ar.writeoff.batch``
        :param row: ``ImportedRow``; changed in place
        """
        Lookup, currency = self.env["ar.writeoff.lookup"], row.items.currency_id
        names = {"document": row.name, "amount": row.amount_currency}
        if row.currency and row.currency not in (currency.symbol, currency.name):
            message = self.env._(
                "%(document)s: “%(amount)s” is in another currency; %(currency)s is open.",
                currency=currency.name,
                **names,
            )
            row.errors.append(message)
        elif problem := Lookup._get_amount_problem(row.items, row.amount):
            row.errors.append(problem["message"])
        else:
            row.parts = Lookup._split(row.items, row.amount)
        if message := self._get_company_message(batch, row):
            row.errors.append(message)

    def _get_company_message(self, batch, row):
        """Whether there is a reason for each of its items that their company may use.

        :param batch: ``ar.writeoff.batch``
        :param row: ``ImportedRow``
        :return: str, empty if there is
        """
        for item, _amount in row.parts if not row.reason or row.reason_id else ():
            reason = row.reason_id or batch._get_reason_of(item)
            if not reason:
                return self.env._("%s: choose a reason, here or on the batch for all.", row.name)
            # sudo: a branch may use its parents' reasons
            if reason.company_id and reason.company_id not in item.company_id.sudo().parent_ids:
                return self.env._(
                    "%(document)s: the reason “%(reason)s” is not one of %(company)s.",
                    document=row.name,
                    reason=reason.display_name,
                    company=item.company_id.name,
                )
        return ""

    # ------------------------------------------------------------------
    # What becomes of them
    # ------------------------------------------------------------------

    @api.model
    def _add(self, batch, rows):
        """Put rows into the list of a batch, and say which of them the rules leave out.

        :param batch: ``ar.writeoff.batch``, see ``_check_can_import``
        :param list rows: ``ImportedRow`` without errors
        :return: list of int, ids of the first candidate of each row
        """
        vals_list = [
            self._prepare_candidate_vals(batch, row, item, amount)
            for row in rows
            for item, amount in row.parts
        ]
        candidates = as_engine(self.env["ar.writeoff.candidate"]).create(vals_list)
        as_engine(batch).write({"imported_on": fields.Datetime.now(), "selected_on": False})
        self.env["ar.writeoff.choice"]._take_in(batch, candidates)
        self.env["ar.writeoff.selection"]._leave_out_beyond_run(batch)
        as_engine(batch)._message_log(
            body=self.env._(
                "A list was imported: %(rows)s documents, %(items)s open items.",
                rows=batch._format_count(len(rows)),
                items=batch._format_count(len(candidates)),
            )
        )
        firsts = {candidate.item_id.id: candidate.id for candidate in candidates}
        return [firsts[row.parts[0][0].id] for row in rows]

    def _prepare_candidate_vals(self, batch, row, item, amount_currency):
        """Values of the candidate that takes an amount of an open item. Extension point.

        :param batch: ``ar.writeoff.batch``
        :param row: ``ImportedRow``
        :param item: ``account.move.line`` of its document
        :param float amount_currency: document currency, sign of the residual
        :return: values for ``ar.writeoff.candidate``
        """
        return {
            **self.env["ar.writeoff.choice"]._prepare_candidate_vals(
                batch, item, amount_currency, row.reason_id, row.comment
            ),
            "imported_as": row.name,
            "has_own_reason": bool(row.reason_id),
            "requested_currency": 0.0 if row.amount is None else amount_currency,
            # Until the rules were asked.
            "state": "left_out",
        }
