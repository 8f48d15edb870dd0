"""Companies, customers and the doors of version 19.0.1.1.0, for ``scenario.py`` behind it.

Both are fed to the shell of an Odoo with that version.
"""

from odoo import Command
from odoo.tests import Form

env = env
company = env.company
Move = env["account.move"]
DAY = "2025-03-31"


# --- the books ---


def account(code, name, account_type, **values):
    vals = {"code": code, "name": name, "account_type": account_type, **values}
    return env["account.account"].create({**vals, "company_ids": [Command.set(company.ids)]})


def user(login, *groups):
    ids = [env.ref(group).id for group in ("base.group_user", *groups)]
    return env["res.users"].create(
        {"name": login.title(), "login": login, "password": login, "group_ids": [Command.set(ids)]}
    )


def customer(name, **values):
    return env["res.partner"].create({"name": name, "is_company": True, **values})


def tax(name, amount, **values):
    vals = {"name": name, "amount": amount, "type_tax_use": "sale", **values}
    tags = {
        kind: env["account.account.tag"].create(
            {
                "name": f"{name} {kind}",
                "applicability": "taxes",
                "country_id": company.account_fiscal_country_id.id,
            }
        )
        for kind in ("base", "tax")
    }
    lines = [
        Command.clear(),
        Command.create({"repartition_type": "base", "tag_ids": [Command.set(tags["base"].ids)]}),
        Command.create(
            {
                "repartition_type": "tax",
                "account_id": tax_account.id,
                "tag_ids": [Command.set(tags["tax"].ids)],
            }
        ),
    ]
    return env["account.tax"].create(
        {**vals, "invoice_repartition_line_ids": lines, "refund_repartition_line_ids": lines}
    )


def invoice(partner, *lines, move_type="out_invoice", date="2025-01-15", **values):
    """A posted document; a line is an amount, or an amount, its taxes and its product."""
    commands = []
    for line in lines:
        amount, taxes, product = (*(line if isinstance(line, tuple) else (line,)), None, None)[:3]
        commands.append(
            Command.create(
                {
                    "name": f"line {amount}",
                    "price_unit": amount,
                    "product_id": product.id if product else False,
                    "tax_ids": [Command.set(taxes.ids if taxes else [])],
                }
            )
        )
    terms = {} if "invoice_payment_term_id" in values else {"invoice_date_due": date}
    move = Move.create(
        {
            "move_type": move_type,
            "partner_id": partner.id,
            "invoice_date": date,
            "date": date,
            "invoice_line_ids": commands,
            "invoice_payment_term_id": False,
            **terms,
            **values,
        }
    )
    move.action_post()
    return move


def payment(partner, amount, date="2025-02-15"):
    made = env["account.payment"].create(
        {"payment_type": "inbound", "partner_id": partner.id, "amount": amount, "date": date}
    )
    made.action_post()
    return made.move_id


def items(moves):
    return moves.line_ids.filtered(lambda li: li.account_id.account_type == "asset_receivable")


def pay(move, amount):
    (items(payment(move.partner_id, amount)) | items(move)).filtered(
        lambda item: not item.reconciled
    ).reconcile()


# --- the doors ---


def write_off(records, amounts=(), by=None, **values):
    """Through the wizard; ``records`` are documents, open items or customers."""
    action = records.with_user(by or clerk).action_write_off()
    env.flush_all()
    wizard = env[action["res_model"]].with_user(by or clerk).browse(action["res_id"])
    wizard.write({"accounting_date": DAY, **values})
    for line, amount in zip(wizard.line_ids, amounts, strict=False):
        line.amount_currency = amount
    wizard.action_preview()
    wizard.warnings_confirmed = True
    wizard.action_confirm()
    return env["ar.writeoff"].search([("is_batch", "=", False)], order="id desc", limit=1)


def undo(record, lines=None, **values):
    action = (lines or record).with_user(clerk).action_open_undo()
    dialog = env[action["res_model"]].with_user(clerk).browse(action["res_id"])
    dialog.write({"date": DAY, **values})
    dialog.action_undo()


def batch(partners, **values):
    """A batch over these customers, selected."""
    vals = {"limit_document": 5000.0, "accounting_date": DAY, **values}
    Batch = env["ar.writeoff"].with_user(clerk).with_context(default_is_batch=True)
    with Form(Batch, view="ar_writeoff.view_ar_writeoff_batch_form") as form:
        for name, value in vals.items():
            setattr(form, name, value)
        for partner in partners:
            form.partner_ids.add(partner)
    form.record.action_select()
    return form.record


def process(made, door="action_process"):
    action = getattr(made, door)()
    dialog = env[action["res_model"]].with_user(clerk).browse(action["res_id"])
    dialog.warnings_confirmed = True
    dialog.action_run()


def line_of(made, move):
    return made.line_ids.filtered(lambda line: line.move_id == move)


# --- configuration ---

clerk = user("clerk", "ar_writeoff.group_writeoff_user", "account.group_account_readonly")
boss = user("boss", "ar_writeoff.group_writeoff_user")
tax_account = account("251190", "Tax Payable", "liability_current")
transition = account("252190", "Tax Not Due", "liability_current", reconcile=True)
company.tax_exigibility = True
company.writeoff_loss_account_id = account("690190", "Bad Debt", "expense")
company.writeoff_gain_account_id = account("490190", "Gain", "income_other")
product_loss = account("690290", "Bad Debt of Services", "expense")
vat = tax("vat 15", 15.0)
on_payment = tax(
    "on payment 20",
    20.0,
    tax_exigibility="on_payment",
    cash_basis_transition_account_id=transition.id,
)
service = env["product.product"].create({"name": "Service", "type": "service"})
service.product_tmpl_id.writeoff_account_id = product_loss
plan = env["account.analytic.plan"].create({"name": "Regions"})
regions = env["account.analytic.account"].create(
    [{"name": name, "plan_id": plan.id} for name in ("North", "South")]
)
split_reason = env.ref("ar_writeoff.reason_bad_debt").copy(
    {
        "code": "SPLIT",
        "name": "Two regions",
        "analytic_distribution": {str(regions[0].id): 60.0, str(regions[1].id): 40.0},
    }
)
euro = env.ref("base.EUR")
euro.active = True
euro.rate_ids.unlink()
env["res.currency.rate"].create(
    {"currency_id": euro.id, "company_id": company.id, "name": "2024-01-01", "rate": 0.8765432}
)
halves = env["account.payment.term"].create(
    {
        "name": "Halves",
        "line_ids": [
            Command.create({"value": "percent", "value_amount": 50.0, "nb_days": days})
            for days in (10, 40)
        ],
    }
)
