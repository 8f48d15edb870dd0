# Run in an Odoo shell: some hundred entries made by Odoo, multiplied by SQL, then the screens.
# ruff: noqa: F821, S311
import os
import random
from datetime import timedelta
from time import perf_counter

from odoo import Command, fields
from odoo.tools import SQL

LINES = int(os.environ["BENCH_LINES"])
BASE = 300  # invoices made by Odoo
PARTNERS = 2000
TODAY = fields.Date.today()
KEYS = SQL("partner.commercial_partner_id, line.currency_id, line.account_id, line.company_id")
random.seed(1)


def entries(partners, receivable, revenue, journal):
    """Invoices and payments as plain entries: open, partly paid and paid ones."""
    vals, shares = [], []
    for number in range(BASE):
        date = TODAY - timedelta(days=random.randint(0, 500))
        amount = random.randint(1000, 900000) / 100
        share = random.choice((0, 0, 0, 0.5, 1, 1, 1, 1, 1, 1))
        paid = min(date + timedelta(days=random.randint(1, 90)), TODAY)
        for sign, value, day in ((1, amount, date), (-1, round(amount * share, 2), paid)):
            lines = [
                {"account_id": receivable.id, "date_maturity": day + timedelta(days=30)},
                {"account_id": revenue.id},
            ]
            for line, line_sign in zip(lines, (sign, -sign), strict=True):
                line.update(partner_id=partners[number].id, balance=line_sign * value)
            vals.append(
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "date": day,
                    "line_ids": [Command.create(line) for line in lines],
                }
            )
        shares.append(share)
    moves = env["account.move"].create(vals)
    moves._post()
    items = [move.line_ids.filtered(lambda line: line.account_id == receivable) for move in moves]
    pairs = [items[2 * n] | items[2 * n + 1] for n in range(BASE) if shares[n]]
    env["account.move.line"]._reconcile_plan(pairs)
    env.flush_all()
    return env["account.move.line"].union(*items)


def columns(table, **changes):
    """Names and values of a copied row: what changes is SQL, the rest stays."""
    env.cr.execute(
        SQL(
            """SELECT column_name FROM information_schema.columns
                WHERE table_schema = current_schema AND table_name = %s AND column_name <> 'id'""",
            table,
        )
    )
    names = [name for (name,) in env.cr.fetchall()]
    values = [changes.get(name, SQL.identifier("source", name)) for name in names]
    return SQL(", ").join(map(SQL.identifier, names)), SQL(", ").join(values)


def multiply(items, partners):
    """Copies of the items and of their matches, moved to other customers and earlier dates."""
    copies = LINES // len(items)
    env.cr.execute(
        SQL(
            """CREATE TEMP TABLE rank AS SELECT id, ordinality - 1 AS rank
                 FROM unnest(%s) WITH ORDINALITY AS partner(id, ordinality)""",
            partners.ids,
        )
    )
    back = SQL("(copy %% 180)::int")
    names, values = columns(
        "account_move_line",
        partner_id=SQL("other.id"),
        date=SQL("source.date - %s", back),
        date_maturity=SQL("source.date_maturity - %s", back),
        full_reconcile_id=SQL("NULL::int"),
    )
    env.cr.execute("SELECT MAX(id) FROM account_move_line")
    (offset,) = env.cr.fetchone()
    env.cr.execute(
        SQL(
            """INSERT INTO account_move_line (id, %s)
               SELECT source.id + copy * %s, %s
                 FROM account_move_line source
           CROSS JOIN generate_series(1, %s) copy
                 JOIN rank own ON own.id = source.partner_id
                 JOIN rank other ON other.rank = (own.rank + copy * 7) %% %s
                WHERE source.id = ANY(%s)""",
            names, offset, values, copies, len(partners), items.ids,
        )
    )  # fmt: skip
    names, values = columns(
        "account_partial_reconcile",
        debit_move_id=SQL("source.debit_move_id + copy * %s", offset),
        credit_move_id=SQL("source.credit_move_id + copy * %s", offset),
        max_date=SQL("source.max_date - %s", back),
        full_reconcile_id=SQL("NULL::int"),
    )
    env.cr.execute(
        SQL(
            """INSERT INTO account_partial_reconcile (%s)
               SELECT %s
                 FROM account_partial_reconcile source
           CROSS JOIN generate_series(1, %s) copy
                WHERE source.debit_move_id = ANY(%s)""",
            names, values, copies, items.ids,
        )
    )  # fmt: skip
    env.cr.commit()
    env.cr.execute("ANALYZE account_move_line; ANALYZE account_partial_reconcile")


