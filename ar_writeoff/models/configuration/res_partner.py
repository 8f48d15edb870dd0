from odoo import api, fields, models

from ..line_states import LIVE_STATES, REGISTER_STATES
from .account_account import WRITEOFF_ACCOUNT_DOMAIN

POLICY_FIELDS = {"writeoff_policy", "writeoff_limit"}
READERS = "ar_writeoff.group_writeoff_user,account.group_account_readonly"


class ResPartner(models.Model):
    _inherit = "res.partner"

    writeoff_account_id = fields.Many2one(
        "account.account",
        string="Write-Off Account",
        company_dependent=True,
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
        ondelete="restrict",
        groups=READERS,
        help="Takes the loss when this customer's balance is written off for a reason without an "
        "account of its own.",
    )
    writeoff_policy = fields.Selection(
        [("allowed", "Allowed"), ("limited", "Limited To"), ("refused", "Not Allowed")],
        string="Write-Offs",
        company_dependent=True,
        groups=READERS,
        help="Limited: batches write off documents up to the limit only. Not allowed: nothing of "
        "this customer is written off, in whatever way. Empty: allowed. Holds for contacts and "
        "subsidiaries as well: the strictest of a customer's own and their parents' counts.",
    )
    writeoff_limit = fields.Float(
        string="Write-Off Limit",
        company_dependent=True,
        groups=READERS,
        help="The largest document that a batch may write off, in company currency.",
    )
    writeoff_total = fields.Monetary(
        string="Written Off",
        compute="_compute_writeoffs",
        groups=READERS,
        help="What closes items now, neither undone nor unreconciled. In company currency.",
    )
    writeoff_count = fields.Integer(
        string="Number of Write-Offs", compute="_compute_writeoffs", groups=READERS
    )
    writeoff_last_date = fields.Date(
        string="Last Write-Off", compute="_compute_writeoffs", groups=READERS
    )

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_writeoffs(self):
        groups = self.env["ar.writeoff.line"]._read_group(
            self._get_writeoff_line_domain(), ["partner_id", "writeoff_id"], ["matched:sum"]
        )
        found = {}
        for partner, writeoff, amount in groups:
            found.setdefault(partner, []).append((writeoff.date, amount))
        for partner in self:
            entries = found.get(partner.commercial_partner_id, [])
            partner.writeoff_count = len(entries)
            partner.writeoff_total = sum(amount for _date, amount in entries)
            partner.writeoff_last_date = max((date for date, _amount in entries), default=False)

    def _get_writeoff_line_domain(self):
        """What stands written off on these customers, in this company and its branches.

        :return: domain on ``ar.writeoff.line``
        """
        return [
            ("partner_id", "in", self.commercial_partner_id.ids),
            ("state", "in", LIVE_STATES),
            ("company_id", "child_of", self.env.company.ids),
        ]

    @api.model
    def _has_field_access(self, field, operation):
        # Whoever may edit customers does not decide what may be given up.
        is_closed = operation == "write" and field.name in POLICY_FIELDS and not self.env.su
        if is_closed and not self.env.user.has_group("ar_writeoff.group_writeoff_manager"):
            return False
        return super()._has_field_access(field, operation)

    @api.constrains("writeoff_account_id")
    def _check_writeoff_account(self):
        # sudo: the field is hidden from most users, the rule is not
        self.sudo().writeoff_account_id._check_writeoff_account()

    # ------------------------------------------------------------------
    # From the customer to the write-off
    # ------------------------------------------------------------------

    def _get_writeoff_items(self, with_subsidiaries=False):
        """All open items of these customers, their contacts included, in the active company.

        :param bool with_subsidiaries: those of companies below them as well
        :return: ``account.move.line``
        """
        partners = self.commercial_partner_id
        owners = self.with_context(active_test=False).search([("id", "child_of", partners.ids)])
        if not with_subsidiaries:
            owners = owners.filtered(lambda owner: owner.commercial_partner_id in partners)
        branches = self.env.companies.filtered(
            lambda company: company.root_id == self.env.company.root_id
        )
        AccountMoveLine = self.env["account.move.line"]
        return AccountMoveLine.search(
            [
                *AccountMoveLine._get_open_item_domain(),
                ("partner_id", "in", owners.ids),
                ("company_id", "in", branches.ids),
            ],
            order="date_maturity, id",
        )

    def _get_writeoff_subsidiaries(self):
        """Companies below these customers, which are customers of their own.

        :return: ``res.partner``
        """
        customers = self.commercial_partner_id
        below = self.search([("id", "child_of", customers.ids)])
        return below.commercial_partner_id - customers

    def action_write_off(self):
        """Open the write-off wizard on everything that is open on these customers.

        :return: window action
        :raises AccessError: if the user may not write off
        :raises UserError: if nothing can be written off, saying why
        """
        self.check_access("read")
        Wizard = self.env["ar.writeoff.wizard"]
        return Wizard._open(self._get_writeoff_items(), customers=self.commercial_partner_id)

    def action_open_writeoffs(self):
        """Open the write-offs of this customer, those in draft apart from those posted.

        :return: window action
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("ar_writeoff.action_ar_writeoff")
        own = [
            ("partner_id", "in", self.commercial_partner_id.ids),
            ("state", "in", REGISTER_STATES),
        ]
        domain = [("line_ids", "any", own)]
        return {**action, "domain": domain, "context": {"search_default_group_state": 1}}
