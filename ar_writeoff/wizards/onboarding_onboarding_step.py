from odoo import api, models


class OnboardingOnboardingStep(models.Model):
    _inherit = "onboarding.onboarding.step"

    @api.model
    def action_open_step_writeoff_setup(self):
        """Open accounts, reasons and roles on one page.

        :return: window action
        """
        return self.env["ar.writeoff.setup"]._open()
