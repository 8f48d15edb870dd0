from odoo import api, fields, models

from odoo.addons.ar_writeoff.models.configuration.res_company import YES_NO

DEFAULTS = {
    "writeoff_approver_other": "yes",
    "writeoff_request_remind_days": 3,
    "writeoff_request_expire_days": 30,
}


class ResCompany(models.Model):
    _inherit = "res.company"

    writeoff_approver_other = fields.Selection(
        YES_NO,
        string="Somebody Else Approves",
        help="Nobody approves their own requests. Empty: as the parent company, else yes.",
    )
    writeoff_request_remind_days = fields.Integer(
        string="Days Until a Reminder",
        help="After so many days, and again, those who may approve are reminded. Empty: as the "
        "parent company, else 3.",
    )
    writeoff_request_expire_days = fields.Integer(
        string="Days Until a Request Expires",
        help="After so many days a request ends and its items are free. Empty: as the parent "
        "company, else 30.",
    )

    _check_writeoff_request_days = models.Constraint(
        "CHECK (COALESCE(writeoff_request_remind_days, 0) BETWEEN 0 AND 3650 "
        "AND COALESCE(writeoff_request_expire_days, 0) BETWEEN 0 AND 3650)",
        "Enter a number of days from 1 to 3650, or nothing.",
    )

    @api.model
    def _get_writeoff_defaults(self):
        return {**super()._get_writeoff_defaults(), **DEFAULTS}
