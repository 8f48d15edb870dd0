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
        """An amount that cannot be read is left as it is: its row says so, see ``load``. What can
        be read becomes the number, and the currency that stands beside it.
        """
        if self.res_model != ROW_MODEL:
            return super()._parse_float_from_data(data, index, name, options)
        for line in data:
            line[index] = text = str(line[index]).strip()
            number, currency = self._split_amount(text)
            row = [number]
            try:
                super()._parse_float_from_data([row], 0, name, options)
            except ImportValidationError:
                continue
            line[index] = f"{row[0]} {currency}".strip()
        return None

    def _split_amount(self, text):
        """Tell a number from the currency before or after it.

        :param str text: what stands in the cell
        :return: tuple of str: number; currency, empty if there is none. All of it is number where
            that is in doubt
        """
        currency = "" if SCIENTIFIC.fullmatch(text) else NUMBER.sub("", text)
        number = text.replace(currency, "", 1).strip() if currency else text
        if currency in text and re.search(r"\d", number):
            return number, currency
        return text, ""
