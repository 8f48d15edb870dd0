from collections import defaultdict

from odoo import api, models
from odoo.tools import float_round

CORRECTED_TYPES = ("out_invoice", "out_receipt")
TOTAL = ("total", False)
NOTHING = (0.0, 0.0)
# What a document claims: kind, by what it is told apart, sign of a claim, which journal items.
RECEIVABLES = [("account_type", "=", "asset_receivable")]
TAXES = [("tax_line_id", "!=", False), ("display_type", "!=", "rounding")]
BASES = [("tax_ids", "!=", False), ("tax_line_id", "=", False)]
BOOKED = (
    ("total", [], 1, RECEIVABLES),
    ("tax", ["tax_line_id"], -1, TAXES),
    ("base", ["tax_ids"], -1, BASES),
)


class ArWriteoffCorrection(models.AbstractModel):
    """Nothing of a document is taken back twice: once by a write-off, once by a credit note.

    For the total of a document, and for base and amount of each tax: what live write-offs, in
    draft or posted, and credit notes take together never exceeds what was invoiced. Payments do
    not count. A write-off that leaves the tax in the loss counts on the total alone.

    Amounts are tuples (document currency, company currency), positive for what is claimed; keys
    are tuples (``total``, ``tax`` or ``base``; id of the tax).
    """

    _name = "ar.writeoff.correction"
    _description = "Write-Offs and Credit Notes of a Document"

    @api.model
    def _get_excess(self, documents, posting=None, planned=None, undone=None):
        """By how much write-offs and credit notes together exceed what was invoiced.

        :param documents: posted ``account.move``; what is neither invoice nor receipt is left aside
        :param posting: credit notes that count as posted
        :param dict planned: ``ar.writeoff.line`` → its parts: lines that count as live, as
            they are planned
        :param undone: ``ar.writeoff.line`` records that do not count any more
        :return: dict document → tuple: its credit notes; list of dicts with ``key`` and the
            amounts ``invoiced``, ``written_off``, ``credited`` and ``excess``. Documents within
            bounds are not in it
        """
        documents = documents.filtered(lambda move: move.move_type in CORRECTED_TYPES)
        if not documents:
            return {}
        linked, matched = self._get_linked(documents, posting), self._get_matched(documents)
        notes = {move: linked[move].union(*matched[move]) for move in documents}
        moves = documents.browse().union(*(move | notes[move] for move in notes if notes[move]))
        if not moves:
            return {}
        booked, taken = self._get_booked(moves), self._get_taken(moves, planned or {}, undone)
        excess = {}
        for document in documents & moves:
            credited = self._sum_up(
                *(self._get_credited(document, note, booked, taken) for note in linked[document]),
                *(
                    self._get_credited_share(document, note, amount, booked)
                    for note, amount in matched[document].items()
                ),
            )
            # What was credited in another currency is worth what it is booked at.
            is_foreign = bool(linked[document].currency_id - document.currency_id)
            currency = document.company_currency_id if is_foreign else document.currency_id
            figures = self._compare(
                booked[document], taken[document], credited, currency, int(is_foreign)
            )
            if figures:
                excess[document] = notes[document], figures
        return excess

    @api.model
    def _compare(self, invoiced, written_off, credited, currency, index):
        """The rule: of what was invoiced, no more is credited than write-offs left.

        :param dict invoiced: key → amounts
        :param dict written_off: key → amounts
        :param dict credited: key → amounts
        :param currency: ``res.currency`` in which they are compared
        :param int index: of its amount: 0 document currency, 1 company currency
        :return: list of figures, see ``_get_excess``
        """
        figures = []
        for key, taken in written_off.items():
            claim, credit = invoiced.get(key, NOTHING), credited.get(key, NOTHING)
            if currency.is_zero(taken[index]) or currency.is_zero(credit[index]):
                continue  # whatever is wrong, it is not the two of them together
            excess = tuple(taken[i] + credit[i] - claim[i] for i in (0, 1))
            sign = -1 if claim[index] < 0 else 1
            if currency.compare_amounts(sign * excess[index], 0.0) > 0:
                figures.append(
                    {
                        "key": key,
                        "invoiced": claim,
                        "written_off": taken,
                        "credited": credit,
                        "excess": excess,
                    }
                )
        return figures

    def _sum_up(self, *dicts):
        result = defaultdict(lambda: NOTHING)
        for amounts in dicts:
            for key, pair in amounts.items():
                result[key] = tuple(sum(column) for column in zip(result[key], pair, strict=True))
        return result

    # ------------------------------------------------------------------
    # Credit notes
    # ------------------------------------------------------------------

    def _get_linked(self, documents, posting):
        """The posted credit notes that were made for these documents, matched or not.

        :param documents: ``account.move``
        :param posting: credit notes that count as posted, or None
        :return: dict document → ``account.move``
        """
        # sudo: the answer must not depend on who asks
        notes = self.env["account.move"].sudo()
        notes = notes.search([("reversed_entry_id", "in", documents.ids), ("state", "=", "posted")])
        found = defaultdict(notes.browse)
        found.update((notes | (posting or notes.browse()).sudo()).grouped("reversed_entry_id"))
        return found

    def _get_matched(self, documents):
        """Credit notes that were made for no document, as far as they are matched with these.

        :param documents: ``account.move``
        :return: dict document → dict credit note → amount in the document's currency
        """
        # sudo: the answer must not depend on who asks
        matches = self.env["account.partial.reconcile"].sudo()
        matches = matches.search(
            [
                ("debit_move_id.move_id", "in", documents.ids),
                ("credit_move_id.move_id.move_type", "=", "out_refund"),
                ("credit_move_id.move_id.reversed_entry_id", "=", False),
            ]
        )
        found = defaultdict(lambda: defaultdict(float))
        for match in matches:
            notes = found[match.debit_move_id.move_id]
            notes[match.credit_move_id.move_id] += match.debit_amount_currency
        return found

    def _get_credited(self, document, note, booked, taken):
        """What a credit note takes back of its document, less what was given up of it itself.

        :param document: ``account.move``
        :param note: ``account.move``, its credit note
        :param dict booked: see ``_get_booked``
        :param dict taken: see ``_get_taken``
        :return: dict key → amounts
        """
        rate = self._get_rate(booked[document])
        credited = {}
        for key, claim in booked[note].items():
            given_up = taken[note].get(key, NOTHING)
            amount_currency, balance = (given_up[i] - claim[i] for i in (0, 1))
            if note.currency_id == document.currency_id:
                balance = amount_currency * rate  # rates of another day correct nothing else
            else:
                amount_currency = balance / rate if rate else 0.0
            credited[key] = amount_currency, balance
        return credited

    def _get_credited_share(self, document, note, matched, booked):
        """What the matched share of a credit note takes back, as far as the document has it.

        :param document: ``account.move``
        :param note: ``account.move``, a credit note that was made for no document
        :param float matched: in the document's currency
        :param dict booked: see ``_get_booked``
        :return: dict key → amounts
        """
        claims, rate = booked[document], self._get_rate(booked[document])
        total = abs(booked[note].get(TOTAL, NOTHING)[0])
        credited = {}
        for key, claim in booked[note].items():
            if total and key in claims:
                amount = -claim[0] * matched / total
                # Of a cent that falls on two sides, none is taken for too much.
                credited[key] = (
                    self._round_down(amount, document.currency_id),
                    self._round_down(amount * rate, document.company_currency_id),
                )
        return credited

    def _round_down(self, amount, currency):
        return float_round(amount, precision_rounding=currency.rounding, rounding_method="DOWN")

    def _get_rate(self, claims):
        """Company currency for one unit of the document's currency, as it is booked."""
        amount_currency, balance = claims.get(TOTAL, NOTHING)
        return balance / amount_currency if amount_currency else 0.0

    # ------------------------------------------------------------------
    # What is booked, and what was given up of it
    # ------------------------------------------------------------------

    def _get_booked(self, moves):
        """What documents claim, read off their journal items.

        :param moves: ``account.move``
        :return: dict move → dict key → amounts, negative for credit notes
        """
        # sudo: the answer must not depend on who asks
        items = self.env["account.move.line"].sudo().with_context(active_test=False)
        booked = {move: {} for move in moves}
        for kind, groupby, sign, domain in BOOKED:
            groups = items._read_group(
                [("move_id", "in", moves.ids), *domain],
                ["move_id", *groupby],
                ["amount_currency:sum", "balance:sum"],
            )
            for move, *taxes, amount_currency, balance in groups:
                key = kind, taxes[0].id if taxes else False
                booked[move][key] = sign * amount_currency, sign * balance
        return booked

    def _get_taken(self, moves, planned, undone):
        """What live write-offs take of documents.

        :param moves: ``account.move``
        :param dict planned: see ``_get_excess``
        :param undone: see ``_get_excess``
        :return: dict move → dict key → amounts, negative for credit notes
        """
        # A plan takes what core left in transition when credit notes were matched, no more.
        kinds = ("loss", "tax") if planned else ("loss", "tax", "transition")
        lines = self.env["ar.writeoff.line"]
        without = lines.union(*planned, undone or lines)
        found = defaultdict(lambda: defaultdict(lambda: NOTHING))
        for move, key, amounts in (
            *self._get_taken_rows(moves, without, kinds),
            *self._get_planned(planned, kinds),
        ):
            found[move][key] = tuple(map(sum, zip(found[move][key], amounts, strict=True)))
        return {move: found[move] for move in moves}

    def _get_taken_rows(self, moves, without, kinds):
        """What the rows of the register take of documents, in two queries.

        :param moves: ``account.move``
        :param without: ``ar.writeoff.line`` records that are left aside
        :param kinds: of shares whose taxes count
        :return: list of tuples (move, key, amounts)
        """
        # sudo: the answer must not depend on who asks
        Share = self.env["ar.writeoff.share"].sudo()
        domain = Share._get_taken_domain(moves, without)
        sums = ["amount_currency:sum", "balance:sum"]
        rows = []
        for move, kind, tax, *amounts in Share._read_group(
            domain, ["move_id", "kind", "tax_id"], sums
        ):
            rows.append((move, TOTAL, amounts))
            if tax and kind in kinds:
                rows.append((move, ("tax", tax.id), amounts))
        # Where some taxes are kept, they are in the base: then only amounts count.
        domain += [("treatment", "=", "separated"), ("base_tax_ids", "!=", False)]
        bases = Share._read_group(domain, ["move_id", "base_tax_ids"], sums)
        return [*rows, *((move, ("base", tax.id), amounts) for move, tax, *amounts in bases)]

    def _get_planned(self, planned, kinds):
        """What lines would take of their documents; see ``_get_taken_rows``.

        :param dict planned: see ``_get_excess``
        :param kinds: of parts whose taxes count
        :return: list of tuples (move, key, amounts)
        """
        rows = []
        for line, parts in planned.items():
            rows.append((line.move_id, TOTAL, (line.amount_currency, line.amount)))
            for part in parts:
                amounts = part["amount_currency"], part["balance"]
                if part.get("tax_id") and part["kind"] in kinds:
                    rows.append((line.move_id, ("tax", part["tax_id"]), amounts))
                if part.get("treatment") == "separated":
                    bases = part.get("base_tax_ids", ())
                    rows += [(line.move_id, ("base", tax_id), amounts) for tax_id in bases]
        return rows
