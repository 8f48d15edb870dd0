from odoo import api, models

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

        :param batch: ``ar.writeoff.batch``
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

        :param batch: ``ar.writeoff.batch``
        :param items: ``account.move.line`` records, locked
        :param dict lines: item → its ``ar.writeoff.candidate`` in the queue
        :return: dict item → (code, message)
        """
        own = batch.env["ar.writeoff.candidate"].union(*lines.values())
        found = self.env["ar.writeoff.eligibility"]._get_blockers(items, own=own)
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
