from odoo import api, models
from odoo.tools.misc import format_date

from ..problems import get_short_list

KINDS = ("with_invoices", "with_credit_notes", "with_payments", "with_entries")


class ArWriteoffProposalCriteria(models.AbstractModel):
    """What a batch looked at, in words."""

    _name = "ar.writeoff.proposal.criteria"
    _description = "Criteria in a Proposal"

    @api.model
    def _get_texts(self, batch):
        """The filters and limits that say anything; the others mean all.

        :param batch: ``ar.writeoff.batch``
        :return: list of tuples: label, text
        """
        shown = {"side", *KINDS}
        names = [name for name in batch._get_criteria_fields() if name not in shown]
        rows = self._get_rows(batch, ["filter_id", *names])
        kinds = [batch._fields[name]._description_string(self.env) for name in KINDS if batch[name]]
        if 0 < len(kinds) < len(KINDS):
            rows.append((self.env._("Documents"), ", ".join(kinds)))
        return rows

    @api.model
    def _get_rows(self, batch, names):
        """What fields of the batch say.

        :param batch: ``ar.writeoff.batch``
        :param names: of its fields
        :return: list of tuples: label, text; of those that are not empty
        """
        return [
            (batch._fields[name]._description_string(self.env), self._get_text(batch, name))
            for name in names
            if batch[name]
        ]

    def _get_text(self, batch, name):
        field, value = batch._fields[name], batch[name]
        if field.relational:
            return get_short_list(self.env, value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env))[value]
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "monetary":
            return batch.currency_id.format(value)
        if field.type == "boolean":
            return self.env._("Yes")
        return str(value)
