from odoo import api, models

from ..plan import Plan
from ..problems import get_blockers

# In the order in which they are asked; what the scopes mean, ``_get_rules`` says.
RULES = {
    "item": (
        "_check_receivable",
        "_check_open",
        "_check_policy",
        "_check_not_ours",
        "_check_unmatched",
        "_check_on_payment_tax",
        "_check_blocked",
        "_check_reserved",
        "_check_found",
    ),
    "decision": (
        "_check_exists",
        "_check_reason",
        "_check_reason_use",
        "_check_reason_cap",
        "_check_account",
    ),
    "document": ("_check_child_whole", "_check_child_payer"),
    "amount": ("_check_amount", "_check_worth", "_check_partial"),
    "share": (
        "_check_share_accounts",
        "_check_over_credited",
        "_check_relief",
        "_check_planned_taxes",
        "_check_planned_transition",
    ),
    "posting": (
        "_check_has_rows",
        "_check_one_company",
        "_check_twice",
        "_check_date",
        "_check_journal",
        "_check_left_in_draft",
        "_check_lock_dates",
        "_check_analytic",
        "_check_accounting_date",
        "_check_deferred",
    ),
    "notice": (
        "_warn_payment_in_process",
        "_warn_discount",
        "_warn_draft_credit_notes",
        "_warn_payables",
    ),
    "hint": ("_inform_nothing_to_separate", "_inform_credit_notes"),
}
# What each door asks.
WIZARD = ("item", "decision", "document", "amount", "share", "posting", "notice", "hint")
DRAFT = ("item", "decision", "document", "amount", "share", "posting")
# Of a run: its items were judged just before, under lock, what wants a confirmation was confirmed.
CHUNK = ("decision", "document", "amount", "share", "posting")
START = ("posting",)
CANDIDATE = ("decision", "document")


class ArWriteoffEligibility(models.AbstractModel):
    """The rules: what speaks against a write-off, whoever asks, on whatever path.

    A rule is a method that is given a ``Plan`` and returns problems, see ``problems``. It asks for
    all items at once; what needs the database is read once for all of them.
    """

    _name = "ar.writeoff.eligibility"
    _description = "Rules of a Write-Off"

    @api.model
    def _get_rules(self):
        """Every rule there is, in the order in which they are asked. Extension point: return what
        ``super()`` does with your own in one of the lists, or without one that is to be dropped.

        - ``item``: may it be written off at all? Looks at ``plan.items``; the first refusal
          settles an item.
        - ``decision``: are its reason and account fit? Looks at ``plan.fit``, as those below.
        - ``document``: do the items of a document go together?
        - ``amount``: may so much of it be given up?
        - ``share``: is what it is written off against fit? Asked of lines alone, before posting.
        - ``posting``: may ``plan.rows`` be posted together, on this date?
        - ``notice``: what should be confirmed before ``plan.items`` are written off?
        - ``hint``: what is good to know?

        :return: dict: scope → list of methods (plan) → iterable of problems
        """
        return {scope: [getattr(self, name) for name in names] for scope, names in RULES.items()}

    @api.model
    def _judge(self, plan, scopes):
        """What speaks against a plan: the one question of wizard, candidate, run and draft.

        :param plan: ``Plan``; what is refused is settled in it
        :param tuple scopes: which rules are asked, see ``_get_rules``
        :return: list of problems, see ``problems``
        """
        found = []
        for scope, rules in self._get_rules().items():
            for rule in rules if scope in scopes else ():
                problems = list(rule(plan))
                found += problems
                if scope not in ("posting", "hint"):
                    plan.settle(get_blockers(problems))
        return found

    @api.model
    def _get_blockers(self, items, own=None):
        """Why items can never, or not now, be written off.

        :param items: ``account.move.line`` records
        :param own: ``ar.writeoff.line`` or ``ar.writeoff.candidate`` records whose reservation does
            not count
        :return: dict item → problem; eligible items are not in it
        """
        plan = Plan(self.env["ar.writeoff"], rows=own, items=items)
        problems = self._judge(plan, ("item",))
        by_id = {item.id: item for item in items}
        return {
            by_id[item_id]: problem
            for problem in reversed(problems)
            for item_id in problem["items"]
        }
