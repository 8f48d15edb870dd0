from odoo import fields, models
from odoo.tools import SQL

from .ar_writeoff_selection import OBSTACLES


class ArWriteoffSummary(models.Model):
    """The items of a batch in numbers: by status, reason and currency; one query."""

    _name = "ar.writeoff.summary"
    _description = "Result of a Batch Write-Off"
    _auto = False
    _order = "rank, state, obstacle, currency_id, id"
    _depends = {
        "ar.writeoff.line": [
            "batch_id",
            "state",
            "reason_id",
            "currency_id",
            "amount_currency",
            "amount",
        ],
        "ar.writeoff.candidate": [
            "batch_id",
            "state",
            "obstacle",
            "reason_id",
            "currency_id",
            "amount_currency",
            "amount",
        ],
        "ar.writeoff.left.out": [
            "batch_id",
            "obstacle",
            "currency_id",
            "item_count",
            "amount_currency",
            "amount",
        ],
        "ar.writeoff.batch": ["company_id"],
    }

    batch_id = fields.Many2one("ar.writeoff.batch", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    state = fields.Selection(
        selection=lambda self: self._get_states(),
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

    def _get_states(self):
        """Those of candidates, then those of the lines they became.

        :return: list of tuples (value, label)
        """
        models_ = ("ar.writeoff.candidate", "ar.writeoff.line")
        states = [self.env[model]._fields["state"].selection for model in models_]
        return list({value: (value, label) for part in states for value, label in part}.values())

    @property
    def _table_query(self):
        # The smallest record of a group is its identity: it stays while the group does, and lets
        # the database filter by batch before it groups. Three kinds of records take turns.
        return SQL(
            """
            SELECT MIN(line.id) * 3 AS id, line.batch_id, batch.company_id, 0 AS rank, line.state,
                   NULL AS obstacle, line.reason_id, line.currency_id, COUNT(*) AS item_count,
                   SUM(line.amount_currency) AS amount_currency, SUM(line.amount) AS amount
              FROM ar_writeoff_line line
              JOIN ar_writeoff_batch batch ON batch.id = line.batch_id
          GROUP BY line.batch_id, batch.company_id, line.state, line.reason_id, line.currency_id
             UNION ALL
            SELECT MIN(row.id) * 3 + 1, row.batch_id, batch.company_id,
                   CASE row.state WHEN 'left_out' THEN 1 ELSE 0 END, row.state,
                   row.obstacle, row.reason_id, row.currency_id, COUNT(*),
                   SUM(row.amount_currency), SUM(row.amount)
              FROM ar_writeoff_candidate row
              JOIN ar_writeoff_batch batch ON batch.id = row.batch_id
          GROUP BY row.batch_id, batch.company_id, row.state, row.obstacle, row.reason_id,
                   row.currency_id
             UNION ALL
            SELECT kept.id * 3 + 2, kept.batch_id, batch.company_id, 1, 'left_out',
                   kept.obstacle, NULL, kept.currency_id, kept.item_count,
                   kept.amount_currency, kept.amount
              FROM ar_writeoff_left_out kept
              JOIN ar_writeoff_batch batch ON batch.id = kept.batch_id
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
        batch = self.batch_id
        own = [("batch_id", "=", batch.id)]
        if self.env["ar.writeoff.candidate"].search_count([*own, *domain], limit=1):
            return batch._open_candidates(domain, name)
        if self.state != "left_out":
            return batch._open_lines([leaf for leaf in domain if leaf[0] != "obstacle"], name)
        kept = self.env["ar.writeoff.left.out"].search(
            [
                *own,
                ("obstacle", "=", self.obstacle),
                ("currency_id", "=", self.currency_id.id),
            ]
        )
        ids = [item_id for record in kept for item_id in record.item_ids or ()]
        action = self.env["ir.actions.actions"]._for_xml_id("ar_writeoff.action_open_items")
        return {**action, "name": name, "domain": [("id", "in", ids)], "context": {}}
