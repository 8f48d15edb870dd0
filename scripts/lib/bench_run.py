# Run in an Odoo shell, on a fresh copy of the base: one way of writing off so many items.
# ruff: noqa: F821, S101
import json
import os
import resource
from pathlib import Path
from time import perf_counter

from odoo import Command, fields, sql_db
from odoo.tools import SQL

PATH, SIZE = os.environ["BENCH_PATH"], int(os.environ["BENCH_SIZE"])
TODAY = fields.Date.today()
TICKS = os.sysconf("SC_CLK_TCK")
company = env.company
reason = env.ref("ar_writeoff.reason_bad_debt")
account = company.writeoff_loss_account_id
journal = company.writeoff_journal_id


def cpu():
    """Seconds of the processor: this process, and the database's that works for it."""
    env.cr.execute("SELECT pg_backend_pid()")
    backend = Path(f"/proc/{env.cr.fetchone()[0]}/stat").read_text().rsplit(")", 1)[1].split()
    own = os.times()
    return own.user + own.system + (int(backend[11]) + int(backend[12])) / TICKS


def choose():
    """The same items in every run: spread over customers, currencies and years."""
    env.cr.execute(
        SQL(
            """SELECT line.id
                 FROM account_move_line line
                 JOIN account_move move ON move.id = line.move_id
                 JOIN res_partner partner ON partner.id = line.partner_id
                WHERE line.display_type = 'payment_term' AND move.move_type = 'out_invoice'
                  AND move.state = 'posted' AND line.reconciled IS NOT TRUE
                  AND partner.name LIKE 'Bench%%' AND move.company_id = %s
             ORDER BY md5(line.id::text) LIMIT %s""",
            company.id, SIZE,
        )
    )  # fmt: skip
    return env["account.move.line"].browse(row[0] for row in env.cr.fetchall())


