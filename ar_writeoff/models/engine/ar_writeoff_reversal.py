from odoo import api, fields, models
from odoo.fields import Domain

from ..line_states import LIVE_STATES, TAKEN_STATES
from ..problems import blocker, raise_blockers
from ..rights import as_engine


class ArWriteoffReversal(models.AbstractModel):
    """Undoing a write-off: a reversal entry of what stands in the ledger; nothing is deleted."""

    _name = "ar.writeoff.reversal"
    _description = "Undoing a Write-Off"

    @api.model
    def _reverse(self, writeoff, lines, request, is_all=None):
        """Give back what is still written off.

        :param writeoff: ``ar.writeoff``, in the environment of who undoes it
        :param lines: ``ar.writeoff.line`` records to undo; others than its own do not count
        :param request: ``UndoRequest``; what replaces accounts that are not archived is left out
        :param bool is_all: whether customers of whom all was matched are concerned, too; if not
            given, once nothing is left of this write-off
        :return: posted reversal entries (``account.move``)
        :raises AccessError: if the user may not write off
        :raises UserError: if there is nothing to undo, the date is locked, or an account is
            archived that is not replaced
        """
        writeoff.ensure_one()
        writeoff._check_authority()
        writeoff._check_all_lines_visible()
        lines = (lines & writeoff.line_ids).filtered(lambda line: line.state in LIVE_STATES)
        self._check_something_left(writeoff, lines, request)
        # What is written off now; afterwards it is not.
        others = writeoff.line_ids.filtered(lambda line: line.state in TAKEN_STATES) - lines
        lines.item_id._lock_writeoff_items()
        self._raise_undo_blockers(lines, request)
        archived = self.env["ar.writeoff.archived.account"]._get_archived_accounts(lines)
        replacements = {old: new for old, new in request.replacements.items() if old in archived}
        reversals = self._post_reversals(writeoff, lines, request.date, replacements)
        if request.with_netting:
            # Once nothing is left, also of customers whose credits closed everything.
            is_all = not others if is_all is None else is_all
            self._unnet(writeoff, writeoff.line_ids.partner_id if is_all else lines.partner_id)
        Note = self.env["ar.writeoff.note"]
        Note._log_on_documents(lines, self.env._("Write-off undone"))
        Note._log_reversal(writeoff, lines, request.comment, replacements)
        return reversals

    @api.model
    def _check_something_left(self, target, lines, request):
        """Refuse an undo that would do nothing.

        :param target: ``ar.writeoff`` or ``ar.writeoff.batch``
        :param lines: ``ar.writeoff.line`` records of it that can be undone
        :param request: ``UndoRequest``
        :raises UserError: if there is none, and no matching to take back either
        """
        if not lines and not (request.with_netting and target._get_netting()):
            message = self.env._("Nothing of write-off %s is left to undo.", target.display_name)
            raise_blockers([blocker("nothing_left", message)])

    def _post_reversals(self, writeoff, lines, date, replacements):
        Reversal = self.env["ar.writeoff.reversal.entry"]
        with as_engine(lines)._settling():
            # Before the matches go: what undoes the write-off is what allows it.
            given_back = Reversal._get_given_back(lines)
            vals_list = Reversal._prepare_reversal_vals(
                writeoff, lines, given_back, date, replacements
            )
            reversals = self.env["ar.writeoff.posting"]._create_moves(vals_list)
            self.env["ar.writeoff.carrier"]._create_reversed_shares(reversals, given_back)
            self._unmatch(lines)
            reversals._post(soft=False)
        return reversals

    def _unmatch(self, lines):
        """Take the counterparts off their items; what is matched by other means stays.

        :param lines: ``ar.writeoff.line`` records to undo
        """
        matches = lines._get_matches().with_context(
            skip_invoice_sync=True,  # it changes no line of an invoice
            tracking_disable=True,  # one note for each document is logged instead
            mail_notrack=True,
        )
        matches.unlink()
        # Computed while tracking is off, as when it was written off.
        lines.move_id.with_context(tracking_disable=True).mapped("payment_state")

    def _unnet(self, writeoff, customers):
        """Open again what was matched first.

        :param writeoff: ``ar.writeoff``
        :param customers: ``res.partner``
        """
        writeoff.netting_ids.filtered(
            lambda match: match.debit_move_id.partner_id.commercial_partner_id in customers
        ).unlink()
        writeoff = as_engine(writeoff)
        lines = writeoff.line_ids
        done = lines.filtered(lambda line: line.netting == "done" and line.partner_id in customers)
        done.netting = "undone"
        writeoff._refresh()

    # ------------------------------------------------------------------
    # What speaks against it
    # ------------------------------------------------------------------

    @api.model
    def _raise_undo_blockers(self, lines, request):
        """Refuse what cannot be undone like this.

        :param lines: ``ar.writeoff.line`` records to undo
        :param request: ``UndoRequest``
        :raises UserError: if an account is archived that is not replaced, the date is locked, or
            more of an invoice would be taken back than was invoiced
        """
        Archived = self.env["ar.writeoff.archived.account"]
        raise_blockers([*Archived._check_archived_accounts(lines, request.replacements)])
        raise_blockers([*self._check_lock_dates(lines, request.date)])
        raise_blockers([*self._check_credited_again(lines)])

    def _check_lock_dates(self, lines, date):
        """The date must be open wherever an entry gives something back.

        :param lines: ``ar.writeoff.line`` records to undo
        :param date date: accounting date
        """
        Eligibility = self.env["ar.writeoff.eligibility"]
        for (company, journal), has_tax in self._get_kinds_of_entries(lines).items():
            yield from Eligibility._check_lock_dates_of(company, date, journal, has_tax)

    @api.model
    def _get_kinds_of_entries(self, lines):
        """In which companies and journals these lines stand, and whether with tax: asked at once,
        however many entries there are.

        :param lines: ``ar.writeoff.line`` records
        :return: dict (``res.company``, ``account.journal``) → bool
        """
        items, entries = self.env["account.move.line"], self._get_entries_domain(lines)
        is_taxed = (
            Domain("tax_ids", "!=", False)
            | Domain("tax_line_id", "!=", False)
            | Domain("tax_tag_ids.applicability", "=", "taxes")
        )
        pairs = items._read_group(entries, ["company_id", "journal_id"])
        taxed = items._read_group(entries & is_taxed, ["company_id", "journal_id"])
        return {pair: pair in taxed for pair in pairs}

    @api.model
    def _get_open_date(self, lines):
        """The first day from today on that is open wherever these lines stand.

        :param lines: ``ar.writeoff.line`` records
        :return: date
        """
        groups = lines._read_group([("id", "in", lines.ids)], ["company_id"])
        companies = self.env["res.company"].union(*(company for (company,) in groups))
        companies = companies or self.env.company
        has_tax = any(self._get_kinds_of_entries(lines).values())
        return companies._get_writeoff_open_date(fields.Date.context_today(self), has_tax)

    @api.model
    def _get_entries_domain(self, lines):
        """The journal items of the entries in which lines stand.

        :param lines: ``ar.writeoff.line`` records
        :return: ``Domain`` on ``account.move.line``
        """
        own = self.env["account.move.line"]._search([("writeoff_line_id", "in", lines.ids)])
        return Domain("move_id", "in", own.subselect("move_id")) & Domain(
            "move_id.writeoff_role", "=", "entry"
        )

    def _check_credited_again(self, lines):
        """A credit note that is claimed again takes back what its document gave up meanwhile.

        :param lines: ``ar.writeoff.line`` records to undo
        """
        Correction = self.env["ar.writeoff.correction"]
        # sudo: the answer must not depend on who asks
        credit_notes = (
            self.env["account.move"]
            .sudo()
            .search([("writeoff_line_ids", "in", lines.ids), ("reversed_entry_id", "!=", False)])
        )
        documents = credit_notes.reversed_entry_id
        excess = Correction._get_excess(documents, undone=lines)
        for document, (notes, _figures) in excess.items():
            yield blocker(
                "over_credited",
                self.env._(
                    "With %(notes)s claimed again, more would be taken back than was invoiced.\n"
                    "%(figures)s\nUndo what is written off of %(document)s first.",
                    notes=", ".join(notes.mapped("display_name")),
                    figures=Correction._get_figures_text({document: excess[document]}),
                    document=document.display_name,
                ),
            )
