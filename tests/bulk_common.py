"""Books read column by column: what two ways of posting left behind, with ids by meaning."""

import re
from collections import Counter
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.tools import SQL

# Written by a write-off, or computed from what it writes; those of other apps where they are there.
TABLES = (
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "account_full_reconcile",
    "account_payment",
    "account_analytic_line",
    "account_bank_statement_line",
    "account_move_line_account_tax_rel",
    "account_account_tag_account_move_line_rel",
    "ar_writeoff_batch",
    "ar_writeoff_run",
    "ar_writeoff",
    "ar_writeoff_line",
    "ar_writeoff_share",
    "ar_writeoff_candidate",
    "ar_writeoff_reservation",
    "mail_message",
    "mail_tracking_value",
    "res_partner",
    "sale_order",
    "sale_order_line",
    "sale_order_line_invoice_rel",
)
# Random, or the time of the clock.
LEFT_OUT = {"mail_message": {"message_id"}}


class Books:
    """What was written into these tables since a mark, each new id by what it stands for."""

    def __init__(self, env, marks, author):
        self.env = env
        self.marks = marks
        # Odoo has a row written last by whoever was at work when it went to the database.
        self.authors = {author.id, env.uid, SUPERUSER_ID}
        self.rows = {table: self._read(table) for table in TABLES if table in marks}
        self.names = {}
        for name in ("_name_moves", "_name_items", "_name_register", "_name_matches"):
            getattr(self, name)()
        self.links = self._get_links()

    @staticmethod
    def get_marks(env):
        """What there is now: table → the highest id; which version each row has is kept beside."""
        marks = {}
        for table in TABLES:
            env.cr.execute(SQL("SELECT to_regclass(%s) IS NOT NULL", table))
            if not env.cr.fetchone()[0]:
                continue
            column = SQL("0") if table.endswith("_rel") else SQL("id")
            names = {"seen": SQL.identifier(f"seen_{table}"), "table": SQL.identifier(table)}
            env.cr.execute(SQL("DROP TABLE IF EXISTS %(seen)s", **names))
            env.cr.execute(
                SQL(
                    "CREATE TEMPORARY TABLE %(seen)s ON COMMIT DROP AS "
                    "SELECT ctid::text AS place, xmin::text AS version FROM %(table)s",
                    **names,
                )
            )
            env.cr.execute(SQL("SELECT COALESCE(MAX(%s), 0) FROM %s", column, names["table"]))
            marks[table] = env.cr.fetchone()[0]
        return marks

    def _read(self, table):
        """Rows that are new, or another version than they were."""
        self.env.cr.execute(
            SQL(
                "SELECT * FROM %s AS row WHERE NOT EXISTS (SELECT FROM %s AS seen "
                "WHERE seen.place = row.ctid::text AND seen.version = row.xmin::text)",
                SQL.identifier(table),
                SQL.identifier(f"seen_{table}"),
            )
        )
        return self.env.cr.dictfetchall()

    def _get_links(self):
        """Table and column → the table it points to, by the database's own foreign keys."""
        self.env.cr.execute(
            SQL(
                """
                SELECT conrelid::regclass::text, attname, confrelid::regclass::text
                  FROM pg_constraint
                  JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
                 WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
                """,
                list(self.rows),
            )
        )
        return {(table, column): target for table, column, target in self.env.cr.fetchall()}

    def _new(self, table):
        return [row for row in self.rows[table] if row["id"] > self.marks[table]]

    def _name(self, table, id_):
        return self.names.get((table, id_), id_)

    def _name_moves(self):
        for row in self._new("account_move"):
            self.names["account_move", row["id"]] = f"entry {row['name']}"

    def _name_items(self):
        rows = {row["id"]: row for row in self._new("account_move_line")}

        def get_name(id_):
            """Of an item, and of what it closes, which may be as new."""
            if id_ not in rows:
                return id_
            row = rows[id_]
            return (
                self._name("account_move", row["move_id"]),
                *(row[column] for column in ("account_id", "partner_id", "name", "currency_id")),
                *(row[column] for column in ("balance", "amount_currency")),
                get_name(row["writeoff_target_id"]),
            )

        self.names.update({("account_move_line", id_): get_name(id_) for id_ in rows})

    def _name_register(self):
        for table in ("ar_writeoff_batch", "ar_writeoff_run", "ar_writeoff_share"):
            for row in self._new(table):
                self.names[table, row["id"]] = table
        for row in self._new("ar_writeoff"):
            self.names["ar_writeoff", row["id"]] = f"write-off {row['name']}"
        for row in self._new("ar_writeoff_line"):
            self.names["ar_writeoff_line", row["id"]] = f"line of {row['item_id']}"

    def _name_matches(self):
        for row in self._new("account_partial_reconcile"):
            sides = tuple(
                self._name("account_move_line", row[side])
                for side in ("debit_move_id", "credit_move_id")
            )
            self.names["account_partial_reconcile", row["id"]] = ("match", *sides)
        members = {}
        for row in self.rows["account_move_line"]:
            name = repr(self._name("account_move_line", row["id"]))
            members.setdefault(row["full_reconcile_id"], []).append(name)
        for row in self._new("account_full_reconcile"):
            self.names["account_full_reconcile", row["id"]] = tuple(sorted(members[row["id"]]))

    def get_rows(self, table):
        """Rows of a table, as a multiset that two ways of posting can be compared by."""
        return Counter(
            tuple(
                (column, self._get_value(table, row, column))
                for column in sorted(row)
                if column not in LEFT_OUT.get(table, ())
            )
            for row in self.rows[table]
        )

    def _get_value(self, table, row, column):
        value = row[column]
        if column == "id":
            return repr(self._name(table, value)) if value <= self.marks[table] else "new"
        if column == "matching_number" and value:
            return repr(self._get_matching_name(value))
        if column == "res_id" and table == "mail_message":
            return repr(self._name((row["model"] or "").replace(".", "_"), value))
        if column == "body":
            return re.sub(r'(?<=data-oe-id=")\d+', self._get_body_name, value or "")
        if column == "write_uid" and value in self.authors:
            return "author"
        target = self.links.get((table, column))
        return repr(self._name(target, value) if target else value)

    def _get_matching_name(self, number):
        if number.startswith("P"):
            return "part of", self._name("account_partial_reconcile", int(number[1:]))
        return "all of", self._name("account_full_reconcile", int(number))

    def _get_body_name(self, found):
        return str(self._name("ar_writeoff", int(found[0])))


