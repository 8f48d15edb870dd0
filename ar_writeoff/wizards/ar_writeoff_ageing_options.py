from odoo import api, fields, models

ACTIONS = {
    "ar.writeoff.ageing": "ar_writeoff.action_ageing",
    "ar.writeoff.ageing.item": "ar_writeoff.action_ageing_item",
}


class ArWriteoffAgeingOptions(models.TransientModel):
    _name = "ar.writeoff.ageing.options"
    _description = "As of …"

    screen = fields.Selection(
        [
            ("ar.writeoff.ageing", "Aged Receivables"),
            ("ar.writeoff.ageing.item", "Aged Open Items"),
        ],
        required=True,
        default="ar.writeoff.ageing",
    )
    date = fields.Date(
        string="As of", required=True, default=lambda self: fields.Date.context_today(self)
    )
    ageing_by = fields.Selection(
        [("due", "Due date"), ("invoice", "Invoice date")],
        string="By",
        required=True,
        default="due",
    )
    ageing_credits = fields.Selection(
        [("apart", "In a column of their own"), ("netted", "Netted into the buckets")],
        string="Credits",
        required=True,
        default="apart",
    )
    is_past = fields.Boolean(compute="_compute_is_past")

    @api.depends("date")
    def _compute_is_past(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            wizard.is_past = wizard.date and wizard.date < today

    def action_open(self):
        """Open the screen again with what was chosen.

        :return: window action
        """
        self.ensure_one()
        options = {"ageing_by": self.ageing_by, "ageing_credits": self.ageing_credits}
        if self.date != fields.Date.context_today(self):
            options["ageing_date"] = fields.Date.to_string(self.date)
        options["ageing_past"] = self.is_past
        domain = self.env.context.get("ageing_domain") or []
        action = self.env["ir.actions.act_window"]._for_xml_id(ACTIONS[self.screen])
        title = self.env[self.screen].with_context(**options)._get_ageing_title(action["name"])
        return {
            **action,
            "name": title,
            "display_name": title,  # what the breadcrumb shows
            "domain": domain,
            "context": {**options, "ageing_domain": domain},
            "target": "main",
        }
