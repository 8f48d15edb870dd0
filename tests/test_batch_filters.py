"""Every filter of the batch, and the shortcuts of the accounting period."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBatchFilters(BatchCommon):
    """Today is Sunday, June 30, 2024."""

    def assertFinds(self, expected, **values):
        """The documents a batch with these filters finds, in the order of their due dates."""
        batch = self._select(**values)
        self.assertEqual(batch.candidate_ids.sorted("id").mapped("move_id"), expected)

    def test_side(self):
        invoice, payment = self._invoice(10.0), self._payment(4.0).move_id
        self.assertFinds(invoice, side="balance")
        self.assertFinds(payment, side="credit")
        self.assertFinds(invoice | payment, side="both")

    def test_only_open_receivables(self):
        paid, draft = self._invoice(10.0), self._invoice(10.0)
        self._pay(paid, 10.0)
        draft.button_draft()
        bill = self._invoice(10.0, move_type="in_invoice")
        self.assertEqual(bill.state, "posted")
        self.assertFinds(self.env["account.move"])

    def test_customers(self):
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": self.customer.id})
        own = self._invoice(10.0, partner=contact)
        self._invoice(10.0, partner=self.other_customer)
        self.assertFinds(own, partner_ids=self.customer)

    def test_customer_tags(self):
        tag = self.env["res.partner.category"].create({"name": "Students"})
        self.customer.category_id = tag
        own = self._invoice(10.0)
        self._invoice(10.0, partner=self.other_customer)
        self.assertFinds(own, partner_tag_ids=tag)

    def test_salesperson(self):
        self.customer.user_id = self.biller
        own = self._invoice(10.0)
        self._invoice(10.0, partner=self.other_customer)
        self.assertFinds(own, salesperson_ids=self.biller)

    def test_country(self):
        belgium, france = self.env.ref("base.be"), self.env.ref("base.fr")
        self.customer.country_id, self.other_customer.country_id = belgium, france
        own = self._invoice(10.0)
        self._invoice(10.0, partner=self.other_customer)
        self.assertFinds(own, country_ids=belgium)

    def test_accounting_date(self):
        early, middle = self._invoice(1.0, date="2024-01-31"), self._invoice(2.0, date="2024-02-01")
        last, late = self._invoice(3.0, date="2024-02-29"), self._invoice(4.0, date="2024-03-01")
        self.assertFinds(middle | last, date_from="2024-02-01", date_to="2024-02-29")
        self.assertFinds(early | middle | last, date_to="2024-02-29")
        self.assertFinds(last | late, date_from="2024-02-29")

    def test_invoice_date(self):
        moves = self._invoice(1.0, date="2024-01-31") | self._invoice(2.0, date="2024-02-01")
        payment = self._payment(5.0, date="2024-02-01").move_id
        bounds = {"invoice_date_from": "2024-02-01", "invoice_date_to": "2024-02-01"}
        self.assertFinds(moves[1], **bounds)
        self.assertFinds(payment, side="credit", **bounds)

    def test_due_date(self):
        first = self._invoice(1.0, date="2024-01-01", due="2024-02-10")
        second = self._invoice(2.0, date="2024-01-01", due="2024-03-10")
        self.assertFinds(first, due_to="2024-02-10")
        self.assertFinds(second, due_from="2024-02-11", due_to="2024-03-10")

    def test_days_overdue(self):
        """Due on June 29, 20 and 10: one, ten and twenty days ago."""
        one, ten, twenty = (
            self._invoice(1.0, date="2024-01-01", due=f"2024-06-{day}") for day in (29, 20, 10)
        )
        self.assertFinds(twenty | ten, overdue_from=10)
        self.assertFinds(ten | one, overdue_to=10)
        self.assertFinds(ten, overdue_from=2, overdue_to=19)

    def test_currency(self):
        euro = self._currency("EUR", 2.0)
        own = self._invoice(10.0, currency_id=euro.id)
        self._invoice(10.0)
        self.assertFinds(own, currency_ids=euro)

    def test_kinds_of_documents(self):
        moves = {
            "with_invoices": self._invoice(10.0),
            "with_credit_notes": self._invoice(10.0, move_type="out_refund"),
            "with_payments": self._payment(10.0).move_id,
            "with_entries": self._entry(
                (self.receivable, 10.0, {}), (self.other_account, -10.0, {})
            ),
        }
        for chosen, move in moves.items():
            with self.subTest(chosen):
                others = {name: False for name in moves if name != chosen}
                self.assertFinds(move, side="both", **others)
        self.assertFinds(self.env["account.move"], side="both", **dict.fromkeys(moves, False))

    def test_journal(self):
        journal = self.company_data["default_journal_sale"]
        journal = journal.copy({"default_account_id": journal.default_account_id.id})
        own = self._invoice(10.0, journal_id=journal.id)
        self._invoice(10.0)
        self.assertFinds(own, journal_ids=journal)

    def test_receivable_account(self):
        account = self._account("121500", "Notes receivable", "asset_receivable")
        account.reconcile = True
        self.other_customer.property_account_receivable_id = account
        own = self._invoice(10.0, partner=self.other_customer)
        self._invoice(10.0)
        self.assertFinds(own, account_ids=account)

    def test_branches(self):
        north, south = self._branch("North", "South")
        own = self._invoice(10.0)
        northern, southern = self._invoice_of(north, 20.0), self._invoice_of(south, 30.0)
        Batch = self.env["ar.writeoff.batch"].with_user(self.clerk)
        Batch = Batch.with_context(allowed_company_ids=(self.company | north | south).ids)
        for branches, expected in (
            (north.browse(), own | northern | southern),
            (north, northern),
            (north | south, northern | southern),
        ):
            with self.subTest(branches.mapped("name")):
                batch = Batch.create(
                    {"limit_document": 100.0, "branch_ids": [Command.set(branches.ids)]}
                )
                batch.action_select()
                self.assertEqual(batch.candidate_ids.sorted("amount").move_id, expected)
        only_root = Batch.with_context(allowed_company_ids=self.company.ids)
        batch = only_root.create({"limit_document": 100.0})
        batch.action_select()
        self.assertEqual(batch.candidate_ids.move_id, own, "branches that are not active stay out")

    def test_other_companies_stay_out(self):
        self._invoice(10.0)
        other = self.env["res.company"].create({"name": "Sister"})
        self.clerk.sudo().company_ids |= other
        Batch = self.env["ar.writeoff.batch"].with_user(self.clerk)
        Batch = Batch.with_context(allowed_company_ids=(other | self.company).ids)
        batch = Batch.create(
            {
                "limit_document": 100.0,
                "reason_id": self.bad_debt.id,
                "accounting_date": "2024-06-30",
            }
        )
        self.assertEqual(batch.company_id, other)
        batch.action_select()
        self.assertFalse(batch.candidate_ids)

    # --- shortcuts ---

    def test_periods(self):
        """The fiscal year ends with March: it began on April 1, 2024."""
        self.company.write({"fiscalyear_last_month": "3", "fiscalyear_last_day": 31})
        expected = {
            "month": ("2024-06-01", "2024-06-30"),
            "last_month": ("2024-05-01", "2024-05-31"),
            "quarter": ("2024-04-01", "2024-06-30"),
            "last_quarter": ("2024-01-01", "2024-03-31"),
            "year": ("2024-04-01", "2025-03-31"),
            "last_year": ("2023-04-01", "2024-03-31"),
            "before_year": ("False", "2024-03-31"),
        }
        batch = self._batch()
        for period, dates in expected.items():
            with self.subTest(period):
                batch.period = period
                self.assertEqual((str(batch.date_from), str(batch.date_to)), dates)
        batch.period = False
        batch.date_to = "2024-05-05"
        self.assertEqual(str(batch.date_to), "2024-05-05", "what was typed stays")

    # --- saved filters ---

    def test_saved_under_a_name_and_used_again(self):
        batch = self._batch(partner_ids=self.customer, limit_document=7.0, period="last_month")
        action = batch.action_save_filter()
        Filter = self.env["ar.writeoff.filter"].with_user(self.clerk)
        view = self.env["ir.ui.view"].browse(action["views"][0][0])
        with Form(Filter.with_context(**action["context"]), view=view) as form:
            form.name = "Birch, small"
        saved = form.record
        self.assertEqual(saved.partner_ids, self.customer)
        again = self._batch(filter_id=saved, limit_run=50.0)
        self.assertEqual(again.partner_ids, self.customer)
        self.assertEqual((again.limit_document, again.limit_run), (7.0, 50.0))
        self.assertEqual(str(again.date_from), "2024-05-01")
        saved.limit_document = 9.0
        self.assertEqual(again.limit_document, 7.0, "the batch keeps what it was run with")
        with self.assertRaises(AccessError):
            Filter.with_user(self.biller).browse(saved.id).read(["name"])
