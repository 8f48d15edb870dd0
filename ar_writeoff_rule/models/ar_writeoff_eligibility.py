from odoo import api, models

from odoo.addons.ar_writeoff.models.problems import blocker
from odoo.addons.ar_writeoff.models.rights import as_engine


class ArWriteoffEligibility(models.AbstractModel):
    _inherit = "ar.writeoff.eligibility"

    @api.model
    def _get_rules(self):
        """What is in no cell of a rule's grid is left out, by name."""
        rules = super()._get_rules()
        rules["decision"].append(self._check_in_grid)
        return rules

    def _check_in_grid(self, plan):
        rule = as_engine(plan.writeoff.batch_id).rule_run_id.rule_id
        if not rule.cell_ids or plan.entry:
            return
        for row in plan.fit.filtered(lambda row: not row.item_id._is_writeoff_credit()):
            # sudo: what the grid says does not depend on who asks
            if not rule._get_cell(row.item_id.sudo()):
                message = self.env._(
                    "%(item)s: its age and amount are in no cell of the rule “%(rule)s”.",
                    item=row.item_name,
                    rule=rule.name,
                )
                yield blocker("grid", message, row.item_id)
