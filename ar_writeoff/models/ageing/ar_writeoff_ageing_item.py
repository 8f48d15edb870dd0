from odoo import api, fields, models
from odoo.tools import SQL

from .ar_writeoff_ageing_mixin import AGEING_CONTEXT


class ArWriteoffAgeingItem(models.Model):
    """An item that was open on the date; its id is that of the journal item."""

    _name = "ar.writeoff.ageing.item"
    _description = "Aged Open Item"
    _inherit = ["ar.writeoff.ageing.mixin"]
    _auto = False
    _rec_name = "move_name"
    _order = "date_maturity, id"

    move_id = fields.Many2one("account.move", string="Journal Entry", readonly=True)
    journal_id = fields.Many2one("account.journal", readonly=True)
    move_name = fields.Char(string="Document", readonly=True)
    name = fields.Char(string="Label", readonly=True)
    ref = fields.Char(string="Reference", readonly=True)
    date = fields.Date(readonly=True)
    invoice_date = fields.Date(readonly=True)
    date_maturity = fields.Date(string="Due Date", readonly=True)
    days = fields.Integer(
        string="Days Overdue",
        readonly=True,
        aggregator="max",
        depends_context=AGEING_CONTEXT,
        help="Days from the due date, or from the invoice date, to the date of the screen.",
    )
    bucket = fields.Selection(
        selection="_get_bucket_labels", readonly=True, depends_context=AGEING_CONTEXT
    )
    residual = fields.Monetary(
        string="Open in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        depends_context=AGEING_CONTEXT,
    )
    residual_currency = fields.Monetary(
        string="Open", readonly=True, depends_context=AGEING_CONTEXT
    )
    residual_today = fields.Monetary(
        string="Open Today",
        currency_field="company_currency_id",
        readonly=True,
        help="What is left of it today, company currency: this is what can be written off.",
    )

    @property
    def _table_query(self):
        names = ("id", "move_id", "journal_id", "move_name", "name", "ref", "date")
        names += ("partner_id", "account_id", "company_id", "company_currency_id", "currency_id")
        names += ("invoice_date", "date_maturity", "days", "residual", "residual_currency")
        names += ("residual_today", "is_overdue")
        return SQL(
            """SELECT %s, item.bucket::varchar AS bucket, customer.user_id, customer.country_id
                 FROM (%s) item
            LEFT JOIN res_partner customer ON customer.id = item.partner_id""",
            SQL(", ").join(SQL.identifier("item", name) for name in names),
            self._get_ageing_query(),
        )

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        result = super().fields_get(allfields, attributes)
        if self.env.context.get("ageing_by") == "invoice" and "string" in result.get("days", {}):
            result["days"]["string"] = self.env._("Age in Days")
        return result

    def _get_items(self):
        return self._get_own_items()

    def action_open_document(self):
        """Open the invoice, payment or entry of the item.

        :return: window action
        """
        self.ensure_one()
        return self._get_items().action_open_business_doc()
