from odoo import api, models

from odoo.addons.ar_writeoff.models.trial import trial


class ArWriteoffPosting(models.AbstractModel):
    _inherit = "ar.writeoff.posting"

    @api.model
    def _post_lines(self, writeoff, lines, refuse, leave_draft=None):
        """Entries that a tier has to validate stay in draft, the others are posted."""
        held = lines.browse()
        if not (writeoff.leave_draft if leave_draft is None else leave_draft):
            held = self._get_lines_to_validate(writeoff, lines)
        if not held:
            return super()._post_lines(writeoff, lines, refuse, leave_draft)
        if others := lines - held:
            super()._post_lines(writeoff, others, refuse, leave_draft)
        return super()._post_lines(writeoff, held, refuse, leave_draft=True)

    def _get_lines_to_validate(self, writeoff, lines):
        """The lines of customers for whom an entry needs a validation.

        Only an entry can tell: it is made for a look, and taken back.

        :param writeoff: ``ar.writeoff``
        :param lines: its ``ar.writeoff.line`` records, locked
        :return: those of them whose entries must not be posted yet
        """
        # sudo: who writes off need not read the definitions of tiers
        tiers = self.env["tier.definition"].sudo()
        if not tiers.search_count([("model", "=", "account.move")], limit=1):
            return lines.browse()
        with trial(self.env), self.env["ar.writeoff.netting"]._netted(writeoff, lines, keep=True):
            own = lines.filtered(lambda line: not line._is_netted_only())
            self.env["ar.writeoff.breakdown"]._keep_plans(own)
            vals_list = self.env["ar.writeoff.entry"]._prepare_entries_vals(writeoff, own)
            entries = self._create_moves(vals_list).filtered("need_validation")
            customer_ids = set(entries.line_ids.writeoff_line_id.partner_id.ids)
        # What is netted waits with the entry: all of a customer, or nothing.
        return lines.filtered(lambda line: line.partner_id.id in customer_ids)
