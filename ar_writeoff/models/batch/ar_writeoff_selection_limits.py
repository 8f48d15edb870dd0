from odoo import api, models
from odoo.fields import Domain

from ..line_states import TAKEN_STATES
from ..rights import as_engine


class ArWriteoffSelection(models.AbstractModel):
    """The limits of a batch: by document, by customer, of the run."""

    _inherit = "ar.writeoff.selection"

    # ------------------------------------------------------------------
    # Limits: by document, by customer, of the run
    # ------------------------------------------------------------------

    def _get_document_key(self, item):
        """A document: the items of one entry, customer and receivable account."""
        return item.move_id, item.partner_id.commercial_partner_id, item.account_id

    def _find_above_limits(self, batch, items, pairs, netted, with_run_limit):
        """Documents beyond a limit, and what netting ties to them.

        The measure of a document is the absolute sum of what is open after netting, in company
        currency at booked rates; a limit is inclusive.
        """
        documents = items.grouped(self._get_document_key)
        measures = {key: self._get_measure(own, netted) for key, own in documents.items()}
        groups = self._get_tied_groups(documents, pairs)
        above = self._get_documents_above(batch, documents, netted)
        above.update(self._get_customers_above(batch, documents, measures, above))
        found = {}
        for group in groups:
            first = next((above[key] for key in group if key in above), None)
            for key in group if first else ():
                tied = "netted_with", self._get_tied_message(first[1])
                found.update(dict.fromkeys(documents[key], above.get(key, tied)))
        if with_run_limit and batch.limit_run:
            fit = [
                group for group in groups if not any(item in found for item in documents[group[0]])
            ]
            found.update(self._find_beyond_run(batch, documents, measures, fit))
        return found

    def _find_above_own_limits(self, batch, items, netted):
        """Documents beyond a limit, the customer's own as it is now.

        :return: dict item → (code, message)
        """
        documents = items.grouped(self._get_document_key)
        above = self._get_documents_above(batch, documents, netted)
        return {item: above[key] for key in above for item in documents[key]}

    def _get_measure(self, items, netted):
        amount = sum(
            item._get_writeoff_amount(item.amount_residual_currency - netted.get(item, 0.0))
            for item in items
        )
        return abs(items.company_currency_id[:1].round(amount))

    def _get_documents_above(self, batch, documents, netted):
        """Documents of which more is open than a limit allows, all of their items counted.

        :param dict documents: key → items
        :param dict netted: item → amount in its currency
        :return: dict key → (code, message)
        """
        firsts = {key: own[0] for key, own in documents.items()}
        rules = self.env["ar.writeoff.customer.rule"]._get_rules(
            self.env["account.move.line"].union(*firsts.values())
        )
        limits = {
            key: self._get_document_limit(batch, item, rules[item]) for key, item in firsts.items()
        }
        limits = {key: found for key, found in limits.items() if found[0] is not None}
        whole = self._get_whole_documents(batch, limits)
        above = {}
        for key, (limit, code) in limits.items():
            measure = self._get_measure(whole.get(key, documents[key]) | documents[key], netted)
            if batch.currency_id.compare_amounts(measure, limit) > 0:
                message = self.env._(
                    "%(amount)s is above %(limit)s.",
                    amount=self._get_measure_text(documents[key], measure, netted),
                    limit=batch.currency_id.format(limit),
                )
                above[key] = code, message
        return above

    def _get_measure_text(self, items, measure, netted):
        """The measure of a document, for people: what netting would take of it is said.

        :param items: ``account.move.line`` records of the document
        :param float measure: what is open on it after netting, company currency
        :param dict netted: item → amount in its currency
        :return: str
        """
        text = items.company_currency_id[:1].format(measure)
        currency = items.currency_id[:1]
        matched = abs(sum(netted.get(item, 0.0) for item in items))
        if currency.is_zero(matched):
            return text
        return self.env._(
            "%(left)s after matching %(matched)s", left=text, matched=currency.format(matched)
        )

    def _get_whole_documents(self, batch, keys):
        """All open items of documents: no limit is passed one instalment at a time.

        :param keys: of documents
        :return: dict key → ``account.move.line``
        """
        AccountMoveLine = self.env["account.move.line"]
        ids = {key[0].id for key in keys}
        domain = Domain(AccountMoveLine._get_open_item_domain()) & batch._get_side_domain()
        items = AccountMoveLine.search(domain & Domain("move_id", "in", ids))
        return items.grouped(self._get_document_key)

    def _get_document_limit(self, batch, item, rule):
        """The limit that holds for a document: the lower of the batch's and the customer's own.

        :param batch: ``ar.writeoff.batch``
        :param item: ``account.move.line`` of the document
        :param rule: ``CustomerRule`` that holds for it
        :return: tuple: limit in company currency or None, code of the obstacle
        """
        limits = [(batch.limit_document or None, "limit_document")]
        if rule.policy == "limited":
            limits.append((rule.limit, "limit_own"))
        known = [limit for limit in limits if limit[0] is not None]
        return min(known, default=(None, None))

    def _get_customers_above(self, batch, documents, measures, above):
        found = {}
        if not batch.limit_customer:
            return found
        totals = self._get_done_by_customer(batch, documents)
        for key in documents:
            if key not in above:
                totals[key[1]] = totals.get(key[1], 0.0) + measures[key]
        for key in documents:
            total = totals.get(key[1], 0.0)
            if batch.currency_id.compare_amounts(total, batch.limit_customer) > 0:
                message = self.env._(
                    "%(customer)s, %(amount)s together, is above %(limit)s.",
                    customer=key[1].display_name,
                    amount=batch.currency_id.format(total),
                    limit=batch.currency_id.format(batch.limit_customer),
                )
                found[key] = "limit_customer", message
        return {key: found[key] for key in found if key not in above}

    def _get_done_by_customer(self, batch, documents):
        """What the batch has written off of these customers already: a retry adds to it.

        :return: dict customer → amount in company currency
        """
        domain = [
            ("batch_id", "=", batch.id),
            ("partner_id", "in", [key[1].id for key in documents]),
        ]
        totals = {}
        for model, states in (
            ("ar.writeoff.line", TAKEN_STATES),
            ("ar.writeoff.candidate", ("queued",)),
        ):
            # sudo: what is done counts, whoever may see it
            records = self.env[model].sudo()
            groups = records._read_group(
                [*domain, ("state", "in", states)], ["partner_id"], ["amount:sum"]
            )
            for partner, amount in groups:
                customer = partner.sudo(False)
                totals[customer] = totals.get(customer, 0.0) + amount
        return {customer: abs(amount) for customer, amount in totals.items()}

    def _get_tied_groups(self, documents, pairs):
        """Documents that stand or fall together, because netting ties them.

        :param dict documents: key → items
        :param list pairs: see ``ar.writeoff.netting._get_pairs``
        :return: list of lists of keys
        """
        groups = {key: [key] for key in documents}
        for debit, credit, _amount in pairs:
            one = groups[self._get_document_key(debit)]
            other = groups[self._get_document_key(credit)]
            if one is not other:
                one += other
                groups.update((key, one) for key in other)
        return list({id(group): group for group in groups.values()}.values())

    def _find_beyond_run(self, batch, documents, measures, groups):
        """What the limit of the run leaves out.

        :param dict documents: key → items
        :param dict measures: key → what is open on it after netting, company currency
        :param list groups: lists of keys that go together
        :return: dict item → (code, message)
        """
        dues = {
            key: min((item.date_maturity or item.date, item.id) for item in own)
            for key, own in documents.items()
        }
        beyond = self._get_beyond_run(batch, dues, measures, groups)
        return {item: why for key, why in beyond.items() for item in documents[key]}

    def _get_beyond_run(self, batch, dues, measures, groups):
        """The oldest due first, as long as the total stays within the limit of the run.

        :param dict dues: key of a document → what it is sorted by
        :param dict measures: key → company currency
        :param list groups: lists of keys that go together
        :return: dict key → (code, message), of what goes beyond
        """
        total, found = 0.0, {}
        for group in sorted(groups, key=lambda keys: min(dues[key] for key in keys)):
            measure = sum(measures[key] for key in group)
            if batch.currency_id.compare_amounts(total + measure, batch.limit_run) <= 0:
                total += measure
                continue
            message = self.env._(
                "%(amount)s more would take the run above %(limit)s.",
                amount=batch.currency_id.format(measure),
                limit=batch.currency_id.format(batch.limit_run),
            )
            found.update(dict.fromkeys(group, ("limit_run", message)))
        return found

    @api.model
    def _leave_out_beyond_run(self, batch):
        """Leave out what the limit of the run has no room for, once all items were judged.

        :param batch: ``ar.writeoff.batch`` with candidates that are planned
        """
        if not batch.limit_run:
            return
        candidates = as_engine(self.env["ar.writeoff.candidate"])
        planned = [("batch_id", "=", batch.id), ("state", "=", "planned")]
        dues, measures, ids = {}, {}, {}
        for *key, amount, due, item_id, own in candidates._read_group(
            planned,
            ["move_id", "partner_id", "account_id"],
            ["amount:sum", "date_maturity:min", "item_id:min", "id:array_agg"],
        ):
            key = tuple(key)
            dues[key], ids[key] = (due, item_id), own
            measures[key] = abs(batch.currency_id.round(amount))
        # The user's own rights: candidates are the engine's here.
        netted = candidates.search([*planned, ("netted_currency", "!=", 0.0)]).item_id.sudo(False)
        pairs = self.env["ar.writeoff.netting"]._get_pairs(netted)
        documents = {self._get_document_key(item): [] for item in netted}
        groups = self._get_tied_groups({**dict.fromkeys(ids, ()), **documents}, pairs)
        beyond = self._get_beyond_run(batch, dues, measures, groups)
        candidates._leave_out({id_: why for key, why in beyond.items() for id_ in ids[key]})
