from odoo import api, models
from odoo.exceptions import UserError

FIGURES = ("amount", "amount_tax", "amount_untaxed")


class ArWriteoffPeriodListReport(models.AbstractModel):
    _name = "report.ar_writeoff.report_period_list_document"
    _description = "Write-Off List on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Rows and totals for the template, read off the analysis.

        :param list docids: id of the dialog ``ar.writeoff.period.list``
        :param dict data: not used
        :return: dict for the template
        :raises UserError: if the dialog is gone
        """
        options = self.env["ar.writeoff.period.list"].browse(docids).exists()
        if len(options) != 1:
            raise UserError(self.env._("Open Write-Off List again, and choose the period."))
        rows = self._get_rows(options)
        return {
            "doc_ids": options.ids,
            "doc_model": options._name,
            "docs": options,
            "title": options._get_title(),
            "companies": self._get_companies(options) or options.company_id,
            "group_by": options.group_by,
            "sections": self._get_sections(rows, options.group_by),
            "total": self._add_up(rows),
            "undone": self._add_up([row for row in rows if row["is_reversal"]]),
            "currency": options.company_id.currency_id,
        }

    @api.model
    def _get_rows(self, options):
        """A row for each write-off line, and one for its undo: what its shares come to.

        :param options: ``ar.writeoff.period.list``
        :return: list of dicts, by date
        """
        groups = self._get_analysis(options)._read_group(
            options._get_rows_domain(),
            ["line_id", "is_reversal"],
            ["date:max", *(f"{name}:sum" for name in FIGURES)],
        )
        rows = [
            {
                "line": line,
                "is_reversal": is_reversal,
                "date": date,
                **dict(zip(FIGURES, amounts, strict=True)),
            }
            for line, is_reversal, date, *amounts in groups
        ]
        return sorted(
            rows, key=lambda row: (row["date"], row["line"].writeoff_id.id, row["line"].id)
        )

    @api.model
    def _get_companies(self, options):
        """Whose write-offs are in it.

        :param options: ``ar.writeoff.period.list``
        :return: ``res.company``
        """
        groups = self._get_analysis(options)._read_group(
            options._get_rows_domain(), [], ["company_id:recordset"]
        )
        return groups[0][0]

    def _get_analysis(self, options):
        """The analysis, in the currency of the company that is printed."""
        return self.env["ar.writeoff.analysis"].with_company(options.company_id)

    @api.model
    def _get_sections(self, rows, group_by):
        """The rows of each reason or customer, by name.

        :param list rows: see ``_get_rows``
        :param str group_by: ``reason_id`` or ``partner_id``
        :return: list of dicts: name, rows and their total
        """
        sections = {}
        for row in rows:
            line = row["line"]
            # Whoever is gone keeps the name of the time.
            key = line[group_by].display_name or line.partner_name or "", line[group_by].id
            sections.setdefault(key, []).append(row)
        return [
            {"name": name, "rows": own, "total": self._add_up(own)}
            for (name, _id), own in sorted(sections.items())
        ]

    @api.model
    def _add_up(self, rows):
        """Totals of these rows, and how many write-offs were made.

        :param list rows: see ``_get_rows``
        :return: dict
        """
        made = {row["line"].writeoff_id for row in rows if not row["is_reversal"]}
        sums = {name: sum(row[name] for row in rows) for name in FIGURES}
        return {"count": len(made), "row_count": len(rows), **sums}
