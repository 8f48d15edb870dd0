from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..engine.ar_writeoff_correction import CORRECTED_TYPES
from ..line_states import TAKEN_STATES


class OverCreditedError(RedirectWarning, UserError):
    """A refusal with the way out; for whatever runs in the background, a user's error like others.

    The web client knows by the context how to show it.
    """

    http_status = UserError.http_status
    context = {"exception_class": "odoo.exceptions.RedirectWarning"}

    def __init__(self, message, action, button_text):
        Exception.__init__(self, message, action, button_text, None)

    def __str__(self):
        return self.args[0]


class AccountMove(models.Model):
    """Credit notes of written-off documents: refused where they would give back twice."""

    # A room of its own: the file of the model would be one of a thousand lines.
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def _post(self, soft=True):
        self._check_credited_after_writeoff(soft)
        return super()._post(soft)

    def _check_credited_after_writeoff(self, soft):
        """Judge the credit notes that were made for a document, before anything is posted.

        :param bool soft: as for ``_post``: entries of a later date stay in draft
        :raises UserError: see ``_check_over_credited``
        """
        today = fields.Date.context_today(self)
        credit_notes = self.filtered(
            lambda move: move.reversed_entry_id and not (soft and move.date > today)
        )
        credit_notes.reversed_entry_id._check_over_credited(credit_notes)

    def _check_over_credited(self, credit_notes):
        """Refuse credit notes that take back of these documents what was given up already.

        :param credit_notes: ``account.move``, about to be posted or just matched
        :raises UserError: with the figures; leads those to the write-offs who may see them
        """
        documents = self.filtered(lambda move: move.move_type in CORRECTED_TYPES)
        if not documents:
            return
        # sudo: the answer must not depend on who asks
        lines = self.env["ar.writeoff.line"].sudo()
        lines = lines.search([("move_id", "in", documents.ids), ("state", "in", TAKEN_STATES)])
        if not lines:
            return
        Correction = self.env["ar.writeoff.correction"]
        excess = Correction._get_excess(
            documents & lines.move_id, posting=credit_notes.filtered("reversed_entry_id")
        )
        if excess:
            writeoffs = lines.filtered(lambda line: line.move_id in excess).writeoff_id
            credit_notes._refuse_over_credited(Correction._get_figures_text(excess), writeoffs)

    def _refuse_over_credited(self, figures, writeoffs):
        message = self.env._(
            "%(credit_notes)s: with it, more is taken back than was invoiced.\n%(figures)s\nUndo "
            "%(writeoffs)s first (delete its entry if that is in draft), or credit less.",
            credit_notes=", ".join(self.mapped("display_name")),
            figures=figures,
            writeoffs=", ".join(writeoffs.mapped("name")),
        )
        visible = self.env["ar.writeoff"]
        if visible.has_access("read"):
            visible = visible.search([("id", "in", writeoffs.ids)])
        if not visible:
            raise UserError(message)
        action = visible._get_records_action(name=self.env._("Write-Offs"), context={})
        raise OverCreditedError(message, action, self.env._("Open Write-Off"))
