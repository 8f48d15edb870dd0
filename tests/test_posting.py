from odoo import fields
from odoo.tests import Form, tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestPosting(WriteoffCommon):
    """Dr loss account, Cr receivable, matched with the open item: what a write-off posts."""

    def test_full(self):
        invoice = self._invoice(1000.0)
        writeoff = self._write_off(invoice)
        entry = writeoff.entry_ids
        self.assertEqual(
            self._ledger(entry),
            [
                (self.receivable.code, "Birch", 0.0, 1000.0),
                ("690100", "Birch", 1000.0, 0.0),
            ],
        )
        self.assertRecordValues(
            entry,
            [
                {
                    "state": "posted",
                    "date": fields.Date.to_date("2024-06-30"),
                    "journal_id": self.company.writeoff_journal_id.id,
                    "ref": "Adjustment",  # customers read it
                    "move_type": "entry",
                }
            ],
        )
        self.assertEqual(entry.journal_id.code, "ADJ")
        self.assertRecordValues(
            invoice,
            [
                {
                    "amount_residual": 0.0,
                    "payment_state": "paid",
                    "writeoff_state": "full",
                    "writeoff_amount": 1000.0,
                    "writeoff_count": 1,
                }
            ],
        )
        counterpart = self._items(entry)
        self.assertEqual(counterpart.matched_debit_ids.debit_move_id, self._items(invoice))
        self.assertTrue(counterpart.full_reconcile_id)

    def test_register(self):
        invoice = self._invoice(1000.0)
        writeoff = self._write_off(invoice, date="2024-06-01", comment="Shop is empty")
        self.assertRecordValues(
            writeoff,
            [
                {
                    "state": "posted",
                    "company_id": self.company.id,
                    "reason_id": self.bad_debt.id,
                    "date": fields.Date.to_date("2024-06-01"),
                    "accounting_date": fields.Date.to_date("2024-06-30"),
                    "comment": "Shop is empty",
                    "user_id": self.clerk.id,
                    "partner_id": self.customer.id,
                    "partner_names": "Birch",
                    "amount": 1000.0,
                    "amount_reversed": 0.0,
                    "amount_net": 1000.0,
                }
            ],
        )
        self.assertRecordValues(
            writeoff.line_ids,
            [
                {
                    "state": "done",
                    "item_id": self._items(invoice).id,
                    "move_id": invoice.id,
                    "partner_id": self.customer.id,
                    "item_name": invoice.name,
                    "item_date": fields.Date.to_date("2024-01-15"),
                    "date_maturity": fields.Date.to_date("2024-01-15"),
                    "residual_currency": 1000.0,
                    "amount_currency": 1000.0,
                    "amount": 1000.0,
                    "writeoff_account_id": self.bad_debt_account.id,
                    "entry_id": writeoff.entry_ids.id,
                }
            ],
        )
        self.assertRegex(writeoff.name, r"^WO/2024/\d{5}$")
        self.assertEqual(invoice.writeoff_line_ids, writeoff.line_ids)
        self.assertEqual(invoice.action_open_writeoffs()["res_id"], writeoff.id)
        self.assertEqual(writeoff.entry_ids.action_open_writeoff()["res_id"], writeoff.id)
        self.assertEqual(writeoff.action_open_documents()["res_id"], invoice.id)
        self.assertEqual(writeoff.action_open_entries()["res_id"], writeoff.entry_ids.id)

    def test_partial(self):
        invoice = self._invoice(1000.0)
        writeoff = self._write_off(invoice, amounts=[250.5])
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [
                (self.receivable.code, "Birch", 0.0, 250.5),
                ("690100", "Birch", 250.5, 0.0),
            ],
        )
        self.assertRecordValues(
            invoice,
            [
                {
                    "amount_residual": 749.5,
                    "payment_state": "partial",
                    "writeoff_state": "partial",
                    "writeoff_amount": 250.5,
                }
            ],
        )
        self.assertEqual(writeoff.line_ids.residual_currency, 1000.0)

    def test_partial_twice_closes(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, amounts=[33.33])
        second = self._write_off(invoice)
        self.assertEqual(second.amount, 66.67)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(invoice.writeoff_state, "full")
        self.assertEqual(invoice.writeoff_amount, 100.0)
        self.assertEqual(invoice.writeoff_count, 2)

    def test_rest_after_payment(self):
        """The remainder nobody chases: paid but for 0.37."""
        invoice = self._invoice(49.37)
        self._pay(invoice, 49.0)
        writeoff = self._write_off(invoice)
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [
                (self.receivable.code, "Birch", 0.0, 0.37),
                ("690100", "Birch", 0.37, 0.0),
            ],
        )
        self.assertRecordValues(
            invoice,
            [{"amount_residual": 0.0, "writeoff_state": "partial", "writeoff_amount": 0.37}],
        )

    def test_several_customers(self):
        """One entry a customer, one loss line an entry, every item matched with its own."""
        invoices = (
            self._invoice(100.0)
            | self._invoice(50.0)
            | self._invoice(70.0, partner=self.other_customer)
        )
        writeoff = self._write_off(invoices)
        entries = writeoff.entry_ids.sorted("amount_total")
        self.assertEqual(
            self._ledger(entries[0]),
            [
                (self.receivable.code, "Cave", 0.0, 70.0),
                ("690100", "Cave", 70.0, 0.0),
            ],
        )
        self.assertEqual(
            self._ledger(entries[1]),
            [
                (self.receivable.code, "Birch", 0.0, 100.0),
                (self.receivable.code, "Birch", 0.0, 50.0),
                ("690100", "Birch", 150.0, 0.0),
            ],
        )
        self.assertEqual(invoices.mapped("amount_residual"), [0.0, 0.0, 0.0])
        for line in writeoff.line_ids:
            counterpart = line.entry_line_ids
            self.assertEqual(counterpart.matched_debit_ids.debit_move_id, line.item_id)
            self.assertEqual(counterpart.credit, line.amount)
        self.assertFalse(writeoff.partner_id)
        self.assertEqual(writeoff.partner_names, "Birch, Cave")
        self.assertEqual(writeoff.amount, 220.0)
        self.assertEqual(writeoff.document_count, 3)
        self.assertEqual(writeoff.entry_count, 2)

    def test_contacts_count_as_their_company(self):
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        writeoff = self._write_off(self._invoice(10.0) | self._invoice(20.0, partner=contact))
        self.assertEqual(len(writeoff.entry_ids), 1)
        self.assertEqual(writeoff.partner_id, self.customer)

    def test_foreign_currency(self):
        """500 foreign at 2 for 1 in 2024 = 250; half of it is 125, the rest takes what is left."""
        currency = self.setup_other_currency("EUR")
        invoice = self._invoice(500.0, currency_id=currency.id)
        first = self._write_off(invoice, amounts=[333.33])
        self.assertEqual(
            self._currency_ledger(first.entry_ids),
            [
                (self.receivable.code, "Birch", 0.0, 166.67, "EUR", -333.33),
                ("690100", "Birch", 166.67, 0.0, "EUR", 333.33),
            ],
        )
        second = self._write_off(invoice)
        self.assertEqual(
            self._currency_ledger(second.entry_ids),
            [
                (self.receivable.code, "Birch", 0.0, 83.33, "EUR", -166.67),
                ("690100", "Birch", 83.33, 0.0, "EUR", 166.67),
            ],
        )
        item = self._items(invoice)
        self.assertEqual((item.amount_residual, item.amount_residual_currency), (0.0, 0.0))
        self.assertEqual(invoice.writeoff_state, "full")
        self.assertEqual(invoice.writeoff_amount, 500.0)
        exchange = self.env["account.move"].search(
            [("journal_id", "=", self.company.currency_exchange_journal_id.id)]
        )
        self.assertFalse(exchange)

    def test_one_instalment(self):
        """30 % due at once, 70 % at the end of next month: the later one alone is given up."""
        invoice = self._invoice(1000.0, invoice_payment_term_id=self.pay_terms_b.id)
        wizard = self._wizard(invoice)
        self.assertEqual(
            wizard.line_ids.mapped(lambda line: (line.item_name, line.residual_currency)),
            [(f"{invoice.name} (1 of 2)", 300.0), (f"{invoice.name} (2 of 2)", 700.0)],
        )
        wizard.line_ids[0].selected = False
        wizard.action_preview()
        wizard.action_confirm()
        self.assertEqual(
            self._items(invoice).sorted("date_maturity").mapped("amount_residual"), [300.0, 0.0]
        )
        self.assertEqual(invoice.writeoff_state, "partial")

    def test_tax_stays_in_the_loss(self):
        """115 gross: all of it is a loss, the tax account is not touched."""
        tax = self.percent_tax(15.0)
        invoice = self._invoice(100.0, taxes=tax)
        tax_accounts = invoice.line_ids.filtered("tax_line_id").account_id
        before = self._balance(tax_accounts)
        writeoff = self._write_off(invoice)
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [
                (self.receivable.code, "Birch", 0.0, 115.0),
                ("690100", "Birch", 115.0, 0.0),
            ],
        )
        self.assertFalse(writeoff.entry_ids.line_ids.tax_ids)
        self.assertFalse(writeoff.entry_ids.line_ids.tax_tag_ids)
        self.assertEqual(self._balance(tax_accounts), before)

    def test_default_taxes_of_the_account_are_not_applied(self):
        self.bad_debt_account.tax_ids = self.company_data["default_tax_purchase"]
        writeoff = self._write_off(self._invoice(100.0))
        self.assertFalse(writeoff.entry_ids.line_ids.tax_ids)
        self.assertEqual(len(writeoff.entry_ids.line_ids), 2)

    def test_allowance_account(self):
        """A reserve takes the loss: a balance-sheet account is allowed."""
        self.bad_debt.with_company(self.company).loss_account_id = self.allowance_account
        writeoff = self._write_off(self._invoice(100.0))
        self.assertEqual(self._ledger(writeoff.entry_ids)[1], ("121900", "Birch", 100.0, 0.0))

    def test_account_chosen_in_the_wizard_wins(self):
        writeoff = self._write_off(self._invoice(100.0), writeoff_account_id=self.other_account)
        self.assertEqual(self._ledger(writeoff.entry_ids)[1], ("690200", "Birch", 100.0, 0.0))

    def test_account_chosen_survives_going_back(self):
        """Preview, back, another amount: what was chosen for all stays chosen."""
        wizard = self._wizard(self._invoice(100.0))
        with Form(wizard) as form:
            form.writeoff_account_id = self.other_account
        wizard.action_preview()
        wizard.action_back()
        with Form(wizard) as form, form.line_ids.edit(0) as line:
            line.amount_currency = 40.0
        self.assertEqual(wizard.writeoff_account_id, self.other_account)

    def test_receipt(self):
        receipt = self._invoice(80.0, move_type="out_receipt")
        self._write_off(receipt)
        self.assertEqual(receipt.amount_residual, 0.0)
        self.assertEqual(receipt.writeoff_state, "full")

    def test_labels_are_neutral(self):
        """Statements show the label of receivable lines: no reason, comment or loss in it."""
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice, comment="Owner in jail")
        self.assertEqual(self._items(writeoff.entry_ids).name, f"Adjustment {invoice.name}")
        self.assertFalse(writeoff.entry_ids.narration)

    def test_note_on_the_invoice(self):
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        note = invoice.message_ids[0]
        self.assertTrue(note.is_internal or note.subtype_id.internal)
        self.assertIn(writeoff.name, note.body)
        self.assertIn("100.00", note.body)

    def test_analytic_of_distribution_models(self):
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "Collections", "plan_id": plan.id, "company_id": self.company.id}
        )
        self.env["account.analytic.distribution.model"].create(
            {
                "account_prefix": "6901",
                "analytic_distribution": {analytic.id: 100},
                "company_id": self.company.id,
            }
        )
        writeoff = self._write_off(self._invoice(100.0))
        loss = writeoff.entry_ids.line_ids.filtered(
            lambda line: line.account_id == self.bad_debt_account
        )
        self.assertEqual(loss.analytic_distribution, {str(analytic.id): 100})
        self.assertFalse(self._items(writeoff.entry_ids).analytic_distribution)

    def test_history_does_not_say_paid(self):
        invoice = self._invoice(100.0)
        self._flush_tracking()
        before = invoice.message_ids
        self._write_off(invoice)
        self._flush_tracking()
        notes = invoice.message_ids - before
        self.assertEqual(len(notes), 1)
        self.assertFalse(notes.tracking_value_ids)

    def test_status_in_the_list(self):
        """The list's status says so; core's payment state stays core's."""
        invoice = self._invoice(100.0)
        paid = self._invoice(50.0)
        self._pay(paid, 50.0)
        self._write_off(invoice)
        self.assertEqual(invoice.status_in_payment, "written_off")
        self.assertEqual(invoice.payment_state, "paid")
        groups = dict(
            self.env["account.move"]._read_group(
                [("id", "in", (invoice | paid).ids)], ["status_in_payment"], ["id:recordset"]
            )
        )
        self.assertEqual(groups["written_off"], invoice)
        self.assertNotIn(invoice, groups.get("paid", self.env["account.move"]))

    def _count_queries(self, number):
        """Queries it takes to confirm a write-off of so many invoices in one entry."""
        invoices = self.env["account.move"].union(*(self._invoice(10.0) for _n in range(number)))
        wizard = self._wizard(invoices)
        wizard.grouping = "one"
        wizard.action_preview()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        wizard.action_confirm()
        self._flush_tracking()
        return self.cr.sql_log_count - before

    def test_queries_grow_by_the_batch(self):
        """No look-up of its own for each item: what an item needs is read for all of them."""
        self._count_queries(3)  # fills caches that stay
        few, many = self._count_queries(5), self._count_queries(25)
        self.assertLessEqual((many - few) / 20, 0.2)
