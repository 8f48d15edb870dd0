from odoo import api, models
from odoo.tools.misc import format_date

from odoo.addons.ar_writeoff.models.problems import info

from .ar_writeoff import UNSENT_STATES


class ArWriteoffPreflight(models.AbstractModel):
    _inherit = "ar.writeoff.preflight"

    @api.model
    def _get_findings(self, items):
        return [*super()._get_findings(items), *self._find_reminders(items)]

    def _find_reminders(self, items):
        """Nobody gives up a claim on Monday and asks for it on Tuesday."""
        Eligibility = self.env["ar.writeoff.eligibility"]
        # sudo: that they are prepared matters, whoever may read them
        reminders = Eligibility._get_reminders(items).sudo()
        for item, own in reminders.grouped("move_line_id").items():
            message = self.env._(
                "%(item)s: a reminder of %(date)s is prepared and not sent (%(level)s).",
                item=item._get_writeoff_item_name(),
                date=format_date(self.env, max(own.mapped("date"))),
                level=own[0].policy_level_id.name,
            )
            yield info("reminder", message, item)


class ArWriteoffEligibility(models.AbstractModel):
    _inherit = "ar.writeoff.eligibility"

    @api.model
    def _get_reminders(self, items):
        """Reminders that are prepared for items, and not sent.

        :param items: ``account.move.line`` records
        :return: ``credit.control.line``, in the environment of the user
        """
        # sudo: as above
        reminders = self.env["credit.control.line"].sudo()
        found = reminders.search(
            [("move_line_id", "in", items.ids), ("state", "in", UNSENT_STATES)]
        )
        return found.sudo(False)

    def _get_way(self, code, items):
        if code != "reminder":
            return super()._get_way(code, items)
        reminders = self._get_reminders(items).filtered(lambda one: one.has_access("read"))
        name = self.env._("Open Reminders")
        return reminders and (reminders._get_records_action(name=name, context={}), name)
