"""What the tests of the way from the customer share."""

from odoo.tests import Form

from .tax_common import TaxCommon


class CustomerCommon(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gain_account = cls._account("490100", "Gain", "income_other")
        cls.company.writeoff_gain_account_id = cls.gain_account

    def _from_customer(self, customers, **values):
        """The wizard as the customer's action opens it."""
        action = customers.with_user(self.clerk).action_write_off()
        self.env.flush_all()
        wizard = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        if values:
            with Form(wizard) as form:
                for name, value in values.items():
                    setattr(form, name, value)
        return wizard

    def _confirm(self, wizard):
        wizard.action_preview()
        wizard.warnings_confirmed = True
        wizard.action_confirm()
        return self.env["ar.writeoff"].search([], order="id desc", limit=1)
