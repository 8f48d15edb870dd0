from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # Matching decides whether a write-off line is done: keep the documents in step.

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._get_writeoffs()._refresh()
        return partials

    def unlink(self):
        writeoffs = self._get_writeoffs()
        result = super().unlink()
        writeoffs._refresh()
        return result

    def _get_writeoffs(self):
        # sudo: whoever matches items need not see the register that follows from it
        lines = (self.debit_move_id | self.credit_move_id).sudo()
        return lines.writeoff_line_id.writeoff_id
