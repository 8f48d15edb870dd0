"""A list of write-offs imported into a batch, through core's own import screen: what is read."""

from datetime import datetime

from odoo.tests import tagged

from .import_common import FIELDS, ImportCommon


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    # --- what a list becomes ---

    def test_columns_are_recognised(self):
        """By the names in the template, in both formats."""
        rows = [["INV/1", "10.50", "BAD", "gone"]]
        for file in (self._csv(rows), self._xlsx(rows)):
            self.assertEqual(
                self._preview(file)["matches"],
                {0: ["name"], 1: ["amount_currency"], 2: ["reason"], 3: ["comment"]},
            )

    def test_document_amount_reason_comment(self):
        one, two, three = (self._invoice(amount) for amount in (100.0, 200.0, 300.0))
        batch = self._import(
            (one.name,),
            (two.name, "50.25", "SMALL", "Dented"),
            (three.name, "", self.settlement.name.lower(), "=1+1"),
        )
        self.assertEqual(
            self._rows(batch),
            [
                (one.name, one.name, 100.0, "BAD", "", "planned"),
                (two.name, two.name, 50.25, "SMALL", "Dented", "planned"),
                (three.name, three.name, 300.0, "SETTLE", "=1+1", "planned"),
            ],
        )
        self.assertEqual((batch.state, batch.included_count, batch.amount), ("draft", 3, 450.25))
        self.assertFalse(self.env["ar.writeoff"].search([("batch_id", "=", batch.id)]))
        self.assertEqual((one | two | three).mapped("amount_residual"), [100.0, 200.0, 300.0])
        self.assertIn("3 documents, 3 open items", batch.message_ids[0].body)

    def test_the_same_as_xlsx(self):
        """Numbers are numbers there; 7 is no 7.0, and a formula is what it was worth."""
        one, two = self._invoice(100.0), self._invoice(200.0, ref="4711")
        batch = self._list_batch()
        file = self._xlsx([[one.name, 7, "SMALL", None], [4711, 12.5, None, "Dented"]])
        self.assertEqual(self._run_import(batch, file)["messages"], [])
        self.assertEqual(
            self._rows(batch),
            [
                (one.name, one.name, 7.0, "SMALL", "", "planned"),
                ("4711", two.name, 12.5, "BAD", "Dented", "planned"),
            ],
        )

    def test_dates_in_a_spreadsheet(self):
        """A cell that became a date is no amount, and no document."""
        invoice, batch = self._invoice(10.0), self._list_batch()
        day = datetime(2024, 1, 5)
        file = self._xlsx([[invoice.name, day, None, None], [day, None, None, None]])
        messages = self._run_import(batch, file)["messages"]
        self.assertEqual(
            [(one["record"], one["message"]) for one in messages],
            [
                (2, f"{invoice.name}: “2024-01-05 00:00:00” is no amount."),
                (3, "2024-01-05 00:00:00 is the number of no document."),
            ],
        )

    def test_instalments_oldest_due_first(self):
        """Of 20 due in March, 30 in January and 50 in February, 60 are the 30 and 30 of the 50."""
        invoice = self._in_parts((20.0, 60), (30.0, 0), (50.0, 30))
        batch = self._import((invoice.name, "60"))
        self.assertEqual(
            self._rows(batch),
            [
                (invoice.name, f"{invoice.name} (1 of 3)", 30.0, "BAD", "", "planned"),
                (invoice.name, f"{invoice.name} (2 of 3)", 30.0, "BAD", "", "planned"),
            ],
        )
        whole = self._import((invoice.name,))
        self.assertEqual(whole.candidate_ids.mapped("amount_currency"), [30.0, 50.0, 20.0])

    def test_credit_notes(self):
        """Negative, with the reason of the batch for credits."""
        one = self._invoice(10.0, move_type="out_refund")
        two = self._invoice(20.0, move_type="out_refund")
        batch = self._import((one.name,), (two.name, "-5", "UNCL"))
        self.assertEqual(
            self._rows(batch),
            [
                (one.name, one.name, -10.0, "UNCL", "", "planned"),
                (two.name, two.name, -5.0, "UNCL", "", "planned"),
            ],
        )

    def test_document_currency(self):
        """400 forints are a dollar: 2,000 of 8,000 are 5 of 20 dollars."""
        huf = self._currency("HUF", 400.0)
        invoice = self._invoice(8000.0, currency_id=huf.id)
        batch = self._import((invoice.name, "2000"))
        row = batch.candidate_ids
        self.assertEqual((row.amount_currency, row.amount), (2000.0, 5.0))

    def test_number_formats(self):
        """As the import screen says; with the currency of the document beside it, or without."""
        for text, thousand, decimal, amount in (
            ("1234.5", ",", ".", 1234.5),
            ("1,234.50", ",", ".", 1234.5),
            ("1.234,50", ".", ",", 1234.5),
            ("1.234", ".", ",", 1234.0),
            ("1.234", ",", ".", 1.234),
            ("1234,5", ".", ",", 1234.5),
            ("$ 1,234.50", ",", ".", 1234.5),
            ("1,234.50 USD", ",", ".", 1234.5),
            ("1.2345E3", ",", ".", 1234.5),
        ):
            with self.subTest(f"{text} {thousand}{decimal}"):
                batch, invoice = self._list_batch(), self._invoice(2000.0)
                result = self._run_import(
                    batch,
                    self._csv([[invoice.name, text, "", ""]]),
                    float_thousand_separator=thousand,
                    float_decimal_separator=decimal,
                )
                if amount == 1.234:
                    [message] = result["messages"]
                    self.assertIn("1.234 has more decimals than USD", message["message"])
                else:
                    self.assertEqual(result["messages"], [])
                    self.assertEqual(batch.candidate_ids.amount_currency, amount)

    def test_reason_by_code_or_name(self):
        """Whatever the case; a code is one before a name is."""
        self.env["ar.writeoff.reason"].create({"name": "SMALL", "code": "TRAP"})
        for text in ("small", " SMALL ", self.small.name.upper()):
            with self.subTest(text):
                batch = self._import((self._invoice(10.0).name, "", text))
                self.assertEqual(batch.candidate_ids.reason_id, self.small)

    def test_semicolons_without_some_columns(self):
        invoice, batch = self._invoice(10.0), self._list_batch()
        file = self._csv([["x", invoice.name]], columns=["Note", "Document"], separator=";")
        result = self._run_import(
            batch, file, columns=["Note", "Document"], names=[False, "name"], separator=";"
        )
        self.assertEqual(result["messages"], [])
        self.assertEqual(batch.candidate_ids.move_id, invoice)

    def test_test_imports_nothing(self):
        invoice, batch = self._invoice(10.0), self._list_batch()
        result = self._run_import(batch, self._csv([[invoice.name, "", "", ""]]), dryrun=True)
        self.assertTrue(result["ids"])
        self.assertEqual((result["messages"], batch.candidate_count), ([], 0))
        self.assertFalse(batch.imported_on)

    def test_other_models_are_imported_as_before(self):
        """Core's own import refuses a whole file for an amount it cannot read."""
        screen = self.env["base_import.import"].create(
            {
                "res_model": "res.partner",
                "file": b"Name,Latitude\nA,x\n",
                "file_type": "text/csv",
            }
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True}
        result = screen.execute_import(["name", "partner_latitude"], ["name", "x"], options)
        self.assertIn("contains incorrect values", result["messages"][0]["message"])

    # --- many ---

    def test_no_query_for_each_row(self):
        """Thirty-six rows more do not take thirty queries more."""
        customers = self.env["res.partner"].create([{"name": str(n)} for n in range(44)])
        invoices = [self._invoice(10.0, partner=customer) for customer in customers]
        counts = []
        for some in (invoices[:4], invoices[4:]):
            batch = self._list_batch()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._load(batch, [invoice.name for invoice in some])
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 30)

    def test_fields_of_the_screen(self):
        """It offers these four, and nothing else that would be ignored."""
        screen = self._screen(self._list_batch(), self._csv([]))
        tree = screen.get_fields_tree("ar.writeoff.batch.row")
        self.assertEqual([one["name"] for one in tree], ["id", *FIELDS])

    def test_template(self):
        """It is there, and core reads it and matches all of its columns."""
        [template] = self.env["ar.writeoff.batch.row"].get_import_templates()
        preview = self._preview(self._file(template["template"]))
        self.assertEqual(sorted(preview["matches"]), [0, 1, 2, 3])
        self.assertEqual(preview["num_rows"], 4)
