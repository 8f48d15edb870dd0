"""Batches, candidates, shares and filters, for ``facts.py`` before it; see there."""

CRITERIA = [
    *("side", "branch_ids", "partner_ids", "partner_tag_ids", "salesperson_ids", "country_ids"),
    *("period", "date_from", "date_to", "invoice_date_from", "invoice_date_to", "due_from"),
    *("due_to", "overdue_from", "overdue_to", "currency_ids", "with_invoices", "journal_ids"),
    *("with_credit_notes", "with_payments", "with_entries", "account_ids", "limit_document"),
    *("limit_customer", "limit_run"),
]


def get_batches():
    """All batches, those that were never started last in their row."""
    if former:
        found = env["ar.writeoff"].search([("is_batch", "=", True)], order="id")
    else:
        found = env["ar.writeoff.batch"].search([], order="id")
    numbered = {made.name: made for made in found if made.name != "/"}
    fresh = found.filtered(lambda made: made.name == "/").sorted("create_date")
    return {**numbered, **{f"new {number}": made for number, made in enumerate(fresh)}}


def get_chatter():
    return {key: get_notes(made) for key, made in get_batches().items()}


def get_notes(record):
    messages = env["mail.message"].search(
        [("model", "=", record._name), ("res_id", "=", record.id)], order="id"
    )
    activities = env["mail.activity"].search(
        [("res_model", "=", record._name), ("res_id", "=", record.id)], order="id"
    )
    return {
        "messages": [[m.body or "", m.author_id.id, m.subtype_id.id] for m in messages],
        "activities": [[a.summary, a.user_id.id, str(a.date_deadline)] for a in activities],
        "followers": sorted(record.message_partner_ids.ids),
    }


def get_batch_facts():
    found = {}
    for key, made in get_batches().items():
        counts = ("candidate_count", "included_count", "left_out_count", "finished_count")
        found[key] = {
            **read(made, *CRITERIA, "company_id", "filter_id", "reason_id", "credit_reason_id"),
            **read(
                made, "date", "accounting_date", "comment", "user_id", "grouping", "leave_draft"
            ),
            **read(made, "is_outdated", "selected_on", "create_date", "create_uid"),
            "status": made.state if former else made.status,
        }
        if made.name != "/":
            values = read(made, *counts, "failed_count", "amount", "amount_reversed", "amount_net")
            if made.state != "draft":  # what is netted only, and waits for an entry, is either
                values["finished_count"] += values.pop("included_count")
            found[key].update(
                **values,
                summary=sorted(
                    [
                        {"planned": "waiting"}.get(row.state, row.state),
                        row.obstacle or "",
                        row.currency_id.name,
                        row.item_count,
                        plain(row.amount_currency),
                        plain(row.amount),
                    ]
                    for row in made.summary_ids
                ),
            )
    return found


def get_candidates():
    """What was neither written off nor thrown away; of drafts, what somebody chose by hand."""
    found = {}
    for key, made in get_batches().items():
        lines = made.line_ids if former else made.candidate_ids
        for line in lines:
            if former and is_line(line):
                continue
            values = read(line, "item_id", "partner_id", "amount_currency", "amount", "reason_id")
            values.update(read(line, "writeoff_account_id", "comment", "state", "obstacle"))
            values.update(read(line, "obstacle_message", "separate_tax"))
            values["by hand"] = line["asked_currency" if former else "requested_currency"]
            values.update(read(line, "residual_currency", "netted_currency", "confirmed_codes"))
            found[f"{key} {line.item_name}"] = values
    return found


def get_shares():
    """What each line was written off against, given back since or not: loss, tax, tax never due.

    On which account it stands now is read where it is undone.
    """
    found = {}

    def add(line, kind, amount, balance):
        key = f"{line.id} {kind}"
        both = found.setdefault(key, [0.0, 0.0])
        found[key] = [plain(both[0] + amount), plain(both[1] + balance)]

    lines = env["ar.writeoff.line"].search([("state", "!=", "cancelled")], order="id")
    for line in lines.filtered(is_line):
        if "breakdown" in line._fields:
            for part in line.breakdown or ():
                add(line, part["kind"], part["amount_currency"], part["balance"])
        else:
            for share in line.share_ids.filtered(lambda share: not share.reversed_id):
                add(line, share.kind, share.amount_currency, share.balance)
    return found


def get_filters():
    return {
        kept.name: read(kept, *CRITERIA, "company_id", "reason_id", "grouping", "create_uid")
        for kept in env["ar.writeoff.filter"].search([])
    }


def get_favourites():
    """Searches people saved on the screens of batches."""
    wanted = "ar.writeoff" if former else "ar.writeoff.batch"
    return {
        kept.name: [kept.model_id == wanted, kept.domain, kept.user_ids.ids]
        for kept in env["ir.filters"].search([("name", "=like", "My %")])
    }


def write_facts(name, sections=(), **more):
    env.flush_all()
    env.invalidate_all()
    makers = {
        "documents": get_documents,
        "items": get_items,
        "entries": get_entries,
        "matches": get_matches,
        "balances": get_balances,
        "boxes": get_boxes,
        "ageing": get_ageing,
        "write_offs": get_write_offs,
        "lines": get_lines,
        "shares": get_shares,
        "customers": get_customers,
        "batches": get_batch_facts,
        "candidates": get_candidates,
        "chatter": get_chatter,
        "filters": get_filters,
        "favourites": get_favourites,
        "counts": get_counts,
    }
    found = {section: makers[section]() for section in sections or makers} | more
    (FOLDER / f"{name}.json").write_text(json.dumps(found, indent=1, default=str))
