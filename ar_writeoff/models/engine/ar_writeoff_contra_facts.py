from odoo import api, models
from odoo.fields import Domain


class ArWriteoffContra(models.AbstractModel):
    """Facts of documents, read for many at once."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.contra"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_transition_items(self, documents):
        """Tax that is due on payment and was not collected yet.

        :param documents: ``account.move`` records
        :return: dict document id → its ``account.move.line`` on transition accounts, open ones
        """
        items = self.env["account.move.line"].search(
            [
                ("move_id", "in", documents.ids),
                ("tax_line_id", "!=", False),
                ("account_id.reconcile", "=", True),
                ("reconciled", "=", False),
            ],
            order="id",
        )
        items = items.filtered(self._is_due_on_payment)
        return {move.id: group for move, group in items.grouped("move_id").items()}

    @api.model
    def _get_on_payment_documents(self, documents):
        """Which documents have taxes that are due on payment, collected or not.

        :param documents: ``account.move`` records
        :return: set of ids
        """
        return self._get_ids_with(
            documents, Domain("tax_line_id.tax_exigibility", "=", "on_payment")
        )

    def _get_ids_with(self, documents, domain):
        if not documents:
            return set()
        groups = self.env["account.move.line"]._read_group(
            Domain("move_id", "in", documents.ids) & domain, ["move_id"]
        )
        return {move.id for (move,) in groups}

    @api.model
    def _get_taxed_documents(self, documents):
        """Which documents have taxes that were declared when they were invoiced.

        :param documents: ``account.move`` records
        :return: set of ids
        """
        is_booked = Domain("tax_line_id", "!=", False) & Domain("account_id.reconcile", "=", False)
        return self._get_ids_with(
            documents, is_booked | Domain("tax_ids.tax_exigibility", "=", "on_invoice")
        )

    @api.model
    def _get_separated_documents(self, rows):
        """The documents of these rows of which taxes are given back.

        :param rows: ``ar.writeoff.line`` or ``ar.writeoff.candidate`` records, saved or new
        :return: set of ids
        """
        return self._get_taxed_documents(rows.filtered("separate_tax")._filter_invoiced().move_id)

    @api.model
    def _get_receivables(self, document):
        """The lines by which a document claims its total.

        :return: ``account.move.line``
        """
        return document.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
