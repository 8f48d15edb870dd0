from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ArWriteoffRuleCell(models.Model):
    """A cell of the grid: balances so old and so large go for this reason.

    From inclusive, to exclusive; an empty end is open.
    """

    _name = "ar.writeoff.rule.cell"
    _description = "Cell of a Write-Off Rule"
    _inherit = "ar.writeoff.values.mixin"
    _order = "age_from, amount_from, id"

    rule_id = fields.Many2one("ar.writeoff.rule", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rule_id.company_id")
    currency_id = fields.Many2one(related="rule_id.currency_id")
    age_from = fields.Integer(string="Days Overdue From", help="Inclusive.")
    age_to = fields.Integer(string="Days Overdue Below", help="Exclusive. 0: no end.")
    amount_from = fields.Monetary(
        help="Inclusive; what is open on the document, in company currency."
    )
    amount_to = fields.Monetary(string="Amount Below", help="Exclusive. 0: no end.")
    reason_id = fields.Many2one(
        "ar.writeoff.reason",
        required=True,
        ondelete="restrict",
        domain="[('use', 'in', ('balance', 'both'))]",
    )

    _bounds_in_order = models.Constraint(
        "CHECK ((COALESCE(age_to, 0) = 0 OR age_from < age_to) AND "
        "(COALESCE(amount_to, 0) = 0 OR amount_from < amount_to) AND "
        "COALESCE(amount_from, 0) >= 0 AND COALESCE(amount_to, 0) >= 0)",
        "A cell of the grid begins before it ends, and amounts are positive.",
    )

    @api.depends("age_from", "age_to", "amount_from", "amount_to")
    def _compute_display_name(self):
        for cell in self:
            money = cell.currency_id.format
            cell.display_name = self.env._(
                "%(age_from)s to %(age_to)s days, %(amount_from)s to %(amount_to)s",
                age_from=cell.age_from,
                age_to=cell.age_to or "…",
                amount_from=money(cell.amount_from),
                amount_to=money(cell.amount_to) if cell.amount_to else "…",
            )

    @api.constrains("rule_id", "age_from", "age_to", "amount_from", "amount_to")
    def _check_no_overlap(self):
        """What lies in two cells would go for one reason or the other."""
        for cell in self:
            for other in cell.rule_id.cell_ids - cell:
                if cell._overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "%(one)s overlaps with %(other)s: an item would be in both.",
                            one=cell.display_name,
                            other=other.display_name,
                        )
                    )

    def _overlaps(self, other):
        def meets(start, end, other_start, other_end):
            return (not other_end or start < other_end) and (not end or other_start < end)

        return meets(self.age_from, self.age_to, other.age_from, other.age_to) and meets(
            self.amount_from, self.amount_to, other.amount_from, other.amount_to
        )

    def _contains(self, age, amount):
        """Whether a balance is in this cell.

        :param int age: days overdue
        :param float amount: open on the document, company currency, positive
        :return: bool
        """
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        return (
            age >= self.age_from
            and (not self.age_to or age < self.age_to)
            and compare(amount, self.amount_from) >= 0
            and (self.currency_id.is_zero(self.amount_to) or compare(amount, self.amount_to) < 0)
        )
