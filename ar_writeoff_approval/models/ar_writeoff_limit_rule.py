from math import inf
from typing import Any, NamedTuple

from odoo import api, models
from odoo.fields import Domain


class Excess(NamedTuple):
    """A limit that a decision is above: ``amount`` counts against ``limit``, in the currency of the
    root ``company``; ``is_day`` of a day, else of one write-off; ``is_refused`` for good; ``name``
    what the limit is for besides, empty if for all.
    """

    company: Any
    name: str
    amount: float
    limit: float
    is_day: bool
    is_refused: bool


class ArWriteoffLimit(models.Model):
    """Which limits hold for whom: a user's own, else the highest of their groups, else everybody's.

    Each of the two questions, per write-off and per day, is answered by the first that says
    something about it.
    """

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.limit"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_holding(self, user, company):
        """The limits that may concern a user today.

        :param user: ``res.users``
        :param company: root ``res.company``
        :return: ``ar.writeoff.limit``, with the rights of the system
        """
        today = self.env["ar.writeoff.day"]._get_today(company)
        holder = (
            Domain("user_id", "=", user.id)
            | Domain("group_id", "in", user.sudo().all_group_ids.ids)  # sudo: anybody's groups
            | (Domain("user_id", "=", False) & Domain("group_id", "=", False))
        )
        start = Domain("date_from", "=", False) | Domain("date_from", "<=", today)
        end = Domain("date_to", "=", False) | Domain("date_to", ">=", today)
        # sudo: the limits hold for those, too, who may not read them
        return self.sudo().search(Domain("company_id", "=", company.id) & holder & start & end)

    @api.model
    def _is_used(self, company):
        """Whether a company has limits at all: without any, nothing is asked and nothing counted.

        :param company: root ``res.company``
        :return: bool
        """
        # sudo: see ``_get_holding``
        return bool(self.sudo().search_count([("company_id", "=", company.id)], limit=1))

    def _get_scope(self):
        """What a limit is for besides: reason and side.

        :return: tuple, sortable
        """
        return self.reason_id.id or 0, self.side or ""

    def _get_value(self, policy_name, amount_name):
        """What these limits of one scope allow.

        :param str policy_name: field that says whether there is a limit
        :param str amount_name: field that says which
        :return: tuple (amount or ``inf``, whether more is refused for good); None if none is set
        """
        values = [
            (
                {"unlimited": inf, "limited": limit[amount_name]}.get(limit[policy_name], 0.0),
                limit[policy_name] == "refuse",
            )
            for limit in self._get_deciding(policy_name)
        ]
        # Where one group is refused and another may ask, they may ask.
        return max(values, key=lambda value: (value[0], not value[1]), default=None)

    def _get_deciding(self, policy_name):
        """Those of these limits of one scope that decide: of the first level that says something.

        :param str policy_name: field that says whether there is a limit
        :return: ``ar.writeoff.limit``
        """
        levels = (
            self.filtered("user_id"),
            self.filtered("group_id"),
            self.filtered(lambda limit: not limit.user_id and not limit.group_id),
        )
        for level in levels:
            if own := level.filtered(policy_name):
                return own
        return self.browse()

    @api.model
    def _get_excess(self, user, sums, per_day=True):
        """The limits of a user that a decision is above.

        :param user: ``res.users``
        :param list sums: see ``Sum``
        :param bool per_day: whether it counts on the day of the user
        :return: list of ``Excess``, empty if it is within all
        """
        found, by_root = [], {}
        for one in sums:
            by_root.setdefault(one.company.sudo().root_id, []).append(one)  # sudo: of branches, too
        for root, own in by_root.items():
            scopes = self._get_holding(user, root).grouped(lambda limit: limit._get_scope())
            for _scope, limits in sorted(scopes.items()):
                found += limits._get_excess_of_scope(user, root, own)
        return [one for one in found if per_day or not one.is_day]

    def _get_excess_of_scope(self, user, root, sums):
        """The same for limits of one scope.

        :param user: ``res.users``
        :param root: their ``res.company``
        :param list sums: see ``Sum``, of this company and its branches
        :return: list of ``Excess``
        """
        reason, side = self[0].reason_id, self[0].side
        amount = sum(
            one.amount
            for one in sums
            if (not reason or one.reason == reason)
            and (not side or one.is_credit == (side == "credit"))
        )
        if root.currency_id.is_zero(amount):
            return []
        used = self.env["ar.writeoff.day"]._get_used(user, root, reason, side)
        found = []
        for is_day, value, counted in (
            (False, self._get_value("amount_policy", "amount"), amount),
            (True, self._get_value("day_policy", "day_amount"), amount + used),
        ):
            if (
                value
                and value[0] != inf
                and root.currency_id.compare_amounts(counted, value[0]) > 0
            ):
                name = self[0]._get_scope_name()
                found.append(Excess(root, name, counted, value[0], is_day, value[1]))
        return found

    def _get_scope_name(self):
        sides = dict(self._fields["side"]._description_selection(self.env))
        return ", ".join(filter(None, (self.reason_id.name, sides.get(self.side))))

    @api.model
    def _get_excess_text(self, excess):
        """Limits that something is above, for people.

        :param list excess: see ``Excess``
        :return: str, a sentence for each
        """
        return " ".join(self._get_excess_sentence(one) for one in excess)

    def _get_excess_sentence(self, one):
        names = {
            "amount": one.company.currency_id.format(one.amount),
            "limit": one.company.currency_id.format(one.limit),
            "name": one.name,
        }
        if one.is_day and one.name:
            return self.env._(
                "%(amount)s today, above the limit of %(limit)s a day for %(name)s.", **names
            )
        if one.is_day:
            return self.env._("%(amount)s today, above the limit of %(limit)s a day.", **names)
        if one.name:
            return self.env._("%(amount)s is above the limit of %(limit)s for %(name)s.", **names)
        return self.env._("%(amount)s is above the limit of %(limit)s.", **names)
