from odoo import api, models


class ArWriteoffNetting(models.AbstractModel):
    """A customer's own credits against his oldest debits, before the rest is given up."""

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
        for (_company, _customer, _account, currency), group in items.grouped(
            self._get_netting_key
        ).items():
            group = group.sorted(lambda item: (item.date_maturity or item.date, item.id))
            left = {item: abs(item.amount_residual_currency) for item in group}
            credits_ = [item for item in group if item._is_writeoff_credit()]
            for debit in group - group.browse(item.id for item in credits_):
                for credit in credits_:
                    amount = currency.round(min(left[debit], left[credit]))
                    if amount:
                        left[debit] -= amount
                        left[credit] -= amount
                        pairs.append((debit, credit, amount))
        return pairs

    @api.model
    def _get_netted(self, items):
        """How much of each item is matched by netting.

        :param items: open ``account.move.line`` records
        :return: dict item → amount in its currency, with the sign of its residual
        """
        netted = dict.fromkeys(items, 0.0)
        for debit, credit, amount in self._get_pairs(items):
            netted[debit] += amount
            netted[credit] -= amount
        return {item: item.currency_id.round(amount) for item, amount in netted.items()}

    @api.model
    def _net(self, items):
        """Match credits with debits, as a payment would be: tax on it falls due, rates differ.

        :param items: open ``account.move.line`` records, locked by the caller
        :return: the matches (``account.partial.reconcile``)
        """
        pairs = self._get_pairs(items)
        before = items.matched_debit_ids | items.matched_credit_ids
        self.env["account.move.line"]._reconcile_plan([pair[0] | pair[1] for pair in pairs])
        return (items.matched_debit_ids | items.matched_credit_ids) - before
