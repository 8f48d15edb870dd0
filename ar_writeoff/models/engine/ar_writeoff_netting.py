from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError

from ..problems import raise_blockers
from ..rights import as_engine
from ..trial import trial


class ArWriteoffNetting(models.AbstractModel):
    """A customer's own credits against their oldest debits, before the rest is given up."""

    _name = "ar.writeoff.netting"
    _description = "Netting before a Write-Off"

    @api.model
    def _get_netting_key(self, item):
        """What items must share to be netted. Extension point.

        :param item: ``account.move.line``
        :return: hashable: company, customer, receivable account and currency
        """
        customer = item.partner_id.commercial_partner_id
        return item.company_id, customer, item.account_id, item.currency_id

    @api.model
    def _get_pairs(self, items):
        """Which credit is matched with which debit, the oldest due first.

        :param items: open ``account.move.line`` records
        :return: list of tuples (debit, credit, amount in their currency)
        """
        pairs = []
        for group in items.grouped(self._get_netting_key).values():
            credits_ = group.filtered(lambda item: item._is_writeoff_credit())
            if credits_ and credits_ != group:
                pairs += self._get_pairs_of_group(group - credits_, credits_, group.currency_id)
        return pairs

    def _get_pairs_of_group(self, debits, credits_, currency):
        left = {item: abs(item.amount_residual_currency) for item in debits | credits_}
        waiting = list(credits_.sorted(self._get_netting_order))
        pairs = []
        for debit in debits.sorted(self._get_netting_order):
            while waiting and left[debit]:
                amount = currency.round(min(left[debit], left[waiting[0]]))
                pairs.append((debit, waiting[0], amount))
                left[debit] = currency.round(left[debit] - amount)
                left[waiting[0]] = currency.round(left[waiting[0]] - amount)
                if not left[waiting[0]]:
                    waiting.pop(0)
        return [pair for pair in pairs if pair[2]]

    def _get_netting_order(self, item):
        return item.date_maturity or item.date, item.id

    @api.model
    def _get_netted(self, items, pairs=None):
        """How much of each item is matched by netting.

        :param items: open ``account.move.line`` records
        :param list pairs: see ``_get_pairs``, if they are known
        :return: dict item → amount in its currency, with the sign of its residual
        """
        netted = dict.fromkeys(items, 0.0)
        for debit, credit, amount in self._get_pairs(items) if pairs is None else pairs:
            netted[debit] += amount
            netted[credit] -= amount
        return {item: item.currency_id.round(amount) for item, amount in netted.items()}

    @api.model
    def _get_text(self, items):
        """What is matched with what, one pair a line, for people.

        :param items: open ``account.move.line`` records
        :return: str
        """
        return "\n".join(
            self.env._(
                "%(credit)s is matched with %(debit)s: %(amount)s",
                credit=credit._get_writeoff_item_name(),
                debit=debit._get_writeoff_item_name(),
                amount=debit.currency_id.format(amount),
            )
            for debit, credit, amount in self._get_pairs(items)
        )

    # ------------------------------------------------------------------
    # What the lines of a write-off plan to be netted
    # ------------------------------------------------------------------

    @api.model
    @contextmanager
    def _netted(self, writeoff, lines, keep):
        """The books with the credits of these lines netted, as posting will find them.

        :param writeoff: ``ar.writeoff``, saved or new
        :param lines: its ``ar.writeoff.line`` records
        :param bool keep: whether it stays so; else it is taken back at the end
        :raises UserError: see ``_net``
        """
        lines = lines._filter_to_net()
        if keep or not lines:
            self._net(writeoff, lines)
            lines._revalue()
            yield
            return
        with trial(self.env):
            self._net(writeoff, lines)
            lines._revalue()
            yield

    @api.model
    def _net(self, writeoff, lines):
        """Match credits with debits, as a payment would be: tax on it falls due, rates differ.

        :param writeoff: ``ar.writeoff``, saved or new
        :param lines: its ``ar.writeoff.line`` records with something to net
        :raises UserError: if items are reserved, or not open any more as it was planned
        """
        items = lines.item_id
        if not items:
            return
        items._lock_writeoff_items()
        self._check_netting(writeoff, lines)
        pairs = self._get_pairs(items)
        before = items.matched_debit_ids | items.matched_credit_ids
        self.env["account.move.line"]._reconcile_plan([pair[0] | pair[1] for pair in pairs])
        matches = (items.matched_debit_ids | items.matched_credit_ids) - before
        as_engine(matches).writeoff_id = writeoff._origin
        as_engine(lines).netting = "done"

    @api.model
    def _cancel_waiting(self, writeoffs):
        """What was to be matched with an entry that is gone waits for nothing any more.

        :param writeoffs: ``ar.writeoff``
        """
        lines = writeoffs.line_ids
        alive = lines.filtered(lambda line: line.state == "entry_draft").partner_id
        lines.filtered(
            lambda line: line.state == "waiting" and line.partner_id not in alive
        ).netting = "undone"

    def _check_netting(self, writeoff, lines):
        """What is matched must be what was shown.

        :param writeoff: ``ar.writeoff``, saved or new
        :param lines: its ``ar.writeoff.line`` records with something to net
        :raises UserError: naming the first item that changed
        """
        blockers = self.env["ar.writeoff.eligibility"]._get_blockers(
            lines.item_id, own=lines._origin
        )
        raise_blockers(blockers.values())
        netted = self._get_netted(lines.item_id)
        for line in lines:
            now = netted.get(line.item_id, 0.0)
            if line.currency_id.compare_amounts(now, line.netted_currency):
                raise UserError(
                    self.env._(
                        "%(item)s: %(planned)s of it was to be matched with the customer's other "
                        "items, now it would be %(now)s. Nothing was changed; plan the write-off "
                        "again.",
                        item=line.item_name,
                        planned=line.currency_id.format(line.netted_currency),
                        now=line.currency_id.format(now),
                    )
                )
