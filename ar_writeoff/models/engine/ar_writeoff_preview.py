import hashlib
import json

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

AMOUNT = "text-end text-nowrap"
WIDE = "d-none d-md-table-cell"  # a column that a phone has no room for

# What a user decides on, and sees before confirming it; the entries follow from it.
DECIDED_FIELDS = ("company_id", "date", "accounting_date", "comment", "grouping", "leave_draft")
DECIDED_LINE_FIELDS = (
    "item_id",
    "netted_currency",
    "amount_currency",
    "amount",
    "reason_id",
    "writeoff_account_id",
    "separate_tax",
    "comment",
)


class ArWriteoffPreview(models.AbstractModel):
    """The journal entries of a write-off on the screen, before there are any."""

    _name = "ar.writeoff.preview"
    _description = "Preview of a Write-Off"

    @api.model
    def _get_preview(self, writeoff, vals_list):
        """Entries as data for core's ``grouped_view_widget``.

        :param writeoff: ``ar.writeoff``, saved or new
        :param list vals_list: values for ``account.move``
        :return: JSON string
        """
        currency = writeoff.currency_id
        groups = [self._get_preview_group(vals, currency) for vals in vals_list]
        groups.append(self._get_preview_total(vals_list, currency))
        shown = {
            name
            for group in groups
            for item in group["items_vals"]
            for name, value in item[2].items()
            if value
        }
        columns = [
            {"field": "account", "label": self.env._("Account")},
            {"field": "partner", "label": self.env._("Customer"), "class": WIDE},
            {"field": "label", "label": self.env._("Label")},
            {"field": "taxes", "label": self.env._("Taxes")},
            {"field": "grids", "label": self.env._("Tax Grids")},
            {
                "field": "amount_currency",
                "label": self.env._("In Currency"),
                "class": f"{AMOUNT} {WIDE}",
            },
            {"field": "debit", "label": self.env._("Debit"), "class": AMOUNT},
            {"field": "credit", "label": self.env._("Credit"), "class": AMOUNT},
        ]
        optional = {"taxes", "grids", "amount_currency"} - shown
        columns = [column for column in columns if column["field"] not in optional]
        return json.dumps(
            {"groups_vals": groups, "options": {"columns": columns, "discarded_number": ""}}
        )

    @api.model
    def _get_fingerprint(self, writeoff, lines, vals_list=()):
        """What would be recorded and posted, as one value that changes with any of it.

        :param writeoff: ``ar.writeoff``, saved or new
        :param lines: ``ar.writeoff.line`` records, saved or new, or ``ar.writeoff.candidate``
        :param list vals_list: values for ``account.move``, as far as they are known
        :return: str
        """
        plan = [
            [writeoff[name] for name in DECIDED_FIELDS],
            [[line[name] for name in DECIDED_LINE_FIELDS] for line in lines],
            vals_list,
        ]
        text = json.dumps(plan, default=lambda value: getattr(value, "ids", None) or str(value))
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _check_as_previewed(self, writeoff, fingerprint):
        """What is confirmed must be what was shown.

        :param writeoff: ``ar.writeoff``, saved or new
        :param str fingerprint: of what was shown, empty if nothing was
        :raises UserError: if something of it is another now
        """
        if not fingerprint:
            return
        vals_list = self.env["ar.writeoff.entry"]._prepare_entries_vals(
            writeoff, writeoff._get_given_up_lines()
        )
        if fingerprint != self._get_fingerprint(writeoff, writeoff.line_ids, vals_list):
            raise UserError(
                self.env._(
                    "This is not what the preview showed: items, amounts, accounts, dates, reasons "
                    "or comments changed since. Nothing was changed; go back and press Preview "
                    "again."
                )
            )

    @api.model
    def _get_planned_tax(self, writeoff, lines):
        """Tax in the planned amounts that will not be lost: given back, or never due.

        :param writeoff: ``ar.writeoff``, saved or new
        :param lines: ``ar.writeoff.line`` records of this plan
        :return: float, company currency, debit positive
        """
        return writeoff.currency_id.round(
            sum(
                part["balance"]
                for parts in self.env["ar.writeoff.breakdown"]._get_breakdowns(lines).values()
                for part in parts
                if part["kind"] != "loss"
            )
        )

    def _get_preview_group(self, vals, currency):
        journal = self.env["account.journal"].browse(vals["journal_id"])
        title = f"{journal.display_name}, {format_date(self.env, vals['date'])}"
        if names := self._get_preview_names(vals):
            title = f"{title}, {names}"
        company = self.env["res.company"].browse(vals["company_id"])
        if len(self.env.companies) > 1:
            title = f"{company.display_name}: {title}"
        return {
            "group_name": title,
            "items_vals": [
                (0, 0, self._get_preview_item(command[2], company, currency))
                for command in vals["line_ids"]
            ],
        }

    def _get_preview_names(self, vals):
        """Whom an entry concerns: the first three customers, and how many more.

        :param dict vals: values for ``account.move``
        :return: str
        """
        ids = dict.fromkeys(command[2]["partner_id"] for command in vals["line_ids"])
        customers = self.env["res.partner"].browse(filter(None, ids))
        names = ", ".join(customers[:3].mapped("display_name"))
        return f"{names} (+{len(customers) - 3})" if customers[3:] else names

    def _get_preview_total(self, vals_list, currency):
        """What all entries add up to, as a group of its own at the end.

        :param list vals_list: values for ``account.move``
        :param currency: ``res.currency`` of the company
        :return: dict, as the other groups
        """
        balances = [command[2]["balance"] for vals in vals_list for command in vals["line_ids"]]
        row = {
            **dict.fromkeys(("account", "partner", "label", "taxes", "grids"), ""),
            "amount_currency": "",
            "debit": currency.format(sum(amount for amount in balances if amount > 0)),
            "credit": currency.format(-sum(amount for amount in balances if amount < 0)),
        }
        title = self.env._("Total")
        if len(vals_list) > 1:
            title = self.env._("Total of %s entries", len(vals_list))
        return {"group_name": title, "items_vals": [(0, 0, row)]}

    def _get_preview_item(self, vals, company, company_currency):
        currency = self.env["res.currency"].browse(vals["currency_id"])
        account = self.env["account.account"].with_company(company).browse(vals["account_id"])
        Entry = self.env["ar.writeoff.entry"]
        balance = vals["balance"]
        sign = company_currency.compare_amounts(balance, 0.0)
        is_foreign = currency != company_currency
        return {
            "account": f"{account.code or ''} {account.name}".strip(),
            "partner": self.env["res.partner"].browse(vals["partner_id"]).display_name or "",
            "label": vals["name"],
            "taxes": ", ".join(
                self.env["account.tax"]
                .browse(Entry._get_linked_ids(vals.get("tax_ids", ())))
                .mapped("name")
            ),
            "grids": ", ".join(
                self.env["account.account.tag"]
                .browse(Entry._get_linked_ids(vals.get("tax_tag_ids", ())))
                .mapped("display_name")
            ),
            "amount_currency": currency.format(vals["amount_currency"]) if is_foreign else "",
            "debit": company_currency.format(balance) if sign > 0 else "",
            "credit": company_currency.format(-balance) if sign < 0 else "",
        }
