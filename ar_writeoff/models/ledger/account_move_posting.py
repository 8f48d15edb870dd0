from contextlib import contextmanager

from odoo import fields, models

NUMBER_FIELDS = ("name", "sequence_prefix", "sequence_number")


class AccountMove(models.Model):
    """Posting, deleting, changing state: whoever does it and however, the write-off follows."""

    # A room of its own: the file of the model would be one of a thousand lines.
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def _post(self, soft=True):
        # sudo: who posts an entry need not see the register it belongs to
        own = self.sudo().filtered("writeoff_id")
        if not own:  # other people's entries are core's
            return super()._post(soft)
        own._check_draft_writeoff_entries(soft)
        own.line_ids._read_at_once()
        lines = own.line_ids.writeoff_line_id
        with own.sudo(False)._numbered_last():
            with lines._settling():
                posted = super()._post(soft)
                entries = posted.sudo().filtered("writeoff_id")  # sudo: as above
                entries.sudo(False).line_ids._reconcile_writeoff_lines()
            written_off = entries.filtered(lambda move: move.writeoff_role == "entry")
            self.env["ar.writeoff.note"]._log_written_off(written_off.line_ids.writeoff_line_id)
        return posted

    @contextmanager
    def _numbered_last(self):
        """Take the numbers of these entries of write-offs once all else is done.

        Whoever posts in the same journal waits from the first number to the commit, so what takes
        long comes before. Core numbers as ever, only later; where a hash is made of the number
        while posting, it is not put off.
        """
        late = self.filtered(lambda move: not move.restrict_mode_hash_table)
        if not late:
            yield
            return
        with self.env.protecting([self._fields["name"]], late):
            yield
            self.env.flush_all()  # else all that is pending would come after the first number
        numbers = [self._fields[name] for name in NUMBER_FIELDS]
        with self.env.protecting(numbers, late):
            late.with_context(skip_is_manually_modified=True)._compute_name()  # as core's posting
        late.modified(NUMBER_FIELDS)

    def _get_next_sequence_format(self):
        """The form of a number is looked up once for all entries of a day.

        It is kept with core's own memory of the numbers given, and goes with it.
        """
        if not self.sudo().writeoff_id:  # sudo: as above
            return super()._get_next_sequence_format()
        known = self._get_sequence_cache()
        key = "ar_writeoff", self.journal_id, self.date, self.move_type
        if key not in known:
            known[key] = super()._get_next_sequence_format()
        form, values = known[key]
        return form, dict(values)

    def _check_draft_writeoff_entries(self, soft):
        """Entries that waited in draft are checked again; those being posted at once just were.

        :param bool soft: as for ``_post``: entries of a later date stay in draft
        :raises UserError: see ``ar.writeoff.posting._check_draft_entry``
        """
        today = fields.Date.context_today(self)
        for move in self:
            if move._is_waiting_writeoff() and not (soft and move.date > today):
                move.env["ar.writeoff.posting"]._check_draft_entry(move)

    def unlink(self):
        if not self:  # core asks so all the time
            return super().unlink()
        # Here and not on delete: those checks are passed over by a key in the context.
        self._check_not_writeoff_entry("delete")
        # sudo: the answer must not depend on who asks
        self.sudo().writeoff_line_ids._check_none_stands()
        # sudo: the register follows the ledger, whoever changes the ledger
        writeoffs = self.sudo().writeoff_id
        self.env["ar.writeoff.share"]._delete_of(self)
        result = super().unlink()
        self.env["ar.writeoff.netting"]._cancel_waiting(writeoffs)
        writeoffs._refresh()
        return result

    def write(self, vals):
        if vals.get("state") == "posted":
            self._check_author_may_post()
        elif "state" in vals:
            self._check_may_leave()  # no call from outside passes by the buttons
        result = super().write(vals)
        if "state" in vals:
            # sudo: the register follows the ledger, whoever changes the ledger
            self.sudo().writeoff_id._refresh_after_ledger()
        return result

    def _is_waiting_writeoff(self):
        """Tell whether the entry was left in draft; those being posted at once were not: their
        lines are being settled.

        :return: bool
        """
        self.ensure_one()
        if self.writeoff_role != "entry" or self.state != "draft":
            return False
        # Counterparts that are written set-based are not there yet.
        lines = self.line_ids.writeoff_line_id or self.writeoff_id.line_ids
        return self.writeoff_id.leave_draft or not lines._is_any_settling()
