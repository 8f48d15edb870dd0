"""Everything version 19.0.1.1.0 can leave behind in its tables; see ``books.py``."""

from unittest.mock import patch

from odoo.exceptions import UserError

# --- write-offs by the wizard ---

birch, cave, dune = customer("Birch"), customer("Cave"), customer("Dune")
write_off(invoice(birch, 100.0), comment="Gone")
write_off(invoice(birch, 200.0), [80.0])
taxed = invoice(birch, (100.0, vat), (50.0, vat, service), 7.0)
write_off(taxed, [60.0], separate_tax=True)
write_off(taxed, [40.0], separate_tax=True)
write_off(invoice(cave, (100.0, vat)), separate_tax=False)
cash = invoice(cave, (100.0, on_payment), (20.0, vat))
pay(cash, 40.0)
write_off(cash, [30.0], separate_tax=True)
write_off(cash, separate_tax=True)
write_off(invoice(dune, (300.0, on_payment)), [120.0], separate_tax=False)
write_off(
    invoice(birch, 11.0) | invoice(cave, 12.0) | invoice(dune, (13.0, vat)),
    grouping="one",
    separate_tax=True,
)
write_off(invoice(birch, (80.0, None, service), 20.0) | invoice(birch, 30.0), grouping="document")
write_off(invoice(dune, 90.0, (10.0, vat)), reason_id=split_reason.id, separate_tax=True)
write_off(invoice(dune, 111.11, (55.55, vat), currency_id=euro.id), separate_tax=True)
write_off(invoice(dune, 77.77, (33.33, vat), currency_id=euro.id), [20.0], separate_tax=True)
write_off(invoice(cave, 100.0, (100.0, vat), invoice_payment_term_id=halves.id), [70.0, 20.0])
write_off(payment(cave, 25.0))
write_off(invoice(cave, (40.0, vat), move_type="out_refund"), credit_separate_tax=True)
opening = Move.create(
    {
        "date": "2025-01-01",
        "line_ids": [
            Command.create({"account_id": account_id, "partner_id": cave.id, "balance": balance})
            for account_id, balance in (
                (cave.property_account_receivable_id.id, 66.0),
                (company.writeoff_gain_account_id.id, -66.0),
            )
        ],
    }
)
opening.action_post()
write_off(items(opening))

# --- netting, credit notes ---

elm, fern = customer("Elm"), customer("Fern")
invoice(elm, (100.0, vat))
payment(elm, 40.0)
write_off(elm, separate_tax=True)
invoice(elm, 50.0)
invoice(elm, 20.0, move_type="out_refund")
write_off(elm)
credited = invoice(fern, (100.0, vat), (60.0, vat))
write_off(credited, [50.0], separate_tax=True)
refund = Move.create(
    {
        "move_type": "out_refund",
        "partner_id": fern.id,
        "reversed_entry_id": credited.id,
        "invoice_date": "2025-04-01",
        "date": "2025-04-01",
        "invoice_line_ids": [
            Command.create({"name": "x", "price_unit": 50.0, "tax_ids": [Command.set(vat.ids)]})
        ],
    }
)
refund.action_post()
(items(credited) | items(refund)).filtered(lambda item: not item.reconciled).reconcile()

# --- undone, unreconciled, changed afterwards ---

gale, hill = customer("Gale"), customer("Hill")
undo(write_off(invoice(gale, (100.0, vat)), separate_tax=True), comment="He paid")
both = write_off(
    invoice(gale, 10.0) | invoice(gale, (20.0, vat)), grouping="partner", separate_tax=True
)
undo(both, both.line_ids[0])
again = invoice(gale, (44.0, vat))
undo(write_off(again, [14.0], separate_tax=True))
write_off(again, separate_tax=True)
invoice(hill, 100.0)
payment(hill, 30.0)
undo(write_off(hill), with_netting=True)
loose, partly = invoice(gale, 70.0), invoice(gale, 115.0)
write_off(loose)
items(loose).remove_move_reconcile()
entry = write_off(partly, [80.0]).entry_ids
items(partly).remove_move_reconcile()
pay(partly, 65.0)
(items(partly) | items(entry)).filtered(lambda item: not item.reconciled).reconcile()
moved = write_off(invoice(gale, (35.0, vat)), separate_tax=True).entry_ids
loss = moved.line_ids.filtered(lambda li: li.account_id == company.writeoff_loss_account_id)
loss.account_id = account("690390", "Reclassified", "expense")

