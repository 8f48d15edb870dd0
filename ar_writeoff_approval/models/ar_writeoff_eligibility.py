from odoo import api, models


class ArWriteoffEligibility(models.AbstractModel):
    _inherit = "ar.writeoff.eligibility"

    @api.model
    def _get_rules(self):
        """What is above the user's limits is told before they confirm it."""
        rules = super()._get_rules()
        rules["hint"].append(self._inform_authority)
        return rules

    def _inform_authority(self, plan):
        # Of what was approved, the authority of whoever approved it was asked for.
        if not plan.rows or plan.writeoff.request_id:
            return
        Authority = self.env["ar.writeoff.authority"]
        yield from Authority._get_notices(Authority._get_sums(plan.rows))

    @api.model
    def _get_link(self, items):
        """A request keeps items, too."""
        if link := super()._get_link(items):
            return link
        # sudo: found for whoever may see it in the end
        reservations = self.env["ar.writeoff.reservation"].sudo()
        reservations = reservations.search([("item_id", "in", items.ids)])
        ids = reservations.request_line_id.request_id.ids
        requests = self.env["ar.writeoff.request"].search([("id", "in", ids)])
        name = self.env._("Open Request")
        return requests and (requests._get_records_action(name=name, context={}), name)
