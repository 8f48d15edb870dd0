from odoo import api, models

from ..engine.ar_writeoff_eligibility import CANDIDATE
from ..plan import Plan
from ..problems import BLOCKS, get_warnings

# Why a candidate of a batch is not included. The first want a second look only: including the item
# by hand confirms them.
OBSTACLES = [
    ("user", "Excluded by Hand"),
    ("limit_run", "Above the Limit of the Run"),
    ("in_payment", "Payment in Process"),
    ("discount", "Early Payment Discount Open"),
    ("payables", "We Owe the Customer"),
    ("draft_credit_note", "Credit Note in Draft"),
    ("limit_document", "Above the Limit per Document"),
    ("limit_customer", "Above the Limit per Customer"),
    ("limit_own", "Above the Customer's Own Limit"),
    ("policy", "Not Allowed for the Customer"),
    ("blocked", "Blocked"),
    ("reserved", "Reserved by Another Write-Off"),
    ("child", "Would Split a Child Account"),
    ("account", "No Account"),
    ("reason", "Reason Cannot Be Used"),
    ("amount", "Amount Cannot Be Used"),
    ("over_credited", "Credited Already"),
    ("netted_with", "Tied by Netting to What Is Left Out"),
    ("unmatched", "Unreconciled from a Write-Off"),
    ("counterpart", "Made by a Write-Off"),
    ("on_payment_tax", "Entry with Tax Due on Payment"),
    ("lock_date", "Closed Period"),
    ("changed", "Changed Meanwhile"),
    ("busy", "Being Changed by Somebody Else"),
    ("stopped", "Run Was Stopped"),
    ("other", "Other"),
]
KNOWN_OBSTACLES = tuple(code for code, _name in OBSTACLES)
# First what speaks against an item, or wants a look, whatever is decided on it; then that. Items of
# a document go together, so the second looks at what the first leaves.
LOOKED_AT = ("item", "notice")
CHOSEN = (LOOKED_AT, CANDIDATE)


class ArWriteoffSelection(models.AbstractModel):
    """Which of the open items a batch takes, and why not the others.

    Everything is asked for all items at once; an answer is a dict item → (code, message).
    """

    _name = "ar.writeoff.selection"
    _description = "Selection of a Batch Write-Off"

    @api.model
    def _evaluate(self, batch, rows, decided=None, with_run_limit=False):
        """What speaks against each candidate, and what of it would be netted.

        :param batch: ``ar.writeoff.batch``
        :param dict rows: open ``account.move.line`` → its ``ar.writeoff.candidate``
        :param dict decided: item → (code, message) that was decided before and stays
        :param bool with_run_limit: whether the limit of the run leaves out what does not fit
        :return: tuple: dict item → (code, message); dict item → amount netted, in its currency
        """
        items = self.env["account.move.line"].browse(item.id for item in rows)
        obstacles = dict(decided or {})
        for scopes in CHOSEN:
            left = {item: rows[item] for item in items if item not in obstacles}
            obstacles.update(self._find_problems(batch, left, scopes))
        left = {item: rows[item] for item in items if item not in obstacles}
        obstacles.update(self._find_wrong_amounts(batch, left))
        if batch.side == "both":
            obstacles.update(self._find_tied_credits(items, obstacles))
        left = items.filtered(lambda item: item not in obstacles)
        Netting = self.env["ar.writeoff.netting"]
        pairs = Netting._get_pairs(left) if batch.side == "both" else []
        netted = Netting._get_netted(left, pairs)
        obstacles.update(self._find_above_limits(batch, left, pairs, netted, with_run_limit))
        return obstacles, {
            item: 0.0 if item in obstacles else netted.get(item, 0.0) for item in items
        }

    def _find_wrong_amounts(self, batch, rows):
        """What speaks against amounts that somebody chose; where more or less is open by now, they
        are planned anew.

        :param batch: ``ar.writeoff.batch``
        :param dict rows: ``account.move.line`` → its ``ar.writeoff.candidate``
        :return: dict item → (code, message)
        """
        chosen = {
            item: row
            for item, row in rows.items()
            if row.requested_currency and not row._is_residual_changed()
        }
        return self._find_problems(batch, chosen, ("amount",)) if chosen else {}

    @api.model
    def _find_at_run(self, batch, rows):
        """What speaks against items in the last moment, which was no obstacle when chosen.

        :param batch: ``ar.writeoff.batch``
        :param dict rows: ``account.move.line``, locked → its ``ar.writeoff.candidate`` in the queue
        :return: dict item → (code, message)
        """
        found = self._find_problems(batch, rows, LOOKED_AT)
        netted = {item: row.netted_currency for item, row in rows.items()}
        items = self.env["account.move.line"].browse(item.id for item in rows)
        found.update(self._find_above_own_limits(batch, items, netted))
        return found

    def _find_problems(self, batch, rows, scopes):
        """What the rules say against candidates; what was confirmed for one is none.

        :param batch: ``ar.writeoff.batch``
        :param dict rows: ``account.move.line`` → its ``ar.writeoff.candidate``
        :param tuple scopes: see ``ar.writeoff.eligibility._get_rules``
        :return: dict item → (code, message), the first that was found
        """
        candidates = self.env["ar.writeoff.candidate"].union(*rows.values())
        plan = Plan(batch._get_plan(), candidates)
        by_id, found = {item.id: item for item in rows}, {}
        for problem in self.env["ar.writeoff.eligibility"]._judge(plan, scopes):
            for item in (by_id[item_id] for item_id in problem["items"]):
                confirmed = (rows[item].confirmed_codes or "").split(",")
                if problem["level"] == BLOCKS or problem["code"] not in confirmed:
                    found.setdefault(item, (self._get_obstacle(problem), problem["message"]))
        return found

    @api.model
    def _get_obstacle(self, problem):
        """How a problem is named in the list of candidates.

        :param dict problem: see ``problems``
        :return: str, a code of ``OBSTACLES``
        """
        if problem["code"] in ("closed", "not_posted"):
            return "changed"
        # Those of other addons are shown as *Other*, with their message.
        return problem["code"] if problem["code"] in KNOWN_OBSTACLES else "other"

    @api.model
    def _get_item_warnings(self, candidates):
        """What a user should know of each item.

        :param candidates: ``ar.writeoff.candidate`` records
        :return: dict item id → list of (code, message)
        """
        plan = Plan(self.env["ar.writeoff"], candidates)
        found = {}
        for problem in get_warnings(self.env["ar.writeoff.eligibility"]._judge(plan, ("notice",))):
            for item_id in problem["items"]:
                found.setdefault(item_id, []).append((problem["code"], problem["message"]))
        return found

    def _find_tied_credits(self, items, obstacles):
        """No credit is given up while the debit it belongs to is left out, whatever the reason.

        :param items: open ``account.move.line`` records
        :param dict obstacles: item → (code, message)
        :return: dict credit → (code, message)
        """
        pairs = self.env["ar.writeoff.netting"]._get_pairs(items)
        return {
            credit: ("netted_with", self._get_tied_message(obstacles[debit][1]))
            for debit, credit, _amount in pairs
            if debit in obstacles and credit not in obstacles
        }

    def _get_tied_message(self, message):
        return self.env._("Tied by netting: %s", message)
