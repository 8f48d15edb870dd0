from odoo import models


class ArWriteoffRun(models.Model):
    _inherit = "ar.writeoff.run"

    def _get_author(self):
        """What was approved is still whose decision it was to ask for it."""
        request = self.batch_id.request_id
        is_approved = self.kind in ("write_off", "retry") and request.decided_by == self.user_id
        return request.user_id if is_approved else super()._get_author()
