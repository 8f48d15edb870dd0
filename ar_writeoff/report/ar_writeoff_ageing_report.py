from odoo import api, models


class ArWriteoffAgeingReport(models.AbstractModel):
    _name = "report.ar_writeoff.report_ageing_document"
    _description = "Aged Receivables on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Rows for the template, in the choices of the context.

        :param list docids: ids of ``ar.writeoff.ageing``
        :param dict data: ``ids`` instead, when the screen hands over its choices
        :return: dict for the template
        """
        Ageing = self.env["ar.writeoff.ageing"]
        ids = docids or (data or {}).get("ids") or []
        rows = Ageing.search([("id", "in", ids)])
        sections = rows.sorted(lambda row: row.partner_id.display_name or "")
        return {
            "doc_ids": rows.ids,
            "doc_model": Ageing._name,
            "docs": rows,
            "sections": sections.grouped("company_id"),
            "title": Ageing._get_ageing_title(self.env._("Aged Receivables")),
            "labels": Ageing._get_bucket_labels(),
            "figures": self._get_figures(),
            "company": self.env.company,
            "is_past": Ageing._is_ageing_past(),
        }

    @api.model
    def _get_figures(self):
        """Columns of the paper, without the credits' one where they are netted.

        :return: list of field names, in the order of the buckets
        """
        netted = self.env.context.get("ageing_credits") == "netted"
        names = ["amount_not_due", "amount_1", "amount_2", "amount_3", "amount_4", "amount_older"]
        return names if netted else [*names, "amount_credits"]
