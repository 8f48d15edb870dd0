from collections import defaultdict

from odoo import api, models


class ArWriteoffCreditNote(models.AbstractModel):
    """What credit notes correct of the invoices they are matched with; the rest is payment.

    A credit note that is linked to an invoice, or to none, corrects it as far as they are matched
    and as far as the invoice has the same taxes. What exceeds that, and all of one that is linked
    to another document, settles the claim like money.
    """

    _name = "ar.writeoff.credit.note"
    _description = "What Credit Notes Correct"

    @api.model
    def _get_corrections(self, documents):
        """What the credit notes matched with these documents correct of them.

        Set-based: documents without credit notes cost one query together.

        :param documents: posted ``account.move`` records
        :return: dict ``account.move`` → list of dicts, in the order in which they count:
            ``credit_note`` (``account.move``); ``matched``, ``corrected`` and ``paid``, positive,
            in the document's currency, the first being the sum of the others;
            ``is_linked_elsewhere``; ``shares``, for ``ar.writeoff.contra``: what it corrects of the
            document, see ``_get_shares``. Documents without credit notes are missing
        """
        matches = self._get_matches(documents)
        credit_notes = [credit_note for by in matches.values() for credit_note in by]
        moves = self.env["account.move"].union(*matches, *credit_notes)
        Booked = self.env["ar.writeoff.booked"]
        Booked._fetch(moves)
        booked = {move: Booked._get_booked(move) for move in moves}
        corrections = {}
        for document, by_credit_note in matches.items():
            left = self._get_base_by_taxes(booked[document])
            corrections[document] = [
                self._get_correction(document, credit_note, matched, booked, left)
                for credit_note, matched in sorted(
                    by_credit_note.items(), key=lambda pair: self._get_rank(document, pair[0])
                )
            ]
        return corrections

    def _get_matches(self, documents):
        """How far these documents are matched with credit notes.

        :param documents: ``account.move`` records
        :return: dict document → dict credit note → tuple of floats, positive: in the document's
            currency and in the credit note's
        """
        claims = documents.filtered(lambda move: move.move_type in ("out_invoice", "out_receipt"))
        if not claims:
            return {}
        found = self.env["account.partial.reconcile"].search(
            [
                ("debit_move_id.move_id", "in", claims.ids),
                ("debit_move_id.account_id.account_type", "=", "asset_receivable"),
                ("credit_move_id.move_id.move_type", "=", "out_refund"),
                ("credit_move_id.parent_state", "=", "posted"),
            ],
            order="id",
        )
        matches = defaultdict(lambda: defaultdict(lambda: (0.0, 0.0)))
        credit_notes = {match.exchange_move_id: match.credit_move_id.move_id for match in found}
        for match in found | self._get_exchange_matches(claims, found):
            other = match.credit_move_id.move_id
            credit_note = credit_notes.get(other, other)
            by_credit_note = matches[match.debit_move_id.move_id]
            debit, credit = by_credit_note[credit_note]
            by_credit_note[credit_note] = (
                debit + match.debit_amount_currency,
                credit + (match.credit_amount_currency if credit_note == other else 0.0),
            )
        return matches

    def _get_exchange_matches(self, claims, matches):
        """What core's exchange differences on matches with credit notes closed of the claims.

        :param claims: ``account.move`` records
        :param matches: ``account.partial.reconcile`` records with credit notes
        :return: ``account.partial.reconcile``
        """
        if not matches.exchange_move_id:
            return matches.browse()
        return matches.search(
            [
                ("debit_move_id.move_id", "in", claims.ids),
                ("credit_move_id.move_id", "in", matches.exchange_move_id.ids),
            ],
            order="id",
        )

    def _get_rank(self, document, credit_note):
        """The document's own credit notes correct it first, then the oldest."""
        return credit_note.reversed_entry_id != document, credit_note.date, credit_note.id

    def _get_base_by_taxes(self, booked):
        """What a document charges before tax, by the taxes charged on it.

        :param list booked: see ``ar.writeoff.booked._get_booked``
        :return: dict ``account.tax`` (as booked) → float, document currency, signed as booked
        """
        base = defaultdict(float)
        for base_item, _pieces in booked:
            if base_item.display_type != "rounding":
                base[base_item.tax_ids.sorted("id")] += base_item.amount_currency
        return base

    def _get_correction(self, document, credit_note, matched, booked, left):
        """What one credit note corrects; see ``_get_corrections``.

        :param tuple matched: see ``_get_matches``
        :param dict booked: ``account.move`` → what it booked
        :param dict left: see ``_get_base_by_taxes``; what it corrects is taken off it
        :return: dict
        """
        origin = credit_note.reversed_entry_id
        correction = {
            "credit_note": credit_note,
            "matched": matched[0],
            "corrected": 0.0,
            "is_linked_elsewhere": bool(origin and origin != document),
            "shares": [],
        }
        items = self.env["ar.writeoff.contra"]._get_receivables(credit_note)
        total = abs(sum(items.mapped("amount_currency")))
        if total and not correction["is_linked_elsewhere"]:
            factors = matched[0] / total, matched[1] / total
            shares = self._get_shares(document.currency_id, booked[credit_note], factors, left)
            corrected = document.currency_id.round(sum(map(self._get_amount, shares)))
            correction.update(shares=shares, corrected=corrected)
        correction["paid"] = document.currency_id.round(matched[0] - correction["corrected"])
        return correction

    def _get_shares(self, currency, booked, factors, left):
        """What of a credit note's lines corrects which lines of a document.

        :param currency: ``res.currency`` of the document
        :param list booked: what the credit note booked
        :param tuple factors: make its amounts those that are matched with the document: in the
            document's currency, and in company currency
        :param dict left: see ``_get_correction``
        :return: list of dicts: ``base_item``, ``pieces`` as booked by the credit note; ``taxes``,
            those of the document's lines that are corrected; ``factors``, for this share;
            ``currency``, of the document
        """
        shares, groups = [], defaultdict(list)
        for base_item, pieces in booked:
            if base_item.display_type == "rounding":
                # Nobody's tax: it goes with the rest.
                line = base_item, pieces
                shares.append(self._prepare_share(currency, *line, base_item.tax_ids, factors))
            else:
                groups[base_item.tax_ids.sorted("id")].append((base_item, pieces))
        for taxes, lines in groups.items():
            base = factors[0] * sum(item.amount_currency for item, _pieces in lines)
            for corrected, share in self._allocate(currency, taxes, base, len(lines), left):
                scaled = [factor * share for factor in factors]
                shares += [
                    self._prepare_share(currency, *line, corrected, scaled) for line in lines
                ]
        return shares

    def _allocate(self, currency, taxes, base, line_count, left):
        """The lines of a document that a credit note for certain taxes corrects.

        :param currency: ``res.currency`` of the document
        :param taxes: ``account.tax``, as booked on the lines of the credit note
        :param float base: their amount before tax, in the document's currency
        :param int line_count: how many lines it comes from
        :param dict left: see ``_get_correction``; changed in place
        :return: list of tuples: taxes of lines of the document, share of ``base`` for them
        """
        if currency.is_zero(base):
            return [(taxes, 1.0)] if taxes in left else []
        remainder, allocated = -base, []
        for other in self._get_alike(taxes, left):
            if remainder * left[other] <= 0.0:
                continue
            taken = min(remainder, left[other], key=abs)
            # What is left over by rounding line by line is no excess.
            if (
                currency.compare_amounts(abs(remainder - taken), currency.rounding * line_count)
                <= 0
            ):
                taken = remainder
            left[other] -= taken
            remainder -= taken
            allocated.append((other, -taken / base))
        return allocated

    def _get_alike(self, taxes, left):
        """Lines with the same taxes, then those with one of them."""
        flat = taxes.flatten_taxes_hierarchy()
        others = [other for other in left if other.flatten_taxes_hierarchy() & flat]
        return [taxes] * (taxes in left) + [other for other in others if other != taxes]

    def _prepare_share(self, currency, base_item, pieces, taxes, factors):
        every = taxes | taxes.flatten_taxes_hierarchy()
        shared = [
            piece
            for piece in pieces
            if taxes == base_item.tax_ids
            or (piece["tax_item"].group_tax_id | piece["tax_item"].tax_line_id) & every
        ]
        return {
            "currency": currency,
            "base_item": base_item,
            "pieces": shared,
            "taxes": taxes,
            "factors": factors,
        }

    def _get_amount(self, share):
        """What a share corrects, taxes included, in the document's currency."""
        amounts = [piece["amount_currency"] for piece in share["pieces"]]
        return share["factors"][0] * sum(amounts, share["base_item"].amount_currency)

    @api.model
    def _get_explanation(self, document, correction):
        """How a credit note counts, in words for whoever writes off the document.

        :param document: ``account.move``
        :param dict correction: see ``_get_corrections``
        :return: str
        """
        currency = document.currency_id
        words = {
            "credit_note": correction["credit_note"].display_name,
            "origin": correction["credit_note"].reversed_entry_id.display_name,
            "document": document.display_name,
            "corrected": currency.format(correction["corrected"]),
            "paid": currency.format(correction["paid"]),
        }
        if correction["is_linked_elsewhere"]:
            return self.env._(
                "%(credit_note)s corrects %(origin)s: on %(document)s, its %(paid)s count as "
                "payment.",
                **words,
            )
        if currency.is_zero(correction["corrected"]):
            return self.env._(
                "%(credit_note)s has no tax that is left on %(document)s: its %(paid)s count as "
                "payment.",
                **words,
            )
        if currency.is_zero(correction["paid"]):
            return self.env._(
                "%(credit_note)s counts as correction of %(document)s: %(corrected)s of it, with "
                "the tax in them, were taken back already.",
                **words,
            )
        return self.env._(
            "%(credit_note)s counts as correction of %(document)s with %(corrected)s, with the tax "
            "in them; for the other %(paid)s, %(document)s has no such tax left: they count as "
            "payment.",
            **words,
        )
