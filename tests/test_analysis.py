"""The analysis of write-offs: what each row says, how rows add up, who sees them."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.ar_writeoff.models.rights import as_engine

from .analysis_common import AnalysisCommon


@tagged("post_install", "-at_install")
class TestAnalysis(AnalysisCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._user("auditor", "account.group_account_readonly")
        cls.vat = cls._tax("15", 15.0)

    # --- rows ---

    def test_a_loss(self):
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        [row] = self._analysis().search([])
        self.assertEqual(str(row.date), "2024-06-30")
        self.assertEqual((row.writeoff_id, row.line_id), (writeoff, writeoff.line_ids))
        self.assertEqual((row.move_id, row.entry_id), (invoice, writeoff.entry_ids))
        self.assertEqual((row.partner_id, row.partner_name), (self.customer, "Birch"))
        self.assertEqual((row.item_name, row.item_kind), (invoice.name, "invoice"))
        self.assertEqual((row.reason_id, row.account_id), (self.bad_debt, self.bad_debt_account))
        self.assertEqual((row.kind, row.side, row.is_reversal), ("loss", "balance", False))
        self.assertEqual((row.user_id, row.company_id), (self.clerk, self.company))
        self.assertEqual(
            (row.amount, row.amount_tax, row.amount_untaxed, row.amount_reversed),
            (100.0, 0.0, 100.0, 0.0),
        )
        self.assertEqual((row.age, row.bucket), (167.0, "5"))

    def test_tax_given_back(self):
        self._separate(self._taxed_invoice((100.0, self.vat)))
        names = ("kind", "account_id", "tax_id", "amount", "amount_tax", "amount_untaxed")
        self.assertEqual(
            self._rows(*names),
            [
                ("loss", "690100 Bad Debt", "", 100.0, 0.0, 100.0),
                ("tax", "251100 Tax Payable", "15", 15.0, 15.0, 0.0),
            ],
        )

    def test_tax_never_due(self):
        tax = self._tax("20", 20.0, tax_exigibility="on_payment")
        self._write_off(self._taxed_invoice((100.0, tax)))
        self.assertEqual(
            self._rows("kind", "tax_id", "amount", "amount_tax", "amount_untaxed"),
            [("loss", "", 100.0, 0.0, 100.0), ("transition", "20", 20.0, 20.0, 0.0)],
        )

    def test_a_gain_is_negative(self):
        self.company.writeoff_gain_account_id = self._account("490100", "Gain", "income_other")
        self._write_off(self._payment(40.0).move_id)
        self.assertEqual(
            self._rows("side", "account_id", "amount", "amount_untaxed"),
            [("credit", "490100 Gain", -40.0, -40.0)],
        )

    def test_whose(self):
        """Salesperson of the document, else of the customer; product of the document, if one."""
        self.customer.country_id = self.env.ref("base.be")
        self.customer.user_id = self.biller
        one, other = self.env["product.product"].create([{"name": "One"}, {"name": "Other"}])
        sold = self._taxed_invoice((10.0, None, {"product_id": one.id}))
        sold.invoice_user_id = self.clerk
        mixed = self._taxed_invoice(
            (10.0, None, {"product_id": one.id}), (10.0, None, {"product_id": other.id})
        )
        mixed.invoice_user_id = self.clerk
        entry = self._entry(
            (self.receivable, 5.0, {}), (self.company_data["default_account_revenue"], -5.0, {})
        )
        self._write_off(sold | mixed | entry)
        self.assertEqual(
            sorted(self._rows("amount", "salesperson_id", "country_id", "product_id")),
            [
                (5.0, self.biller.name, "Belgium", ""),
                (10.0, self.clerk.name, "Belgium", "One"),
                (20.0, self.clerk.name, "Belgium", ""),
            ],
        )

    def test_customer_and_document_that_are_gone(self):
        line = as_engine(self._write_off(self._invoice(100.0)).line_ids)
        line.partner_id = False
        line.share_ids.move_id = False
        self.assertEqual(
            self._rows("partner_id", "partner_name", "item_name", "amount"),
            [("", "Birch", line.item_name, 100.0)],
        )
        with self.assertRaisesRegex(UserError, "was deleted; the write-off is kept"):
            self._analysis().search([]).action_open_document()

    def test_drafts_do_not_count(self):
        self.company.writeoff_leave_draft = "yes"
        writeoff = self._write_off(self._invoice(100.0))
        self.assertEqual(self._rows("amount"), [])
        entry = writeoff.entry_ids
        entry.button_cancel()
        self.assertEqual(self._rows("amount"), [])
        entry.button_draft()
        entry.date = "2024-05-31"
        entry.action_post()
        self.assertEqual(self._months(), {"2024-05": 100.0})
        self.assertEqual(self._rows("age"), [(137.0,)], "until the entry, not the decision")

    # --- undone ---

    def test_undo_is_a_row_of_its_own_period(self):
        writeoff = self._separate(self._taxed_invoice((100.0, self.vat)))
        before = self._rows("date", "kind", "amount", "age", "bucket")
        self._undo_on(writeoff, "2024-08-31")
        june = [("date", "<", "2024-07-01")]
        self.assertEqual(self._rows("date", "kind", "amount", "age", "bucket", domain=june), before)
        self.assertEqual(self._months(), {"2024-06": 115.0, "2024-08": -115.0})
        self.assertEqual(self._months("amount_reversed:sum"), {"2024-06": 0.0, "2024-08": 115.0})
        self.assertEqual(
            self._rows("kind", "amount_tax", "amount_untaxed", "bucket", domain=[
                ("is_reversal", "=", True)
            ]),
            [("loss", 0.0, -100.0, "5"), ("tax", -15.0, 0.0, "5")],
        )  # fmt: skip

    # --- figures of groups ---

    def test_count_is_of_different_write_offs(self):
        both = self._separate(
            self._taxed_invoice((100.0, self.vat)) | self._taxed_invoice((200.0, self.vat))
        )
        self._write_off(self._invoice(10.0))
        self._undo_on(both, "2024-07-31", lines=both.line_ids[:1])
        figures = ("writeoff_count:count_distinct", "__count")
        self.assertEqual(self._table([], *figures), {(): (2, 7)})
        self.assertEqual(self._table(["kind"], *figures), {("loss",): (2, 4), ("tax",): (1, 3)})
        self.assertEqual(
            self._table([], *figures, domain=[("date", ">", "2024-06-30")]),
            {(): (0, 2)},
            "undoing one makes none",
        )

    def test_average_age_is_weighted(self):
        """100 overdue for 30 days and 300 for 10: 15 days, and not 20."""
        young = self._invoice(300.0, due="2024-06-20")
        old = self._invoice(100.0, due="2024-05-31")
        writeoff = self._write_off(young | old)
        self.assertEqual(self._table([], "age:avg"), {(): (15.0,)})
        self.assertEqual(self._table(["bucket"], "age:avg", "amount:sum"), {("1",): (15.0, 400.0)})
        self._undo_on(writeoff, "2024-07-31", lines=writeoff.line_ids[:1])
        self.assertEqual(self._table([], "age:avg"), {(): (15.0,)}, "as it was written off")
        july = [("date", ">", "2024-06-30")]
        self.assertEqual(self._table([], "age:avg", domain=july), {(): (False,)})

    def test_age_of_gains_does_not_offset(self):
        """100 lost after 30 days, 50 gained after 60: 40 days."""
        self.company.writeoff_gain_account_id = self._account("490100", "Gain", "income_other")
        self._write_off(self._invoice(100.0, due="2024-05-31"))
        payment = self._payment(50.0, date="2024-05-01", partner=self.other_customer)
        self._write_off(payment.move_id)
        self.assertEqual(self._table([], "age:avg", "amount:sum"), {(): (40.0, 50.0)})

    def test_buckets_are_those_of_the_aged_receivables(self):
        self.company.writeoff_ageing_days = 10
        self._write_off(
            self._invoice(1.0, due="2024-07-05")
            | self._invoice(2.0, due="2024-06-20")
            | self._invoice(4.0, due="2024-06-19")
            | self._invoice(8.0, due="2024-01-15")
        )
        self.assertEqual(
            self._table(["bucket"], "amount:sum"),
            {("0",): (1.0,), ("1",): (2.0,), ("2",): (4.0,), ("5",): (8.0,)},
        )
        labels = self._analysis().fields_get(["bucket"])["bucket"]["selection"]
        self.assertEqual(
            [label for _key, label in labels],
            ["Not Due", "1–10", "11–20", "21–30", "31–40", "Older"],
        )

    def test_fiscal_year(self):
        self.company.fiscalyear_last_month = "5"
        self.company.fiscalyear_last_day = 31
        for date in ("2024-05-31", "2024-06-01"):
            self._write_off(self._invoice(100.0), accounting_date=date)
        year = [("is_fiscal_year", "=", True)]
        self.assertEqual(self._months(domain=year), {"2024-06": 100.0})
        self.assertEqual(self._months(domain=["!", *year]), {"2024-05": 100.0})
        self.assertEqual(self._rows("is_fiscal_year"), [(False,), (True,)])

    def test_one_query(self):
        """However many shares: a pivot is one query."""
        counts = []
        for size in (2, 8):
            invoices = self.env["account.move"]
            for _number in range(size):
                invoices |= self._taxed_invoice((100.0, self.vat))
            self._separate(invoices)
            Analysis = self._analysis()
            figures = ("amount:sum", "age:avg", "writeoff_count:count_distinct")
            Analysis._read_group([], ["kind"], figures)  # fills the caches of the rules
            before = self.cr.sql_log_count
            Analysis._read_group([], ["kind"], figures)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts, [1, 1])

    # --- companies ---

    def test_currencies_of_companies(self):
        """A euro was 2 dollars in June and 4 in July: 100 euros are 200, taken back they are 400.

        Converted at the rate of their own dates, they stay what they are.
        """
        euro = self._currency("EUR", 0.5)
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "company_id": self.company.id,
                "name": "2024-07-01",
                "rate": 0.25,
            }
        )
        other = self.setup_other_company(name="Other", currency_id=euro.id)["company"]
        self.clerk.sudo().company_ids |= other
        loss = self.bad_debt_account.copy({"company_ids": [Command.set(other.ids)], "code": "6"})
        other.writeoff_loss_account_id = loss
        self._write_off(self._invoice(10.0))
        abroad = self._invoice_of(other, 100.0)
        clerk = self.clerk.with_user(self.clerk).with_context(allowed_company_ids=other.ids)
        items = [{"item_id": self._items(abroad).id}]
        result = clerk.env["ar.writeoff"].write_off(
            {"items": items, "reason_id": self.bad_debt.id, "accounting_date": "2024-06-30"}
        )
        writeoff = clerk.env["ar.writeoff"].browse(result["writeoff_id"])
        both = self.company | other
        Analysis = self._analysis(companies=both)
        self.assertEqual(Analysis._read_group([], [], ["amount:sum"]), [(210.0,)])
        self.assertEqual(
            dict(
                self._analysis(companies=other | self.company)._read_group(
                    [], ["company_id"], ["amount:sum"]
                )
            ),
            {self.company: 10.0 * self._dollar_in(other), other: 100.0},
        )
        self._undo_on(writeoff, "2024-07-31")
        groups = self._analysis(companies=both)._read_group([], ["date:month"], ["amount:sum"])
        self.assertEqual([amount for _month, amount in groups], [210.0, -400.0])
        rows = self._analysis(companies=both).search([])
        self.assertEqual(rows.company_currency_id, self.company.currency_id)
        self.assertEqual(self._analysis(companies=other).search([]).company_currency_id, euro)

    def _dollar_in(self, company):
        """What a dollar is by the rates this company keeps: it has none of its own."""
        return self.company.currency_id._convert(
            1.0, company.currency_id, company, "2024-06-30", round=False
        )

    # --- who sees it ---

    def test_own_companies(self):
        self._write_off(self._invoice(100.0))
        other = self.setup_other_company(name="Other")["company"]
        stranger = self._user("stranger", "ar_writeoff.group_writeoff_user")
        stranger.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertEqual(self._analysis(stranger, other).search([]).ids, [])
        self.assertEqual(self._analysis(stranger, other)._read_group([], [], ["__count"]), [(0,)])
        self.assertEqual(len(self._analysis(self.auditor).search([])), 1)
        with self.assertRaises(AccessError):
            self._analysis(self.biller).search([])

    # --- from a figure to what is behind it ---

    def test_opened_from_a_row(self):
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        row = self._analysis(self.auditor).search([])
        for action, record in (
            (row.action_open_writeoff(), writeoff),
            (row.action_open_document(), invoice),
            (row.action_open_entry(), writeoff.entry_ids),
        ):
            with self.subTest(record._name):
                self.assertEqual((action["res_model"], action["res_id"]), (record._name, record.id))
