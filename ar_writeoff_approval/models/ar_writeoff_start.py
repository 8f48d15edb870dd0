from odoo import api, models

from odoo.addons.ar_writeoff.models.rights import as_engine


class ArWriteoffStart(models.AbstractModel):
    _inherit = "ar.writeoff.start"

    @api.model
    def _check_can_run(self, batch, mode):
        """What waits for an approval is not started by another door."""
        result = super()._check_can_run(batch, mode)
        batch._check_not_requested()
        return result

    @api.model
    def _get_problems(self, batch):
        """What is above the user's limits is told before they confirm it."""
        problems = super()._get_problems(batch)
        candidates = as_engine(self.env["ar.writeoff.candidate"])
        Authority, Planned = self.env["ar.writeoff.authority"], self.env["ar.writeoff.planned"]
        sums = Authority._read_sums(candidates, Planned._get_domain(batch))
        return [*problems, *Authority._get_notices(sums, batch._get_why_asked())]


class ArWriteoffUndoRunner(models.AbstractModel):
    _inherit = "ar.writeoff.undo.runner"

    def _check_none_under_way(self, target, lines):
        """Half of a batch cannot be undone while the other half waits for an approval."""
        result = super()._check_none_under_way(target, lines)
        batches = target if target._name == "ar.writeoff.batch" else target.batch_id
        batches._check_not_requested()
        return result
