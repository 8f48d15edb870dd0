from odoo import models

from ..models.configuration.ar_writeoff_customer_rule import CustomerRule


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        """The strictest rule of those who are merged holds: nobody merges it away."""
        rules = self._get_strictest_rules(src_partners | dst_partner)
        # sudo: core reads every field of them, also those of ours that a biller may not see
        result = super()._update_values(src_partners.sudo(), dst_partner.sudo())
        # sudo: whoever merges customers does not decide on rules, they keep them
        for company, rule in rules.items():
            dst_partner.sudo().with_company(company).write(
                {"writeoff_policy": rule.policy, "writeoff_limit": rule.limit}
            )
        return result

    def _get_strictest_rules(self, partners):
        """What these partners' own rules are together, where one of them forbids something.

        :param partners: ``res.partner`` records
        :return: dict ``res.company`` → ``CustomerRule``
        """
        # sudo: rules of companies the user cannot see are kept as well
        rules = {}
        for company in self.env["res.company"].sudo().search([("id", "!=", False)]):
            own = [
                CustomerRule(partner.writeoff_policy, partner.writeoff_limit, partner)
                for partner in partners.sudo().with_company(company)
                if partner.writeoff_policy in ("refused", "limited")
            ]
            if own:
                rules[company] = min(own, key=CustomerRule.get_rank)
        return rules

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        result = super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        # sudo: the register names customers, whoever merges them
        lines = self.env["ar.writeoff.line"].sudo()
        partners = self.env["res.partner"].browse(partner_ids).exists() | (
            dst_partner or self.env["res.partner"]
        )
        lines.search([("partner_id", "in", partners.ids)]).writeoff_id._refresh()
        return result
