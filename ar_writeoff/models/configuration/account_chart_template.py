from odoo import models

from odoo.addons.account.models.chart_template import template

from .res_company import JOURNAL_XMLID


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    @template(model="account.journal")
    def _get_writeoff_account_journal(self, template_code):
        return {
            JOURNAL_XMLID: {
                "name": self.env._("Write-Offs"),
                "type": "general",
                "code": "ADJ",  # customers see it: it starts the number of every entry
                "show_on_dashboard": True,
                "sequence": 12,
            }
        }

    def _post_load_data(self, template_code, company, template_data):
        result = super()._post_load_data(template_code, company, template_data)
        (company or self.env.company)._ensure_writeoff_parameters()
        return result
