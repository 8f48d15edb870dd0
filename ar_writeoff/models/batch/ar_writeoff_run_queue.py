from odoo import models

from ..rights import as_engine

QUEUE_ORDER = "partner_id.id, company_id.id, move_id.id, id"


class ArWriteoffRun(models.Model):
    """What a run still has to do, and the next chunk of it."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.run"  # pylint: disable=consider-merging-classes-inherited

    def _get_queue(self):
        """What this run still has to do.

        :return: tuple: name of the model, domain on it
        """
        if self.kind == "undo":
            return "ar.writeoff.line", [("undo_run_id", "=", self.id)]
        own = {
            "select": ("state", "=", "found"),
            "include": ("is_pending", "=", True),
        }.get(self.kind, ("state", "=", "queued"))
        return "ar.writeoff.candidate", [("batch_id", "=", self.batch_id.id), own]

    def _count_left(self):
        """How many items are left.

        :return: int
        """
        model, domain = self._get_queue()
        # sudo: whoever looks, it is as far as it is
        return self.env[model].sudo().search_count(domain)

    def _get_next_chunk(self, size=None, within=()):
        """The next items of the queue: whole customers, as long as they fit.

        :param int size: how many, if not as many as usual
        :param within: more domain: among which of them
        :return: ``ar.writeoff.candidate`` or ``ar.writeoff.line``, with the rights of the system
        """
        size = size or self._get_chunk_size()
        model, domain = self._get_queue()
        domain = [*domain, *within]
        rows = as_engine(self.env[model])
        rows = rows.search(domain, order=QUEUE_ORDER, limit=size + 1)
        if len(rows) <= size:
            return rows
        last = rows[-1]
        whole = rows.filtered(
            lambda row: any(row[name] != last[name] for name in self._get_whole())
        )
        return whole or self._get_part_of_customer(rows[:-1], domain)

    def _get_whole(self):
        """What is not spread over two chunks, unless it is larger than one.

        A limit per customer counts what the branches claim together.

        :return: list of names of fields
        """
        return ["partner_id"] if self._is_judging() else ["partner_id", "company_id"]

    def _get_part_of_customer(self, rows, domain):
        """A customer with more items than a chunk takes: documents and netting stay together.

        What is netted, and whether a limit is passed, is known once all were looked at.

        :param rows: items of one customer
        :param list domain: of the queue
        :return: such records
        """
        if self._is_judging() and rows.partner_id:
            return rows.search([*domain, ("partner_id", "=", rows.partner_id.id)])
        tied = rows.search(
            [
                *domain,
                ("partner_id", "=", rows.partner_id.id),
                "|",
                ("netted_currency", "!=", 0.0),
                ("move_id", "in", rows.move_id.ids),
            ]
        )
        return rows | tied
