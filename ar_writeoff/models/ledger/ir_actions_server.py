from odoo import models

from ..trial import is_trial


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def run(self):
        """Automation rules end here: they do not run for what is only tried."""
        if is_trial(self.env.cr):
            return False
        return super().run()
