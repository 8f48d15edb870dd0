"""What the tests of imported lists share: files, and core's import as its screen calls it."""

import csv
import io

import openpyxl

from odoo.tools import file_open

from .batch_common import BatchCommon

COLUMNS = ["Document", "Amount", "Reason", "Comment"]
FIELDS = ["name", "amount_currency", "reason", "comment"]
CSV, XLSX = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
# As the screen sends them.
OPTIONS = {
    "has_headers": True,
    "quoting": '"',
    "separator": ",",
    "encoding": "utf-8",
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
    "limit": 2000,
    "skip": 0,
    "sheet": "",
    "sheets": [],
    "date_format": "",
    "datetime_format": "",
    "keep_matches": False,
    "name_create_enabled_fields": {},
    "import_set_empty_fields": [],
    "import_skip_records": [],
    "fallback_values": {},
}


class ImportCommon(BatchCommon):
    def setUp(self):
        super().setUp()
        self.small = self.env.ref("ar_writeoff.reason_small_difference")
        self.unclaimed = self.env.ref("ar_writeoff.reason_unclaimed")
        self.company.writeoff_reason_id = self.bad_debt
        self.company.writeoff_credit_reason_id = self.unclaimed

    def _in_parts(self, *parts, **values):
        term = self._instalments(*parts)
        return self._invoice(100.0, invoice_payment_term_id=term.id, **values)

    def _list_batch(self, user=None, **values):
        """A batch as the clerk enters it for a list: without limits unless they are given."""
        return self._batch(user, **{"limit_document": 0.0, **values})

    def _csv(self, rows, columns=COLUMNS, separator=","):
        file = io.StringIO()
        csv.writer(file, delimiter=separator).writerows([columns, *rows])
        return file.getvalue().encode(), CSV

    def _xlsx(self, rows, columns=COLUMNS):
        book, file = openpyxl.Workbook(), io.BytesIO()
        for row in (columns, *rows):
            book.active.append(row)
        book.save(file)
        return file.getvalue(), XLSX

    def _file(self, path):
        """A spreadsheet that the addon offers, by its address."""
        with file_open(path.lstrip("/"), "rb") as file:
            return file.read(), XLSX

    def _screen(self, batch, file):
        """Core's import, as the button of the batch opens it and a file is dropped on it."""
        action = batch.action_import_list()
        params = action["params"]
        content, kind = file
        Import = batch.env["base_import.import"].with_context(**params["context"])
        return Import.create(
            {
                "res_model": params["active_model"],
                "file": content,
                "file_name": "list",
                "file_type": kind,
            }
        )

    def _preview(self, file, batch=None, **options):
        screen = self._screen(batch or self._list_batch(), file)
        return screen.parse_preview({**OPTIONS, **options})

    def _run_import(self, batch, file, dryrun=False, columns=COLUMNS, names=FIELDS, **options):
        """Press *Test* or *Import*.

        :return: dict as of ``load``
        """
        screen = self._screen(batch, file)
        self.env.flush_all()
        columns = [column.lower() for column in columns]
        result = screen.execute_import(names, columns, {**OPTIONS, **options}, dryrun=dryrun)
        self.env.invalidate_all()
        return result

    def _import(self, *rows, batch=None, **values):
        """Import rows that are fine, as CSV: document, amount, reason, comment; all but the first
        may be missing.

        :return: the batch
        """
        batch = batch or self._list_batch(**values)
        result = self._run_import(batch, self._csv(self._fill(rows)))
        self.assertEqual(result["messages"], [])
        self.assertTrue(result["ids"])
        self.assertEqual(result["nextrow"], 0)
        return batch

    def _fill(self, rows):
        rows = [row if isinstance(row, tuple) else (row,) for row in rows]
        return [[*row, *[""] * (4 - len(row))] for row in rows]

    def _errors(self, *rows, batch=None, **options):
        """What *Test* says, and *Import* as well; nothing is imported.

        :return: list of tuples: row in the file, message
        """
        batch = batch or self._list_batch()
        before, file = batch.candidate_ids, self._csv(self._fill(rows))
        found = []
        for dryrun in (True, False):
            result = self._run_import(batch, file, dryrun=dryrun, **options)
            self.assertFalse(result["ids"])
            found.append([(one.get("record"), one["message"]) for one in result["messages"]])
        self.assertEqual(*found)
        self.assertEqual(batch.candidate_ids, before)
        return found[0]

    def _rows(self, batch):
        """The list as the accountant reads it."""
        return [
            (
                row.imported_as,
                row.item_name,
                row.amount_currency,
                row.reason_id.code,
                row.comment or "",
                row.obstacle or row.state,
            )
            for row in batch.candidate_ids.sorted("id")
        ]

    def _load(self, batch, names, user=None):
        """As core's import calls it, without its screen."""
        Row = self.env["ar.writeoff.batch.row"].with_user(user or self.clerk)
        return Row.with_context(default_batch_id=batch.id).load(["name"], [[n] for n in names])
