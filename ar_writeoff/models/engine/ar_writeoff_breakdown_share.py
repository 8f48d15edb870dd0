from collections import defaultdict

from odoo import models

from ..amounts import AMOUNTS, get_currency, round_share

UNTAXED = {
    "tax_ids": [],
    "tax_tag_ids": [],
    "tax_repartition_line_id": False,
    "tax_id": False,
    "base_tax_ids": [],
}


class ArWriteoffBreakdown(models.AbstractModel):
    """The share of a document that an amount takes: cumulative, less what was taken before."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.breakdown"  # pylint: disable=consider-merging-classes-inherited

    def _get_shares(self, line, contra, taken, left, given_up):
        """The share of a contra entry that an amount takes, in whole cents.

        :param line: ``ar.writeoff.line`` that takes it
        :param dict contra: see ``ar.writeoff.contra._get_contra``
        :param list taken: parts that were taken of the document before
        :param dict left: ``amount_currency`` and ``balance`` to be taken now
        :param float given_up: see ``_get_share_given_up``
        :return: dict key → (source part, amounts); the amounts add up to ``left``
        """
        prior, sources = self._get_prior(contra, taken)
        remainder = self._get_remainder_source(contra)
        sources = {remainder["key"]: remainder, **sources, **contra}
        cumulated = {
            name: round_share(
                line, name, left[name] + sum(amounts[name] for amounts in prior.values())
            )
            for name in left
        }
        targets = self._get_targets(line, contra, cumulated, given_up)
        shares = {}
        for key in {**targets, **prior}:
            amounts = {
                name: round_share(line, name, targets[key][name] - prior[key][name])
                for name in AMOUNTS
            }
            if amounts["amount_currency"] or amounts["balance"]:
                shares[key] = self._get_source(sources[key]), amounts
        return shares

    def _is_base_loss(self, part):
        """Tell a loss from a tax that has no account of its own and follows it.

        :param dict part: of a contra entry
        :return: bool
        """
        return part["kind"] == "loss" and not part.get("tax_repartition_line_id")

    def _get_remainder_key(self, contra):
        # The word is part of keys that are stored: never another one.
        return self.env["ar.writeoff.contra"]._get_key(self._get_treatment(contra), ("rest",))

    def _get_remainder_source(self, contra):
        """What bears the cents that belong to no tax: a loss like the largest, without taxes."""
        losses = [part for part in contra.values() if self._is_base_loss(part)]
        treatment, kept = self._get_treatment(contra)
        plain = {"kind": "loss", "treatment": treatment, "kept_tax_ids": list(kept)}
        largest = max(losses, key=lambda part: abs(part["balance"]), default=plain)
        return {**largest, **UNTAXED, "key": self._get_remainder_key(contra)}

    def _get_prior(self, contra, taken):
        """What was taken before, part by part, of the same kind of contra entry.

        :return: tuple: dict key → amounts, dict key → the part that was taken
        """
        treatment = self._get_treatment(contra)
        prior, sources = defaultdict(lambda: dict.fromkeys(AMOUNTS, 0.0)), {}
        for part in taken:
            if self._is_treated(part, treatment):
                sources[part["key"]] = part
                for name in AMOUNTS:
                    prior[part["key"]][name] += part[name]
        return prior, sources

    def _get_source(self, source):
        """What a share is a share of; in the ledger, if the document has no such part any more.

        :param dict source: part of a contra entry, or one that was taken before
        :return: dict
        """
        if "share_id" not in source:
            return source
        # sudo: as what other write-offs took, see ``ar.writeoff.share._get_taken_parts``
        return self.env["ar.writeoff.share"].sudo().browse(source["share_id"])._prepare_source()

    def _get_targets(self, line, contra, cumulated, given_up):
        """What all write-offs of a document together should have taken of each part.

        :param line: ``ar.writeoff.line``, one of them
        :param dict contra: see ``ar.writeoff.contra._get_contra``
        :param dict cumulated: ``amount_currency`` and ``balance`` of all of them
        :param float given_up: see ``_get_share_given_up``
        :return: dict key → rounded amounts; they add up to ``cumulated``
        """
        targets = defaultdict(lambda: dict.fromkeys(AMOUNTS, 0.0))
        for key, part in contra.items():
            targets[key].update(
                (name, round_share(line, name, part[name] * given_up)) for name in AMOUNTS
            )
        for name in ("amount_currency", "balance"):
            bearers = self._get_remainder_bearers(
                line, contra, targets, name, cumulated[name], given_up
            )
            self._spread_remainder(line, bearers, targets, name, cumulated[name])
        return targets

    def _get_remainder_bearers(self, line, contra, targets, name, cumulated, given_up):
        """The parts that bear what the shares of all parts leave over.

        Cents of a share in between are on the losses until the next share. All the rest is no
        tax's business: cents at the end, differences between the rates of a document and its
        credit notes, uncollected tax that core did not leave in proportion.

        :param dict contra: see ``ar.writeoff.contra._get_contra``
        :param dict targets: see ``_get_targets``
        :param str name: ``amount_currency`` or ``balance``
        :param float cumulated: what the targets must add up to
        :param float given_up: see ``_get_share_given_up``
        :return: dict key → part
        """
        losses = {key: part for key, part in contra.items() if self._is_base_loss(part)}
        currency = get_currency(line, name)
        remainder = abs(cumulated - sum(target[name] for target in targets.values()))
        is_rounding = currency.compare_amounts(remainder, currency.rounding * len(contra)) <= 0
        if losses and is_rounding and 0.0 < given_up < 1.0:
            return losses
        return {self._get_remainder_key(contra): {}}

    def _spread_remainder(self, line, losses, targets, name, cumulated):
        """Put what rounding left over on the losses: never on a tax.

        :param dict losses: the parts of a contra entry that bear it
        :param dict targets: see ``_get_targets``; changed in place
        :param str name: ``amount_currency`` or ``balance``
        :param float cumulated: what the targets must add up to
        """
        rounding = get_currency(line, name).rounding
        remainder = cumulated - sum(target[name] for target in targets.values())
        units = self.env["account.tax"]._distribute_delta_amount_smoothly(
            precision_digits=0,
            delta_amount=round(remainder / rounding),
            target_factors=[{"factor": part.get(name, 0.0)} for part in losses.values()],
        )
        for key, number in zip(losses, units, strict=True):
            targets[key][name] = round_share(line, name, targets[key][name] + number * rounding)
