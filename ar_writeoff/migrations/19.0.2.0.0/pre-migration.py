"""Batches leave the register: room is made for their models."""

from odoo.tools import SQL, sql

# Rules for writing the register, which nobody does any more.
GONE_RULES = ("rule_ar_writeoff_batch", "rule_ar_writeoff_line_batch")


def migrate(cr, version):
    """Nothing runs: see the script before this one."""
    forget_dialogs(cr)
    drop_rules(cr)
    add_columns(cr)
    rename_period(cr)


def forget_dialogs(cr):
    """Nobody goes on with a dialog of the former version."""
    for table in ("ar_writeoff_batch_confirm", "ar_writeoff_undo"):
        cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))


def drop_rules(cr):
    """Data that is not updated is not taken back by itself either."""
    cr.execute(
        SQL(
            """
            WITH gone AS (
                DELETE FROM ir_model_data
                      WHERE module = 'ar_writeoff' AND model = 'ir.rule' AND name IN %s
                  RETURNING res_id
            )
            DELETE FROM ir_rule WHERE id IN (SELECT res_id FROM gone)
            """,
            GONE_RULES,
        )
    )
    cr.execute(
        SQL(
            """
            UPDATE ir_rule SET domain_force = '[("batch_id.company_id", "in", company_ids)]'
             WHERE id = (SELECT res_id FROM ir_model_data
                          WHERE module = 'ar_writeoff'
                            AND name = 'rule_ar_writeoff_left_out_company')
            """
        )
    )


def add_columns(cr):
    """With them in place, nothing is computed for each line."""
    for table in ("ar_writeoff", "ar_writeoff_line"):
        if not sql.column_exists(cr, table, "batch_id"):
            sql.create_column(cr, table, "batch_id", "int4")


def rename_period(cr):
    """A column is called what it shows, in searches and exports that people saved, too."""
    former, name = "item_period", "item_accounting_date"
    if not sql.column_exists(cr, "ar_writeoff_line", former):
        return
    sql.rename_column(cr, "ar_writeoff_line", former, name)
    cr.execute(
        SQL(
            """
            UPDATE ir_model_fields SET name = %s WHERE model = 'ar.writeoff.line' AND name = %s
            """,
            name,
            former,
        )
    )
    for column in ("domain", "context", "sort"):
        cr.execute(
            SQL(
                "UPDATE ir_filters SET %(column)s = replace(%(column)s, %(former)s, %(name)s) "
                "WHERE model_id = 'ar.writeoff.line'",
                column=SQL.identifier(column),
                former=former,
                name=name,
            )
        )
    cr.execute(
        SQL(
            """
            UPDATE ir_exports_line SET name = %s WHERE name = %s AND export_id IN (
                SELECT id FROM ir_exports WHERE resource = 'ar.writeoff.line')
            """,
            name,
            former,
        )
    )
