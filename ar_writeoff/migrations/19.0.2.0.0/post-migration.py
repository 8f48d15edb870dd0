"""Batches leave the register: they and their candidates become models of their own.

A batch keeps the number, and the id, of the write-off it was; that stays in the register unless
the batch was in draft. Rows of the list that were not written off become candidates, choices made
by hand included, and keep their ids, too.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, sql

CHATTER = (
    ("mail_message", "model"),
    ("mail_followers", "res_model"),
    ("mail_activity", "res_model"),
    ("ir_attachment", "res_model"),
)


def migrate(cr, version):
    """Move batches, candidates, what was left out, their history, and reserve what waits."""
    if not sql.column_exists(cr, "ar_writeoff", "is_batch"):
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.flush_all()
    move_batches(cr)
    move_criteria(env)
    move_candidates(cr)
    move_left_out(cr)
    move_chatter(env)
    delete_drafts(cr)
    note_facts(cr)
    reserve(cr)
    follow_in_settings(env)
    env.invalidate_all()


def get_shared_columns(cr, source, target, *apart):
    """Names of the columns two tables have in common.

    :return: ``SQL``, separated by commas
    """
    shared = sql.table_columns(cr, source).keys() & sql.table_columns(cr, target).keys()
    return SQL(", ").join(SQL.identifier(name) for name in sorted(shared - set(apart)))


def set_sequence(cr, table):
    """Ids were given by hand: the next one is after them."""
    cr.execute(
        SQL(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), MAX(id)) FROM %s HAVING MAX(id) > 0",
            table,
            SQL.identifier(table),
        )
    )


def move_batches(cr):
    """A batch for each write-off that was one; those that were run stay and point to it."""
    columns = get_shared_columns(cr, "ar_writeoff", "ar_writeoff_batch", "state")
    cr.execute(
        SQL(
            """
            INSERT INTO ar_writeoff_batch (%(columns)s, state)
            SELECT %(columns)s,
                   CASE WHEN state IN ('draft', 'cancelled') THEN state ELSE 'done' END
              FROM ar_writeoff WHERE is_batch
            """,
            columns=columns,
        )
    )
    set_sequence(cr, "ar_writeoff_batch")
    cr.execute(
        SQL("UPDATE ar_writeoff SET batch_id = id WHERE is_batch AND state != 'draft'"),
    )
    cr.execute(
        SQL(
            """
            UPDATE ar_writeoff_line line SET batch_id = writeoff.batch_id
              FROM ar_writeoff writeoff
             WHERE writeoff.id = line.writeoff_id AND writeoff.batch_id IS NOT NULL
            """
        )
    )


def move_criteria(env):
    """What a batch looks at and consists of several records."""
    for field in env["ar.writeoff.batch"]._fields.values():
        if field.type != "many2many" or not field.store or not field.relation:
            continue
        comodel = env[field.comodel_name]._table
        former = "{}_{}_rel".format(*sorted(("ar_writeoff", comodel)))
        if not sql.table_exists(env.cr, former):
            continue
        env.cr.execute(
            SQL(
                """
                INSERT INTO %(new)s (%(own)s, %(other)s)
                SELECT former.ar_writeoff_id, former.%(former_other)s FROM %(former)s former
                  JOIN ar_writeoff_batch batch ON batch.id = former.ar_writeoff_id
                """,
                new=SQL.identifier(field.relation),
                own=SQL.identifier(field.column1),
                other=SQL.identifier(field.column2),
                former=SQL.identifier(former),
                former_other=SQL.identifier(f"{comodel}_id"),
            )
        )


def move_candidates(cr):
    """What was not written off, or not yet, is no line of the register."""
    columns = get_shared_columns(cr, "ar_writeoff_line", "ar_writeoff_candidate", "batch_id")
    cr.execute(
        SQL(
            """
            WITH moved AS (
                INSERT INTO ar_writeoff_candidate (%(columns)s, batch_id, requested_currency)
                SELECT %(columns)s, writeoff_id, asked_currency FROM ar_writeoff_line
                 WHERE writeoff_id IN (SELECT id FROM ar_writeoff_batch)
                   AND (state IN ('left_out', 'skipped', 'failed')
                        OR (state = 'planned' AND writeoff_id IN (
                            SELECT id FROM ar_writeoff_batch WHERE state = 'draft')))
             RETURNING id
            )
            DELETE FROM ar_writeoff_line WHERE id IN (SELECT id FROM moved)
            """,
            columns=columns,
        )
    )
    set_sequence(cr, "ar_writeoff_candidate")


def move_left_out(cr):
    """The numbers of what is gone belong to the batch."""
    cr.execute(SQL("ALTER TABLE ar_writeoff_left_out ALTER COLUMN writeoff_id DROP NOT NULL"))
    cr.execute(SQL("UPDATE ar_writeoff_left_out SET batch_id = writeoff_id, writeoff_id = NULL"))


def move_chatter(env):
    """Notes, followers, activities and attachments go with the batch."""
    for table, column in CHATTER:
        env.cr.execute(
            SQL(
                """
                UPDATE %(table)s SET %(column)s = 'ar.writeoff.batch'
                 WHERE %(column)s = 'ar.writeoff'
                   AND res_id IN (SELECT id FROM ar_writeoff_batch)
                """,
                table=SQL.identifier(table),
                column=SQL.identifier(column),
            )
        )
    env.cr.execute(
        SQL(
            """
            UPDATE mail_activity SET res_model_id = %s WHERE res_model = 'ar.writeoff.batch'
            """,
            env["ir.model"]._get_id("ar.writeoff.batch"),
        )
    )
    env.cr.execute(
        SQL(
            """
            UPDATE mail_tracking_value tracked SET field_id = new.id
              FROM mail_message message, ir_model_fields former, ir_model_fields new
             WHERE message.id = tracked.mail_message_id AND message.model = 'ar.writeoff.batch'
               AND former.id = tracked.field_id AND former.model = 'ar.writeoff'
               AND new.model = 'ar.writeoff.batch' AND new.name = former.name
            """
        )
    )


def delete_drafts(cr):
    """A batch that was never run has nothing in the register."""
    cr.execute(SQL("DELETE FROM ar_writeoff WHERE is_batch AND state = 'draft'"))


def note_facts(cr):
    """What a line's state follows from, where the ledger alone does not say it."""
    cr.execute(
        SQL(
            """
            UPDATE ar_writeoff_line
               SET is_settled = state != 'planned',
                   netting = CASE WHEN COALESCE(netted_currency, 0) = 0 THEN 'none'
                                  WHEN is_netted THEN 'done'
                                  WHEN state IN ('planned', 'entry_draft') THEN 'waiting'
                                  ELSE 'undone' END,
                   state = CASE state WHEN 'planned' THEN 'waiting' ELSE state END
            """
        )
    )


def reserve(cr):
    """Lines in a draft entry keep their items."""
    cr.execute(
        SQL(
            """
            INSERT INTO ar_writeoff_reservation (item_id, line_id)
            SELECT item_id, id FROM ar_writeoff_line
             WHERE state = 'entry_draft' AND item_id IS NOT NULL
            """
        )
    )


def follow_in_settings(env):
    """The scheduled job and searches that people saved."""
    job = env.ref("ar_writeoff.ir_cron_run", raise_if_not_found=False)
    if job:
        run = env["ir.model"]._get("ar.writeoff.run")
        job.with_context(tracking_disable=True).model_id = run
        if job.interval_type == "hours" and job.interval_number == 1:  # as it was proposed
            job.interval_type = "minutes"
    for xmlid, model in (
        ("ar_writeoff.action_batch", "ar.writeoff.batch"),
        ("ar_writeoff.action_candidates", "ar.writeoff.candidate"),
    ):
        action = env.ref(xmlid)
        env["ir.filters"].with_context(active_test=False).search(
            [("action_id", "=", action.id)]
        ).model_id = model
