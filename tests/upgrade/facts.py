"""What stands in the ledger and in the register: read by the shell of whichever version there is.

Names are those of 19.0.2.0.0; where a former version keeps it elsewhere, ``former`` says where.
``write_facts(name)`` leaves them as JSON in the folder ``AR_WRITEOFF_FACTS``.
"""

import json
import os
import re
from datetime import date, datetime
from pathlib import Path

env = env
FOLDER = Path(os.environ["AR_WRITEOFF_FACTS"])
former = "ar.writeoff.batch" not in env
clerk = env["res.users"].search([("login", "=", "clerk")])
TABLES = (
    *("account_move", "account_move_line", "account_partial_reconcile", "account_full_reconcile"),
    *("account_analytic_line", "account_account_tag_account_move_line_rel", "account_payment"),
    *("mail_activity", "mail_followers", "ir_attachment", "res_partner", "ir_filters"),
    *("ar_writeoff_filter", "ar_writeoff_left_out", "ar_writeoff_reason"),
)
CANDIDATE = ("left_out", "skipped", "failed", "queued")
AMOUNTS = ("amount", "amount_tax", "amount_untaxed")
ITEM = (
    *("item_id", "move_id", "company_id", "partner_id", "partner_name", "item_name", "item_date"),
    *("date_maturity", "item_kind", "item_label", "account_id", "currency_id", "residual_currency"),
    *("residual", "netted_currency", "amount_currency", "amount", "reason_id", "comment"),
    *("writeoff_account_id", "separate_tax"),
)


def plain(value):
    """A value as JSON keeps it; records by their id."""
    if hasattr(value, "_ids"):
        return sorted(value.ids) if len(value) != 1 else value.id
    if isinstance(value, float):
        return round(value, 4) + 0.0
    if isinstance(value, date | datetime):
        return str(value)
    return value


def read(record, *names):
    return {name: plain(record[name]) for name in names if name in record._fields}


def rows(query):
    env.cr.execute(query)
    return [
        [plain(float(v) if type(v).__name__ == "Decimal" else v) for v in row]
        for row in env.cr.fetchall()
    ]


def keyed(query):
    return {"|".join(str(part) for part in row[:-1]): row[-1] for row in rows(query)}


# --- the ledger ---


def get_documents():
    """Everything that customers owe or are owed, as lists, forms and the portal say it."""
    moves = env["account.move"].search(
        [("line_ids.account_id.account_type", "=", "asset_receivable")], order="id"
    )
    names = ("name", "state", "payment_state", "amount_residual", "amount_residual_signed")
    own = ("status_in_payment", "writeoff_state", "writeoff_amount", "writeoff_count")
    more = ("writeoff_role", "is_writeoff_waiting", "writeoff_waiting_amount")
    return {
        move.name if move.state == "posted" else str(move.id): {
            **read(move, *names),
            **read(move.with_user(clerk), *own, *more),
            "adjustment": move._get_adjustment_kind(),
        }
        for move in moves
    }


def get_items():
    return keyed(
        """SELECT m.name, a.code_store->>'1', l.date_maturity, l.debit, l.credit,
                  count(*) || ' ' || sum(l.amount_residual) || ' '
                  || sum(l.amount_residual_currency) || ' ' || bool_and(l.reconciled)
             FROM account_move_line l JOIN account_account a ON a.id = l.account_id
             JOIN account_move m ON m.id = l.move_id
            WHERE a.account_type = 'asset_receivable' GROUP BY 1, 2, 3, 4, 5"""
    )


def get_entries():
    entries = env["account.move"].search([("writeoff_id", "!=", False)], order="id")
    return {
        entry.name if entry.state == "posted" else f"draft of {entry.writeoff_id.name}": {
            **read(entry, "date", "state", "writeoff_role", "writeoff_id"),
            "ref": re.sub(r" B?WO/\S+$", "", entry.ref or ""),  # of a batch, since 19.0.2.0.0
            "lines": sorted(
                [
                    line.account_id.code or "",
                    line.partner_id.name or "",
                    line.name or "",
                    line.currency_id.name,
                    plain(line.balance),
                    plain(line.amount_currency),
                    ",".join(sorted(line.tax_ids.mapped("name"))),
                    ",".join(sorted(line.tax_tag_ids.mapped("name"))),
                    json.dumps(line.analytic_distribution, sort_keys=True),
                ]
                for line in entry.line_ids
            ),
        }
        for entry in entries
    }


