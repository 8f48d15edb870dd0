from odoo import api, models
from odoo.fields import Domain

from .line_states import TAKEN_STATES

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


class ArWriteoffSelection(models.AbstractModel):
    """Which of the open items a batch takes, and why not the others.

    Everything is asked for all items at once; an answer is a dict item → (code, message).
    """

    _name = "ar.writeoff.selection"
    _description = "Selection of a Batch Write-Off"

    @api.model
    def _evaluate(self, batch, items, lines=None, carried=None, with_run_limit=False):
        """What speaks against each item, and what of it would be netted.

        :param batch: ``ar.writeoff``
        :param items: open ``account.move.line`` records
        :param dict lines: item → its candidate, once there are candidates
        :param dict carried: item → (code, message) that was decided before and stays
        :param bool with_run_limit: whether the limit of the run leaves out what does not fit
        :return: tuple: dict item → (code, message); dict item → amount netted, in its currency
        """
        obstacles = dict(carried or {})
        for find in self._get_obstacle_finders():
            left = items.filtered(lambda item: item not in obstacles)
            for item, (code, message) in find(batch, left, lines or {}).items():
                # Obstacles of other addons are shown as *Other*, with their message.
                obstacles[item] = code if code in KNOWN_OBSTACLES else "other", message
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

    @api.model
    def _find_at_run(self, batch, items, lines):
        """What speaks against items in the last moment, which was no obstacle when chosen.

        :param batch: ``ar.writeoff``
        :param items: ``account.move.line`` records, locked
        :param dict lines: item → its ``ar.writeoff.line`` in the queue
        :return: dict item → (code, message)
        """
        own = batch.env["ar.writeoff.line"].union(*lines.values())
        found = self.env["ar.writeoff.eligibility"]._get_blockers(items, own_lines=own)
        left = items.filtered(lambda item: item not in found)
        found.update(self._find_warned(batch, left, lines))
        netted = {item: lines[item].netted_currency for item in items}
        found.update(self._find_above_own_limits(batch, items, netted))
        return found

    def _get_obstacle_finders(self):
        """The questions in the order in which they are asked. Extension point.

        :return: list of methods (batch, items, lines) → dict item → (code, message)
        """
        return [
            self._find_blocked,
            self._find_warned,
            self._find_split_children,
            self._find_unfit_reasons,
            self._find_without_account,
        ]

    # ------------------------------------------------------------------
    # Item by item
    # ------------------------------------------------------------------

    def _find_blocked(self, batch, items, lines):
        blockers = self.env["ar.writeoff.eligibility"]._get_blockers(items)
        return {
            item: ("changed" if code in ("closed", "not_posted") else code, message)
            for item, (code, message) in blockers.items()
        }

    def _find_warned(self, batch, items, lines):
        """What a user would have to confirm is never included silently."""
        found = {}
        for item, warnings in self._get_item_warnings(items).items():
            line = lines.get(item)
            confirmed = (line.confirmed_codes or "").split(",") if line else ()
            for code, message in warnings:
                if code not in confirmed:
                    found.setdefault(item, (code, message))
        return found

    @api.model
    def _get_item_warnings(self, items):
        """What a user should know of each item.

        :param items: ``account.move.line`` records
        :return: dict item → list of (code, message)
        """
        found = {}
        for code, message, concerned in self.env["ar.writeoff.eligibility"]._get_warnings(items):
            for item in concerned:
                found.setdefault(item, []).append((code, message))
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

    def _find_split_children(self, batch, items, lines):
        """A subsidiary's invoice goes as a whole: all of its open items, or none."""
        children = items.filtered(lambda item: item._is_writeoff_child_account())
        found = {}
        for document, own in children.grouped("move_id").items():
            receivables = self.env["ar.writeoff.image"]._get_receivables(document)
            if receivables.filtered(lambda item: not item.reconciled) - own:
                message = self.env._(
                    "%(document)s belongs to a subsidiary, and not all of its open items are "
                    "among the chosen ones: it cannot be written off in part.",
                    document=document.display_name,
                )
                found.update(dict.fromkeys(own, ("child", message)))
        return found

    def _find_unfit_reasons(self, batch, items, lines):
        """A reason may be archived after it was chosen for a row."""
        checks = {item: lines[item]._check_reason() for item in items if item in lines}
        first = {item: next(found, None) for item, found in checks.items()}
        return {item: (one["code"], one["message"]) for item, one in first.items() if one}

    def _find_without_account(self, batch, items, lines):
        found = {}
        for item in items:
            line = lines.get(item)
            if line and line.writeoff_account_id:
                continue
            reason = line.reason_id if line else batch._get_reason_of(item)
            if not all(item._get_writeoff_accounts(reason)):
                message = self.env._(
                    "%s: no account for the loss or gain. Choose one here, or configure one on "
                    "the reason, the customer, the product or the company.",
                    item._get_writeoff_item_name(),
                )
                found[item] = ("account", message)
        return found

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
        units = self._get_units(documents, pairs)
        above = self._get_documents_above(batch, documents, netted)
        above.update(self._get_customers_above(batch, documents, measures, above))
        found = {}
        for unit in units:
            first = next((above[key] for key in unit if key in above), None)
            for key in unit if first else ():
                tied = "netted_with", self._get_tied_message(first[1])
                found.update(dict.fromkeys(documents[key], above.get(key, tied)))
        if with_run_limit and batch.limit_run:
            fit = [unit for unit in units if not any(item in found for item in documents[unit[0]])]
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

        :param batch: ``ar.writeoff``
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
        customers = {key[1].id for key in documents}
        # sudo: what is done counts, whoever may see it
        groups = (
            self.env["ar.writeoff.line"]
            .sudo()
            ._read_group(
                [
                    ("writeoff_id", "=", batch.id),
                    ("partner_id", "in", customers),
                    ("state", "in", ("queued", *TAKEN_STATES)),
                ],
                ["partner_id"],
                ["amount:sum"],
            )
        )
        return {partner.sudo(False): abs(amount) for partner, amount in groups}

    def _get_units(self, documents, pairs):
        """Documents that stand or fall together, because netting ties them.

        :param dict documents: key → items
        :param list pairs: see ``ar.writeoff.netting._get_pairs``
        :return: list of lists of keys
        """
        units = {key: [key] for key in documents}
        for debit, credit, _amount in pairs:
            one = units[self._get_document_key(debit)]
            other = units[self._get_document_key(credit)]
            if one is not other:
                one += other
                units.update((key, one) for key in other)
        return list({id(unit): unit for unit in units.values()}.values())

    def _find_beyond_run(self, batch, documents, measures, units):
        """The oldest due first, as long as the total stays within the limit of the run."""

        def due(unit):
            return min(
                (item.date_maturity or item.date, item.id)
                for key in unit
                for item in documents[key]
            )

        total, found = 0.0, {}
        for unit in sorted(units, key=due):
            measure = sum(measures[key] for key in unit)
            if batch.currency_id.compare_amounts(total + measure, batch.limit_run) <= 0:
                total += measure
                continue
            message = self.env._(
                "%(amount)s more would take the run above %(limit)s.",
                amount=batch.currency_id.format(measure),
                limit=batch.currency_id.format(batch.limit_run),
            )
            for key in unit:
                found.update(dict.fromkeys(documents[key], ("limit_run", message)))
        return found
