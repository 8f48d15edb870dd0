from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.misc import format_date

POLICIES = [
    ("limited", "Up to"),
    ("unlimited", "Unlimited"),
    ("request", "Always a Request"),
    ("refuse", "Nothing"),
]


class ArWriteoffLimit(models.Model):
    """How much a user, the users of a group, or everybody else may write off on their own.

    It belongs to one root company, whose branches count together. Nobody changes what decides on
    themselves, and no limit is deleted: it ends.
    """

    _name = "ar.writeoff.limit"
    _description = "Write-Off Limit"
    _inherit = ["mail.thread", "ar.writeoff.values.mixin"]
    _order = "company_id, user_id, group_id, reason_id, side, id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.sudo().root_id,  # sudo: of a branch, too
        domain=[("parent_id", "=", False)],
        tracking=True,
        help="With its branches, which count together.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", index=True, ondelete="restrict", tracking=True)
    group_id = fields.Many2one(
        "res.groups", string="Users of the Group", index=True, ondelete="restrict", tracking=True
    )
    reason_id = fields.Many2one(
        "ar.writeoff.reason",
        string="Only for the Reason",
        ondelete="restrict",
        tracking=True,
        help="Holds in addition to what holds for all reasons.",
    )
    side = fields.Selection(
        [("balance", "Balances"), ("credit", "Credits")],
        string="Only for",
        tracking=True,
        help="Holds in addition to what holds for both.",
    )
    amount_policy = fields.Selection(
        POLICIES,
        string="Per Write-Off",
        tracking=True,
        help="Of one decision, however many items and entries it has. Empty: this says nothing "
        "about it.",
    )
    amount = fields.Monetary(
        string="Amount per Write-Off", tracking=True, help="Inclusive; 0 is nothing."
    )
    day_policy = fields.Selection(
        [policy for policy in POLICIES if policy[0] in ("limited", "unlimited")],
        string="Per Day",
        tracking=True,
        help="All that a user confirms on a day, requests and drafts included. Empty: this says "
        "nothing about it.",
    )
    day_amount = fields.Monetary(
        string="Amount per Day", tracking=True, help="Inclusive; 0 is nothing."
    )
    date_from = fields.Date(string="From", default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(string="To", tracking=True, help="Inclusive. Empty: without an end.")

    _one_holder = models.Constraint(
        "CHECK (user_id IS NULL OR group_id IS NULL)",
        "A limit is a user's or a group's. With neither it is everybody else's.",
    )
    _amounts_positive = models.Constraint(
        "CHECK (COALESCE(amount, 0) >= 0 AND COALESCE(day_amount, 0) >= 0)",
        "Enter a positive amount, or 0.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "A limit ends after it begins.",
    )

    @api.depends("user_id", "group_id", "reason_id", "side")
    def _compute_display_name(self):
        sides = dict(self._fields["side"]._description_selection(self.env))
        for limit in self:
            holder = limit.user_id or limit.group_id
            name = holder.display_name if holder else self.env._("Everybody Else")
            parts = (name, limit.reason_id.name, sides.get(limit.side))
            limit.display_name = " · ".join(part for part in parts if part)

    @api.constrains("amount_policy", "day_policy", "company_id")
    def _check_says_something(self):
        for limit in self:
            if not limit.amount_policy and not limit.day_policy:
                raise ValidationError(
                    self.env._("%s: say how much, per write-off or per day.", limit.display_name)
                )
            # sudo: whichever company it is
            if limit.company_id.sudo().parent_id:
                raise ValidationError(
                    self.env._(
                        "%(company)s is a branch: limits belong to the company it is a branch of.",
                        company=limit.company_id.name,
                    )
                )

    @api.constrains(
        "company_id", "user_id", "group_id", "reason_id", "side", "date_from", "date_to"
    )
    def _check_one_at_a_time(self):
        """Two limits for the same at the same time would leave open which one holds."""
        for limit in self:
            domain = Domain([("id", "!=", limit.id), ("side", "=", limit.side)])
            for name in ("company_id", "user_id", "group_id", "reason_id"):
                domain &= Domain(name, "=", limit[name].id)
            if limit.date_to:
                domain &= Domain("date_from", "=", False) | Domain("date_from", "<=", limit.date_to)
            if limit.date_from:
                domain &= Domain("date_to", "=", False) | Domain("date_to", ">=", limit.date_from)
            if twin := self.sudo().search(domain, limit=1):  # sudo: whoever may see it
                raise ValidationError(
                    self.env._(
                        "%(limit)s: another limit for the same holds from %(start)s to %(end)s. "
                        "Let it end before this one begins.",
                        limit=limit.display_name,
                        start=format_date(self.env, twin.date_from) or "…",
                        end=format_date(self.env, twin.date_to) or "…",
                    )
                )

    # ------------------------------------------------------------------
    # Nobody decides on themselves
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        limits = super().create(vals_list)
        limits._check_not_own()
        limits._after_change()
        return limits

    def write(self, vals):
        self._check_not_own()
        result = super().write(vals)
        self._check_not_own()
        self._after_change()
        return result

    def _check_not_own(self):
        """Nobody changes their own limit, or that of a group they are in.

        :raises AccessError: naming the limit
        """
        user = self.env.user
        if self.env.su:
            return
        for limit in self:
            if limit.user_id == user or limit.group_id in user.all_group_ids:
                raise AccessError(
                    self.env._(
                        "%s decides on what you may write off yourself: somebody else has to "
                        "change it.",
                        limit.display_name,
                    )
                )

    def _after_change(self):
        """Others may approve what waits now."""
        self.env["ar.writeoff.request"]._refresh_approvers_of(self.company_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_always(self):
        for limit in self:
            raise UserError(
                self.env._(
                    "%s is part of the history of who may write off how much. Let it end instead: "
                    "enter a date in “To”.",
                    limit.display_name,
                )
            )
