from odoo import api, models
from odoo.tools import SQL


class ArWriteoffBulk(models.AbstractModel):
    """Which items are ordinary: all others go Odoo's way, in the same entries."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.bulk"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _filter_ordinary(self, writeoff, lines):
        """Those whose counterparts and matches may be written set-based. Extension point.

        A document goes one way as a whole: one note tells of all that was written off of it.

        :param writeoff: ``ar.writeoff``
        :param lines: its ``ar.writeoff.line`` records, with their plans
        :return: ``ar.writeoff.line``; empty unless the company asks for it, see
            ``ar.writeoff.bulk.gate``
        """
        nothing = lines.browse()
        if not lines:
            return nothing
        if not self.env["ar.writeoff.bulk.gate"]._is_open(lines.company_id):
            return nothing
        refused = lines.filtered(lambda line: not self._is_ordinary(line))
        refused |= self._filter_entangled(lines - refused)
        documents = set(refused.move_id.ids)
        return lines.filtered(lambda line: line.move_id.id not in documents)

    def _is_ordinary(self, line):
        """Whether one pair closes an item and nothing else follows: all of it is given up, in both
        currencies, without netting, analytic accounts, on-payment tax or a payment.

        :param line: ``ar.writeoff.line`` with its plan
        :return: bool
        """
        item, document = line.item_id, line.move_id
        is_whole = not (
            line.currency_id.compare_amounts(line.amount_currency, item.amount_residual_currency)
            or line.company_currency_id.compare_amounts(line.amount, item.amount_residual)
        )
        return (
            is_whole
            and not line.currency_id.is_zero(line.amount_currency)
            and not line.company_currency_id.is_zero(line.amount)
            and not line.netted_currency
            and not any(
                part.get("analytic_distribution") or part["kind"] == "transition"
                for part in line.plan
            )
            and not item.analytic_distribution
            and item.account_id.reconcile
            and not document.origin_payment_id
            and not document.statement_line_id
            and not self._has_payment_to_finish(document)
        )

    def _has_payment_to_finish(self, document):
        """Whether a payment without an entry of its own may be done once the document is closed.

        :param document: ``account.move``
        :return: bool
        """
        # sudo: whether there is one does not depend on who asks
        return any(
            payment.state == "in_process" and not payment.outstanding_account_id
            for payment in document.sudo().matched_payment_ids
        )

    def _filter_entangled(self, lines):
        """Those of documents with on-payment tax, and those that are matched with something from
        which something else is still open: core closes such groups as a whole.

        :param lines: ``ar.writeoff.line`` records
        :return: ``ar.writeoff.line``
        """
        documents = self.env["ar.writeoff.contra"]._get_on_payment_documents(lines.move_id)
        groups = self._get_open_groups(lines.item_id)
        return lines.filtered(
            lambda line: line.move_id.id in documents or line.item_id.matching_number in groups
        )

    def _get_open_groups(self, items):
        """Matching numbers under which more is open than these items alone, or something is in
        another currency: there, what is left may not be worth what the item's rate says, and core
        closes it in two matches.

        :param items: ``account.move.line``
        :return: set of str
        """
        numbers = [number for number in items.mapped("matching_number") if number]
        if not numbers:
            return set()
        self.env["account.move.line"].flush_model(
            ["matching_number", "reconciled", "currency_id", "company_currency_id", "parent_state"]
        )
        found = self.env.execute_query(
            SQL(
                """
                SELECT matching_number
                  FROM account_move_line
                 WHERE matching_number = ANY(%s)
              GROUP BY matching_number
                HAVING COUNT(*) FILTER (WHERE reconciled IS NOT TRUE) != 1
                    OR bool_or(currency_id != company_currency_id)
                    OR bool_or(parent_state != 'posted')
                    OR matching_number NOT LIKE 'P%%'
                """,
                numbers,
            )
        )
        return {number for (number,) in found}
