from odoo import models

from ..trial import is_trial


class MailMail(models.Model):
    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """No mail leaves for what is only tried."""
        if is_trial(self.env.cr):
            return True
        return super().send(auto_commit, raise_exception, post_send_callback)
