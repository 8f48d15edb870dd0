from odoo import api, models

from odoo.addons.ar_writeoff.models.problems import blocker, info


class ArWriteoffEligibility(models.AbstractModel):
    _inherit = "ar.writeoff.eligibility"

    @api.model
    def _get_rules(self):
        """What is above the user's limits is told before they confirm it."""
        rules = super()._get_rules()
        rules["hint"].append(self._inform_authority)
        return rules

    def _inform_authority(self, plan):
        if not plan.rows:
            return
        Authority = self.env["ar.writeoff.authority"]
        sums = Authority._get_sums(plan.rows)
        excess = self.env["ar.writeoff.limit"]._get_excess(self.env.user, sums)
        if message := Authority._get_refusal(excess):
            yield blocker("authority", message)
        elif why := Authority._get_why(excess, sums):
            message = self.env._(
                "%s Confirming it makes a request; nothing is posted before somebody approves it.",
                why,
            )
            yield info("authority", message)
