from math import inf

from odoo import api, fields, models
from odoo.exceptions import AccessError


class ArWriteoffMay(models.TransientModel):
    """Who may write off how much today: a row for each user and limit that holds for them."""

    _name = "ar.writeoff.may"
    _description = "Who May Write Off How Much"
    _order = "company_id, user_id, reason_id, side, id"
    _rec_name = "user_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", readonly=True)
    source = fields.Char(string="By", readonly=True, help="Whose limit it is that holds.")
    reason_id = fields.Many2one("ar.writeoff.reason", string="Only for the Reason", readonly=True)
    side = fields.Selection(
        [("balance", "Balances"), ("credit", "Credits")], string="Only for", readonly=True
    )
    per_writeoff = fields.Char(string="Per Write-Off", readonly=True)
    per_day = fields.Char(readonly=True)
    in_place_of = fields.Char(
        string="In the Place of",
        readonly=True,
        help="Who is absent today, and whose authority they have besides.",
    )

    @api.model
    def action_open(self):
        """List it as it is today.

        :return: window action
        :raises AccessError: if the user neither audits nor sets limits
        """
        groups = ("ar_writeoff_approval.group_limits", "account.group_account_readonly")
        if not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(
                self.env._("Auditors, and who sets limits, may see who may write off how much.")
            )
        rows = self.create(self._prepare_rows_vals())
        action = self.env["ir.actions.actions"]._for_xml_id("ar_writeoff_approval.action_may")
        return {**action, "domain": [("id", "in", rows.ids)]}

    def _prepare_rows_vals(self):
        # sudo: an auditor need not be able to read users, groups and limits
        users = self.env.ref("ar_writeoff.group_writeoff_user").sudo().all_user_ids
        roots = self.env.companies.sudo().root_id  # sudo: of branches, too
        return [
            vals
            for root in roots
            for user in users.filtered("active").sorted("name")
            if root & user.company_ids.root_id
            for vals in self._prepare_user_vals(user, root)
        ]

    def _prepare_user_vals(self, user, root):
        """The rows of a user: one for all, and one for each reason or side with a limit.

        :param user: ``res.users``, with the rights of the system
        :param root: ``res.company``
        :return: list of values
        """
        Limit = self.env["ar.writeoff.limit"]
        limits = Limit._get_holding(user, root)
        scopes = limits.grouped(lambda limit: limit._get_scope())
        absent = self.env["ar.writeoff.absence"]._get_absent(user, root)
        rows = []
        for scope, own in {(0, ""): Limit.browse(), **scopes}.items():
            values = own._get_value("amount_policy", "amount")
            days = own._get_value("day_policy", "day_amount")
            rows.append(
                {
                    "company_id": root.id,
                    "user_id": user.id,
                    "source": ", ".join(
                        (
                            own._get_deciding("amount_policy") | own._get_deciding("day_policy")
                        ).mapped("display_name")
                    ),
                    "reason_id": scope[0],
                    "side": scope[1],
                    "per_writeoff": self._get_text(root, values),
                    "per_day": self._get_text(root, days),
                    "in_place_of": ", ".join(absent.mapped("name")),
                }
            )
        return rows

    def _get_text(self, root, value):
        if value is None or value[0] == inf:
            return self.env._("Unlimited")
        if value[1]:
            return self.env._("Nothing")
        if root.currency_id.is_zero(value[0]):
            return self.env._("Always a Request")
        return root.currency_id.format(value[0])
