from odoo import api, models
from odoo.tools import SQL
from odoo.tools.sql import table_columns

# Where the amounts of a document are the opposite of those of its receivables.
INBOUND = ("out_invoice", "in_refund", "out_receipt")
INVOICES = (*INBOUND, "out_refund", "in_invoice", "in_receipt")
NOW = SQL("now() AT TIME ZONE 'UTC'")


class ArWriteoffBulkLedger(models.AbstractModel):
    """The one place where journal items and matches are written by SQL.

    Each statement writes what core writes for such a pair, no more; what a pair must be like for
    that is said in ``ar.writeoff.bulk``.
    """

    _name = "ar.writeoff.bulk.ledger"
    _description = "Counterparts and Matches, Set-Based"

    @api.model
    def _write_counterparts(self, counterparts):
        """Split sums into counterparts, each matched with its item, which it closes.

        :param dict counterparts: posted ``account.move.line`` that stands for a sum → values of the
            counterparts; all is flushed, and whoever calls it invalidates the cache
        :return: list of ids of ``account.move.line``: the counterparts
        """
        rows = [(line.id, vals) for line, own in counterparts.items() for vals in own]
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS ar_writeoff_bulk_row"))
        self._create_rows(rows)
        self._insert_full_matches()
        self._insert_counterparts()
        self._insert_matches()
        self._close_items()
        self._close_documents()
        self.env.cr.execute(SQL("SELECT id FROM ar_writeoff_bulk_row"))
        return [id_ for (id_,) in self.env.cr.fetchall()]

    def _create_rows(self, rows):
        """What is to be written, one row for each counterpart, with the ids it gets.

        The first counterpart of a sum takes its place.

        :param list rows: tuples: id of the line that stands for the sum, values of a counterpart
        """
        columns = zip(
            *(
                (
                    sum_id,
                    vals["name"],
                    vals["partner_id"] or None,
                    vals["amount_currency"],
                    vals["balance"],
                    vals["writeoff_line_id"],
                    vals["writeoff_target_id"],
                )
                for sum_id, vals in rows
            ),
            strict=True,
        )
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE ar_writeoff_bulk_row ON COMMIT DROP AS
                SELECT given.*, item.matching_number AS number_before,
                       nextval('account_partial_reconcile_id_seq')::int AS match_id,
                       nextval('account_full_reconcile_id_seq')::int AS full_id,
                       CASE WHEN row_number() OVER (PARTITION BY sum_id ORDER BY item_id) = 1
                            THEN sum_id
                            ELSE nextval('account_move_line_id_seq')::int END AS id
                  FROM unnest(%s::int[], %s::text[], %s::int[], %s::numeric[], %s::numeric[],
                              %s::int[], %s::int[])
                       AS given (sum_id, name, partner_id, amount_currency, balance, line_id,
                                 item_id)
                  JOIN account_move_line item ON item.id = given.item_id
                """,
                *map(list, columns),
            )
        )

    def _insert_full_matches(self):
        uid = self.env.uid
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO account_full_reconcile
                            (id, create_uid, write_uid, create_date, write_date)
                SELECT full_id, %s, %s, %s, %s FROM ar_writeoff_bulk_row
                """,
                uid, uid, NOW, NOW,
            )
        )  # fmt: skip

    def _insert_counterparts(self):
        """Copies of the posted sums, matched in full: what is not a counterpart's own, whatever
        addon the column is of, Odoo has found out for the sum."""
        own = {
            "id": SQL("bulk.id"),
            "name": SQL("bulk.name"),
            "partner_id": SQL("bulk.partner_id"),
            "amount_currency": SQL("bulk.amount_currency"),
            "balance": SQL("bulk.balance"),
            # One of them is zero; with storno accounting it is the other one.
            "debit": SQL("CASE WHEN total.debit != 0 THEN bulk.balance ELSE 0 END"),
            "credit": SQL("CASE WHEN total.credit != 0 THEN -bulk.balance ELSE 0 END"),
            # Core computes them for lines of entries, too, where nobody looks at them.
            "price_subtotal": SQL("bulk.amount_currency"),
            "price_total": SQL("bulk.amount_currency"),
            "amount_residual": SQL("0"),
            "amount_residual_currency": SQL("0"),
            "reconciled": SQL("TRUE"),
            "full_reconcile_id": SQL("bulk.full_id"),
            "matching_number": SQL("bulk.full_id::text"),
            "writeoff_line_id": SQL("bulk.line_id"),
            "writeoff_target_id": SQL("bulk.item_id"),
        }
        names = list(table_columns(self.env.cr, "account_move_line"))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO account_move_line (%s)
                SELECT %s
                  FROM ar_writeoff_bulk_row bulk
                  JOIN account_move_line total ON total.id = bulk.sum_id
                ON CONFLICT (id) DO UPDATE SET %s
                """,
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(own.get(name) or SQL.identifier("total", name) for name in names),
                SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in own
                    if name != "id"
                ),
            )
        )

    def _insert_matches(self):
        """A match for each pair; full is what was matched with the item before, too."""
        uid = self.env.uid
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO account_partial_reconcile (
                    id, full_reconcile_id, debit_move_id, credit_move_id, amount,
                    debit_amount_currency, credit_amount_currency, debit_currency_id,
                    credit_currency_id, company_id, max_date, create_uid, write_uid, create_date,
                    write_date)
                SELECT match_id, bulk.full_id,
                       CASE WHEN bulk.balance < 0 THEN item.id ELSE bulk.id END,
                       CASE WHEN bulk.balance < 0 THEN bulk.id ELSE item.id END,
                       abs(bulk.balance), abs(bulk.amount_currency), abs(bulk.amount_currency),
                       item.currency_id, item.currency_id, item.company_id,
                       GREATEST(item.date, counterpart.date), %s, %s, %s, %s
                  FROM ar_writeoff_bulk_row bulk
                  JOIN account_move_line item ON item.id = bulk.item_id
                  JOIN account_move_line counterpart ON counterpart.id = bulk.id
                """,
                uid, uid, NOW, NOW,
            )
        )  # fmt: skip
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_partial_reconcile former
                   SET full_reconcile_id = bulk.full_id
                  FROM ar_writeoff_bulk_row bulk
                  JOIN account_move_line line ON line.matching_number = bulk.number_before
                 WHERE line.id IN (former.debit_move_id, former.credit_move_id)
                """
            )
        )

    def _close_items(self):
        """Nothing is left of the items; what was matched with them before shares the match."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move_line line
                   SET full_reconcile_id = bulk.full_id, matching_number = bulk.full_id::text
                  FROM ar_writeoff_bulk_row bulk
                 WHERE line.matching_number = bulk.number_before AND line.id != bulk.item_id
                """
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move_line item
                   SET amount_residual = 0, amount_residual_currency = 0, reconciled = TRUE,
                       full_reconcile_id = bulk.full_id, matching_number = bulk.full_id::text,
                       write_uid = %s, write_date = %s
                  FROM ar_writeoff_bulk_row bulk
                 WHERE item.id = bulk.item_id
                """,
                self.env.uid,
                NOW,
            )
        )

    def _close_documents(self):
        """What is left of invoices and credit notes, as core adds it up; entries have none."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move document
                   SET amount_residual = CASE WHEN document.move_type IN %(inbound)s
                                              THEN total.currency ELSE -total.currency END,
                       amount_residual_signed = total.company
                  FROM (SELECT line.move_id, SUM(line.amount_residual_currency) AS currency,
                               SUM(line.amount_residual) AS company
                          FROM account_move_line line
                         WHERE line.display_type = 'payment_term'
                           AND line.move_id IN (SELECT item.move_id
                                                  FROM account_move_line item
                                                  JOIN ar_writeoff_bulk_row bulk
                                                    ON bulk.item_id = item.id)
                      GROUP BY line.move_id) AS total
                 WHERE document.id = total.move_id AND document.move_type IN %(invoices)s
                """,
                inbound=INBOUND,
                invoices=INVOICES,
            )
        )
