# Beside the addon: what others do, and the least a database has to do. Run by bench_run.py.
# ruff: noqa: F821


def loop(items):
    """What most addons do, in one commit: create, post and reconcile, invoice by invoice."""
    for item in items:
        write_off_one(item)
    env.cr.commit()


def loop_commit(items):
    """The same with a commit for each, so that a failure spoils nothing else."""
    for item in items:
        write_off_one(item)
        env.cr.commit()


def write_off_one(item):
    own = item.with_env(user_env)
    common = {"currency_id": own.currency_id.id, "partner_id": own.partner_id.id}
    amount, balance = own.amount_residual_currency, own.amount_residual
    entry = user_env["account.move"].create(
        {
            "journal_id": journal.id,
            "date": TODAY,
            "line_ids": [
                Command.create(
                    {
                        **common,
                        "account_id": own.account_id.id,
                        "amount_currency": -amount,
                        "balance": -balance,
                    }
                ),
                Command.create(
                    {
                        **common,
                        "account_id": account.id,
                        "amount_currency": amount,
                        "balance": balance,
                    }
                ),
            ],
        }
    )
    entry.action_post()
    (own | entry.line_ids.filtered("account_id.reconcile")).reconcile()
    env.flush_all()


def core(items):
    """The least by Odoo's models: the same entries by customer in as few calls as there can be.

    Without a rule, a register, a note or a selection: what is left to an addon is to add to it.
    """
    chunk = items.browse()
    for own in items.grouped("partner_id").values():
        chunk |= own
        if len(chunk) >= CHUNK:
            write_off_chunk(chunk)
            chunk = items.browse()
    write_off_chunk(chunk)


def write_off_chunk(items):
    if not items:
        return
    own = items.with_env(user_env)
    groups = list(own.grouped("partner_id").values())
    entries = (
        user_env["account.move"]
        .with_context(skip_invoice_sync=True)
        .create([entry_vals(group) for group in groups])
    )
    entries._post(soft=False)
    plan = []
    for group, entry in zip(groups, entries, strict=True):
        counterparts = entry.line_ids.filtered(lambda line: line.account_id.reconcile)
        plan += [item | other for item, other in zip(group, counterparts, strict=True)]
    own._reconcile_plan(plan)
    env.flush_all()
    env.cr.commit()
    env.invalidate_all()


def entry_vals(items):
    """An entry of a customer: a line for each item, and one for each currency's loss."""
    lines = [
        (item.account_id, item.currency_id, -item.amount_residual_currency, -item.amount_residual)
        for item in items
    ]
    for currency, own in items.grouped("currency_id").items():
        sums = sum(own.mapped("amount_residual_currency")), sum(own.mapped("amount_residual"))
        lines.append((account, currency, *sums))
    return {
        "journal_id": journal.id,
        "date": TODAY,
        "line_ids": [
            Command.create(
                {
                    "account_id": where.id,
                    "partner_id": items.partner_id.id,
                    "currency_id": currency.id,
                    "amount_currency": amount,
                    "balance": balance,
                    "analytic_distribution": False,
                    "name": "Adjustment",
                }
            )
            for where, currency, amount, balance in lines
        ],
    }


def payment(items):
    """Odoo's own payment dialog, as people abuse it: a journal that lands on the loss."""
    bank = env["account.journal"].create({"name": "Loss", "code": "BLOSS", "type": "bank"})
    bank.inbound_payment_method_line_ids.payment_account_id = account
    env.cr.commit()
    for item in items:
        user_env["account.payment.register"].with_context(
            active_model="account.move", active_ids=item.move_id.ids
        ).create({"journal_id": bank.id, "payment_date": TODAY}).action_create_payments()
        env.cr.commit()


def sql(items):
    """The floor: every row the addon leaves behind, by customer, without a rule."""
    env.flush_all()
    env.cr.execute(
        SQL(
            FLOOR,
            ids=items.ids, journal=journal.id, company=company.id, account=account.id,
            currency=company.currency_id.id, today=TODAY, reason=reason.id, user=user_env.uid,
            subtype=env.ref("mail.mt_note").id, author=user_env.user.partner_id.id,
        )
    )  # fmt: skip
    env.cr.commit()
    env.invalidate_all()


