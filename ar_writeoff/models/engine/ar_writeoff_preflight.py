from odoo import api, models
from odoo.fields import Domain

from ..plan import Plan
from ..problems import ONLY_TELLS, get_short_list, info


class ArWriteoffPreflight(models.AbstractModel):
    """What to look at before a debtor is given up, with the way to each: of the chosen items, and
    of what else their customers have open.

    It refuses nothing; what has to be confirmed is asked again with the preview.
    """

    _name = "ar.writeoff.preflight"
    _description = "Look at a Debtor before a Write-Off"

    @api.model
    def _get_findings(self, items):
        """What there is to look at.

        :param items: ``account.move.line`` records, about to be written off
        :return: list of problems, see ``problems``, that only tell
        """
        plan = Plan(self.env["ar.writeoff"], items=items)
        notices = self.env["ar.writeoff.eligibility"]._judge(plan, ("notice",))
        others = self._get_others(items)
        found = [one for find in self._get_checks() for one in find(others)]
        return [{**one, "level": ONLY_TELLS} for one in [*notices, *found]]

    @api.model
    def _get_checks(self):
        """What is asked of what else the customers have open. Extension point: return what
        ``super()`` does with your own.

        :return: list of methods (``account.move.line`` records) → iterable of problems
        """
        return [self._find_credits, self._find_disputes, self._find_unfinished]

    def _get_others(self, items):
        """What else their customers have open.

        :param items: ``account.move.line`` records
        :return: ``account.move.line``
        """
        AccountMoveLine = self.env["account.move.line"]
        domain = Domain(AccountMoveLine._get_open_item_domain())
        return AccountMoveLine.search(
            domain
            & Domain("partner_id", "child_of", items.partner_id.commercial_partner_id.ids)
            & Domain("company_id", "in", items.company_id.ids)
            & Domain("id", "not in", items.ids)
        )

    def _find_credits(self, others):
        """Money of the customer that was not claimed could pay the debt."""
        if credits_ := others.filtered(lambda item: item._is_writeoff_credit()):
            message = self.env._(
                "Open credits of the same customers: %s. They could pay some of it.",
                self._get_names_text(credits_),
            )
            yield info("open_credit", message, credits_)

    def _find_disputes(self, others):
        """Who disputes one invoice has perhaps a reason not to pay another."""
        if blocked := others.filtered(lambda item: item.move_id.payment_state == "blocked"):
            message = self.env._("Blocked, perhaps in dispute: %s.", self._get_names_text(blocked))
            yield info("blocked", message, blocked)

    def _find_unfinished(self, others):
        """Somebody is at the same customer already."""
        reserved = self.env["ar.writeoff.reservation"]._get_reserved(others)
        for holder in dict.fromkeys(kept._get_holder_name() for kept in reserved.values()):
            own = others.filtered(
                lambda item, name=holder: (
                    item in reserved and reserved[item]._get_holder_name() == name
                )
            )
            message = self.env._(
                "%(holder)s is not finished: %(items)s.",
                holder=holder,
                items=self._get_names_text(own),
            )
            yield info("reserved", message, own)

    def _get_names_text(self, items):
        names = [
            f"{item._get_writeoff_item_name()} "
            f"({item.currency_id.format(item.amount_residual_currency)})"
            for item in items
        ]
        return get_short_list(self.env, names)

    @api.model
    def _prepare_shown(self, items):
        """The same as the ``actionable_errors`` widget shows it.

        :param items: ``account.move.line`` records
        :return: dict, for a JSON field
        """
        return self.env["ar.writeoff.eligibility"]._prepare_shown(self._get_findings(items))
