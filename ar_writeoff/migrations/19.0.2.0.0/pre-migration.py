"""Batches leave the register: room is made for their models."""

from odoo.tools import SQL, sql

# Rules for writing the register, which nobody does any more.
GONE_RULES = ("rule_ar_writeoff_batch", "rule_ar_writeoff_line_batch")


def migrate(cr, version):
    """Nothing runs: see the script before this one."""
    forget_dialogs(cr)
    drop_rules(cr)
    add_columns(cr)


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