def loop(items):
    """What most addons do: create, post and reconcile, invoice by invoice."""
    for item in items:
        amounts = {
            "currency_id": item.currency_id.id,
            "partner_id": item.partner_id.id,
        }
        entry = env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": TODAY,
                "line_ids": [
                    Command.create(
                        {
                            **amounts,
                            "account_id": item.account_id.id,
                            "amount_currency": -item.amount_residual_currency,
                            "balance": -item.amount_residual,
                        }
                    ),
                    Command.create(
                        {
                            **amounts,
                            "account_id": account.id,
                            "amount_currency": item.amount_residual_currency,
                            "balance": item.amount_residual,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        (item | entry.line_ids.filtered("account_id.reconcile")).reconcile()
    env.flush_all()
    env.cr.commit()


def sql(items):
    """The floor: the fewest rows that make the books right, without any rule or history."""
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            WITH item AS (SELECT * FROM account_move_line WHERE id = ANY(%(ids)s)),
            entry AS (
                INSERT INTO account_move (
                    name, journal_id, company_id, currency_id, date, state, move_type, auto_post,
                    always_tax_exigible, payment_state)
                VALUES ('BENCH/1', %(journal)s, %(company)s, %(currency)s, %(today)s, 'posted',
                        'entry', 'no', TRUE, 'not_paid')
                RETURNING id),
            paired AS (SELECT item.*, nextval('account_move_line_id_seq') AS new_id,
                              nextval('account_full_reconcile_id_seq') AS full_id FROM item),
            counterpart AS (
                INSERT INTO account_move_line (
                    id, move_id, journal_id, company_id, company_currency_id, account_id,
                    partner_id, currency_id, date, parent_state, display_type, move_name, name,
                    amount_currency,
                    balance, debit, credit, amount_residual, amount_residual_currency, reconciled)
                SELECT new_id, entry.id, %(journal)s, company_id, company_currency_id, account_id,
                       partner_id, paired.currency_id, %(today)s, 'posted', 'product', 'BENCH/1',
                       'Adjustment', -amount_residual_currency, -amount_residual,
                       GREATEST(-amount_residual, 0), GREATEST(amount_residual, 0), 0, 0, TRUE
                  FROM paired, entry RETURNING id),
            loss AS (
                INSERT INTO account_move_line (
                    move_id, journal_id, company_id, company_currency_id, account_id, currency_id,
                    date, parent_state, display_type, move_name, name, amount_currency, balance,
                    debit, credit)
                SELECT entry.id, %(journal)s, %(company)s, %(currency)s, %(account)s,
                       paired.currency_id, %(today)s, 'posted', 'product', 'BENCH/1', 'Write-off',
                       SUM(amount_residual_currency), SUM(amount_residual), SUM(amount_residual), 0
                  FROM paired, entry GROUP BY entry.id, paired.currency_id RETURNING id),
            full_match AS (
                INSERT INTO account_full_reconcile (id) SELECT full_id FROM paired RETURNING id),
            match AS (
                INSERT INTO account_partial_reconcile (
                    debit_move_id, credit_move_id, amount, debit_amount_currency,
                    credit_amount_currency, debit_currency_id, credit_currency_id, company_id,
                    full_reconcile_id, max_date)
                SELECT id, new_id, amount_residual, amount_residual_currency,
                       amount_residual_currency, currency_id, currency_id, company_id, full_id,
                       %(today)s
                  FROM paired RETURNING id),
            closed AS (
                UPDATE account_move_line line
                   SET amount_residual = 0, amount_residual_currency = 0, reconciled = TRUE,
                       full_reconcile_id = paired.full_id
                  FROM paired WHERE line.id = paired.id RETURNING line.move_id)
            UPDATE account_move move
               SET amount_residual = 0, amount_residual_signed = 0, payment_state = 'paid'
              FROM closed WHERE move.id = closed.move_id
            """,
            ids=items.ids, journal=journal.id, company=company.id, account=account.id,
            currency=company.currency_id.id, today=TODAY,
        )
    )  # fmt: skip
    env.cr.commit()
    env.invalidate_all()


def batch_of(items):
    """A batch whose candidates are these items."""
    batch = env["ar.writeoff.batch"].create(
        {
            "reason_id": reason.id,
            "accounting_date": TODAY,
            "grouping": PATH,
            "limit_document": 10**9,
        }
    )
    Batch = env.registry["ar.writeoff.batch"]
    find, Batch._get_candidate_domain = (
        Batch._get_candidate_domain,
        lambda self: [("id", "in", items.ids)],
    )
    batch.action_select()
    Batch._get_candidate_domain = find
    batch.candidate_ids.filtered(lambda row: row.state == "left_out").action_include()
    env.flush_all()
    env.cr.commit()
    env.invalidate_all()
    return batch


def run(batch):
    """As the button and the scheduled job do: chunk by chunk, each committed."""
    env["ar.writeoff.start"]._start(batch, "included", [], batch.included_count, batch.amount)
    env.cr.commit()
    env["ar.writeoff.run"]._cron_run()


def check_books(items):
    """Closed to the cent, balanced, and as much in the register as in the ledger."""
    env.invalidate_all()
    assert len(items) == SIZE
    assert all(items.mapped("reconciled")), "an item is still open"
    assert all(items.mapped("full_reconcile_id"))
    assert set(items.move_id.mapped("payment_state")) == {"paid"}
    env.cr.execute("SELECT SUM(balance) FROM account_move_line WHERE parent_state = 'posted'")
    (balance,) = env.cr.fetchone()
    assert company.currency_id.is_zero(balance)
    loss = env["account.move.line"].search([("account_id", "=", account.id), ("date", "=", TODAY)])
    total = company.currency_id.round(sum(loss.mapped("balance")))
    assert not company.currency_id.compare_amounts(total, opened), (total, opened)
    batches = env["ar.writeoff.batch"].search([])
    if batches:
        assert not company.currency_id.compare_amounts(batches.amount_net, opened)


def timed(action, *args):
    before, queries, start = cpu(), sql_db.sql_counter, perf_counter()
    result = action(*args)
    return result, {
        "cpu": cpu() - before,
        "queries": sql_db.sql_counter - queries,
        "wall": perf_counter() - start,
    }


items = choose()
opened = company.currency_id.round(sum(items.mapped("amount_residual")))
env.invalidate_all()
record = {"path": PATH, "size": SIZE, "select": None}
if PATH in ("loop", "sql"):
    _result, record["run"] = timed({"loop": loop, "sql": sql}[PATH], items)
else:
    batch, record["select"] = timed(batch_of, items)
    _result, record["run"] = timed(run, batch)
record["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
check_books(items)
with Path(os.environ["BENCH_RESULTS"]).open("a") as results:
    results.write(json.dumps(record) + "\n")
