from io import BytesIO

from odoo import api, models
from odoo.tools import split_every

from ..rights import as_engine
from .ar_writeoff_proposal_content import ITEM_ORDER

# As many rows are read at a time.
READ = 2000
# Longer ones are no cell any more.
CELL = 32_000
FORMATS = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "bold": {"bold": True},
    "wrap": {"text_wrap": True, "valign": "top"},
    "date": {"num_format": 14},  # as the reader's own program writes dates
    "count": {"num_format": "#,##0"},
}


class ArWriteoffProposalSheet(models.AbstractModel):
    """A proposal as a spreadsheet: written row by row, so that its size costs no memory.

    Text is written as text whatever it begins with: nothing in it is ever a formula.
    """

    _name = "ar.writeoff.proposal.sheet"
    _description = "Proposal as a Spreadsheet"

    @api.model
    def _write(self, content):
        """The whole file.

        :param dict content: see ``ar.writeoff.proposal.content``
        :return: bytes
        """
        import xlsxwriter

        target = BytesIO()
        book = xlsxwriter.Workbook(target, {"constant_memory": True})
        formats = {name: book.add_format(vals) for name, vals in FORMATS.items()}
        self._write_summary(self._add_sheet(book, formats, self.env._("Summary")), content)
        self._write_items(self._add_sheet(book, formats, self.env._("Items")), content)
        self._write_accounts(self._add_sheet(book, formats, self.env._("Accounts")), content)
        self._write_left_out(self._add_sheet(book, formats, self.env._("Left Out")), content)
        book.close()
        return target.getvalue()

    def _add_sheet(self, book, formats, name):
        sheet = book.add_worksheet(name[:31])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return _Writer(book, sheet, formats)

    # ------------------------------------------------------------------
    # The sheets
    # ------------------------------------------------------------------

    def _write_summary(self, sheet, content):
        currency, figures = content["currency"], content["figures"]
        sheet.set_widths(42, 60, 14, 16, 18)
        sheet.add([(self._get_title(content), "title")])
        sheet.add([self.env._("Simulation: nothing is written off by this paper.")])
        sheet.add([self.env._("Company"), content["batch"].company_id.name])
        sheet.add([self.env._("Made On"), content["printed"]])
        sheet.add([self.env._("By"), content["user"]])
        sheet.add([self.env._("Code"), content["code"]])
        sheet.add()
        for title, rows in (
            (self.env._("Decision"), content["decision"]),
            (self.env._("Filters and Limits"), content["criteria"]),
        ):
            sheet.add([(title, "bold")])
            for label, text in rows:
                sheet.add([label, (text, "wrap")])
            sheet.add()
        sheet.add([(self.env._("Figures"), "bold"), (currency.name, "bold")])
        for label, value in content["sums"]:
            is_money = isinstance(value, float)
            sheet.add([label, sheet.money(value, currency) if is_money else value])
        if figures["matched"]:
            sheet.add([self.env._("Only Matched"), figures["matched"]])
        sheet.add()
        self._write_summary_lists(sheet, content)

    def _write_summary_lists(self, sheet, content):
        if content["warnings"]:
            sheet.add([(self.env._("Warnings"), "bold")])
            for text in content["warnings"]:
                sheet.add(["", (text, "wrap")])
            sheet.add()
        sheet.add(
            [
                (label, "head")
                for label in (
                    self.env._("Left Out"),
                    "",
                    self.env._("Items"),
                    self.env._("Currency"),
                    self.env._("Open"),
                )
            ]
        )
        for row in content["left_out"]:
            money = sheet.money(row["amount_currency"], row["currency"])
            sheet.add([row["why"], "", row["count"], row["currency"].name, money])

    def _get_title(self, content):
        return self.env._("Proposal of Batch Write-Off %s", content["number"])

    def _write_items(self, sheet, content):
        sheet.set_widths(32, 22, 18, 12, 12, 9, 14, 14, 14, 16, 24, 30, 10, 40, 40)
        sheet.head(
            self.env._("Customer"),
            self.env._("Document"),
            self.env._("Kind"),
            self.env._("Document Date"),
            self.env._("Due Date"),
            self.env._("Currency"),
            self.env._("Open"),
            self.env._("Matched First"),
            self.env._("To Write Off"),
            self.env._("To Write Off (%s)", content["currency"].name),
            self.env._("Reason"),
            self.env._("Account"),
            self.env._("Separate Sales Tax"),
            self.env._("Confirmed"),
            self.env._("Internal Comment"),
            self.env._("Company"),
        )
        kinds = self._get_kinds()
        for row in self._read(content["items"]):
            sheet.add(
                [
                    *self._get_document_cells(row, kinds),
                    sheet.money(row.residual_currency, row.currency_id),
                    sheet.some(row.netted_currency, row.currency_id),
                    sheet.money(row.amount_currency, row.currency_id),
                    sheet.money(row.amount, content["currency"]),
                    row.reason_id.name,
                    row.writeoff_account_id.display_name or "",
                    self.env._("Yes") if row.separate_tax else "",
                    row.confirmed_message,
                    row.comment,
                    row.company_id.name,
                ]
            )

    def _write_accounts(self, sheet, content):
        currency = content["currency"]
        sheet.set_widths(32, 44, 18, 18)
        sheet.head(
            self.env._("Company"),
            self.env._("Account"),
            self.env._("Debit (%s)", currency.name),
            self.env._("Credit (%s)", currency.name),
        )
        for company, account, debit, credit in content["accounts"]:
            amounts = (sheet.some(amount, currency) for amount in (debit, credit))
            sheet.add([company, account, *amounts])
        sheet.add(["", self.env._("Total"), *self._get_sums(sheet, content)])
        if content["accounts_note"]:
            sheet.add([content["accounts_note"]])

    def _get_sums(self, sheet, content):
        currency = content["currency"]
        return [
            sheet.money(currency.round(sum(row[place] for row in content["accounts"])), currency)
            for place in (2, 3)
        ]

    def _write_left_out(self, sheet, content):
        sheet.set_widths(32, 22, 18, 12, 12, 9, 14, 30, 60)
        sheet.head(
            self.env._("Customer"),
            self.env._("Document"),
            self.env._("Kind"),
            self.env._("Document Date"),
            self.env._("Due Date"),
            self.env._("Currency"),
            self.env._("Open"),
            self.env._("Left Out Because"),
            self.env._("Why"),
            self.env._("Company"),
        )
        obstacle = self.env["ar.writeoff.candidate"]._fields["obstacle"]
        labels, kinds = dict(obstacle._description_selection(self.env)), self._get_kinds()
        for row in self._read(content["others"]):
            sheet.add(
                [
                    *self._get_document_cells(row, kinds),
                    sheet.money(row.residual_currency, row.currency_id),
                    labels.get(row.obstacle, ""),
                    row.obstacle_message,
                    row.company_id.name,
                ]
            )

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def _read(self, domain):
        """Candidates one by one, without keeping them in memory.

        :param domain: on ``ar.writeoff.candidate``
        :return: iterator
        """
        Candidate = as_engine(self.env["ar.writeoff.candidate"])
        ids = Candidate._search(domain, order=ITEM_ORDER)
        for part in split_every(READ, list(ids)):
            rows = Candidate.browse(part)
            yield from rows
            rows.invalidate_recordset(flush=False)

    def _get_kinds(self):
        kind = self.env["ar.writeoff.candidate"]._fields["item_kind"]
        return dict(kind._description_selection(self.env))

    def _get_document_cells(self, row, kinds):
        return [
            row.partner_name,
            row.item_name,
            kinds.get(row.item_kind, ""),
            row.item_date,
            row.date_maturity,
            row.currency_id.name,
        ]


