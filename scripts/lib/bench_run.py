# Run in an Odoo shell, on a fresh copy of the base: one way of writing off so many items.
# ruff: noqa: F821, S101, S102
import json
import os
import resource
from pathlib import Path
from time import perf_counter

from odoo import Command, fields, sql_db
from odoo.tools import SQL

PATH, SIZE = os.environ["BENCH_PATH"], int(os.environ["BENCH_SIZE"])
SEPARATE = os.environ.get("BENCH_TAX", "")  # yes: tax is given back
BULK = os.environ.get("BENCH_BULK", "")  # yes: posted set-based
TODAY = fields.Date.today()
CHUNK = env["ar.writeoff.run"]._get_chunk_size()
TICKS = os.sysconf("SC_CLK_TCK")
company = env.company
reason = env.ref("ar_writeoff.reason_bad_debt")
account = company.writeoff_loss_account_id
journal = company.writeoff_journal_id
user = env["res.users"].search([("login", "=", "bench")])
user_env = env(user=user)
tag = env["res.partner.category"].search([("name", "=", "Bench")])
exec(Path(os.environ["BENCH_LIB"], "bench_ways.py").read_text())


def cpu():
    """Seconds of the processor: this process, and the database's that works for it."""
    env.cr.execute("SELECT pg_backend_pid()")
    backend = Path(f"/proc/{env.cr.fetchone()[0]}/stat").read_text().rsplit(")", 1)[1].split()
    own = os.times()
    return own.user + own.system + (int(backend[11]) + int(backend[12])) / TICKS


def timed(action, *args):
    before, queries, start = cpu(), sql_db.sql_counter, perf_counter()
    result = action(*args)
    env.flush_all()
    env.cr.commit()
    env.invalidate_all()
    return result, {
        "cpu": cpu() - before,
        "queries": sql_db.sql_counter - queries,
        "wall": perf_counter() - start,
    }


def choose():
    """Whole customers, until there are so many items: tagged, as a user would find them."""
    env.cr.execute(
        SQL(
            """
            WITH customer AS (
                SELECT partner.id, SUM(COUNT(*)) OVER (ORDER BY partner.id) - COUNT(*) AS before
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.display_type = 'payment_term' AND move.move_type = 'out_invoice'
                   AND move.state = 'posted' AND line.reconciled IS NOT TRUE
                   AND partner.name LIKE 'Bench%%' AND move.company_id = %s
              GROUP BY partner.id)
            INSERT INTO res_partner_res_partner_category_rel (category_id, partner_id)
            SELECT %s, id FROM customer WHERE before < %s
            """,
            company.id, tag.id, SIZE,
        )
    )  # fmt: skip
    env.cr.execute("ANALYZE res_partner_res_partner_category_rel")
    return env["account.move.line"].search(
        [
            ("partner_id.category_id", "=", tag.id),
            ("display_type", "=", "payment_term"),
            ("move_id.move_type", "=", "out_invoice"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
        ],
        order="partner_id, id",
    )


def job():
    env["ar.writeoff.run"]._cron_run()


def press(record, button):
    """What a button opens, as the browser goes on with it."""
    action = getattr(record.with_env(user_env), button)()
    return user_env[action["res_model"]].browse(action.get("res_id"))


def write_off():
    """As a person would: criteria, select, process, confirm; then the scheduled job."""
    if SEPARATE:
        company.writeoff_separate_tax = "yes"
    if BULK:
        company.writeoff_bulk = "yes"
        assert not env["ar.writeoff.bulk.gate"]._get_reasons(company)
    batch = user_env["ar.writeoff.batch"].create(
        {
            "reason_id": reason.id,
            "accounting_date": TODAY,
            "grouping": PATH,
            "limit_document": 10**9,
            "with_invoices": True,
            "partner_tag_ids": [Command.set(tag.ids)],
        }
    )
    _action, steps["select"] = timed(batch.action_select)
    _none, steps["select in background"] = timed(job)
    dialog, steps["dialog"] = timed(press, batch, "action_process")
    dialog.warnings_confirmed = True
    _action, steps["start"] = timed(dialog.action_run)
    _none, steps["run"] = timed(job)
    return batch


def undo(batch):
    dialog, steps["undo: dialog"] = timed(press, batch, "action_open_undo")
    _action, steps["undo: start"] = timed(dialog.action_undo)
    _none, steps["undo"] = timed(job)


def check_books(items):
    """Closed to the cent, balanced, and as much in the register as in the ledger."""
    env.invalidate_all()
    assert all(items.mapped("reconciled")), "an item is still open"
    assert all(items.mapped("full_reconcile_id"))
    check_balanced()
    register = env["ar.writeoff"].search([("id", "not in", known)])
    if PATH != "payment":
        domain = [("account_id", "=", account.id), ("date", "=", TODAY)]
        loss = company.currency_id.round(
            sum(env["account.move.line"].search(domain).mapped("balance"))
        )
        given_up = loss + sum(register.mapped("amount_tax"))
        assert not company.currency_id.compare_amounts(given_up, opened), (given_up, opened)
    if register:
        assert not company.currency_id.compare_amounts(sum(register.mapped("amount_net")), opened)


def check_undone(items):
    env.invalidate_all()
    assert not any(items.mapped("reconciled")), "an item is still closed"
    left = company.currency_id.round(sum(items.mapped("amount_residual")))
    assert not company.currency_id.compare_amounts(left, opened), (left, opened)
    check_balanced()


def check_balanced():
    env.cr.execute("SELECT SUM(balance) FROM account_move_line WHERE parent_state = 'posted'")
    (balance,) = env.cr.fetchone()
    assert company.currency_id.is_zero(balance)


steps, peaks = {}, []


def note_memory():
    """The most it took so far; what checks the books looks at everything, and does not count."""
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


known = env["ar.writeoff"].search([]).ids  # those of the demo
items = choose()
[(residual, count)] = items._read_group(
    [("id", "in", items.ids)], aggregates=["amount_residual:sum", "__count"]
)
opened = company.currency_id.round(residual)
env.cr.commit()
env.invalidate_all()
ways = {
    "loop": loop,
    "loop_commit": loop_commit,
    "payment": payment,
    "core": core,
    "sql": sql,
}
if PATH in ways:
    _result, steps["run"] = timed(ways[PATH], items)
    note_memory()
    check_books(items)
else:
    batch = write_off()
    note_memory()
    check_books(items)
    if os.environ.get("BENCH_UNDO"):
        undo(batch)
        check_undone(items)
record = {
    "path": PATH,
    "tax": SEPARATE,
    "bulk": BULK,
    "size": count,
    "steps": steps,
    "memory": peaks[0],
}
with Path(os.environ["BENCH_RESULTS"]).open("a") as results:
    results.write(json.dumps(record) + "\n")
