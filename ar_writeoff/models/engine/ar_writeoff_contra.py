import hashlib
import json

from odoo import api, models

from .ar_writeoff_booked import BOOKED_AMOUNTS

GROSS = ("gross", ())  # the treatment that leaves all taxes in the loss


class ArWriteoffContra(models.AbstractModel):
    """What would undo a whole document: its contra entry, with the taxes given back or kept.

    It is made once for the whole document; a write-off takes a share of it. What was booked goes
    back, whatever became of prices, rates and taxes since; today's settings only say where refunds
    and relief go, if elsewhere.
    """

    _name = "ar.writeoff.contra"
    _description = "Contra Entry of a Document"

    @api.model
    def _get_contra(self, document, separate, relief, corrections=()):
        """Contra entry of a document, less what its credit notes took back already.

        On-payment taxes are not in it: what was not collected stands on a transition account,
        and is cleared from there.

        :param document: posted ``account.move``, an invoice, receipt or credit note
        :param bool separate: whether taxes are given back, or stay in the loss
        :param relief: ``account.fiscal.position`` that maps the taxes to relief taxes, or empty
        :param corrections: of this document, see ``ar.writeoff.credit.note._get_corrections``
        :return: dict key → part, see ``_prepare_part``; the keys depend on the document alone, so
            that shares taken at different times can be compared
        """
        booked = self.env["ar.writeoff.booked"]._get_booked(document)
        treatment = self._get_treatment(booked, separate, relief)
        contra = self._get_document_contra(booked, treatment, relief)
        for correction in corrections:
            for share in correction["shares"]:
                self._net(contra, share, treatment, relief)
        return contra

    def _get_document_contra(self, booked, treatment, relief):
        contra = {}
        for base_item, pieces in booked:
            for part in self._get_parts(base_item, pieces, treatment, relief):
                self._add(contra, part["key"], part)
        return contra

    def _add(self, contra, key, part):
        if key not in contra:
            contra[key] = part
            return
        for name in BOOKED_AMOUNTS:
            contra[key][name] += part[name]

    def _get_treatment(self, booked, separate, relief):
        """What shares of a document must have in common to be counted together.

        :param list booked: see ``ar.writeoff.booked._get_booked``
        :return: tuple: ``gross``, ``separated``, or ``relief`` where some taxes are kept in the
            loss; ids of those that are kept
        """
        if not separate:
            return GROSS
        kept = {
            tax.id
            for base_item, pieces in booked
            for tax, group in self._get_charged_taxes(base_item, pieces)
            if not self._get_relief_taxes(relief, tax, group)
        }
        return ("relief", tuple(sorted(kept))) if kept else ("separated", ())

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def _get_parts(self, base_item, pieces, treatment, relief):
        """The parts an invoice line consists of: what is lost, and each tax that is given back.

        :param base_item: ``account.move.line``
        :param list pieces: its pieces of the tax lines, see ``ar.writeoff.booked._get_booked``
        :param tuple treatment: see ``_get_treatment``
        :param relief: see ``_get_contra``
        :return: list of parts
        """
        charged = self._get_charged_taxes(base_item, pieces)
        given = self._get_given_taxes(charged, treatment, relief)
        taxes = self._get_base_taxes(base_item, given)
        loss = self._prepare_part(
            base_item,
            "loss",
            amount_currency=-base_item.amount_currency,
            balance=-base_item.balance,
            tax_ids=taxes.ids,
        )
        original = sorted(base_item.tax_ids.ids) if treatment != GROSS else []
        if treatment != GROSS:
            every = taxes.browse().union(*(tax for tax, _group in charged))
            no_rep = base_item.tax_repartition_line_id
            loss["tax_tag_ids"] = self._get_tags(base_item, every, taxes, no_rep).ids
        loss["base_tax_ids"] = original
        self._identify(loss, treatment, base_item, "base", original)
        parts = [loss]
        for piece in pieces:
            tax_item = piece["tax_item"]
            mapped = given.get((tax_item.tax_line_id, tax_item.group_tax_id))
            if self._is_due_on_payment(tax_item):
                continue  # cleared from its transition account
            if mapped:
                parts += self._get_tax_parts(base_item, piece, mapped, treatment, relief)
            else:
                loss["amount_currency"] -= piece["amount_currency"]
                loss["balance"] -= piece["balance"]
        return parts

    def _get_tax_parts(self, base_item, piece, mapped, treatment, relief):
        """A piece of a tax line that is given back, by each distribution line that does so.

        :param base_item: ``account.move.line``
        :param dict piece: see ``ar.writeoff.booked._get_booked``
        :param mapped: ``account.tax``: the tax itself, or the relief tax
        :param tuple treatment: see ``_get_treatment``
        :param relief: see ``_get_contra``
        :return: list of parts
        """
        tax_item = piece["tax_item"]
        subsequent = tax_item.tax_ids.flatten_taxes_hierarchy().filtered(
            lambda tax: tax.tax_exigibility != "on_payment"
        )
        taxes = mapped.browse().union(
            *(self._get_relief_taxes(relief, tax, tax.browse())[:1] for tax in subsequent)
        )
        parts = []
        for rep, share in self._get_distribution(tax_item, mapped):
            part = self._prepare_tax_part(base_item, piece, rep, share)
            part.update(
                tax_ids=taxes.ids,
                tax_tag_ids=self._get_tags(tax_item, subsequent, taxes, rep).ids,
            )
            facts = (
                tax_item.tax_line_id.id,
                self._get_position(rep),
                tax_item.group_tax_id.id,
                sorted(subsequent.ids),
            )
            per_line = base_item if part["takes_analytic"] else None
            self._identify(part, treatment, per_line, *facts)
            parts.append(part)
        return parts

    def _prepare_tax_part(self, base_item, piece, rep, share):
        tax_item, mapped = piece["tax_item"], rep.tax_id
        account = self._get_tax_account(piece, rep)
        takes_analytic = (
            not account
            or mapped.analytic
            or not rep.use_in_tax_closing
            or bool(tax_item.analytic_distribution)
        )
        return self._prepare_part(
            base_item,
            "tax" if account else "loss",  # without an account of its own it follows the base
            account_id=account.id,
            tax_id=tax_item.tax_line_id.id,
            tax_repartition_line_id=rep.id,
            group_tax_id=mapped == tax_item.tax_line_id and tax_item.group_tax_id.id,
            name=mapped.name,
            takes_analytic=takes_analytic,
            **{name: -piece[name] * share for name in BOOKED_AMOUNTS},
        )

    def _prepare_part(self, base_item, kind, amount_currency, balance, **values):
        """A part of a contra entry, or of a share of it. Extension point.

        :param base_item: ``account.move.line``, the invoice line
        :param str kind: ``loss``, ``tax`` (given back) or ``transition`` (never due)
        :param float amount_currency: document currency, debit positive
        :param float balance: company currency, debit positive
        :return: dict
        """
        return {
            "kind": kind,
            "amount_currency": amount_currency,
            "balance": balance,
            "tax_base_amount": 0.0,
            "account_id": False,
            "product_id": base_item.product_id.id,
            "takes_analytic": True,
            "invoice_analytic": base_item.analytic_distribution or False,
            **values,
        }

    def _identify(self, part, treatment, base_item, *facts):
        """Say what identifies a part for ever: facts of the document, no settings of today.

        :param dict part: changed in place: ``facts``, their hash as ``key``, the treatment
        :param tuple treatment: see ``_get_treatment``
        :param base_item: ``account.move.line`` whose product and analytic distribution tell parts
            apart, or None
        """
        if base_item:
            facts = (*facts, base_item.product_id.id, base_item.analytic_distribution or 0)
        part.update(
            key=self._get_key(treatment, facts),
            facts=facts,
            treatment=treatment[0],
            kept_tax_ids=list(treatment[1]),
        )

    @api.model
    def _get_key(self, treatment, facts):
        """A hash of what identifies a part of a document.

        :param tuple treatment: see ``_get_treatment``
        :param facts: list or tuple, of values that JSON knows
        :return: str
        """
        text = json.dumps([*treatment, *facts], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    # ------------------------------------------------------------------
    # Credit notes
    # ------------------------------------------------------------------

    def _net(self, contra, share, treatment, relief):
        """Net what a credit note corrects into the contra entry, with the amounts it booked.

        At another rate than the document's, what is left in company currency is not what the
        document's rate would make of it: it is what is still declared, and all of it goes back.

        :param dict contra: changed in place
        :param dict share: see ``ar.writeoff.credit.note._get_shares``
        """
        factor_currency, factor = share["factors"]
        parts = self._get_parts(share["base_item"], share["pieces"], treatment, relief)
        for part in parts:
            scaled = {**part, **{name: part[name] * factor for name in BOOKED_AMOUNTS}}
            if share["currency"] != share["base_item"].company_currency_id:
                scaled["amount_currency"] = part["amount_currency"] * factor_currency
            else:
                scaled["amount_currency"] = scaled["balance"]
            kind, *facts = part["facts"]
            if kind == "base" and treatment != GROSS:
                scaled["base_tax_ids"] = facts[0] = sorted(share["taxes"].ids)
                self._identify(scaled, treatment, None, kind, *facts)
            for key, fraction in self._get_netted(contra, scaled):
                amounts = {name: scaled[name] * fraction for name in BOOKED_AMOUNTS}
                self._add(contra, key, {**scaled, **amounts})

    def _get_netted(self, contra, part):
        """The parts of a document that a part of a credit note is netted with.

        Its own product and analytic distribution come first, then others with the same tax.

        :param dict contra: of the document
        :param dict part: of the credit note, identified as if it were the document's
        :return: list of tuples (key, fraction of the part)
        """
        own = part["key"]
        left = {
            other: -booked["amount_currency"] / part["amount_currency"]
            for other, booked in contra.items()
            if part["amount_currency"] and booked["facts"][:2] == part["facts"][:2]
        }
        room = {other: fraction for other, fraction in left.items() if fraction > 0.0}
        first = min(room.pop(own, 0.0), 1.0)
        if not room:
            return [(own if own in left or not left else next(iter(left)), 1.0)]
        total = sum(room.values())
        remainder = [(other, (1.0 - first) * fraction / total) for other, fraction in room.items()]
        return [(own, first), *remainder] if first else remainder
