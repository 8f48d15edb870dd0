from odoo import api, models

from ..line_states import LOOSE_STATES

# Refused because of another write-off: there is the remedy.
LINKED_CODES = ("reserved", "unmatched", "counterpart")


class ArWriteoffEligibility(models.AbstractModel):
    """Which journal items may be written off, and what to know before.

    Each question is asked for many items at once; what needs the database is read beforehand.
    """

    _name = "ar.writeoff.eligibility"
    _description = "Eligibility of Open Items for a Write-Off"

    @api.model
    def _get_blockers(self, items, own=None):
        """Why items can never, or not now, be written off.

        :param items: ``account.move.line`` records
        :param own: ``ar.writeoff.line`` or ``ar.writeoff.candidate`` records whose reservation does
            not count
        :return: dict item → (code, message), with the first reason that applies; eligible items
            are not in it
        """
        facts = self._get_facts(items, own)
        blockers = {}
        for item in items:
            for check in self._get_blocker_checks():
                if found := check(item, facts):
                    blockers[item] = found
                    break
        return blockers

    def _get_facts(self, items, own):
        """What the checks need beyond the item itself, read once for all items.

        :return: dict: ``reserved`` (item → ``ar.writeoff.reservation``), ``on_payment`` (journal
            entries with such tax), ``made_for`` (item → the write-off line it was made for),
            ``unmatched`` (item → the write-off line that was unreconciled from it), ``rules``
            (item → ``CustomerRule``), ``found`` (items that customers and batches would find)
        """
        # sudo: what an item was made for counts for users, too, who may not see it
        made_for = {item: item.writeoff_line_id for item in items.sudo() if item.writeoff_line_id}
        return {
            "reserved": self.env["ar.writeoff.reservation"]._get_reserved(items, own),
            "on_payment": self._get_on_payment_entries(items.move_id),
            "made_for": made_for,
            "unmatched": self._get_unmatched_lines(items),
            "found": items.filtered_domain(self.env["account.move.line"]._get_open_item_domain()),
            "rules": self.env["ar.writeoff.customer.rule"]._get_rules(items),
        }

    def _get_blocker_checks(self):
        """The refusals in the order in which they are tried, on every path. Extension point:
        return what ``super()`` does, and your own.

        :return: list of methods (item, facts) → None or (code, message)
        """
        return [
            self._check_receivable,
            self._check_open,
            self._check_policy,
            self._check_not_ours,
            self._check_unmatched,
            self._check_on_payment_tax,
            self._check_blocked,
            self._check_reserved,
            self._check_found,
        ]

    def _get_on_payment_entries(self, documents):
        """Entries that are no invoices and carry tax due on payment: of what, nobody can tell.

        :param documents: ``account.move`` records
        :return: those of them
        """
        entries = documents.filtered(lambda move: not move.is_invoice(include_receipts=True))
        if not entries:
            return entries
        groups = self.env["account.move.line"]._read_group(
            [("move_id", "in", entries.ids), ("tax_line_id.tax_exigibility", "=", "on_payment")],
            aggregates=["move_id:recordset"],
        )
        return groups[0][0]

    def _get_unmatched_lines(self, items):
        """Write-offs that stand in the books, but were unreconciled from these items.

        :return: dict item → ``ar.writeoff.line``
        """
        # sudo: the entry stands for users, too, who may not see the write-off
        lines = self.env["ar.writeoff.line"].sudo()
        lines = lines.search([("item_id", "in", items.ids), ("state", "in", LOOSE_STATES)])
        return {line.item_id: line for line in lines}

    @api.model
    def _get_hindering(self, items):
        """The write-offs and batches that stand in the way of these items, as far as the user may
        see them.

        :param items: ``account.move.line`` records, refused by one of ``LINKED_CODES``
        :return: tuple: ``ar.writeoff``, ``ar.writeoff.batch``
        """
        # sudo: the links are found for whoever may see the write-off in the end
        lines = items.sudo().writeoff_line_id
        lines |= lines.search([("item_id", "in", items.ids), ("state", "in", LOOSE_STATES)])
        reservations = self.env["ar.writeoff.reservation"].sudo()  # sudo: as above
        reservations = reservations.search([("item_id", "in", items.ids)])
        writeoffs, batches = (
            self.env[holders._name].search([("id", "in", holders.ids)])
            for holders in (
                (lines | reservations.line_id).writeoff_id,
                reservations.candidate_id.batch_id,
            )
        )
        return writeoffs, batches

    @api.model
    def _get_link(self, items):
        """The way to what stands in the way of these items: write-offs, else batches.

        :param items: see ``_get_hindering``
        :return: tuple (window action, text of the button); empty if the user cannot see them
        """
        writeoffs, batches = self._get_hindering(items)
        if writeoffs:
            one = len(writeoffs) == 1
            name = self.env._("Open Write-Off") if one else self.env._("Open Write-Offs")
            return writeoffs._get_records_action(name=self.env._("Write-Offs"), context={}), name
        if batches:
            name = self.env._("Open Batch")
            return batches._get_records_action(name=self.env._("Batches"), context={}), name
        return ()

    def _check_receivable(self, item, facts):
        is_vendor_side = item.move_id.is_purchase_document(include_receipts=True)
        if item.account_id.account_type != "asset_receivable" or is_vendor_side:
            return "not_receivable", self.env._(
                "%s is not a customer's receivable.", item._get_writeoff_item_name()
            )
        return None

    def _check_open(self, item, facts):
        if item.parent_state != "posted":
            return "not_posted", self.env._(
                "%s is not posted: post it first.", item._get_writeoff_item_name()
            )
        if item.reconciled or (
            item.currency_id.is_zero(item.amount_residual_currency)
            and item.company_currency_id.is_zero(item.amount_residual)
        ):
            return "closed", self.env._(
                "%(item)s is closed: nothing is open on it (%(customer)s, %(amount)s).",
                item=item._get_writeoff_item_name(),
                customer=item.partner_id.commercial_partner_id.display_name
                or self.env._("no customer"),
                amount=item.currency_id.format(item.amount_currency),
            )
        return None

    def _check_policy(self, item, facts):
        """A customer of whom nothing may be written off, on no path."""
        rule = facts["rules"][item]
        if rule.policy != "refused":
            return None
        return "policy", self.env._(
            "%(item)s (%(residual)s): nothing of %(customer)s may be written off. It says so on "
            "the customer's Invoicing page.",
            item=item._get_writeoff_item_name(),
            residual=item.currency_id.format(item.amount_residual_currency),
            customer=rule.partner.display_name,
        )

    def _check_not_ours(self, item, facts):
        """A counterpart that was unreconciled is undone, not written off in its turn."""
        if item not in facts["made_for"]:
            return None
        return "counterpart", self.env._(
            "%(item)s was made by write-off %(writeoff)s: match it again, or undo that write-off.",
            item=item._get_writeoff_item_name(),
            writeoff=facts["made_for"][item].writeoff_id.name,
        )

    def _check_unmatched(self, item, facts):
        """The loss is in the books already: a second one would double it, and the tax."""
        if item not in facts["unmatched"]:
            return None
        return "unmatched", facts["unmatched"][item]._get_unmatched_message()

    def _check_on_payment_tax(self, item, facts):
        """Without invoice lines, nobody can tell which share of the tax belongs to the item."""
        if item.move_id not in facts["on_payment"]:
            return None
        return "on_payment_tax", self.env._(
            "%(item)s (%(residual)s) is a journal entry with tax that is due on payment. Reverse "
            "that entry instead: writing it off would leave the tax on its transition account.",
            item=item._get_writeoff_item_name(),
            residual=item.currency_id.format(item.amount_residual_currency),
        )

    def _check_blocked(self, item, facts):
        if item.move_id.payment_state != "blocked":
            return None
        return "blocked", self.env._(
            "%s is blocked, perhaps in dispute. Take the block off the invoice first "
            "(Actions › (Un)Block Payment).",
            item._get_writeoff_item_name(),
        )

    def _check_reserved(self, item, facts):
        if item not in facts["reserved"]:
            return None
        return "reserved", self.env._(
            "%(item)s (%(residual)s) is reserved by write-off %(writeoff)s, which is under way or "
            "whose entry is in draft. Let it finish, or delete that entry first.",
            item=item._get_writeoff_item_name(),
            residual=item.currency_id.format(item.amount_residual_currency),
            writeoff=facts["reserved"][item]._get_holder_name(),
        )

    def _check_found(self, item, facts):
        """Whatever else makes no open item: what is found nowhere is not written off elsewhere."""
        if item in facts["found"]:
            return None
        return "not_found", self.env._(
            "%(item)s (%(residual)s) is none of the open items that may be written off.",
            item=item._get_writeoff_item_name(),
            residual=item.currency_id.format(item.amount_residual_currency),
        )