class BulkCommon:
    """Mixed into a test of write-offs: what is done twice, each time from the same books."""

    def _both_ways(self, action):
        """Do it in Odoo's way, then set-based, and compare all that is left in the database.

        :param action: called without arguments
        :return: what the two calls returned
        """
        self._flush_tracking()
        marks = Books.get_marks(self.env)
        found = []
        for way in ("no", "yes"):
            savepoint = self.cr.savepoint()
            try:
                self.company.writeoff_bulk = way
                result = action()
                self._flush_tracking()
                found.append((Books(self.env, marks, self.clerk), result))
            finally:
                savepoint.close(rollback=True)
                self.cr.precommit.clear()  # what was to be told of it
                self.env.invalidate_all(flush=False)
        (odoo, first), (bulk, second) = found
        for table in odoo.rows:
            left, right = odoo.get_rows(table), bulk.get_rows(table)
            if left != right:
                self.fail(self._describe(table, left - right, right - left))
        return first, second

    @contextmanager
    def _counted(self, seen):
        """Count the lines whose counterparts are written set-based.

        :param seen: ``collections.Counter``
        """
        Bulk = self.env.registry["ar.writeoff.bulk"]
        close = Bulk._close

        def counting(bulk, lines, counterparts):
            seen["set-based"] += len(lines)
            return close(bulk, lines, counterparts)

        with patch.object(Bulk, "_close", counting):
            yield

    def _describe(self, table, odoo, bulk):
        """The columns in which rows differ, for whoever looks for the reason."""
        lines = [f"{table}: {odoo.total()} rows of Odoo's way, {bulk.total()} set-based"]
        for left, right in zip(sorted(odoo), sorted(bulk), strict=False):
            lines += [
                f"  {column}: {value} / {other}"
                for (column, value), (_column, other) in zip(left, right, strict=True)
                if value != other
            ]
        if odoo.total() != bulk.total():
            lines += [str(row) for row in (*odoo, *bulk)]
        return "\n".join(lines[:60])
