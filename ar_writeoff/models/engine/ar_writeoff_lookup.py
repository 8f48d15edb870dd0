from odoo import api, models
from odoo.fields import Domain

from ..problems import blocker, get_short_list, raise_blockers
from ..values import is_text

# A document is called by its number first; only what is no number may be another name of it.
NUMBERS = ("name",)
OTHER_NAMES = ("payment_reference", "ref")
# What is looked at of each item, read at once.
ITEM_FIELDS = (
    "move_id",
    "company_id",
    "parent_state",
    "account_id",
    "partner_id",
    "currency_id",
    "date",
    "date_maturity",
    "reconciled",
    "amount_residual",
    "amount_residual_currency",
)


class ArWriteoffLookup(models.AbstractModel):
    """From what a list or a caller calls a document to the open items on it, and to amounts.

    Everything is asked for all references at once, with the rights of who asks: what they may not
    see is unknown to them.
    """

    _name = "ar.writeoff.lookup"
    _description = "Open Items by Reference"

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    @api.model
    def _find(self, references, companies):
        """The open items of the documents that are called so.

        A reference is the number of a document, to the letter. What is no number may be a payment
        reference, or the reference of the customer, if it is that of one document alone.

        :param references: iterable of str
        :param companies: ``res.company`` records whose documents are meant
        :return: dict: reference → open ``account.move.line`` records of one document, oldest due
            first; or a problem (see ``problems``) with code ``reference_unknown``,
            ``reference_ambiguous``, ``reference_foreign_company``, ``reference_closed`` or
            ``reference_not_posted``
        """
        references = list(dict.fromkeys(references))
        # What is another company's is told from what nobody knows, as far as the user sees it.
        visible = self.env.companies | self.env.user.company_ids
        wide = self.with_context(allowed_company_ids=visible.ids)
        found, is_open = wide._search_items({ref for ref in references if self._is_reference(ref)})
        chosen = {
            reference: wide._choose(reference, found[reference], companies, is_open)
            if reference in found
            else self._get_unknown_problem(reference)
            for reference in references
        }
        items = [one for one in chosen.values() if not isinstance(one, dict)]
        together = [item_id for own in items for item_id in own.ids]  # read at once from now on
        return {
            reference: result
            if isinstance(result, dict)
            else result.with_env(self.env).with_prefetch(together)
            for reference, result in chosen.items()
        }

    def _is_reference(self, reference):
        return isinstance(reference, str) and reference and is_text(reference)

    def _search_items(self, references):
        """Receivables of documents that are called so, open or not.

        :param set references: str
        :return: tuple: dict reference → ``account.move.line``; set of ids of those that are open
        """
        AccountMoveLine = self.env["account.move.line"]
        found, is_open, left = {}, set(), set(references)
        for names in (NUMBERS, OTHER_NAMES):
            items = self._search_named(names, left)
            is_open.update(items.filtered_domain(items._get_open_item_domain()).ids)
            for item in items:
                for reference in {item.move_id[name] for name in names} & left:
                    found.setdefault(reference, []).append(item.id)
            left -= found.keys()
        found = {reference: AccountMoveLine.browse(ids) for reference, ids in found.items()}
        return found, is_open

    def _search_named(self, names, references):
        """Receivables of the documents one of whose names is one of these.

        :param tuple names: fields of ``account.move``
        :param set references: str
        :return: ``account.move.line``
        """
        AccountMoveLine = self.env["account.move.line"]
        if not references:
            return AccountMoveLine
        called = Domain.OR(Domain(f"move_id.{name}", "in", list(references)) for name in names)
        receivable = Domain("account_type", "=", "asset_receivable")
        items = AccountMoveLine.search_fetch(receivable & called, ITEM_FIELDS, order="id")
        items.move_id.fetch(names)
        items.partner_id.fetch(["commercial_partner_id"])
        return items

    def _choose(self, reference, items, companies, is_open):
        """The open items of the one document that is meant, or why there is none.

        :param str reference: see ``_find``
        :param items: ``account.move.line`` records of documents that are called so
        :param companies: ``res.company`` records whose documents are meant
        :param set is_open: ids of the items that are open
        :return: ``account.move.line`` or a problem
        """
        own = items.filtered(lambda item: item.company_id in companies)
        if not own:
            return self._get_foreign_problem(reference, items)
        posted = own.filtered(lambda item: item.parent_state == "posted")
        if not posted:
            return self._get_not_posted_problem(reference, own)
        left = posted.filtered(lambda item: item.id in is_open)
        if len(posted.move_id) > 1 or len(self._get_parties(left)) > 1:
            return self._get_ambiguous_problem(reference, posted)
        if not left:
            return self._get_closed_problem(reference, posted)
        return left.sorted(lambda item: (item.date_maturity or item.date, item.id))

    def _get_parties(self, items):
        """An entry by hand may have items of several customers, and in several currencies.

        :param items: ``account.move.line`` records of one entry
        :return: set
        """
        return {(item.partner_id.commercial_partner_id, item.currency_id) for item in items}

    # ------------------------------------------------------------------
    # Amounts
    # ------------------------------------------------------------------

    @api.model
    def _spread(self, items, amount_currency=None):
        """Spread an amount over the open items of a document, oldest due first.

        :param items: open ``account.move.line`` records of one document, see ``_find``
        :param float amount_currency: document currency, sign of what is open; None: all that is
        :return: list of tuples: item, amount in document currency; items of which nothing would be
            taken are not in it
        :raises UserError: see ``_get_amount_problem``; it has the problem, see ``problems``
        """
        problem = self._get_amount_problem(items, amount_currency)
        raise_blockers([problem] if problem else [])
        return self._split(items, amount_currency)

    def _split(self, items, amount_currency):
        """As ``_spread``, where nothing is wrong with the amount."""
        currency, total = items.currency_id, self._get_open_amount(items)
        if amount_currency is None or not currency.compare_amounts(amount_currency, total):
            return [(item, item.amount_residual_currency) for item in items]
        parts, left = [], amount_currency
        for item in items:
            part = min(left, item.amount_residual_currency, key=abs)
            if not currency.is_zero(part):
                parts.append((item, part))
            left = currency.round(left - part)
        return parts

    @api.model
    def _get_amount_problem(self, items, amount_currency=None):
        """What is wrong with an amount for a document.

        :param items: see ``_spread``
        :param float amount_currency: see ``_spread``
        :return: problem with code ``amount``, or ``reference_ambiguous`` if the document has
            balances and credits; None if nothing is wrong
        """
        if amount_currency is None:
            return None
        currency, total = items.currency_id, self._get_open_amount(items)
        sign = -1 if total < 0 else 1
        if len({item._is_writeoff_credit() for item in items}) > 1:
            message = self.env._(
                "%(document)s has balances and credits: leave the amount empty, which means all "
                "that is open, or write it off by its open items.",
                **self._get_amount_names(items, amount_currency),
            )
            return blocker("reference_ambiguous", message, items)
        is_whole = currency.round(amount_currency) == amount_currency
        if is_whole and 0 < sign * amount_currency <= currency.round(sign * total):
            return None
        return blocker("amount", self._get_bounds_message(items, amount_currency), items)

    def _get_bounds_message(self, items, amount_currency):
        """What is wrong with an amount that is none of its currency, or not within what is open.

        :param items: see ``_spread``
        :param float amount_currency: see ``_spread``
        :return: str
        """
        names = self._get_amount_names(items, amount_currency)
        if items.currency_id.round(amount_currency) != amount_currency:
            return self.env._(
                "%(document)s: %(number)s has more decimals than %(currency)s.", **names
            )
        if not amount_currency:
            return self.env._(
                "%(document)s: the amount is zero. Leave it empty to write off all that is open, "
                "%(open)s.",
                **names,
            )
        if amount_currency * self._get_open_amount(items) < 0:
            return self.env._(
                "%(document)s: %(amount)s has the wrong sign; %(open)s is open.", **names
            )
        return self.env._(
            "%(document)s: only %(open)s is still open, %(amount)s cannot be written off.", **names
        )

    def _get_open_amount(self, items):
        return items.currency_id.round(sum(items.mapped("amount_residual_currency")))

    def _get_amount_names(self, items, amount_currency):
        """What messages say of an amount for a document; no number is hidden by rounding it."""
        currency = items.currency_id
        return {
            "document": items.move_id._get_writeoff_document_name(),
            "number": f"{amount_currency:.15g}",
            "currency": currency.name,
            "amount": currency.format(amount_currency),
            "open": currency.format(self._get_open_amount(items)),
        }

    # ------------------------------------------------------------------
    # What is no document, or not one
    # ------------------------------------------------------------------

    def _get_unknown_problem(self, reference):
        if not reference:
            message = self.env._("No document: enter its number.")
        else:
            message = self.env._("%s is the number of no document.", reference)
        return blocker("reference_unknown", message)

    def _get_foreign_problem(self, reference, items):
        names = [company.name for company in items.company_id]
        message = self.env._(
            "%(reference)s is a document of %(companies)s: write it off there.",
            reference=reference,
            companies=get_short_list(self.env, names),
        )
        return blocker("reference_foreign_company", message, items)

    def _get_not_posted_problem(self, reference, items):
        message = self.env._("%s is not posted: post it first.", reference)
        return blocker("reference_not_posted", message, items)

    def _get_closed_problem(self, reference, items):
        message = self.env._("%s is closed: nothing is open on it.", reference)
        return blocker("reference_closed", message, items)

    def _get_ambiguous_problem(self, reference, items):
        if len(items.move_id) == 1:
            message = self.env._(
                "%s has open items of several customers or currencies: choose them in the list of "
                "open items.",
                reference,
            )
            return blocker("reference_ambiguous", message, items)
        with_company = len(items.company_id) > 1
        documents = []
        for move in items.move_id:
            owner = move.commercial_partner_id.display_name, with_company and move.company_id.name
            documents.append(f"{move.name} ({', '.join(filter(None, owner))})")
        message = self.env._(
            "%(reference)s means several documents: %(documents)s. Use the number of the one that "
            "is meant, or choose it in the list of open items.",
            reference=reference,
            documents=get_short_list(self.env, documents),
        )
        return blocker("reference_ambiguous", message, items)
