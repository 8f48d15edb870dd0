"""The aged receivables, read as tables."""

from odoo.addons.ar_writeoff.models.ageing.ar_writeoff_ageing import FIGURES

from .common import WriteoffCommon


class AgeingCommon(WriteoffCommon):
    def _screen(self, model="ar.writeoff.ageing", user=None, **options):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env[model].with_user(user or self.clerk).with_context(**options)

    def _search(self, model="ar.writeoff.ageing", domain=(), user=None, **options):
        mine = [("company_id", "child_of", self.company.id)]
        return self._screen(model, user, **options).search([*mine, *domain])

    def _rows(self, **options):
        return {
            (row.partner_id.name, row.currency_id.name): (
                *(row[figure] for figure in FIGURES),
                row.amount_total,
            )
            for row in self._search(**options)
        }

    def _row(self, **options):
        rows = self._rows(**options)
        self.assertEqual(len(rows), 1, rows)
        return next(iter(rows.values()))

    def _item_table(self, **options):
        return [
            (item.move_name, item.days, item.bucket, item.residual, item.residual_currency)
            for item in self._search("ar.writeoff.ageing.item", **options)
        ]
