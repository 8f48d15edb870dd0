# Run in an Odoo shell: a batch, and what others do meanwhile; BENCH_STEP says which part of it.
# ruff: noqa: F821
import json
import os
from pathlib import Path
from time import perf_counter

from odoo import Command
from odoo.tools import SQL

COUNT = 40
STEP = os.environ["BENCH_STEP"]
user_env = env(user=env["res.users"].search([("login", "=", "bench")]))


def press(record, button):
    action = getattr(record, button)()
    return user_env[action["res_model"]].browse(action["res_id"])


def start():
    """A large batch, selected and confirmed: the job does the rest."""
    tag = env["res.partner.category"].search([("name", "=", "Bench")])
    env.cr.execute(
        SQL(
            """INSERT INTO res_partner_res_partner_category_rel (category_id, partner_id)
               SELECT %s, id FROM res_partner WHERE name LIKE 'Bench %%'""",
            tag.id,
        )
    )
    batch = user_env["ar.writeoff.batch"].create(
        {
            "reason_id": env.ref("ar_writeoff.reason_bad_debt").id,
            "grouping": "partner",
            "limit_document": 10**9,
            "partner_tag_ids": [Command.set(tag.ids)],
        }
    )
    batch.action_select()
    env.cr.commit()
    env["ar.writeoff.run"]._cron_run()
    env.invalidate_all()
    dialog = press(batch, "action_process")
    dialog.warnings_confirmed = True
    dialog.action_run()
    env.cr.commit()


def invoice():
    partner = env["res.partner"].search([("name", "=", "Waiting")], limit=1)
    partner = partner or env["res.partner"].create({"name": "Waiting"})
    return user_env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": "2026-01-15",
            "invoice_line_ids": [
                Command.create({"name": "x", "price_unit": 100.0, "tax_ids": [Command.clear()]})
            ],
        }
    )


def pay(move):
    user_env["account.payment.register"].with_context(
        active_model="account.move", active_ids=move.ids
    ).create({"payment_date": "2026-02-15"}).action_create_payments()


def write_off(move):
    wizard = press(move, "action_write_off")
    wizard.action_preview()
    wizard.warnings_confirmed = True
    wizard.action_confirm()


def wait():
    """How long each takes, from the click to the commit."""
    seconds = {"post": [], "pay": [], "write off": []}

    def timed(what, action, *args):
        begun = perf_counter()
        action(*args)
        env.flush_all()
        env.cr.commit()
        seconds[what].append(perf_counter() - begun)
        env.invalidate_all()

    for _number in range(COUNT):
        first, second = invoice(), invoice()
        env.cr.commit()
        for move in (first, second):
            timed("post", move.action_post)
        timed("pay", pay, first)
        timed("write off", write_off, second)
    with Path(os.environ["BENCH_RESULTS"]).open("a") as results:
        for what, found in seconds.items():
            results.write(json.dumps({"what": what, "how": STEP, "seconds": found}) + "\n")


if STEP == "select":
    start()
elif STEP == "run":
    env["ar.writeoff.run"]._cron_run()
else:
    wait()
    if STEP == "beside" and not env["ar.writeoff.run"].search([("state", "=", "running")]):
        print("The batch was over before the others were: the figures say nothing.")
