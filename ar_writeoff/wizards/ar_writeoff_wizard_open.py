from odoo import Command, api, models
from odoo.exceptions import RedirectWarning, UserError

from ..models.engine.ar_writeoff_remedy import LINKED_CODES

LEFT_OUT_SHOWN = 20  # what was closed since a past date can be any number of items


class ArWriteoffWizard(models.TransientModel):
    """How the wizard is opened: with which items, and what is said where there are none."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.wizard"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _open(self, items, customers=None, with_subsidiaries=False):
        """Open the wizard on these journal items; what cannot be written off is named in it.

        :param items: ``account.move.line`` records
        :param customers: ``res.partner`` whose whole balance it is: their credits are netted
        :param bool with_subsidiaries: whether the items of their subsidiaries are among them
        :return: window action
        :raises AccessError: if the user may not write off
        :raises UserError, RedirectWarning: if nothing is left (with a button to the write-offs that
            stand in the way), or several companies are concerned
        """
        self.env["ar.writeoff"]._check_authority()
        blockers = self.env["ar.writeoff.eligibility"]._get_blockers(items)
        eligible = items.filtered(lambda item: item not in blockers)
        if not eligible:
            self._refuse(blockers)
        writeoffs, batches = self.env["ar.writeoff.eligibility"]._get_hindering(
            self._get_hindered_items(blockers)
        )
        wizard = self.create(
            {
                "company_id": self._get_company(eligible).id,
                "left_out": self._get_left_out(blockers),
                "preflight": self.env["ar.writeoff.preflight"]._prepare_shown(eligible),
                "hindering_ids": [Command.set(writeoffs.ids)],
                "hindering_batch_ids": [Command.set(batches.ids)],
                "customer_ids": [Command.set(customers.ids if customers else [])],
                "with_subsidiaries": with_subsidiaries,
                "line_ids": [Command.create({"item_id": item.id}) for item in eligible],
            }
        )
        return wizard._get_action()

    def _refuse(self, blockers):
        """Nothing is left to write off: say why, and show the way on if there is one.

        :param dict blockers: as ``ar.writeoff.eligibility._get_blockers``
        :raises UserError, RedirectWarning: see ``_open``
        """
        message = self._get_left_out(blockers)
        items = self._get_hindered_items(blockers)
        if link := self.env["ar.writeoff.eligibility"]._get_link(items):
            raise RedirectWarning(message, *link)
        raise UserError(
            message or self.env._("There is nothing to write off on the chosen records.")
        )

    def _get_hindered_items(self, blockers):
        """What cannot be written off because of another write-off.

        :param dict blockers: as ``ar.writeoff.eligibility._get_blockers``
        :return: ``account.move.line``
        """
        ids = [item.id for item, found in blockers.items() if found["code"] in LINKED_CODES]
        return self.env["account.move.line"].browse(ids)

    def action_open_hindering(self):
        """Open the write-offs because of which items are left out, else the batches.

        :return: window action
        """
        self.ensure_one()
        if not self.hindering_ids:
            batches = self.hindering_batch_ids
            return batches._get_records_action(name=self.env._("Batches"), context={})
        return self.hindering_ids._get_records_action(name=self.env._("Write-Offs"), context={})

    def _get_left_out(self, blockers):
        """What cannot be written off, as a text that fits above the items that can.

        :param dict blockers: as ``ar.writeoff.eligibility._get_blockers``
        :return: str, empty if there is nothing
        """
        messages = [problem["message"] for problem in blockers.values()]
        more = len(messages) - LEFT_OUT_SHOWN
        if more > 0:
            messages[LEFT_OUT_SHOWN:] = [self.env._("… and %s more.", more)]
        return "\n".join(messages)

    def _get_company(self, items):
        """The company the write-off belongs to: the items' own, or the root of their branches.

        :param items: ``account.move.line`` records
        :return: ``res.company``
        :raises UserError: naming the companies, if they have no common root
        """
        companies = items.company_id
        if len(companies.root_id) > 1:
            raise UserError(
                self.env._(
                    "One write-off belongs to one company and its branches, but the chosen items "
                    "belong to %(companies)s. Write them off company by company.",
                    companies=", ".join(companies.root_id.mapped("name")),
                )
            )
        company = companies if len(companies) == 1 else companies.root_id
        if company not in self.env.companies:
            raise UserError(
                self.env._(
                    "Items of several branches make one write-off of %(company)s, which is not "
                    "among your active companies. Activate it, or write off branch by branch.",
                    # sudo: to name what the user cannot read
                    company=company.sudo().name,
                )
            )
        return company

    def _get_action(self):
        return self._get_records_action(
            name=self.env._("Write Off"), target="new", context={"dialog_size": "extra-large"}
        )
