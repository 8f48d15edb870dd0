from odoo import models

from ..amounts import round_share
from ..line_states import LIVE_STATES


class ArWriteoffTransition(models.AbstractModel):
    """Tax due on payment: what was not collected was never due, and leaves its account."""

    _name = "ar.writeoff.transition"
    _description = "Uncollected Tax of Write-Off Lines"

    def _prepare_transition_parts(self, line, taken, targets, relief):
        """What leaves the transition accounts: the share of what is open that is given up.

        Payments took their share in proportion, so what is left on the transition accounts
        belongs to what is left of the claim; what closes the claim takes all of it.

        :param line: ``ar.writeoff.line``, saved or new
        :param list taken: what was taken of the document before: tuples (line, part)
        :param targets: ``account.move.line`` of the document: uncollected tax
        :param relief: ``account.fiscal.position``, see ``ar.writeoff.contra``
        :return: list of parts, each with the journal item it closes as ``target_id``
        """
        if not targets:
            return []
        share = self._get_share_of_open(line, taken)
        parts = []
        for target in targets:
            left = self._get_left_in_transition(target, taken)
            amounts = {
                name: round_share(line, name, -amount * share) for name, amount in left.items()
            }
            if all(amounts.values()):
                parts.append(self._prepare_transition_part(line, target, amounts, relief))
        return parts

    def _get_pending_lines(self, taken):
        """Lines that take their share, but not in the ledger yet.

        :param list taken: tuples (line, part)
        :return: list of ``ar.writeoff.line``
        """
        lines = {line for line, _part in taken}
        return [line for line in lines if line.state not in LIVE_STATES]

    def _get_share_of_open(self, line, taken):
        """How much of what is open on the document a line gives up.

        :param line: ``ar.writeoff.line``
        :param list taken: tuples (line, part)
        :return: float, above 0 up to 1
        """
        receivables = self.env["ar.writeoff.contra"]._get_receivables(line.move_id)
        still_open = line.currency_id.round(
            sum(receivables.mapped("amount_residual_currency"))
            - sum(line.amount_currency for line in self._get_pending_lines(taken))
        )
        share = line.amount_currency / still_open if still_open else 1.0
        return min(max(share, 0.0), 1.0)

    def _is_transition_outdated(self, lines, stored):
        """Whether uncollected tax is not there any more as it was planned to be cleared.

        :param lines: ``ar.writeoff.line`` records of one document
        :param list stored: parts of these lines, with ``target_id``
        :return: bool
        """
        Share = self.env["ar.writeoff.share"]
        taken = Share._get_taken_parts(lines.move_id, without=lines)[lines.move_id.id]
        currency = lines.company_currency_id
        receivables = self.env["ar.writeoff.contra"]._get_receivables(lines.move_id)
        still_open = sum(receivables.mapped("amount_residual")) - sum(
            line.amount for line in self._get_pending_lines(taken)
        )
        closes = not currency.compare_amounts(sum(lines.mapped("amount")), still_open)
        for target in self.env["account.move.line"].browse({p["target_id"] for p in stored}):
            planned = sum(p["balance"] for p in stored if p["target_id"] == target.id)
            left = -self._get_left_in_transition(target, taken)["balance"]
            if currency.compare_amounts(abs(planned), abs(left)) > 0:
                return True
            if closes and currency.compare_amounts(planned, left):
                return True
        return False

    def _get_left_in_transition(self, target, taken):
        pending = self._get_pending_lines(taken)
        parts = [
            part for line, part in taken if line in pending and part.get("target_id") == target.id
        ]
        return {
            "amount_currency": target.amount_residual_currency
            + sum(part["amount_currency"] for part in parts),
            "balance": target.amount_residual + sum(part["balance"] for part in parts),
        }

    def _prepare_transition_part(self, line, target, amounts, relief):
        """A part that takes uncollected tax off its transition account. Extension point.

        :param line: ``ar.writeoff.line`` that gives it up
        :param target: ``account.move.line`` of the document, on the transition account
        :param dict amounts: ``amount_currency`` and ``balance``
        :param relief: ``account.fiscal.position``, see ``ar.writeoff.contra``
        :return: dict, see ``_prepare_breakdown``
        """
        part = {
            **amounts,
            "kind": "transition",
            "account_id": target.account_id.id,
            "target_id": target.id,
            "tax_id": target.tax_line_id.id,
            "name": target.tax_line_id.name,
            "analytic_distribution": False,
        }
        # The tax may have been the base of another one, which is given back.
        Contra = self.env["ar.writeoff.contra"]
        taxes = target.tax_ids.browse().union(
            *(
                Contra._get_relief_taxes(relief, tax, tax.browse())[:1]
                for tax in target.tax_ids
                if tax.tax_exigibility == "on_invoice"
            )
        )
        if line.separate_tax and taxes:
            is_refund = line.move_id.move_type != "out_refund"
            part.update(tax_ids=taxes.ids, tax_tag_ids=taxes.get_tax_tags(is_refund, "base").ids)
        return part
