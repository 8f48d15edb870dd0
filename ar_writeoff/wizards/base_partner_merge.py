from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        result = super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        # sudo: the register names customers, whoever merges them
        lines = self.env["ar.writeoff.line"].sudo()
        partners = self.env["res.partner"].browse(partner_ids).exists() | (
            dst_partner or self.env["res.partner"]
        )
        lines.search([("partner_id", "in", partners.ids)]).writeoff_id._refresh()
        return result
