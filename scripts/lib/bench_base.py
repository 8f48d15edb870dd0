# Run in an Odoo shell: some hundred invoices made by Odoo, multiplied by SQL to a realistic base.
# ruff: noqa: F821, S311
import os
import random
from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

SIZE = int(os.environ["BENCH_SIZE"])
BASE = 500  # invoices made by Odoo
PARTNERS = 120
TODAY = fields.Date.today()
random.seed(7)


def make_invoices():
    """Three years of invoices: a tenth in euros, a third taxed, a fifth partly paid."""
    euro = env.ref("base.EUR")
    euro.active = True
    tax = env["account.tax"].search(
        [("type_tax_use", "=", "sale"), ("company_id", "=", env.company.id)], limit=1
    )
    partners = env["res.partner"].create(
        [{"name": f"Bench {number:04d}", "customer_rank": 1} for number in range(PARTNERS)]
    )
    vals = []
    for _number in range(BASE):
        lines = [
            Command.create(
                {
                    "name": "Goods",
                    "price_unit": random.randint(100, 40000) / 100,
                    "tax_ids": [Command.set(tax.ids if random.random() < 0.3 else [])],
                }
            )
        ]
        date = TODAY - timedelta(days=random.randint(60, 1100))
        vals.append(
            {
                "move_type": "out_invoice",
                "partner_id": random.choice(partners).id,
                "invoice_date": date,
                "invoice_date_due": date + timedelta(days=30),
                "invoice_payment_term_id": False,
                "currency_id": euro.id if random.random() < 0.1 else env.company.currency_id.id,
                "invoice_line_ids": lines,
            }
        )
    invoices = env["account.move"].create(vals)
    invoices._post()
    return invoices


def pay_partly(invoices):
    """Entries that pay a part of every fifth invoice."""
    bank = env["account.account"].search([("account_type", "=", "asset_cash")], limit=1)
    journal = env["account.journal"].search(
        [("type", "=", "general"), ("id", "!=", env.company.writeoff_journal_id.id)], limit=1
    )
    chosen = invoices[::5]
    vals, items = [], []
    for invoice in chosen:
        item = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        share = random.randint(1, 9) / 10
        amounts = {
            "amount_currency": item.currency_id.round(item.amount_currency * share),
            "balance": item.company_currency_id.round(item.balance * share),
        }
        common = {"partner_id": item.partner_id.id, "currency_id": item.currency_id.id}
        negative = {name: -amount for name, amount in amounts.items()}
        items.append(item)
        vals.append(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "date": invoice.invoice_date + timedelta(days=10),
                "line_ids": [
                    Command.create({**common, **negative, "account_id": item.account_id.id}),
                    Command.create({**common, **amounts, "account_id": bank.id}),
                ],
            }
        )
    payments = env["account.move"].create(vals)
    payments._post()
    env["account.move.line"]._reconcile_plan(
        [
            item | payment.line_ids.filtered("account_id.reconcile")
            for item, payment in zip(items, payments, strict=True)
        ]
    )
    return payments


def columns(table, **changes):
    """Names and values of a copied row: what changes is SQL, the rest stays."""
    env.cr.execute(
        SQL(
            """SELECT column_name FROM information_schema.columns
                WHERE table_schema = current_schema AND table_name = %s""",
            table,
        )
    )
    names = [name for (name,) in env.cr.fetchall()]
    values = [changes.get(name, SQL.identifier("source", name)) for name in names]
    return SQL(", ").join(map(SQL.identifier, names)), SQL(", ").join(values)


def multiply(table, ids, copies, **changes):
    names, values = columns(table, **changes)
    env.cr.execute(
        SQL(
            """INSERT INTO %s (%s) SELECT %s FROM %s source
               CROSS JOIN generate_series(1, %s) copy WHERE source.id = ANY(%s)""",
            SQL.identifier(table), names, values, SQL.identifier(table), copies, ids,
        )
    )  # fmt: skip


def shifted(column, offset):
    return SQL("%s + copy * %s", SQL.identifier("source", column), offset)


def highest(table):
    env.cr.execute(SQL("SELECT MAX(id) FROM %s", SQL.identifier(table)))
    return env.cr.fetchone()[0]


invoices = make_invoices()
payments = pay_partly(invoices)
env.flush_all()
moves = invoices | payments
matches = payments.line_ids.matched_debit_ids | payments.line_ids.matched_credit_ids
copies = -(-SIZE * 5 // 4 // BASE) - 1  # a quarter more than is written off
if copies > 0:
    move, line = highest("account_move"), highest("account_move_line")
    match, partner = highest("account_partial_reconcile"), highest("res_partner")
    # Every copy belongs to other customers, as in a ledger where nobody owes a thousand times.
    multiply(
        "res_partner",
        invoices.partner_id.ids,
        copies,
        id=shifted("id", partner),
        name=SQL("'Bench ' || copy || substr(source.name, 6)"),
        complete_name=SQL("'Bench ' || copy || substr(source.name, 6)"),
        commercial_partner_id=shifted("commercial_partner_id", partner),
    )
    multiply(
        "account_move",
        moves.ids,
        copies,
        id=shifted("id", move),
        name=SQL("source.name || '-' || copy"),
        payment_reference=SQL("source.payment_reference || '-' || copy"),
        sequence_number=SQL("source.sequence_number + copy * 100000"),
        access_token=SQL("NULL"),
        partner_id=shifted("partner_id", partner),
        commercial_partner_id=shifted("commercial_partner_id", partner),
    )
    multiply(
        "account_move_line",
        moves.line_ids.ids,
        copies,
        id=shifted("id", line),
        move_id=shifted("move_id", move),
        move_name=SQL("source.move_name || '-' || copy"),
        partner_id=shifted("partner_id", partner),
        matching_number=SQL("'P' || (substr(source.matching_number, 2)::int + copy * %s)", match),
    )
    env.cr.execute(
        SQL(
            """INSERT INTO account_move_line_account_tax_rel
                      (account_move_line_id, account_tax_id)
               SELECT source.account_move_line_id + copy * %s, source.account_tax_id
                 FROM account_move_line_account_tax_rel source
           CROSS JOIN generate_series(1, %s) copy
                WHERE source.account_move_line_id = ANY(%s)""",
            line, copies, moves.line_ids.ids,
        )
    )  # fmt: skip
    multiply(
        "account_partial_reconcile",
        matches.ids,
        copies,
        id=shifted("id", match),
        debit_move_id=shifted("debit_move_id", line),
        credit_move_id=shifted("credit_move_id", line),
    )
    for table in (
        "account_move",
        "account_move_line",
        "account_partial_reconcile",
        "res_partner",
    ):
        sequence, source = f"{table}_id_seq", SQL.identifier(table)
        env.cr.execute(SQL("SELECT setval(%s, (SELECT MAX(id) FROM %s))", sequence, source))
env.company.writeoff_loss_account_id = env["account.account"].search(
    [("account_type", "=", "expense")], limit=1
)
# Who measures: a user who may write off, and post entries and pay as billers do.
env["res.users"].create(
    {
        "name": "Bench",
        "login": "bench",
        "email": "bench@example.com",
        "group_ids": [
            Command.link(env.ref("ar_writeoff.group_writeoff_user").id),
            Command.link(env.ref("account.group_account_invoice").id),
        ],
    }
)
env["res.partner.category"].create({"name": "Bench"})
env.cr.commit()
env.cr._cnx.autocommit = True
env.cr.execute("ANALYZE")
