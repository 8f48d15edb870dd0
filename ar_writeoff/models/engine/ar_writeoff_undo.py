from odoo import Command, models
from odoo.exceptions import UserError

from ..amounts import AMOUNTS
from ..line_states import LIVE_STATES, TAKEN_STATES
from ..problems import blocker, raise_blockers


class ArWriteoffUndoMixin(models.AbstractModel):
    """Undoing a write-off: a counter entry of what stands in the ledger; nothing is deleted."""

    _name = "ar.writeoff.undo.mixin"
    _description = "Undoing a Write-Off"

    def _reverse(
        self,
        date,
        lines=None,
        comment=None,
        with_netting=False,
        replacements=None,
        is_all=None,
    ):
        """Give back what is still written off.

        :param date date: accounting date of the counter entries
        :param lines: ``ar.writeoff.line`` records to undo; all that are left, if not given
        :param str comment: why, for the history
        :param bool with_netting: take back, too, the matching of the customers' own credits
        :param dict replacements: archived ``account.account`` → the one to post on instead
        :param bool is_all: whether customers of whom all was matched are concerned, too; if not
            given, once nothing is left of this write-off
        :return: posted counter entries (``account.move``)
        :raises AccessError: if the user may not write off
        :raises UserError: if there is nothing to undo, the date is locked, or an account is
            archived that is not replaced
        """
        self.ensure_one()
        self._check_authority()
        self._check_all_lines_visible()
        lines = (self.line_ids if lines is None else lines & self.line_ids).filtered(
            lambda line: line.state in LIVE_STATES
        )
        others = self.line_ids.filtered(lambda line: line.state in TAKEN_STATES)
        is_all = not others - lines if is_all is None else is_all
        if not lines and not (with_netting and self.netting_ids):
            raise UserError(
                self.env._("Nothing of write-off %s is left to undo.", self.name),
            )
        lines._lock_items()
        self._raise_undo_blockers(lines, date, replacements)
        archived = self._get_archived_accounts(lines)
        replacements = {old: new for old, new in (replacements or {}).items() if old in archived}
        # sudo: the register is the engine's; authority was checked before
        with lines.sudo()._settling():
            # Before the matches go: what undoes the write-off is what allows it.
            given_back = self._get_given_back(lines)
            vals_list = self._prepare_reversal_vals(lines, date, replacements)
            counter_entries = self.env["ar.writeoff.posting"]._create_moves(vals_list)
            lines._create_reversed_shares(counter_entries, given_back)
            lines._unmatch_items()
            counter_entries._post(soft=False)
        if with_netting:
            # Once nothing is left, also of customers whose credits closed everything.
            self._unnet(self.line_ids.partner_id if is_all else lines.partner_id)
        lines._log_on_documents(self.env._("Write-off undone"))
        self._log_reversal(lines, comment, replacements)
        return counter_entries

    def _unnet(self, customers):
        """Open again what was matched first.

        :param customers: ``res.partner``
        """
        self.netting_ids.filtered(
            lambda match: match.debit_move_id.partner_id.commercial_partner_id in customers
        ).unlink()
        # sudo: the register is the engine's; authority was checked before
        lines = self.sudo().line_ids
        lines.filtered(lambda line: line.partner_id in customers).is_netted = False
        self.sudo()._refresh()  # sudo: as above

    def _reverse_or_schedule(
        self, date, lines, comment=None, with_netting=False, replacements=None
    ):
        """Undo few lines at once, many in the background; see ``_reverse`` and ``ar.writeoff.run``.

        :param date date: accounting date of the counter entries
        :param lines: ``ar.writeoff.line`` records to undo
        :param str comment: why, for the history
        :param bool with_netting: take back, too, the matching of the customers' own credits
        :param dict replacements: archived ``account.account`` → the one to post on instead
        :raises AccessError, UserError: see ``_reverse``
        """
        self.ensure_one()
        request = {"date": date, "comment": comment, "with_netting": with_netting}
        self.env["ar.writeoff.undo.runner"]._start(
            self, lines & self.line_ids, request, replacements or {}
        )

    def _raise_undo_blockers(self, lines, date, replacements):
        raise_blockers([*self._check_archived_accounts(lines, replacements or {})])
        for entry in lines.entry_id:
            has_tax = bool(entry._affect_tax_report())
            locks = self.env["ar.writeoff.eligibility"]._check_lock_dates_of(
                entry.company_id, date, entry.journal_id, has_tax
            )
            raise_blockers([*locks])
        raise_blockers([*self._check_credited_again(lines)])

    def _check_credited_again(self, lines):
        """A credit note that is claimed again takes back what its document gave up meanwhile.

        :param lines: ``ar.writeoff.line`` records to undo
        """
        Correction = self.env["ar.writeoff.correction"]
        # sudo: the answer must not depend on who asks
        documents = lines.sudo().move_id.reversed_entry_id
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

    def _prepare_reversal_vals(self, lines, date, replacements=None):
        """Values of the counter entries, one for each entry that is undone.

        :param lines: ``ar.writeoff.line`` records that are done
        :param date date: accounting date
        :param dict replacements: archived ``account.account`` → the one to post on instead
        :return: list of values for ``account.move``
        """
        return [
            self._prepare_counter_entry_vals(entry, entry_lines, date, replacements or {})
            for entry, entry_lines in lines.grouped("entry_id").items()
        ]

    def _prepare_counter_entry_vals(self, entry, lines, date, replacements):
        """Values of one counter entry: the lines' shares of what its journal items carry.

        :param entry: posted ``account.move``
        :param lines: ``ar.writeoff.line`` records that stand in it
        :param date date: accounting date
        :param dict replacements: archived ``account.account`` → the one to post on instead
        :return: values for ``account.move``
        """
        merged = self._prepare_counter_items(self._get_given_back(lines))
        replaced = {old.id: new.id for old, new in replacements.items()}
        for vals in merged.values():
            vals["account_id"] = replaced.get(vals["account_id"], vals["account_id"])
        return {
            **self.env["ar.writeoff.entry"]._prepare_entry_head_vals(self, lines, date, "reversal"),
            "journal_id": entry.journal_id.id,
            "line_ids": [Command.create(vals) for vals in merged.values()],
        }

    def _prepare_counter_items(self, given_back):
        """Values of the items of a counter entry, with the amounts that are given back.

        :param list given_back: see ``_get_given_back``
        :return: dict ``account.move.line`` that carries them (else a merge key) → values
        """
        Entry, merged = self.env["ar.writeoff.entry"], {}
        for line, part, carrier in given_back:
            key = carrier or Entry._get_merge_key(line, part)
            if key not in merged:
                merged[key] = (
                    self._prepare_counter_line_vals(carrier)
                    if carrier
                    else Entry._prepare_writeoff_line_vals(line, part)
                )
            for name in AMOUNTS:
                merged[key][name] -= part.get(name, 0.0)
        return Entry._round_merged(merged, self.currency_id)

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
        breakdowns = lines._get_breakdowns()
        carriers = lines._get_carriers(breakdowns)
        parts = [
            (line, part if carrier else line._restore_part(part), carrier)
            for line in lines
            for part, carrier in zip(breakdowns[line], carriers[line], strict=True)
        ]
        parts.sort(key=lambda given: given[1]["kind"] == "transition")
        return [*counterparts, *parts]

    def _prepare_counter_line_vals(self, carrier):
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

    def _log_reversal(self, lines, comment, replacements):
        notes = [
            self.env._(
                "Undone: %(amount)s.", amount=self.currency_id.format(sum(lines.mapped("amount")))
            )
        ]
        notes += [
            self.env._(
                "%(old)s is archived: given back on %(new)s.",
                old=old.display_name,
                new=new.display_name,
            )
            for old, new in replacements.items()
        ]
        if comment:
            notes.append(comment)
        # sudo: users hold read access on the register; the note says who did it
        self.sudo().message_post(body=" ".join(notes))
