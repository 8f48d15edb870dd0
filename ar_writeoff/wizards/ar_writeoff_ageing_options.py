from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.misc import clean_context

from ..models.ageing.ar_writeoff_ageing_mixin import ACTIONS

# The addresses of the screens, which the server actions of the menus have.
PATHS = {"ar.writeoff.ageing": "aged-receivables", "ar.writeoff.ageing.item": "aged-open-items"}


class ArWriteoffAgeingOptions(models.TransientModel):
    _name = "ar.writeoff.ageing.options"
    _description = "As of …"
    _inherit = "ar.writeoff.values.mixin"
    _transient_max_hours = 24 * 7  # a link or a breadcrumb finds its choices for so long

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
    domain = fields.Json(help="Which rows the screen shows; empty: all.")
    subject = fields.Char(help="Whose rows they are, for the title.")
    is_past = fields.Boolean(compute="_compute_is_past")

    @api.depends("date")
    def _compute_is_past(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            wizard.is_past = wizard.date and wizard.date < today

    @api.constrains("domain", "screen")
    def _check_domain(self):
        for options in self:
            try:
                Domain(options.domain or []).validate(self.env[options.screen])
            except Exception as error:  # whatever is wrong with it
                raise ValidationError(
                    self.env._(
                        "“%(domain)s” does not say which rows to show: %(error)s",
                        domain=options.domain,
                        error=error,
                    )
                ) from error

    def action_open(self):
        """Open the screen again with what was chosen.

        :return: window action
        """
        self.ensure_one()
        options = {"ageing_by": self.ageing_by, "ageing_credits": self.ageing_credits}
        if self.date != fields.Date.context_today(self):
            options["ageing_date"] = fields.Date.to_string(self.date)
        options["ageing_past"] = self.is_past
        domain = self.domain or []
        action = self.env["ir.actions.act_window"]._for_xml_id(ACTIONS[self.screen])
        screen = self.env[self.screen].with_context(clean_context(self.env.context), **options)
        title = screen._get_ageing_title(self.subject or action["name"])
        if self.subject and not any(leaf[0] == "bucket" for leaf in domain):
            options["search_default_group_bucket"] = 1
        if self.subject:
            action["views"] = self._get_views_of_row(action["views"])
        return {
            **action,
            "name": title,
            "display_name": title,  # what the breadcrumb shows
            "domain": domain,
            # The id stands in the address, which finds the choices again: see _open_screen.
            "path": PATHS[self.screen],
            "context": {
                **options,
                "ageing_domain": domain,
                "ageing_subject": self.subject,
                "active_model": self._name,
                "active_id": self.id,
                "active_ids": self.ids,
            },
            "target": "current" if self.subject else "main",
        }

    def _get_views_of_row(self, views):
        """The views of a screen that shows what is behind a row: its groups are open.

        :param list views: pairs (id, kind)
        :return: list of pairs
        """
        own = self.env.ref("ar_writeoff.view_ageing_item_list_of_row")
        return [(own.id if kind == "list" else view, kind) for view, kind in views]
