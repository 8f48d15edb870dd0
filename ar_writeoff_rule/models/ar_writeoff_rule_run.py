from odoo import fields, models

from .ar_writeoff_rule import MODES


class ArWriteoffRuleRun(models.Model):
    """The log: a run of a rule, its batch, and what became of it."""

    _name = "ar.writeoff.rule.run"
    _description = "Run of a Write-Off Rule"
    _order = "id desc"

    rule_id = fields.Many2one(
        "ar.writeoff.rule", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    mode = fields.Selection(MODES, required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Under the Authority of", readonly=True)
    batch_id = fields.Many2one("ar.writeoff.batch", readonly=True, ondelete="set null")
    request_id = fields.Many2one("ar.writeoff.request", readonly=True, ondelete="set null")
    state = fields.Selection(
        [
            ("selecting", "Selecting"),
            ("running", "Running"),
            ("done", "Done"),
            ("stopped", "Stopped"),
        ],
        required=True,
        readonly=True,
        default="selecting",
        index=True,
    )
    item_count = fields.Integer(string="Items", readonly=True)
    amount = fields.Monetary(
        readonly=True, help="Losses and gains added up: what counts for the brake."
    )
    left_out_count = fields.Integer(string="Left Out", readonly=True)
    result = fields.Text(readonly=True)

    def action_open_batch(self):
        """Open the batch: what it looked at, what it left out and why.

        :return: window action
        """
        self.ensure_one()
        return self.batch_id._get_batch_action()