# --- relief, groups of taxes, carriers that look alike, records merged since ---

kale, lime, moss = customer("Kale"), customer("Lime"), customer("Moss")
relief = tax("relief 15", 15.0)
position = env["account.fiscal.position"].create({"name": "Relief", "company_id": company.id})
relief.write(
    {
        "fiscal_position_ids": [Command.set(position.ids)],
        "original_tax_ids": [Command.set(vat.ids)],
    }
)
relief_reason = split_reason.copy(
    {"code": "RELIEF", "name": "Relief", "analytic_distribution": False}
)
relief_reason.relief_position_id = position
low = tax("low 5", 5.0)
parted = invoice(kale, (100.47, vat), (50.0, low))
write_off(parted, [57.77], separate_tax=True)
write_off(parted, [31.0], reason_id=relief_reason.id, separate_tax=True)
write_off(parted, [20.0], separate_tax=False)
city = env["account.tax"].create(
    {
        "name": "group",
        "amount_type": "group",
        "type_tax_use": "sale",
        "children_tax_ids": [Command.set((vat | low).ids)],
    }
)
write_off(invoice(kale, (33.33, city), (66.67, city, service)), [50.0], separate_tax=True)
alike = invoice(kale, 35.0, (35.0, vat)) | invoice(kale, 35.0, (35.0, vat, service))
entry = write_off(alike, separate_tax=True, grouping="one").entry_ids
same = account("690490", "All Alike", "expense")
entry.line_ids.filtered(lambda li: li.account_id.account_type == "expense").account_id = same
former_loss = account("690590", "Merged Away", "expense")
write_off(invoice(lime, 21.0, (22.0, vat)), writeoff_account_id=former_loss.id, separate_tax=True)
undo(write_off(invoice(lime, 23.0), writeoff_account_id=former_loss.id))
env.cr.commit()  # core raises the ranks of customers then, who must be there still
env["account.merge.wizard"]._action_merge(same | former_loss)
write_off(invoice(moss, (24.0, vat)), separate_tax=True)
env.cr.commit()
env["base.partner.merge.automatic.wizard"]._merge((lime | moss).ids, lime)
changed = invoice(lime, (100.0, low))
write_off(changed, [30.0], separate_tax=True)
low.amount = 7.0
write_off(changed, [40.0], separate_tax=True)

# As still older versions left it: which journal item carries what was not stored.
env.flush_all()
env.cr.execute(
    """UPDATE ar_writeoff_line SET breakdown = (
           SELECT jsonb_agg(part - 'carrier_id') FROM jsonb_array_elements(breakdown::jsonb) part)
        WHERE jsonb_typeof(breakdown::jsonb) = 'array' AND partner_id IN %s""",
    [(birch | dune | kale)._ids],
)
env.invalidate_all()

# --- entries in draft ---

ivy, jade = customer("Ivy"), customer("Jade")
company.writeoff_leave_draft = "yes"
write_off(invoice(ivy, (100.0, vat)), separate_tax=True)
invoice(jade, 60.0)
payment(jade, 15.0)
write_off(jade)
gone = write_off(invoice(ivy, 45.0) | invoice(ivy, 46.0), grouping="document")
gone.entry_ids[0].unlink()
deleted = write_off(invoice(ivy, 47.0))
deleted.with_user(clerk).action_cancel_entries()
posted_later = write_off(invoice(ivy, 48.0))
posted_later.with_user(clerk).action_post_entries()
company.writeoff_author_may_post = "no"
write_off(invoice(ivy, 49.0)).with_user(boss).action_release()
company.writeoff_author_may_post = "yes"

# --- batches ---

company.writeoff_leave_draft = "no"


def group(name, *amounts):
    """Customers, each with one invoice; the batch is about them alone."""
    made = [customer(f"{name} {number}") for number in range(len(amounts))]
    return made, [invoice(*pair) for pair in zip(made, amounts, strict=True)]


who, _docs = group("finished", 10.0, (20.0, vat), 6000.0, 30.0)
finished = batch(who)
process(finished)
finished.message_post(body="Auditor asked about it")
finished.activity_schedule("mail.mail_activity_data_todo", summary="File it", user_id=clerk.id)

