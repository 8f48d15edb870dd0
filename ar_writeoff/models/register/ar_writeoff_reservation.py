from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ArWriteoffReservation(models.Model):
    """An open item that is kept for one write-off: by a run, or by an entry in draft; by what an
    addon adds to the holders.

    Made at the start of a run, handed over or given back in the transaction that settles the item.
    What the eligibility says is for people; this holds between transactions that do not see each
    other.
    """

    _name = "ar.writeoff.reservation"
    _description = "Reservation of an Open Item"
    _rec_name = "item_id"
    _log_access = False  # filled by sets

    item_id = fields.Many2one(
        "account.move.line", string="Open Item", required=True, readonly=True, ondelete="cascade"
    )
    candidate_id = fields.Many2one(
        "ar.writeoff.candidate", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    line_id = fields.Many2one(
        "ar.writeoff.line",
        string="Write-Off Line",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    _item_unique = models.Constraint(
        "UNIQUE (item_id)",
        "One of these items was just reserved by another write-off. Try again to see which.",
    )
    # Holds for what an addon adds, too: that is not loaded yet while this one is upgraded.
    _one_holder = models.Constraint(
        "CHECK (num_nonnulls(candidate_id, line_id) <= 1)",
        "An item is reserved by one candidate or by one line of a write-off.",
    )

    @api.model
    def _get_reserved(self, items, own=None):
        """What others keep for themselves.

        :param items: ``account.move.line`` records
        :param own: records of one of the holders' models that do not count
        :return: dict item → ``ar.writeoff.reservation``, with the rights of the system
        """
        domain = Domain("item_id", "in", items.ids)
        if own:
            holder = self._get_holder_fields()[own._name]
            domain &= Domain(holder, "=", False) | Domain(holder, "not in", own.ids)
        # sudo: a reservation holds for users, too, who may not see the write-off
        return {found.item_id: found for found in self.sudo().search(domain)}

    @api.model
    def _get_holder_fields(self):
        """Who may keep an item. Extension point: an addon adds its own, with a constraint that
        there is one.

        :return: dict: name of a model → field
        """
        return {"ar.writeoff.candidate": "candidate_id", "ar.writeoff.line": "line_id"}

    def _get_holder_name(self):
        """Number of the batch or write-off that keeps the item.

        :return: str
        """
        return self.candidate_id.batch_id.name or self.line_id.writeoff_id.name

    @api.model
    def _reserve(self, holders):
        """Keep the items of these holders for them.

        :param holders: ``ar.writeoff.candidate`` records, or of another model that may keep items
        :raises psycopg2.errors.UniqueViolation: if somebody else just did so
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ar_writeoff_reservation (item_id, %s)
                SELECT item_id, id FROM %s WHERE id = ANY(%s) AND item_id IS NOT NULL
                """,
                SQL.identifier(self._get_holder_fields()[holders._name]),
                SQL.identifier(holders._table),
                holders.ids,
            )
        )
        self._forget()

    @api.model
    def _hand_over(self, lines):
        """Let write-off lines keep what candidates kept for them.

        :param lines: ``ar.writeoff.line`` records that were made of candidates
        """
        lines.flush_recordset(["item_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE ar_writeoff_reservation reservation
                   SET line_id = line.id, candidate_id = NULL
                  FROM ar_writeoff_line line
                 WHERE line.id = ANY(%s) AND line.item_id = reservation.item_id
                   AND reservation.candidate_id IS NOT NULL
                """,
                lines.ids,
            )
        )
        self._forget()

    @api.model
    def _give_back(self, holders):
        """What is not written off is free again.

        :param holders: see ``_reserve``
        """
        field = SQL.identifier(self._get_holder_fields()[holders._name])
        self.env.cr.execute(
            SQL("DELETE FROM ar_writeoff_reservation WHERE %s = ANY(%s)", field, holders.ids)
        )
        self._forget()

    @api.model
    def _follow_lines(self, writeoffs, has_drafts):
        """Lines in a draft entry keep their items, no others do; see ``ar.writeoff._refresh``.

        :param writeoffs: ``ar.writeoff`` records whose lines may have changed
        :param bool has_drafts: whether some of their lines are in a draft entry
        """
        self.env["ar.writeoff.line"].flush_model(["state", "writeoff_id", "item_id"])
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM ar_writeoff_reservation reservation
                      USING ar_writeoff_line line
                      WHERE line.id = reservation.line_id AND line.writeoff_id = ANY(%s)
                        AND line.state != 'entry_draft'
                """,
                writeoffs.ids,
            )
        )
        if has_drafts:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO ar_writeoff_reservation (item_id, line_id)
                    SELECT line.item_id, line.id FROM ar_writeoff_line line
                     WHERE line.writeoff_id = ANY(%s) AND line.state = 'entry_draft'
                       AND line.item_id IS NOT NULL
                       AND NOT EXISTS (SELECT FROM ar_writeoff_reservation own
                                        WHERE own.line_id = line.id)
                    """,
                    writeoffs.ids,
                )
            )
        self._forget()

    def _forget(self):
        """The database was written past the cache."""
        self.env["ar.writeoff.reservation"].invalidate_model(flush=False)
