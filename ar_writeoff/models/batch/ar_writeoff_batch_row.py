from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..values import INT_MAX
from .ar_writeoff_import import ImportedRow

# What a row of a list says.
ROW_FIELDS = ("name", "amount_currency", "reason", "comment")
# More alerts than that nobody reads; how many there are besides is said.
MAX_ERRORS = 500
# As many as a request has time for, on a slow machine, too.
MAX_ROWS = 10_000


class ArWriteoffBatchRow(models.AbstractModel):
    """A row of a list to be written off: what core's import reads and offers; nothing is stored,
    every row becomes candidates of the batch, one for each instalment it takes.
    """

    _name = "ar.writeoff.batch.row"
    _description = "Row of a List to Write Off"

    batch_id = fields.Many2one("ar.writeoff.batch", readonly=True)
    name = fields.Char(
        string="Document",
        required=True,
        help="Its number; else a payment reference, or the customer's own, of it alone.",
    )
    amount_currency = fields.Float(
        string="Amount",
        help="In the currency of the document, negative for a credit. Empty: all that is open. The "
        "oldest instalments go first.",
    )
    reason = fields.Char(help="Its code or its name. Empty: the reason of the batch.")
    comment = fields.Char(help="Internal, of this document alone.")

    @api.model
    def get_import_templates(self):
        """The list that the import screen offers to start from; of two, its panel would stumble
        over the second.
        """
        path = "/ar_writeoff/static/xls/write_off_list_import_template.xlsx"
        return [{"label": self.env._("List to Write Off"), "template": path}]

    @api.model
    def load(self, fields, data):
        """Take the rows of a list into the batch of the context (``default_batch_id``), or none.

        All of the file at once, however many rows core would take: what is wrong with any of them
        is said of all, and nothing is taken then.

        :param list fields: names of ``ROW_FIELDS``, of the columns
        :param list data: rows, each a list of str
        :return: dict as core's: ``ids`` (of the first candidate of each row, or False),
            ``messages``, ``nextrow``
        :raises AccessError: if the user may not write off
        :raises UserError: if the batch takes no list, or these are no rows of these columns
        """
        self._check_shape(fields, data)
        batch = self.env["ar.writeoff.batch"].browse(self._get_batch_id()).exists()
        Import = self.env["ar.writeoff.import"]
        Import._check_can_import(batch)
        if messages := self._check_file(fields, data):
            return {"ids": False, "messages": messages, "nextrow": 0}
        rows = [
            ImportedRow(number, **dict(zip(fields, map(self._get_text, row), strict=True)))
            for number, row in enumerate(data, self._get_first_row())
        ]
        Import._read(batch, rows)
        if messages := self._get_messages(rows):
            return {"ids": False, "messages": messages, "nextrow": 0}
        # Written at its end: core takes a test back in the database alone.
        with self.env.cr.savepoint():
            ids = Import._add(batch, rows)
        return {"ids": ids, "messages": [], "nextrow": 0}

    def _check_shape(self, names, data):
        """Refuse what core's import never sends.

        :param list names: see ``load``
        :param list data: see ``load``
        :raises ValidationError: if it is no list of rows
        """
        is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
        if (
            not is_list
            or not isinstance(data, list)
            or not all(isinstance(row, list | tuple) and len(row) == len(names) for row in data)
        ):
            raise ValidationError(
                self.env._("A list to write off is a list of rows, each with a value a column.")
            )

    def _get_batch_id(self):
        id_ = self.default_get(["batch_id"]).get("batch_id")
        return id_ if type(id_) is int and 0 < id_ <= INT_MAX else False

    def _get_first_row(self):
        """Where in the file the rows begin, as a spreadsheet counts.

        :return: int
        """
        options = self.env.context.get("import_options")
        options = options if isinstance(options, dict) else {}
        skipped = options.get("skip")
        return 1 + bool(options.get("has_headers")) + (skipped if type(skipped) is int else 0)

    def _get_text(self, value):
        return "" if value is None or value is False else str(value).strip()

    # ------------------------------------------------------------------
    # What core's screen shows
    # ------------------------------------------------------------------

    def _check_file(self, names, data):
        """What is wrong with a file as a whole.

        :param list names: of the fields its columns are matched with
        :param list data: its rows
        :return: list of messages as of ``load``
        """
        texts = []
        if len(data) > MAX_ROWS:
            text = self.env._(
                "The file has %(count)s rows, of which %(most)s can be imported at once. Split it: "
                "every part adds to the batch.",
                count=len(data),
                most=MAX_ROWS,
            )
            texts.append(text)
        texts += [
            self.env._("A list to write off has no such column: %s.", name)
            for name in sorted(set(names) - {*ROW_FIELDS})
        ]
        if "name" not in names:
            texts.append(self.env._("Choose the column that has the number of the document."))
        # One message: of several about the file, core's screen shows the last.
        return [{"type": "error", "message": " ".join(texts)}] if texts else []

    def _get_messages(self, rows):
        """What is wrong with rows, each with where it stands in the file.

        Not beside the columns: there, core's screen hides what is said of more than one.

        :param list rows: ``ImportedRow``
        :return: list of messages as of ``load``
        """
        messages = [
            {
                "type": "error",
                "message": message,
                "record": row.number,
                "rows": {"from": row.number - 1, "to": row.number - 1},
            }
            for row in rows
            for message in row.errors
        ]
        if len(messages) > MAX_ERRORS:
            message = self.env._(
                "%(count)s errors. The first %(shown)s of them:",
                count=len(messages),
                shown=MAX_ERRORS,
            )
            messages[MAX_ERRORS:] = [{"type": "error", "message": message}]
        return messages
