from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# What the figures of the screens depend on: kept apart in the cache by these keys.
AGEING_CONTEXT = ("ageing_date", "ageing_by", "ageing_credits", "company")
BUCKETS = ("0", "1", "2", "3", "4", "5")
# The screens, by model; also what the dialog “As of” opens.
ACTIONS = {
    "ar.writeoff.ageing": "ar_writeoff.action_ageing",
    "ar.writeoff.ageing.item": "ar_writeoff.action_ageing_item",
}
CREDITS = "6"


class ArWriteoffAgeingMixin(models.AbstractModel):
    """What is open on customers on a date, item by item: the query behind both screens.

    The context says what is asked for: ``ageing_date`` (ISO date, default today), ``ageing_by``
    (``due`` or ``invoice``, the date that items age from) and ``ageing_credits`` (``apart`` or
    ``netted`` into the buckets).
    """

    _name = "ar.writeoff.ageing.mixin"
    _description = "Receivables by Age"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    category_ids = fields.Many2many(
        "res.partner.category", related="partner_id.category_id", string="Tags"
    )
    account_id = fields.Many2one("account.account", string="Receivable Account", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    is_overdue = fields.Boolean(string="Overdue", readonly=True, depends_context=AGEING_CONTEXT)

    _depends = {
        "account.move.line": [
            "move_id",
            "move_name",
            "name",
            "ref",
            "journal_id",
            "partner_id",
            "account_id",
            "company_id",
            "company_currency_id",
            "currency_id",
            "date",
            "date_maturity",
            "invoice_date",
            "parent_state",
            "reconciled",
            "amount_residual",
            "amount_residual_currency",
        ],
        "account.partial.reconcile": [
            "debit_move_id",
            "credit_move_id",
            "amount",
            "debit_amount_currency",
            "credit_amount_currency",
            "max_date",
        ],
        "res.partner": ["commercial_partner_id", "user_id", "country_id"],
    }

    # ------------------------------------------------------------------
    # What is asked for
    # ------------------------------------------------------------------

    @api.model
    def _get_ageing_date(self):
        """As of when.

        :return: date
        :raises UserError: if what a link or a call asks for is no date
        """
        asked = self.env.context.get("ageing_date")
        try:
            chosen = fields.Date.to_date(asked)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("“%s” is no date.", asked)) from error
        return chosen or fields.Date.context_today(self)

    @api.model
    def _is_ageing_past(self):
        """Whether the date is over, so that what was matched since is open again.

        :return: bool
        """
        return self._get_ageing_date() < fields.Date.context_today(self)

    @api.model
    def _get_ageing_days(self):
        """Length of a bucket: the current company's, whichever companies are shown.

        :return: int, days
        """
        return self.env.company._get_writeoff_parameter("writeoff_ageing_days")

    @api.model
    def _get_bucket_labels(self):
        """Names of the buckets for the current company's bucket length.

        :return: list of pairs (key, translated name)
        """
        days = self._get_ageing_days()
        ranges = [f"{days * (number - 1) + 1}–{days * number}" for number in range(1, 5)]
        labels = [self.env._("Not Due"), *ranges, self.env._("Older"), self.env._("Credits")]
        return list(zip((*BUCKETS, CREDITS), labels, strict=True))

    @api.model
    def _get_ageing_title(self, name):
        """Name of a screen with what was chosen for it.

        :param str name: translated name of the screen
        :return: str, such as “Aged Receivables as of 06/30/2024, by invoice date”
        """
        title = self.env._(
            "%(screen)s as of %(date)s",
            screen=name,
            date=format_date(self.env, self._get_ageing_date()),
        )
        if self.env.context.get("ageing_by") == "invoice":
            title = self.env._("%(title)s, by invoice date", title=title)
        if self.env.context.get("ageing_credits") == "netted":
            title = self.env._("%(title)s, credits netted", title=title)
        return title

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_write_off(self):
        """Open the write-off wizard on what is still open today of the chosen rows.

        What was closed since the date of the screen, or since it was loaded, is named in it.

        :return: window action
        :raises AccessError: if the user may not write off
        :raises UserError: if nothing of it is open any more, naming what was closed
        """
        items = self._get_items()
        return self.env["ar.writeoff.wizard"]._open(items, self._get_whole_customers(items))

    def _get_whole_customers(self, items):
        """The customers whose whole balance the rows stand for: their credits are netted first.

        :param items: ``account.move.line`` records behind the rows
        :return: ``res.partner``
        """
        return self.env["res.partner"]

    def _get_items(self):
        """The journal items behind the chosen rows, those included that were closed since.

        :return: ``account.move.line``
        """
        raise NotImplementedError

    def _get_own_items(self):
        """The journal items whose ids the rows have, as long as they exist, open or closed.

        :return: ``account.move.line``
        :raises UserError: if one of them was deleted since the screen was loaded
        """
        items = self.env["account.move.line"].browse(self.ids).exists()
        if len(items) < len(self):
            raise UserError(
                self.env._(
                    "A document behind the rows was deleted meanwhile. Load the screen again, and "
                    "mark the rows on it."
                )
            )
        items.check_access("read")
        return items

    @api.model
    def _open_screen(self):
        """Open the screen: with the choices whose id the address has, else as of today.

        :return: window action
        """
        Options = self.env["ar.writeoff.ageing.options"]
        context = self.env.context
        if context.get("active_id") and context.get("active_model", Options._name) == Options._name:
            # A record rule hides those of others: a title names customers.
            chosen = Options.search([("id", "=", context["active_id"])])
            if chosen.screen == self._name:
                return chosen.action_open()
        return self.env["ir.actions.act_window"]._for_xml_id(ACTIONS[self._name])

    def action_as_of(self):
        """Ask for another date and other choices; they start with those of the screen.

        The rows do not matter: a button hands over those that are marked, even if none is.

        :return: window action
        """
        context = self.env.context
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("As of …"),
            "res_model": "ar.writeoff.ageing.options",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_domain": context.get("ageing_domain") or [],
                "default_subject": context.get("ageing_subject"),
                "default_screen": self._name,
                "default_date": fields.Date.to_string(self._get_ageing_date()),
                "default_ageing_by": context.get("ageing_by") or "due",
                "default_ageing_credits": context.get("ageing_credits") or "apart",
            },
        }