def get_matches():
    """Who closes whom."""
    return keyed(
        """SELECT d.name, c.name, count(*) || ' ' || sum(p.amount) || ' ' ||
                  sum(p.debit_amount_currency) || ' ' || count(p.writeoff_id)
             FROM account_partial_reconcile p
             JOIN account_move_line dl ON dl.id = p.debit_move_id
             JOIN account_move d ON d.id = dl.move_id
             JOIN account_move_line cl ON cl.id = p.credit_move_id
             JOIN account_move c ON c.id = cl.move_id GROUP BY 1, 2"""
    )


def get_balances():
    return keyed(
        """SELECT a.code_store->>'1', l.parent_state, sum(l.balance) FROM account_move_line l
             JOIN account_account a ON a.id = l.account_id GROUP BY 1, 2"""
    )


def get_boxes():
    return keyed(
        """SELECT t.name->>'en_US', l.parent_state, sum(l.balance) FROM account_move_line l
             JOIN account_account_tag_account_move_line_rel r ON r.account_move_line_id = l.id
             JOIN account_account_tag t ON t.id = r.account_account_tag_id GROUP BY 1, 2"""
    )


def get_ageing():
    found = {}
    for name in ("ar.writeoff.ageing", "ar.writeoff.ageing.item"):
        for day in (None, "2025-03-31", "2025-02-10"):
            screen = (
                env[name].with_user(clerk).with_context(**({"ageing_date": day} if day else {}))
            )
            figures = [
                *("partner_id", "currency_id", "account_id", "move_name", "bucket"),
                *(n for n, f in screen._fields.items() if f.type == "monetary"),
            ]
            found[f"{name} {day}"] = sorted(
                [plain(row[n]) for n in figures if n in screen._fields] for row in screen.search([])
            )
    return found


# --- the register ---


def is_head(writeoff):
    """Whether it is a decision that was taken; batches that never ran are none."""
    return not (former and writeoff.is_batch and writeoff.state in ("draft", "running"))


def get_write_offs():
    found = {}
    for writeoff in env["ar.writeoff"].search([], order="id").filtered(is_head):
        found[str(writeoff.id)] = {
            **read(writeoff, "name", "company_id", "state", "reason_id", "date", "accounting_date"),
            **read(writeoff, "comment", "user_id", "grouping", "leave_draft", "warnings_confirmed"),
            **read(writeoff, "entry_count", "document_count", "partner_id"),
            **read(writeoff, "partner_names", *AMOUNTS, "amount_reversed", "amount_net"),
            **read(writeoff, "release_user_id", "release_date", "create_date", "create_uid"),
            "netting": len(writeoff.netting_ids),
            "entries": sorted(writeoff.entry_ids.mapped(lambda move: move.name or "")),
        }
    return found


def is_line(line):
    return is_head(line.writeoff_id) and line.state not in CANDIDATE


def get_lines():
    found = {}
    for line in env["ar.writeoff.line"].search([], order="id").filtered(is_line):
        found[str(line.id)] = {
            **read(line, "writeoff_id", *ITEM, "amount_tax", "amount_untaxed", "matched"),
            **read(line, "matched_currency", "entry_name"),
            # What is netted only, and waits with an entry in draft, was called planned.
            "state": {"planned": "waiting"}.get(line.state, line.state),
            "entry": len(line.entry_line_ids),
        }
    return found


def get_customers():
    partners = env["res.partner"].with_user(clerk).search([("customer_rank", ">", 0)], order="id")
    return {
        str(partner.id): read(partner, "writeoff_total", "writeoff_count", "writeoff_last_date")
        for partner in partners
    }


def get_counts():
    counts = {table: rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}
    # The upgrade of any addon may leave notes on jobs and server actions.
    counts["mail_message"] = env["mail.message"].search_count([("model", "not like", "ir.")])
    return counts