FLOOR = """
WITH item AS (
    SELECT *, nextval('account_move_line_id_seq') AS new_id,
           nextval('account_full_reconcile_id_seq') AS full_id,
           nextval('ar_writeoff_line_id_seq') AS line_id
      FROM account_move_line WHERE id = ANY(%(ids)s)),
customer AS (
    SELECT partner_id, nextval('account_move_id_seq') AS entry_id,
           'BENCH/' || row_number() OVER () AS number
      FROM (SELECT DISTINCT partner_id FROM item) AS each),
head AS (
    INSERT INTO ar_writeoff (name, reason_id, company_id, grouping, state, date, accounting_date,
                             user_id, amount, amount_tax, amount_untaxed, amount_reversed,
                             amount_net, create_uid, create_date)
    SELECT 'BENCH', %(reason)s, %(company)s, 'partner', 'posted', %(today)s, %(today)s, %(user)s,
           SUM(amount_residual), 0, SUM(amount_residual), 0, SUM(amount_residual), %(user)s, now()
      FROM item RETURNING id),
entry AS (
    INSERT INTO account_move (
        id, name, sequence_prefix, sequence_number, journal_id, company_id, currency_id, date,
        state, move_type, auto_post, always_tax_exigible, payment_state, partner_id,
        commercial_partner_id, writeoff_id, writeoff_role, ref, posted_before, create_uid,
        create_date)
    SELECT entry_id, number, 'BENCH/', substr(number, 7)::int, %(journal)s, %(company)s,
           %(currency)s, %(today)s, 'posted', 'entry', 'no', TRUE, 'not_paid', partner_id,
           partner_id, head.id, 'entry', 'BENCH', TRUE, %(user)s, now()
      FROM customer, head RETURNING id),
counterpart AS (
    INSERT INTO account_move_line (
        id, move_id, journal_id, company_id, company_currency_id, account_id, partner_id,
        currency_id, date, parent_state, display_type, move_name, name, ref, amount_currency,
        balance, debit, credit, amount_residual, amount_residual_currency, reconciled,
        full_reconcile_id, matching_number, writeoff_line_id, writeoff_target_id, create_uid,
        create_date)
    SELECT new_id, entry_id, %(journal)s, company_id, company_currency_id, account_id,
           item.partner_id, currency_id, %(today)s, 'posted', 'product', number, 'Adjustment',
           'BENCH', -amount_residual_currency, -amount_residual, GREATEST(-amount_residual, 0),
           GREATEST(amount_residual, 0), 0, 0, TRUE, full_id, full_id::text, line_id, id,
           %(user)s, now()
      FROM item JOIN customer USING (partner_id) RETURNING id),
loss AS (
    INSERT INTO account_move_line (
        move_id, journal_id, company_id, company_currency_id, account_id, partner_id, currency_id,
        date, parent_state, display_type, move_name, name, ref, amount_currency, balance, debit,
        credit, create_uid, create_date)
    SELECT entry_id, %(journal)s, %(company)s, %(currency)s, %(account)s, item.partner_id,
           currency_id, %(today)s, 'posted', 'product', MIN(number), 'Adjustment', 'BENCH',
           SUM(amount_residual_currency), SUM(amount_residual), SUM(amount_residual), 0, %(user)s,
           now()
      FROM item JOIN customer USING (partner_id)
  GROUP BY entry_id, item.partner_id, currency_id
 RETURNING id, move_id, currency_id),
full_match AS (
    INSERT INTO account_full_reconcile (id, create_uid, create_date)
    SELECT full_id, %(user)s, now() FROM item RETURNING id),
match AS (
    INSERT INTO account_partial_reconcile (
        debit_move_id, credit_move_id, amount, debit_amount_currency, credit_amount_currency,
        debit_currency_id, credit_currency_id, company_id, full_reconcile_id, max_date, create_uid,
        create_date)
    SELECT id, new_id, amount_residual, amount_residual_currency, amount_residual_currency,
           currency_id, currency_id, company_id, full_id, %(today)s, %(user)s, now()
      FROM item RETURNING id),
line AS (
    INSERT INTO ar_writeoff_line (
        id, writeoff_id, item_id, move_id, company_id, partner_id, account_id, currency_id,
        reason_id, writeoff_account_id, item_name, item_kind, netting, state, item_date,
        date_maturity, item_accounting_date, residual_currency, residual, amount_currency, amount,
        matched_currency, matched, amount_tax, amount_untaxed, is_settled, create_uid, create_date)
    SELECT line_id, head.id, item.id, move_id, company_id, partner_id, account_id, currency_id,
           %(reason)s, %(account)s, move_name, 'invoice', 'none', 'done', date, date_maturity, date,
           amount_residual_currency, amount_residual, amount_residual_currency, amount_residual,
           amount_residual_currency, amount_residual, 0, amount_residual, TRUE, %(user)s, now()
      FROM item, head RETURNING id),
share AS (
    INSERT INTO ar_writeoff_share (
        line_id, move_id, company_id, currency_id, account_id, carrier_id, kind, amount_currency,
        balance, create_uid, create_date)
    SELECT line_id, item.move_id, company_id, item.currency_id, %(account)s, loss.id, 'loss',
           amount_residual_currency, amount_residual, %(user)s, now()
      FROM item JOIN customer USING (partner_id)
      JOIN loss ON loss.move_id = entry_id AND loss.currency_id = item.currency_id RETURNING id),
note AS (
    INSERT INTO mail_message (model, res_id, body, message_type, subtype_id, author_id, date,
                              message_id, create_uid, create_date)
    SELECT 'account.move', move_id, '<p>Written off: ' || SUM(amount_residual) || '</p>',
           'notification', %(subtype)s, %(author)s, now(), '<bench-' || move_id || '>', %(user)s,
           now()
      FROM item GROUP BY move_id RETURNING id),
closed AS (
    UPDATE account_move_line line
       SET amount_residual = 0, amount_residual_currency = 0, reconciled = TRUE,
           full_reconcile_id = item.full_id, matching_number = item.full_id::text,
           write_uid = %(user)s, write_date = now()
      FROM item WHERE line.id = item.id RETURNING line.move_id)
UPDATE account_move move
   SET amount_residual = 0, amount_residual_signed = 0, payment_state = 'paid',
       writeoff_state = 'full', write_uid = %(user)s, write_date = now()
  FROM closed WHERE move.id = closed.move_id
"""
