import re

from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError

ROW_MODEL = "ar.writeoff.batch.row"
# What a number consists of besides its digits; what else stands in the cell is a currency.
NUMBER = re.compile(r"[\d.,()+\-'\s]+")
SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")


class BaseImport(models.TransientModel):
    """Core's import of files, as far as it refuses a whole file where one row is meant."""

    _inherit = "base_import.import"

    def execute_import(self, fields, columns, options, dryrun=False):
        """As core does; the rows of a list are told where in the file they stand."""
        if self.res_model == ROW_MODEL:
            self = self.with_context(import_options=options)
        return super().execute_import(fields, columns, options, dryrun=dryrun)

    def _parse_float_from_data(self, data, index, name, options):
        """An amount that cannot be read is left as it is: its row says so, see ``load``."""
        if self.res_model != ROW_MODEL:
            return super()._parse_float_from_data(data, index, name, options)
        for line in data:
            line[index] = self._parse_amount(line[index], name, options)
        return None

    def _parse_amount(self, value, name, options):
        """An amount in the number format of the file, as ``load`` reads it.

        :param value: what stands in the cell
        :param str name: of the field
        :param dict options: of the import, see core
        :return: str: number, and what currency stands beside it; else what stands in the cell
        """
        text = str(value).strip()
        currency = "" if SCIENTIFIC.fullmatch(text) else NUMBER.sub("", text)
        row = [text.replace(currency, "", 1).strip() if currency else text]
        if not re.search(r"\d", row[0]) or currency not in text:
            return text
        try:
            super()._parse_float_from_data([row], 0, name, options)
        except ImportValidationError:
            return text
        return f"{row[0]} {currency}".strip()
