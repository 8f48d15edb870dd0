from odoo import api, models


class ArWriteoffCorrection(models.AbstractModel):
    """What was taken too much, in words."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.correction"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_figures_text(self, excess):
        """The figures of each document, total and taxes.

        :param dict excess: see ``_get_excess``
        :return: str, one figure a line
        """
        return "\n".join(
            self._get_figure_text(document, figure)
            for document, (_notes, figures) in excess.items()
            for figure in figures
        )

    def _get_figure_text(self, document, figure):
        kind, tax_id = figure["key"]
        # sudo: to name it for whoever may not read taxes
        tax = self.env["account.tax"].sudo().browse(tax_id)
        names = {
            "total": self.env._("total"),
            "tax": self.env._("tax %s", tax.name),
            "base": self.env._("base of tax %s", tax.name),
        }
        amounts = ("invoiced", "written_off", "credited", "excess")
        return self.env._(
            "%(document)s, %(name)s: invoiced %(invoiced)s, written off %(written_off)s, credited "
            "%(credited)s: %(excess)s too much.",
            document=document.display_name,
            name=names[kind],
            **{name: self._format(document, figure[name]) for name in amounts},
        )

    def _format(self, document, amounts):
        text = document.currency_id.format(amounts[0])
        if document.currency_id == document.company_currency_id:
            return text
        return f"{text} ({document.company_currency_id.format(amounts[1])})"
