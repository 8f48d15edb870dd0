"""Books to write off in: one company, its clerk, and ledgers read as tables."""

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import Form, new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.ar_writeoff.models.undo_request import UndoRequest

TODAY = "2024-06-30"


class WriteoffCommon(AccountTestInvoicingCommon):
    FROZEN = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.FROZEN:
            cls.startClassPatcher(freeze_time(TODAY))
        cls.company = cls.company_data["company"]
        cls.customer = cls.env["res.partner"].create({"name": "Birch", "is_company": True})
        cls.other_customer = cls.env["res.partner"].create({"name": "Cave", "is_company": True})
        cls.receivable = cls.customer.property_account_receivable_id
        cls.bad_debt_account = cls._account("690100", "Bad Debt", "expense")
        cls.other_account = cls._account("690200", "Small Differences", "expense")
        cls.allowance_account = cls._account("121900", "Allowance", "asset_current")
        cls.company.writeoff_loss_account_id = cls.bad_debt_account
        cls.bad_debt = cls.env.ref("ar_writeoff.reason_bad_debt")
        cls.settlement = cls.env.ref("ar_writeoff.reason_settlement")
        cls.clerk = cls._user("clerk", "ar_writeoff.group_writeoff_user")
        cls.biller = cls._user("biller", "account.group_account_invoice")

    @classmethod
    def _account(cls, code, name, account_type):
        return cls.env["account.account"].create(
            {
                "code": code,
                "name": name,
                "account_type": account_type,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )

    @classmethod
    def _user(cls, login, *groups):
        return new_test_user(
            cls.env,
            login=f"{login}_test",
            groups=",".join(("base.group_user", *groups)),
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _invoice(cls, *amounts, partner=None, date="2024-01-15", due=None, taxes=None, **values):
        """A posted customer invoice with one line an amount, without tax unless given."""
        return cls._create_invoice(
            partner_id=(partner or cls.customer).id,
            invoice_date=date,
            invoice_date_due=None if values.get("invoice_payment_term_id") else due or date,
            post=True,
            invoice_line_ids=[
                Command.create(
                    {
                        "name": f"line {amount}",
                        "price_unit": amount,
                        "tax_ids": [Command.set(taxes.ids if taxes else [])],
                    }
                )
                for amount in amounts
            ],
            **{"invoice_payment_term_id": False, **values},
        )

    @classmethod
    def _invoice_of(cls, company, amount, date="2024-01-15", partner=None, move_type="out_invoice"):
        """A posted invoice of another company or branch; the customer is the same unless given."""
        move = cls.env["account.move"].with_company(company)
        move = move.create(
            {
                "move_type": move_type,
                "company_id": company.id,
                "partner_id": (partner or cls.customer).id,
                "invoice_date": date,
                "invoice_line_ids": [
                    Command.create({"name": "x", "price_unit": amount, "tax_ids": []})
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def _currency(cls, code, rate):
        """An active currency of which a dollar is always worth so many units."""
        Currency = cls.env["res.currency"].with_context(active_test=False)
        currency = Currency.search([("name", "=", code)])
        currency.active = True
        currency.rate_ids.unlink()
        cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": cls.company.id,
                "name": "2023-01-01",
                "rate": rate,
            }
        )
        return currency

    @classmethod
    def _instalments(cls, *parts):
        """A payment term: percent and days of each instalment."""
        lines = [
            Command.create({"value": "percent", "value_amount": percent, "nb_days": days})
            for percent, days in parts
        ]
        return cls.env["account.payment.term"].create({"name": "parts", "line_ids": lines})

    def _branch(self, *names):
        """Branches of the company, with their chart of accounts, open to the clerk."""
        branches = self.env["res.company"].create(
            [{"name": name, "parent_id": self.company.id} for name in names]
        )
        self.cr.precommit.run()  # gives the branches their chart of accounts
        self.env.user.company_ids |= branches
        self.clerk.sudo().company_ids |= branches
        self.env.invalidate_all()
        return branches

    @classmethod
    def _payment(cls, amount, partner=None, currency=None, date="2024-02-15"):
        """A posted customer payment that nobody has applied yet."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": (partner or cls.customer).id,
                "amount": amount,
                "currency_id": (currency or cls.company.currency_id).id,
                "date": date,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    def _pay(cls, invoices, amount, date="2024-02-15", **values):
        return cls._register_payment(
            invoices, amount=amount, payment_date=fields.Date.to_date(date), **values
        )

    def _items(self, moves):
        return moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _wizard(self, invoices, user=None):
        """The wizard, as the invoice's button opens it for this user."""
        action = invoices.with_user(user or self.clerk).action_write_off()
        self.env.flush_all()  # as the end of the request does
        return self.env[action["res_model"]].with_user(user or self.clerk).browse(action["res_id"])

    def _write_off(self, invoices, amounts=None, user=None, **values):
        """Write off through the wizard's form; ``amounts`` are document currency, by line."""
        with Form(self._wizard(invoices, user)) as form:
            for name, value in values.items():
                if name == "evidence_ids":
                    form.evidence_ids.set(value)
                else:
                    setattr(form, name, value)
            for index, amount in enumerate(amounts or []):
                with form.line_ids.edit(index) as line:
                    line.amount_currency = amount
        wizard = form.record
        wizard.action_preview()
        if wizard.has_warnings:
            wizard.warnings_confirmed = True
        wizard.action_confirm()
        return self.env["ar.writeoff"].search([], order="id desc", limit=1)

    def _reverse(self, writeoff, date, lines=None, **request):
        """Undo these lines of a write-off, or all, with the rights it comes with.

        :return: reversal entries
        """
        if lines is None:  # looked up, or the cache would keep what these companies may see
            lines = writeoff.env["ar.writeoff.line"].search([("writeoff_id", "=", writeoff.id)])
        return writeoff.env["ar.writeoff.reversal"]._reverse(
            writeoff, lines, UndoRequest(date, **request)
        )

    def _flush_tracking(self):
        """Let the chatter write what it writes before a commit."""
        self.env.flush_all()
        self.cr.flush()

    def _ledger(self, moves):
        """Journal items as an accountant reads them: account, customer, debit, credit."""
        return [
            (line.account_id.code, line.partner_id.name or "", line.debit, line.credit)
            for line in moves.line_ids.sorted("id")
        ]

    def _currency_ledger(self, moves):
        """As ``_ledger``, with the amount in the item's currency at the end."""
        return [
            (*row, line.currency_id.name, line.amount_currency)
            for row, line in zip(self._ledger(moves), moves.line_ids.sorted("id"), strict=True)
        ]

    def _residuals(self, moves):
        """What is open on each item: company currency, document currency."""
        return [
            (item.amount_residual, item.amount_residual_currency) for item in self._items(moves)
        ]

    def _balance(self, account):
        """Posted balance of an account, company currency; debit is positive."""
        lines = self.env["account.move.line"].search(
            [("account_id", "in", account.ids), ("parent_state", "=", "posted")]
        )
        return self.company.currency_id.round(sum(lines.mapped("balance")))

    def _merge_away(self, account):
        """Merge an account into one of a sister company: core follows foreign keys alone.

        :return: the account that is left
        """
        company = self.env["res.company"].create({"name": "Sister"})
        other = account.with_company(company).create(
            {
                "name": account.name,
                "account_type": account.account_type,
                "company_ids": [Command.set(company.ids)],
                "code": "1",
            }
        )
        context = {"active_model": "account.account", "active_ids": (other | account).ids}
        wizard = self.env["account.merge.wizard"].with_context(**context).create({})
        wizard.is_group_by_name = False
        wizard.wizard_line_ids.is_selected = True
        wizard.action_merge()
        self.assertEqual((other | account).exists(), other)
        return other.with_company(self.company)

    def _on_payment_tax(self):
        self.company.tax_exigibility = True
        transition = self.company_data["default_account_tax_sale"].copy({"reconcile": True})
        return self.percent_tax(
            20.0,
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=transition.id,
        )

    def _on_payment_entry(self):
        """A journal entry of 110 that a customer owes, 10 of it tax due on payment."""
        tax = self._on_payment_tax()
        transition = tax.cash_basis_transition_account_id
        rep = tax.invoice_repartition_line_ids.filtered(lambda r: r.repartition_type == "tax")
        return self._entry(
            (self.receivable, 110.0, {}),
            (self.company_data["default_account_revenue"], -100.0, {}),
            (transition, -10.0, {"tax_repartition_line_id": rep.id}),
        )

    def _entry(self, *lines):
        """A posted journal entry of the customer: account, balance, other values of each line."""
        commands = [
            Command.create(
                {
                    "account_id": account.id,
                    "partner_id": self.customer.id,
                    "balance": balance,
                    "tax_ids": [],
                    **values,
                }
            )
            for account, balance, values in lines
        ]
        entry = self.env["account.move"].create({"date": "2024-01-15", "line_ids": commands})
        entry.action_post()
        return entry