def bare(date, by):
    """The same buckets in SQL as an accountant's script would have it, without any rules."""
    residual, where, join = SQL("line.amount_residual"), SQL("line.reconciled IS NOT TRUE"), SQL()
    if date < TODAY:
        residual = SQL("line.amount_residual + COALESCE(later.amount, 0)")
        where = SQL("(line.reconciled IS NOT TRUE OR later.line_id IS NOT NULL)")
        join = SQL("LEFT JOIN (%s) later ON later.line_id = line.id", later(date))
    age = SQL("%s - COALESCE(line.date_maturity, line.date)", date)
    buckets = SQL(", ").join(
        SQL(
            "SUM(%s) FILTER (WHERE %s > 0 AND %s BETWEEN %s AND %s)",
            residual,
            residual,
            age,
            *limits,
        )
        for limits in ((-9999, 0), (1, 30), (31, 60), (61, 90), (91, 120), (121, 9999))
    )
    return SQL(
        """SELECT %(by)s, %(buckets)s, SUM(%(residual)s) FILTER (WHERE %(residual)s < 0),
                  SUM(%(residual)s) AS total
             FROM account_move_line line
             JOIN account_account account ON account.id = line.account_id
        LEFT JOIN res_partner partner ON partner.id = line.partner_id
             %(join)s
            WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
              AND line.company_id = %(company)s AND line.date <= %(date)s AND %(where)s
         GROUP BY %(by)s ORDER BY total DESC""",
        by=by, buckets=buckets, residual=residual, join=join, company=company.id, date=date,
        where=where,
    )  # fmt: skip


def later(date):
    return SQL(
        """SELECT line_id, SUM(amount) AS amount FROM (
                  SELECT debit_move_id AS line_id, amount FROM account_partial_reconcile
                   WHERE max_date > %(date)s
                  UNION ALL SELECT credit_move_id, -amount FROM account_partial_reconcile
                   WHERE max_date > %(date)s) match GROUP BY line_id""",
        date=date,
    )


def best(function):
    """Milliseconds of the best of three, after one to warm up."""
    times = []
    for _run in range(4):
        env.invalidate_all()
        start = perf_counter()
        function()
        times.append((perf_counter() - start) * 1000)
    return min(times[1:])


def run_sql(query):
    env.cr.execute(query)
    env.cr.fetchall()


def compare(name, screen, query):
    ours, sql = best(screen), best(lambda: run_sql(query))
    print(f"{name:<42} {ours:8.0f} ms {sql:8.0f} ms {ours / sql:6.2f}", flush=True)


company = env["res.company"].search([("chart_template", "!=", False)], limit=1)
env = env(context={"allowed_company_ids": company.ids, "tracking_disable": True})
receivable = env["account.account"].search(
    [("account_type", "=", "asset_receivable"), ("company_ids", "=", company.id)], limit=1
)
revenue = env["account.account"].search(
    [("account_type", "=", "income"), ("company_ids", "=", company.id)], limit=1
)
journal = env["account.journal"].search(
    [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
)
partners = env["res.partner"].create(
    [{"name": f"Customer {number}", "is_company": True} for number in range(PARTNERS)]
)
multiply(entries(partners, receivable, revenue, journal), partners)
clerk = env["res.users"].create(
    {
        "name": "Clerk",
        "login": "bench_clerk",
        "company_id": company.id,
        "company_ids": [Command.set(company.ids)],
        "group_ids": [
            Command.link(env.ref("base.group_user").id),
            Command.link(env.ref("ar_writeoff.group_writeoff_user").id),
        ],
    }
)
env.cr.commit()
env.cr.execute(
    "SELECT COUNT(*), COUNT(*) FILTER (WHERE reconciled IS NOT TRUE) FROM account_move_line"
    " JOIN account_account a ON a.id = account_id WHERE account_type = 'asset_receivable'"
)
print("receivable lines: {}, open: {}".format(*env.cr.fetchone()))
env = env(user=clerk)
rows, items = env["ar.writeoff.ageing"], env["ar.writeoff.ageing.item"]
listed = (
    *("partner_id", "user_id", "currency_id", "company_currency_id", "date_oldest"),
    *("amount_not_due", "amount_1", "amount_2", "amount_3", "amount_4", "amount_older"),
    *("amount_credits", "amount_total", "amount_total_currency"),
)
spec = {name: {"fields": {"display_name": {}}} if name.endswith("_id") else {} for name in listed}
sums = [f"{name}:sum" for name in listed if name.startswith("amount")]
print(f"{'':<42} {'screen':>11} {'bare SQL':>11} {'ratio':>6}")


def compare_screens(days):
    date = TODAY - timedelta(days=days)
    when = f"{days} days ago" if days else "today"
    context = {"ageing_date": str(date)} if days else {}
    then, parts = rows.with_context(**context), items.with_context(**context)
    compare(
        f"customers, {when}",
        lambda: then.web_search_read([], spec, limit=80, count_limit=10001),
        bare(date, KEYS),
    )
    compare(
        f"customers by salesperson, {when}",
        lambda: then.formatted_read_group([], ["user_id"], sums),
        bare(date, SQL("partner.user_id")),
    )
    compare(
        f"items by bucket, {when}",
        lambda: parts.formatted_read_group([], ["bucket"], ["residual:sum", "__count"]),
        bare(date, SQL("line.company_id")),
    )


for days in (0, 30, 180):
    compare_screens(days)