class _Writer:
    """One sheet, from top to bottom."""

    def __init__(self, book, sheet, formats):
        self.book, self.sheet, self.formats, self.row = book, sheet, formats, 0

    def set_widths(self, *widths):
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def head(self, *labels):
        """The heads of a table: they stay in sight, and on every page."""
        self.add([(label, "head") for label in labels])
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)

    def money(self, amount, currency):
        """An amount as a cell: a number with the places of its currency."""
        name = f"money{currency.decimal_places}"
        if name not in self.formats:
            places = "0" * currency.decimal_places
            pattern = f"#,##0.{places}" if places else "#,##0"
            self.formats[name] = self.book.add_format({"num_format": pattern})
        return amount or 0.0, name

    def some(self, amount, currency):
        """The same; nothing where it is zero."""
        return self.money(amount, currency) if amount else None

    def add(self, cells=()):
        """The next row: values, or tuples of value and name of a format."""
        for column, cell in enumerate(cells):
            value, name = cell if isinstance(cell, tuple) else (cell, None)
            self._put(column, value, self.formats.get(name))
        self.row += 1

    def _put(self, column, value, style):
        if value is None or value is False or value == "":
            return
        if isinstance(value, (int, float)):
            self.sheet.write_number(self.row, column, value, style or self.formats["count"])
        elif hasattr(value, "year"):
            self.sheet.write_datetime(self.row, column, value, style or self.formats["date"])
        else:
            self.sheet.write_string(self.row, column, str(value)[:CELL], style)
