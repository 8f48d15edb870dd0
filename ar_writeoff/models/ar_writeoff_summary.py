from odoo import api, fields, models
from odoo.tools import SQL

from .ar_writeoff_selection import OBSTACLES


class ArWriteoffLeftOut(models.Model):
    """What a batch left out, in numbers: the candidates themselves are gone once it has run."""

    _name = "ar.writeoff.left.out"
    _description = "Left Out of a Batch Write-Off"
    _order = "id"

    writeoff_id = fields.Many2one("ar.writeoff", required=True, index=True, ondelete="cascade")
    obstacle = fields.Selection(OBSTACLES, required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    item_count = fields.Integer(string="Items")
    amount_currency = fields.Monetary(help="Open on them, in document currency.")
    company_currency_id = fields.Many2one(
        related="writeoff_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(
        currency_field="company_currency_id", help="Open on them, in company currency."
    )
    item_ids = fields.Json(help="The open items, to find them again.")
    first_line_id = fields.Integer(help="Number of one of the candidates, never used again.")

    @api.model
    def _keep(self, lines):
        """Keep the numbers of candidates that are about to go.

        :param lines: ``ar.writeoff.line`` records that were left out
        :return: the records
        """
        groups = lines.grouped(lambda line: (line.writeoff_id, line.obstacle, line.currency_id))
        return self.create(
            [
                {
                    "writeoff_id": batch.id,
                    "obstacle": obstacle or "other",
                    "currency_id": currency.id,
                    "item_count": len(group),
                    "amount_currency": sum(group.mapped("amount_currency")),
                    "amount": sum(group.mapped("amount")),
                    "item_ids": group.item_id.ids,
                    "first_line_id": min(group.ids),
                }
                for (batch, obstacle, currency), group in groups.items()
            ]
        )


class ArWriteoffSummary(models.Model):
    """The lines of a write-off in numbers: by status, reason and currency; one query."""

    _name = "ar.writeoff.summary"
    _description = "Result of a Write-Off"
    _auto = False
    _order = "rank, state, obstacle, currency_id, id"
    _depends = {
        "ar.writeoff.line": [
            "writeoff_id",
            "company_id",
            "state",
            "obstacle",
            "reason_id",
            "currency_id",
            "amount_currency",
            "amount",
        ],
        "ar.writeoff.left.out": [
            "writeoff_id",
            "obstacle",
            "currency_id",
            "item_count",
            "amount_currency",
            "amount",
            "first_line_id",
        ],
    }

    writeoff_id = fields.Many2one("ar.writeoff", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    state = fields.Selection(
        selection=lambda self: self.env["ar.writeoff.line"]._fields["state"].selection,
        string="Status",
        readonly=True,
    )
    rank = fields.Integer(readonly=True, help="What is left out comes last.")
    obstacle = fields.Selection(OBSTACLES, string="Why", readonly=True)
    reason_id = fields.Many2one("ar.writeoff.reason", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    item_count = fields.Integer(string="Items", readonly=True)
    amount_currency = fields.Monetary(string="In Currency", readonly=True)
    amount = fields.Monetary(currency_field="company_currency_id", readonly=True)

    @property
    def _table_query(self):
        # The smallest line of a group is its identity: it stays while the group does, and lets
        # the database filter by write-off before it groups.
        return SQL(
            """
            SELECT MIN(line.id) AS id, line.writeoff_id, writeoff.company_id,
                   CASE line.state WHEN 'left_out' THEN 1 ELSE 0 END AS rank, line.state,
                   line.obstacle, line.reason_id, line.currency_id, COUNT(*) AS item_count,
                   SUM(line.amount_currency) AS amount_currency, SUM(line.amount) AS amount
              FROM ar_writeoff_line line
              JOIN ar_writeoff writeoff ON writeoff.id = line.writeoff_id
          GROUP BY line.writeoff_id, writeoff.company_id, line.state, line.obstacle,
                   line.reason_id, line.currency_id
             UNION ALL
            SELECT kept.first_line_id, kept.writeoff_id, writeoff.company_id, 1, 'left_out',
                   kept.obstacle, NULL, kept.currency_id, kept.item_count,
                   kept.amount_currency, kept.amount
              FROM ar_writeoff_left_out kept
              JOIN ar_writeoff writeoff ON writeoff.id = kept.writeoff_id
            """
        )

    def action_open(self):
        """Open what stands behind the numbers: the lines, or the items that were left out.

        :return: window action
        """
        self.ensure_one()
        domain = [
            (name, "=", self[name].id if name.endswith("_id") else self[name])
            for name in ("state", "obstacle", "reason_id", "currency_id")
        ]
        name = dict(self._fields["state"]._description_selection(self.env))[self.state]
        batch = self.writeoff_id
        if self.env["ar.writeoff.line"].search_count(
            [("writeoff_id", "=", batch.id), *domain], limit=1
        ):
            return batch._open_candidates(domain, name)
        kept = self.env["ar.writeoff.left.out"].search(
            [
                ("writeoff_id", "=", batch.id),
                ("obstacle", "=", self.obstacle),
                ("currency_id", "=", self.currency_id.id),
            ]
        )
        ids = [item_id for record in kept for item_id in record.item_ids or ()]
        action = self.env["ir.actions.actions"]._for_xml_id("ar_writeoff.action_open_items")
        return {**action, "name": name, "domain": [("id", "in", ids)], "context": {}}
