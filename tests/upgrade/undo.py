"""Undoes everything that can be undone, by the doors of whichever version is installed.

Behind ``facts.py`` and ``facts_batch.py``. What is refused is a fact as well. Nothing of it stays.
"""

from odoo.exceptions import UserError

answers = {}
SECTIONS = (
    *("documents", "items", "entries", "matches", "balances", "boxes", "ageing"),
    *("write_offs", "lines", "shares", "customers", "batches", "candidates"),
)


def attempt(writeoff, door):
    try:
        with env.cr.savepoint():
            door(writeoff)
            env.flush_all()
            answers[writeoff.name] = "done"
    except UserError as error:
        answers[writeoff.name] = str(error)


def undo(writeoff):
    record = ("batch_id" in writeoff._fields and writeoff.batch_id) or writeoff
    action = record.with_user(clerk).action_open_undo()
    dialog = env[action["res_model"]].with_user(clerk).browse(action["res_id"])
    dialog.date = "2025-04-30"
    dialog.action_undo()


def post(writeoff):
    writeoff.with_user(env.ref("base.user_admin")).action_post_entries()


def cancel(writeoff):
    writeoff.with_user(clerk).action_cancel_entries()


write_facts("before")
heads = env["ar.writeoff"].search([], order="id").filtered(is_head)
for number, head in enumerate(heads.filtered(lambda made: made.state == "entries_draft")):
    attempt(head, cancel if number % 2 else post)
for head in heads.filtered(lambda made: made.state in ("posted", "partly_reversed")):
    attempt(head, undo)
write_facts("undone", SECTIONS, answers=answers)
env.cr.rollback()
