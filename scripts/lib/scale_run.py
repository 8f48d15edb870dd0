# Run in an Odoo shell while a server works on the same database: starts a batch, waits for its
# end, checks the books, and has all of it undone.
# ruff: noqa: F821, S101
import json
import os
import time
from pathlib import Path

import psutil

from odoo import fields

WORKERS, SERVER = int(os.environ["SCALE_WORKERS"]), int(os.environ["SCALE_SERVER"])
KILL = bool(os.environ["SCALE_KILL"])
PATIENCE = 1800
company = env.company
company.writeoff_queue_workers = WORKERS
company.writeoff_bulk = "yes" if os.environ["SCALE_BULK"] else "no"
assert not env["ar.writeoff.bulk.gate"]._get_reasons(company)
user_env = env(user=env["res.users"].search([("login", "=", "bench")]))
user_env = user_env(context={"allowed_company_ids": company.ids})
env.cr.commit()


def look():
    """What others committed meanwhile."""
    env.cr.commit()
    env.invalidate_all()
    user_env.invalidate_all()


def wait(batch, kill=False):
    """Until the run has ended; in the middle, every worker of the server dies, if it is to.

    :return: float, seconds it took, by the run's own clock
    """
    begun = time.monotonic()
    run = env["ar.writeoff.run"].search([("batch_id", "=", batch.id)], limit=1)
    while True:
        look()
        if run.state != "running":
            break
        left = run._count_left()
        if kill and left <= run.item_count * 2 / 3:
            for child in psutil.Process(SERVER).children(recursive=True):
                child.kill()
            kill = False
        assert time.monotonic() - begun < PATIENCE, f"{left} items are left"
        time.sleep(0.2)
    assert run.state == "done", run.result
    assert not kill, "it was done before anybody was killed"
    assert run.is_queued == bool(WORKERS), "somebody else did it"
    return time.monotonic() - begun


def check_books(batch, opened):
    lines = env["ar.writeoff.line"].search([("batch_id", "=", batch.id)])
    assert set(lines.mapped("state")) == {"done"}, set(lines.mapped("state"))
    assert len(lines) == len(lines.item_id) == opened["count"], (len(lines), opened)
    assert all(lines.item_id.mapped("reconciled")), "an item is still open"
    entries = env["account.move"].search([("writeoff_id.batch_id", "=", batch.id)])
    loss = [("move_id", "in", entries.ids), ("account_id.account_type", "!=", "asset_receivable")]
    [(balance,)] = env["account.move.line"]._read_group(loss, aggregates=["balance:sum"])
    assert not company.currency_id.compare_amounts(balance, opened["amount"]), (balance, opened)
    numbers = entries.mapped("sequence_number")
    assert len(numbers) == len(set(numbers)) == max(numbers) - min(numbers) + 1, (
        "a number is missing"
    )


batch = user_env["ar.writeoff.batch"].create(
    {
        "reason_id": env.ref("ar_writeoff.reason_bad_debt").id,
        "accounting_date": fields.Date.today(),
        "grouping": "partner",
        "limit_document": 10**9,
        "with_invoices": True,
    }
)
seconds = {}
batch.action_select()
if batch.is_selecting:
    seconds["select"] = wait(batch)
look()
action = batch.action_process()
dialog = user_env[action["res_model"]].browse(action["res_id"])
dialog.warnings_confirmed = True
opened = {"count": dialog.item_count, "amount": dialog.amount}
dialog.action_run()
look()
seconds["run"] = wait(batch, KILL)
check_books(batch, opened)
action = batch.action_open_undo()
user_env[action["res_model"]].browse(action["res_id"]).action_undo()
look()
seconds["undo"] = wait(batch)
lines = env["ar.writeoff.line"].search([("batch_id", "=", batch.id)])
assert set(lines.mapped("state")) == {"reversed"}
assert not any(lines.item_id.mapped("reconciled")), "an item is still closed"
# Jobs that met others, and were tried again.
retries = sum(max(job.retry - 1, 0) for job in env["queue.job"].search([]))
with Path(os.environ["BENCH_RESULTS"]).open("a") as results:
    record = {"workers": WORKERS, "kill": KILL, "items": opened["count"], "seconds": seconds}
    record.update(retries=retries, bulk=company.writeoff_bulk == "yes")
    results.write(json.dumps(record) + "\n")
