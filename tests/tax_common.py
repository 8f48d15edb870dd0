"""Taxes of every kind to write off, and what a tax report would read."""

from collections import defaultdict

from odoo import Command

from .common import WriteoffCommon


class TaxCommon(WriteoffCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = cls.company.account_fiscal_country_id
        cls.tax_account = cls._account("251100", "Tax Payable", "liability_current")
        cls.city_account = cls._account("251200", "City Tax Payable", "liability_current")
        cls.reverse_account = cls._account("251300", "Reverse Charge", "liability_current")
        cls.transition_account = cls._account("252100", "Tax not due", "liability_current")
        cls.transition_account.reconcile = True
        cls.company.tax_exigibility = True
        cls.company.account_cash_basis_base_account_id = cls._account(
            "452900", "Base of Tax", "income"
        )

    @classmethod
    def _tag(cls, name):
        Tag = cls.env["account.account.tag"]
        domain = [("name", "=", name), ("country_id", "=", cls.country.id)]
        return Tag.search([*domain, ("applicability", "=", "taxes")]) or Tag.create(
            {"name": name, "applicability": "taxes", "country_id": cls.country.id}
        )

    @classmethod
    def _distribution(cls, box, *shares):
        """Distribution lines of a tax: percentage and account each; boxes named after ``box``."""
        shares = shares or ((100, cls.tax_account),)
        base = Command.create(
            {
                "repartition_type": "base",
                "tag_ids": [Command.set(cls._tag(f"{box} base").ids)],
            }
        )
        return [
            Command.clear(),
            base,
            *(
                Command.create(
                    {
                        "repartition_type": "tax",
                        "factor_percent": percent,
                        "account_id": account.id if account else False,
                        "tag_ids": [
                            Command.set(
                                cls._tag(f"{box} tax{number}" if number else f"{box} tax").ids
                            )
                        ],
                    }
                )
                for number, (percent, account) in enumerate(shares)
            ),
        ]

    @classmethod
    def _tax(cls, box, amount, *shares, refund_box=None, **values):
        """A sales tax; what it declares goes to the boxes “… base” and “… tax”."""
        if values.get("tax_exigibility") == "on_payment":
            values["cash_basis_transition_account_id"] = cls.transition_account.id
        return cls.env["account.tax"].create(
            {
                "name": box,
                "amount": amount,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "country_id": cls.country.id,
                "tax_group_id": cls.env["account.tax.group"]
                .create({"name": box, "company_id": cls.company.id})
                .id,
                "invoice_repartition_line_ids": cls._distribution(box, *shares),
                "refund_repartition_line_ids": cls._distribution(refund_box or box, *shares),
                **values,
            }
        )

    @classmethod
    def _group(cls, box, *taxes):
        return cls._tax(
            box,
            0.0,
            amount_type="group",
            children_tax_ids=[Command.set([tax.id for tax in taxes])],
        )

    @classmethod
    def _taxed_invoice(cls, *lines, partner=None, date="2024-01-15", due=None, post=True, **values):
        """A posted invoice; a line is an amount, its taxes, and further values if needed."""
        lines = [line if len(line) > 2 else (*line, {}) for line in lines]
        terms = {} if values.get("invoice_payment_term_id") else {"invoice_date_due": due or date}
        return cls._create_invoice(
            partner_id=(partner or cls.customer).id,
            invoice_date=date,
            post=post,
            invoice_line_ids=[
                Command.create(
                    {
                        "name": f"line {amount}",
                        "price_unit": amount,
                        "tax_ids": [Command.set(taxes.ids if taxes else [])],
                        **more,
                    }
                )
                for amount, taxes, more in lines
            ],
            **{"invoice_payment_term_id": False, **terms, **values},
        )

    @classmethod
    def _cash_rounding(cls, strategy="add_invoice_line"):
        """Rounding of totals to 0.05; a line of its own lands on another account."""
        return cls.env["account.cash.rounding"].create(
            {
                "name": "0.05",
                "rounding": 0.05,
                "strategy": strategy,
                "profit_account_id": cls.other_account.id,
                "loss_account_id": cls.other_account.id,
            }
        )

    def _give_up(self, item, amount, reason, separate=True):
        """Write off an amount of an item in its currency, as the engine is called."""
        vals = item._prepare_writeoff_line_vals(amount, reason, separate_tax=separate)
        clerk = self.env["ar.writeoff.posting"].with_user(self.clerk)
        return clerk._write_off(
            {
                "company_id": self.company.id,
                "reason_id": reason.id,
                "accounting_date": "2024-06-30",
                "line_ids": [Command.create(vals)],
            }
        )

    def _report(self, since=None):
        """What the tax report reads: box → balance of the exigible posted items."""
        AccountMoveLine = self.env["account.move.line"]
        lines = AccountMoveLine.search(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("tax_tag_ids", "!=", False),
                *AccountMoveLine._get_tax_exigible_domain(),
            ]
        )
        boxes = defaultdict(float)
        for line in lines:
            for tag in line.tax_tag_ids:
                boxes[tag.name] += line.balance
        round_ = self.company.currency_id.round
        before = since or {}
        changes = {name: round_(amount - before.get(name, 0.0)) for name, amount in boxes.items()}
        return {name: amount for name, amount in changes.items() if amount}

    def _trial_balance(self):
        """Posted balance of each account, by code; what is zero is left out."""
        groups = self.env["account.move.line"]._read_group(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted")],
            ["account_id"],
            ["balance:sum"],
        )
        round_ = self.company.currency_id.round
        return {account.code: round_(sum_) for account, sum_ in groups if round_(sum_)}

    def _tax_ledger(self, moves):
        """As ``_ledger``, with the taxes and boxes of each item at the end."""
        return [
            (
                line.account_id.code,
                line.debit,
                line.credit,
                ", ".join(line.tax_ids.mapped("name")),
                ", ".join(sorted(line.tax_tag_ids.mapped("name"))),
            )
            for line in moves.line_ids.sorted("id")
        ]

    def _separate(self, invoices, amounts=None, **values):
        return self._write_off(invoices, amounts, separate_tax=True, **values)
