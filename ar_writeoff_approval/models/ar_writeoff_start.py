from odoo import api, models


class ArWriteoffStart(models.AbstractModel):
    _inherit = "ar.writeoff.start"

    @api.model
    def _check_can_run(self, batch, mode):
        """What waits for an approval is not started by another door."""
        result = super()._check_can_run(batch, mode)
        batch._check_not_requested()
        return result


class ArWriteoffUndoRunner(models.AbstractModel):
    _inherit = "ar.writeoff.undo.runner"

    def _check_none_under_way(self, target, lines):
        """Half of a batch cannot be undone while the other half waits for an approval."""
        result = super()._check_none_under_way(target, lines)
        batches = target if target._name == "ar.writeoff.batch" else target.batch_id
        batches._check_not_requested()
        return result
