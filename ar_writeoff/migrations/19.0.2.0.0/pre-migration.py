"""Batches leave the register: what must be so before, and what the new models must not find."""

from odoo.exceptions import UserError
from odoo.tools import SQL, sql

# Rules for writing the register, which nobody does any more.
GONE_RULES = ("rule_ar_writeoff_batch", "rule_ar_writeoff_line_batch")


def migrate(cr, version):
    """Refuse while something runs; make room."""
    refuse_while_running(cr)
    forget_dialogs(cr)
    drop_rules(cr)
    add_columns(cr)


def refuse_while_running(cr):
    """What is half done is finished by the version that began it.

    :raises UserError: naming the write-offs
    """
    cr.execute(
        SQL(
            """
            SELECT writeoff.name FROM ar_writeoff writeoff
             WHERE writeoff.state = 'running'
                OR EXISTS (SELECT FROM ar_writeoff_line line
                            WHERE line.writeoff_id = writeoff.id
                              AND (line.state = 'queued' OR line.undo_queued))
          ORDER BY writeoff.id
            """
        )
    )
    names = [name for (name,) in cr.fetchall()]
    if names:
        raise UserError(
            "Write-offs run or are being undone in the background: "
            f"{', '.join(names)}. Let them finish, or open them and press Stop; then upgrade."
        )


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
