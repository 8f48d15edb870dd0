from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rights import check_engine_alone

# The link is the engine's: an undo takes back what it points to.
LINK_FIELDS = {"writeoff_id"}


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    writeoff_id = fields.Many2one(
        "ar.writeoff",
        string="Netted by Write-Off",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    # Matching decides whether a write-off line is done: keep the documents in step.

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_engine_alone(self, vals, LINK_FIELDS)
        partials = super().create(vals_list)
        partials._check_unlinked_credit_notes()
        partials._get_writeoffs()._refresh_after_ledger()
        (partials.debit_move_id | partials.credit_move_id).move_id._follow_matches()
        return partials

    def write(self, vals):
        check_engine_alone(self, vals, LINK_FIELDS)
        return super().write(vals)

    def _check_unlinked_credit_notes(self):
        """A credit note made for no document corrects those it is matched with.

        :raises UserError: see ``account.move._check_over_credited``
        """
        # sudo: the answer must not depend on who asks
        own = self.sudo().filtered(
            lambda match: (
                match.credit_move_id.move_id.move_type == "out_refund"
                and not match.credit_move_id.move_id.reversed_entry_id
            )
        )
        documents, credit_notes = own.debit_move_id.move_id, own.credit_move_id.move_id
        documents.sudo(False)._check_over_credited(credit_notes.sudo(False))

    def unlink(self):
        if not self:  # core asks so all the time
            return super().unlink()
        self._check_uncollected_tax()
        writeoffs = self._get_writeoffs()
        # Core looks for payments match by match: read them at once.
        moves = (self.debit_move_id | self.credit_move_id).move_id
        moves.mapped("matched_payment_ids")
        # sudo: whoever unmatches items need not see what follows from it
        written_off = moves.sudo().filtered("writeoff_amount").sudo(False)
        result = super().unlink()
        writeoffs._refresh_after_ledger()
        written_off._follow_matches()
        return result

    def _check_uncollected_tax(self):
        """Matched again by hand, on-payment tax would fall due that nobody collected.

        :raises UserError: naming the entry and its write-off
        """
        # sudo: the answer must not depend on who asks
        items = (self.debit_move_id | self.credit_move_id).sudo()
        ids = set(items.ids)
        for item in items.filtered(lambda item: item.writeoff_target_id.id in ids):
            line = item.writeoff_line_id
            has_transition = "transition" in line.share_ids.mapped("kind")
            if has_transition and not line._is_being_reversed():
                raise UserError(
                    self.env._(
                        "%(entry)s wrote off %(item)s and the uncollected tax on it. Do not "
                        "unreconcile it: open write-off %(writeoff)s and press Undo.",
                        entry=item.move_id.display_name,
                        item=line.item_name,
                        writeoff=line.writeoff_id.name,
                    )
                )

    def _get_writeoffs(self):
        # sudo: whoever matches items need not see the register that follows from it
        lines = (self.debit_move_id | self.credit_move_id).sudo()
        return lines.writeoff_line_id.writeoff_id
