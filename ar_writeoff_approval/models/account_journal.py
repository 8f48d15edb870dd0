from odoo import models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def _get_writeoff_figures(self):
        """And what waits for an approval: of the user, else of somebody."""
        waiting = self.env["ar.writeoff.request"].search(self._get_writeoff_request_domain())
        return {
            **super()._get_writeoff_figures(),
            "request_count": len(waiting),
            "to_approve_count": len(waiting.filtered("can_decide")),
        }

    def _get_writeoff_request_domain(self):
        """What is asked for in the company and its branches: it has no journal yet.

        :return: domain on ``ar.writeoff.request``
        """
        root = self.company_id.sudo().root_id  # sudo: a branch user may not read the parent
        return [("company_id", "child_of", root.id), ("state", "=", "waiting")]

    def action_open_writeoff_requests(self):
        """Open the requests that wait: those the user may decide on, if there are any.

        :return: window action
        """
        self.ensure_one()
        xmlid, domain = "ar_writeoff_approval.action_request", self._get_writeoff_request_domain()
        own = [*domain, ("can_decide", "=", True)]
        has_own = self.env["ar.writeoff.request"].search_count(own, limit=1)
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(xmlid),
            "domain": own if has_own else domain,
            "context": {},
        }
