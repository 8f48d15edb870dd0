from markupsafe import Markup

from odoo import api, models


class ArWriteoffNote(models.AbstractModel):
    """What is left to read in the history of documents and write-offs, once something happened."""

    _name = "ar.writeoff.note"
    _description = "Notes on Write-Offs"

    @api.model
    def _log_on_documents(self, lines, verb):
        """Leave an internal note on each document. The reason is not in it: every biller reads it.

        :param lines: ``ar.writeoff.line`` records
        :param str verb: translated start of the note
        """
        bodies = {}
        for document, own in lines.filtered("move_id").grouped("move_id").items():
            bodies[document.id] = self.env._(
                "%(verb)s: %(amount)s (%(writeoff)s)",
                verb=verb,
                amount=own._format_amounts(),
                writeoff=Markup(", ").join(w._get_note_link() for w in own.writeoff_id),
            )
        if bodies:
            self.env["account.move"].browse(bodies)._message_log_batch(bodies)

    @api.model
    def _log_written_off(self, lines):
        """Leave an internal note on each document of which something was written off.

        :param lines: ``ar.writeoff.line`` records
        """
        self._log_on_documents(lines, self.env._("Written off"))

    @api.model
    def _log_reversal(self, writeoff, lines, comment, replacements):
        """Leave a note on a write-off of which something was undone.

        :param writeoff: ``ar.writeoff``
        :param lines: its ``ar.writeoff.line`` records that were undone
        :param str comment: why, if somebody said so
        :param dict replacements: archived ``account.account`` → the one that was posted on instead
        """
        amount = writeoff.currency_id.format(sum(lines.mapped("amount")))
        notes = [self.env._("Undone: %(amount)s.", amount=amount)]
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
        writeoff.sudo().message_post(body=" ".join(notes))
