from odoo import fields, models
from odoo.tools import date_utils


class AccountJournal(models.Model):
    """On the card of a write-off journal: what was written off this month, and what waits."""

    _inherit = "account.journal"

    def _fill_general_dashboard_data(self, dashboard_data):
        res = super()._fill_general_dashboard_data(dashboard_data)
        if self.env["ar.writeoff"].has_access("read"):
            # sudo: whoever may read the register need not read the parameters of companies
            companies = self.env["res.company"].sudo()
            for company in companies.search([("writeoff_journal_id", "in", self.ids)]):
                journal = self.browse(company.writeoff_journal_id.id)
                dashboard_data[journal.id]["writeoff"] = journal._get_writeoff_figures()
        return res

    def _get_writeoff_figures(self):
        """What the card of a journal says. Extension point.

        :return: dict that can be sent: ``amount`` of this month, reversals taken off, formatted in
            the currency of the journal's company; ``draft_count``: write-offs to be posted;
            ``is_to_set_up``: whether the user is asked for the accounts
        """
        self.ensure_one()
        Analysis = self.env["ar.writeoff.analysis"].with_company(self.company_id)
        [(amount,)] = Analysis._read_group(self._get_writeoff_month_domain(), [], ["amount:sum"])
        return {
            "amount": self.company_id.currency_id.format(amount),
            "draft_count": self.env["ar.writeoff"].search_count(self._get_writeoff_draft_domain()),
            "is_to_set_up": self.env.user.has_group("ar_writeoff.group_writeoff_manager")
            and not self.company_id._get_writeoff_parameter("writeoff_loss_account_id"),
        }

    def _get_writeoff_month_domain(self):
        """What this month's entries in the journal wrote off or gave back.

        :return: domain on ``ar.writeoff.analysis``
        """
        today = fields.Date.context_today(self)
        return [
            ("entry_id.journal_id", "=", self.id),
            ("date", ">=", fields.Date.to_string(date_utils.start_of(today, "month"))),
            ("date", "<=", fields.Date.to_string(date_utils.end_of(today, "month"))),
        ]

    def _get_writeoff_draft_domain(self):
        """What waits in draft entries of the journal.

        :return: domain on ``ar.writeoff``
        """
        return [("state", "=", "entries_draft"), ("entry_ids.journal_id", "=", self.id)]

    def action_open_writeoff_month(self):
        """Open what was written off this month, as the card says it.

        :return: window action
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("ar_writeoff.action_analysis"),
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "domain": self._get_writeoff_month_domain(),
            "context": {},
        }

    def action_open_writeoff_drafts(self):
        """Open the write-offs whose entries somebody has to post.

        :return: window action
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("ar_writeoff.action_ar_writeoff"),
            "domain": self._get_writeoff_draft_domain(),
            "context": {},
        }
