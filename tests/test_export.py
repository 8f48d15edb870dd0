import json
from io import BytesIO

from openpyxl import load_workbook

from odoo import http
from odoo.tests import HttpCase, tagged

from .tax_common import TaxCommon

FIELDS = {
    "name": "Number",
    "state": "Status",
    "line_ids/partner_id": "Customer",
    "line_ids/item_name": "Document",
    "line_ids/entry_id": "Journal Entry",
    "line_ids/amount": "Amount",
    "line_ids/amount_tax": "Tax",
}


@tagged("post_install", "-at_install")
class TestExport(TaxCommon, HttpCase):
    """The register as a spreadsheet: what is kept of it when the addon goes."""

    FROZEN = False  # the session would be one of the past

    def test_register(self):
        """As the list's Export asks for it: one row a line, the head's values on its first."""
        taxed = self._taxed_invoice((400.0, self._tax("box", 15.0)))
        plain = self._invoice(70.0, partner=self.other_customer)
        writeoff = self._write_off(taxed | plain, separate_tax=True, grouping="one")
        self.clerk.group_ids += self.env.ref("base.group_allow_export")
        self.clerk.password = "clerk_test"
        self.authenticate(self.clerk.login, "clerk_test")
        rows = self._export(writeoff)
        entry = writeoff.entry_ids.display_name
        self.assertEqual(rows[0], list(FIELDS.values()))
        self.assertEqual(
            [[value or "" for value in row] for row in rows[1:]],
            [
                [writeoff.name, "Posted", "Birch", taxed.name, entry, 460.0, 60.0],
                ["", "", "Cave", plain.name, entry, 70.0, ""],
            ],
        )

    def test_analysis(self):
        """A row for each share, with its figures as numbers."""
        taxed = self._taxed_invoice((400.0, self._tax("box", 15.0)))
        self._write_off(taxed, separate_tax=True)
        self.clerk.group_ids += self.env.ref("base.group_allow_export")
        self.clerk.password = "clerk_test"
        self.authenticate(self.clerk.login, "clerk_test")
        rows = self._export(
            self.env["ar.writeoff.analysis"].search([("company_id", "=", self.company.id)]),
            {"item_name": "Document", "kind": "Part", "amount": "Written Off"},
        )
        self.assertEqual(
            rows,
            [
                ["Document", "Part", "Written Off"],
                [taxed.name, "Loss or Gain", 400.0],
                [taxed.name, "Tax Given Back", 60.0],
            ],
        )

    def _export(self, records, names=FIELDS):
        data = {
            "model": records._name,
            "fields": [
                {"name": name, "label": label, "store": True, "type": "char"}
                for name, label in names.items()
            ],
            "ids": records.ids,
            "domain": [],
            "groupby": [],
            "context": {},
            "import_compat": False,
        }
        response = self.url_open(
            "/web/export/xlsx",
            data={"data": json.dumps(data), "csrf_token": http.Request.csrf_token(self)},
        )
        self.assertTrue(response.ok, response.text)
        sheet = load_workbook(BytesIO(response.content)).active
        return [list(row) for row in sheet.iter_rows(values_only=True)]
