# Run in an Odoo shell: what posting and paying ordinary invoices costs, with the addon or without.
# ruff: noqa: F821
import json
import os
from pathlib import Path

from odoo import Command, sql_db

COUNT, WARM_UP = 60, 5
TICKS = os.sysconf("SC_CLK_TCK")
biller = env["res.users"].create(
    {
        "name": "Biller",
        "login": "bench_biller",
        "group_ids": [Command.link(env.ref("account.group_account_invoice").id)],
    }
)
partner = env["res.partner"].create({"name": "Ordinary"})
tax = env["account.tax"].search(
    [("type_tax_use", "=", "sale"), ("company_id", "=", env.company.id)], limit=1
)
env.cr.commit()
own = env(user=biller)


def cpu():
    """Seconds of the processor: this process, and the database's that works for it."""
    env.cr.execute("SELECT pg_backend_pid()")
    backend = Path(f"/proc/{env.cr.fetchone()[0]}/stat").read_text().rsplit(")", 1)[1].split()
    times = os.times()
    return times.user + times.system + (int(backend[11]) + int(backend[12])) / TICKS


def post(_invoice):
    invoice = own["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": "2026-01-15",
            "invoice_line_ids": [
                Command.create(
                    {"name": "x", "price_unit": 100.0, "tax_ids": [Command.set(tax.ids)]}
                )
            ],
        }
    )
    invoice.action_post()
    return invoice


def pay(invoice):
    own["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoice.ids
    ).create({"payment_date": "2026-02-15"}).action_create_payments()


def each(action, invoices):
    done = []
    for invoice in invoices:
        done.append(action(invoice))
        env.flush_all()
        env.cr.commit()
        env.invalidate_all()
    return done


def timed(action, invoices):
    before, queries = cpu(), sql_db.sql_counter
    done = each(action, invoices)
    cost = (cpu() - before) * 1000 / COUNT, (sql_db.sql_counter - queries) / COUNT
    return done, cost


each(pay, each(post, range(WARM_UP)))
invoices, posting = timed(post, range(COUNT))
_none, paying = timed(pay, invoices)
with Path(os.environ["BENCH_RESULTS"]).open("a") as results:
    for name, (milliseconds, queries) in (("post", posting), ("pay", paying)):
        record = {"what": name, "how": os.environ["BENCH_STEP"], "ms": milliseconds, "q": queries}
        results.write(json.dumps(record) + "\n")