who, docs = group("skipped", 10.0, 20.0, 30.0, 40.0)
skipped = batch(who)
line_of(skipped, docs[2]).action_exclude()
post = type(Move)._post


def refuse(moves, *args, **kwargs):
    if docs[1].partner_id in moves.line_ids.partner_id:
        raise UserError("Not this one.")
    return post(moves, *args, **kwargs)


with (
    patch.object(env.registry["ar.writeoff"], "_get_chunk_size", lambda made: 2),
    patch.object(env.registry["ar.writeoff"], "_get_at_once_size", lambda made: 0),
):
    process(skipped)
    pay(docs[0], 10.0)
    with patch.object(env.registry["account.move"], "_post", refuse):
        while skipped.with_user(clerk)._run_chunk():
            pass

who, docs = group("stopped", 10.0, 20.0, 30.0)
stopped = batch(who)
with (
    patch.object(env.registry["ar.writeoff"], "_get_chunk_size", lambda made: 1),
    patch.object(env.registry["ar.writeoff"], "_get_at_once_size", lambda made: 0),
):
    process(stopped)
    stopped._run_chunk()
    stopped.action_stop()

who, docs = group("undone", 10.0, (20.0, vat))
undone = batch(who)
process(undone)
undo(undone)
who, docs = group("half", 10.0, 20.0, 30.0)
half = batch(who)
process(half)
undo(half, line_of(half, docs[1]), comment="Wrong customer")

netted, _docs = group("netted", 100.0, 50.0, 20.0)
payment(netted[0], 30.0)
payment(netted[1], 50.0)
payment(netted[2], 25.0)
process(batch(netted, side="both", limit_customer=4000.0))

waiting, _docs = group("waiting", (10.0, vat), 20.0, 100.0)
payment(waiting[2], 60.0)
process(batch(waiting, side="both", leave_draft=True))

who, docs = group("all", 10.0, 20.0)
everything = batch(who)
line_of(everything, docs[0]).action_exclude()
process(everything, "action_process_all")

who, docs = group("nothing done", 10.0)
nothing = batch(who)
with (
    patch.object(env.registry["ar.writeoff"], "_get_at_once_size", lambda made: 0),
):
    process(nothing)
pay(docs[0], 10.0)
nothing._run_chunk()

who, docs = group("retried", 10.0, 20.0)
retried = batch(who)
with patch.object(env.registry["ar.writeoff"], "_get_at_once_size", lambda made: 0):
    process(retried)
docs[0].action_toggle_block_payment()
retried._run_chunk()
docs[0].action_toggle_block_payment()
process(retried, "action_retry")

who, docs = group("cancelled", 10.0, 20.0)
payment(who[1], 5.0)
cancelled = batch(who, side="both", leave_draft=True)
process(cancelled)
cancelled.action_cancel_entries()

# --- batches in draft, filters ---

who, docs = group("draft", 10.0, (20.0, vat), 30.0, 6000.0)
draft = batch(who)
line_of(draft, docs[0]).write({"amount_currency": 4.0, "comment": "Half of it"})
line_of(draft, docs[1]).action_exclude()
line_of(draft, docs[2]).write(
    {"reason_id": split_reason.id, "writeoff_account_id": product_loss.id}
)
draft.message_post(body="Ask the boss first")
draft.activity_schedule("mail.mail_activity_data_todo", summary="Ask", user_id=boss.id)
outdated = batch(who)
outdated.limit_document = 5.0
untouched = env["ar.writeoff"].with_user(clerk).with_context(default_is_batch=True)
with Form(untouched, view="ar_writeoff.view_ar_writeoff_batch_form") as form:
    form.limit_run = 900.0
    form.period = "last_year"
action = draft.action_save_filter()
with Form(env["ar.writeoff.filter"].with_user(clerk).with_context(**action["context"])) as form:
    form.name = "My customers"
form.record.with_user(clerk)
env["ir.filters"].create(
    {
        "name": "My drafts",
        "model_id": "ar.writeoff",
        "domain": "[('state', '=', 'draft')]",
        "action_id": env.ref("ar_writeoff.action_batch").id,
        "user_ids": [Command.set(clerk.ids)],
    }
)
with_filter = env["ar.writeoff"].with_user(clerk).with_context(default_is_batch=True)
with Form(with_filter, view="ar_writeoff.view_ar_writeoff_batch_form") as batch_form:
    batch_form.filter_id = form.record

env.cr.commit()
