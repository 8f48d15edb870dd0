"""What a batch leaves out, and why: limits, the customer's rules, netting, and each obstacle."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.ar_writeoff.models.problems import blocker

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestBatchLimits(BatchCommon):
    def _obstacles(self, batch):
        """Document → why it is left out; empty for what is included."""
        return {line.move_id: line.obstacle or "" for line in batch.candidate_ids}

    # --- limits ---

    def test_limit_per_document_is_inclusive(self):
        within, above = self._invoice(10.0), self._invoice(10.01)
        batch = self._select(limit_document=10.0)
        self.assertEqual(self._obstacles(batch), {within: "", above: "limit_document"})
        why = batch.candidate_ids.filtered("obstacle").obstacle_message
        self.assertRegex(why, r"10\.01 is above .*10\.00")

    def test_limit_is_measured_by_what_is_open_today(self):
        """100 less a payment of 95: 5 are open, within a limit of 5."""
        invoice = self._invoice(100.0)
        self._pay(invoice, 95.0)
        self.assertEqual(self._obstacles(self._select(limit_document=5.0)), {invoice: ""})

    def test_a_document_is_all_items_of_an_entry(self):
        """Two instalments of 6: a document of 12, above 10, though each is below."""
        term = self._instalments((50.0, 0), (50.0, 30))
        invoice = self._invoice(12.0, invoice_payment_term_id=term.id)
        batch = self._select(limit_document=10.0)
        self.assertEqual(batch.candidate_ids.mapped("obstacle"), ["limit_document"] * 2)
        batch = self._select(limit_document=12.0)
        self.assertEqual(self._obstacles(batch), {invoice: ""})

    def test_limit_in_company_currency_at_booked_rate(self):
        """21 EUR at 2 to the dollar are 10.50, whatever a euro is worth today."""
        euro = self._currency("EUR", 2.0)
        invoice = self._invoice(21.0, currency_id=euro.id)
        euro.rate_ids.create(
            {"currency_id": euro.id, "company_id": self.company.id, "name": "2024-06-01", "rate": 9}
        )
        self.assertEqual(self._obstacles(self._select(limit_document=10.5)), {invoice: ""})
        self.assertEqual(
            self._obstacles(self._select(limit_document=10.49)), {invoice: "limit_document"}
        )

    def test_limit_per_customer(self):
        """6 + 5 of one customer are above 10, 10 of another are not."""
        first, second = self._invoice(6.0), self._invoice(5.0)
        other = self._invoice(10.0, partner=self.other_customer)
        batch = self._select(limit_customer=10.0)
        self.assertEqual(
            self._obstacles(batch),
            {first: "limit_customer", second: "limit_customer", other: ""},
        )

    def test_limit_of_the_run_takes_the_oldest_due_first(self):
        """6 + 5 of a limit of 12; 4 more would be above it, 1 more is not."""
        moves = [
            self._invoice(amount, date=f"2024-0{month}-01")
            for month, amount in ((1, 6.0), (2, 5.0), (3, 4.0), (4, 1.0))
        ]
        batch = self._select(limit_run=12.0)
        self.assertEqual(list(self._obstacles(batch).values()), ["", "", "limit_run", ""])
        # By hand the accountant may choose others, as long as the total stays within the limit.
        batch.candidate_ids[2].is_included = True
        dialog = self.env["ar.writeoff.batch.confirm"].browse(batch.action_process()["res_id"])
        with self.assertRaisesRegex(UserError, r"16\.00 are included, more than .*12\.00"):
            dialog.with_user(self.clerk).action_run()
        batch.candidate_ids[0].is_included = False
        self._process(batch)
        self.assertEqual(self._balance(self.bad_debt_account), 10.0)
        self.assertEqual(moves[0].amount_residual, 6.0)

    def test_own_limit_of_the_customer_cannot_be_raised(self):
        self.customer.with_company(self.company).write(
            {"writeoff_policy": "limited", "writeoff_limit": 8.0}
        )
        within, above = self._invoice(8.0), self._invoice(9.0)
        other = self._invoice(9.0, partner=self.other_customer)
        batch = self._select(limit_document=10.0)
        self.assertEqual(self._obstacles(batch), {within: "", above: "limit_own", other: ""})
        with self.assertRaisesRegex(UserError, r"9\.00 is above .*8\.00"), self.cr.savepoint():
            batch.candidate_ids.filtered("obstacle").is_included = True
        batch.candidate_ids.action_include()
        self.assertEqual(self._obstacles(batch)[above], "limit_own")
        batch = self._select(limit_document=5.0)
        self.assertEqual(self._obstacles(batch)[within], "limit_document", "the lower one counts")

    def test_own_limit_of_a_contact_or_of_a_parent(self):
        """10 as a contact of Cave, who has no rule; 5 once Cave's own is lower."""
        self.customer.with_company(self.company).write(
            {"writeoff_policy": "limited", "writeoff_limit": 10.0}
        )
        self.customer.write({"parent_id": self.other_customer.id, "is_company": False})
        within, above = self._invoice(8.0), self._invoice(11.0)
        batch = self._select()
        self.assertEqual(self._obstacles(batch), {within: "", above: "limit_own"})
        self.other_customer.with_company(self.company).write(
            {"writeoff_policy": "limited", "writeoff_limit": 5.0}
        )
        self.assertEqual(self._obstacles(self._select())[within], "limit_own")

    def test_not_allowed_for_a_contact(self):
        self.customer.with_company(self.company).writeoff_policy = "refused"
        self.customer.write({"parent_id": self.other_customer.id, "is_company": False})
        self._assert_stays_out(self._invoice(10.0), "policy", "Birch may be written off")

    def test_made_a_contact_before_the_run(self):
        """Chosen while allowed; refused, and hidden as a contact, before the run."""
        invoice = self._invoice(10.0)
        batch = self._select()
        self.customer.with_company(self.company).writeoff_policy = "refused"
        self.customer.write({"parent_id": self.other_customer.id, "is_company": False})
        self.env.flush_all()
        dialog = self.env["ar.writeoff.batch.confirm"].browse(batch.action_process()["res_id"])
        self.assertEqual(dialog.item_count, 0)
        self.assertIn("Not Allowed for the Customer", dialog.left_out)
        with self.assertRaisesRegex(UserError, "Nothing is selected"):
            dialog.with_user(self.clerk).action_run()
        self.assertEqual(invoice.amount_residual, 10.0)

    def test_negative_limit(self):
        with self.assertRaisesRegex(UserError, "cannot be negative"):
            self._batch(limit_document=-1.0)

    # --- netting ---

    def test_limits_apply_to_what_netting_leaves(self):
        """100 less a credit of 95: 5 are left and given up; 95 are matched."""
        invoice, payment = self._invoice(100.0), self._payment(95.0)
        batch = self._select(side="both", limit_document=5.0)
        self.assertEqual(
            [
                (line.netted_currency, line.amount_currency, line.obstacle)
                for line in batch.candidate_ids.sorted("residual", reverse=True)
            ],
            [(95.0, 5.0, False), (-95.0, 0.0, False)],
        )
        self._process(batch)
        self.assertEqual(self._balance(self.receivable), 0.0)
        self.assertEqual(self._balance(self.bad_debt_account), 5.0)
        self.assertEqual(batch.writeoff_ids.netting_ids.amount, 95.0)
        self.assertEqual(self._residuals(invoice | payment.move_id), [(0.0, 0.0)] * 2)
        self.assertEqual(sorted(batch.line_ids.mapped("state")), ["done", "netted"])

    def test_only_items_that_pass_the_filters_are_netted(self):
        self._invoice(100.0)
        late = self._payment(95.0, date="2024-05-01").move_id
        batch = self._select(side="both", limit_document=100.0, date_to="2024-03-31")
        self.assertEqual(batch.candidate_ids.mapped("amount_currency"), [100.0])
        self.assertEqual(self._residuals(late), [(-95.0, -95.0)])

    def test_a_credit_is_not_given_up_while_its_debit_is_left_out(self):
        """2,000 are too much; the credit of 50 against them is no gain, it stays with them."""
        self._invoice(2000.0)
        payment = self._payment(50.0)
        batch = self._select(side="both", limit_document=100.0)
        self.assertEqual(self._obstacles(batch)[payment.move_id], "netted_with")
        self.assertEqual(batch.included_count, 0)

    def test_excluding_a_credit_nets_the_rest_anew(self):
        invoice = self._invoice(100.0)
        first, second = self._payment(30.0), self._payment(20.0)
        batch = self._select(side="both", limit_document=100.0)
        lines = {line.move_id: line for line in batch.candidate_ids}
        self.assertEqual(lines[invoice].amount_currency, 50.0)
        lines[first.move_id].is_included = False
        self.assertEqual(lines[invoice].amount_currency, 80.0)
        lines[first.move_id].is_included = True
        self.assertEqual(lines[invoice].amount_currency, 50.0)
        self.assertEqual(lines[second.move_id].netted_currency, -20.0)

    # --- each reason to be left out ---

    def test_not_allowed(self):
        self.customer.with_company(self.company).writeoff_policy = "refused"
        invoice = self._invoice(10.0)
        self._assert_stays_out(invoice, "policy", "nothing of Birch may be written off")

    def _assert_stays_out(self, invoice, code, message):
        batch = self._select()
        self.assertEqual(self._obstacles(batch)[invoice], code)
        line = batch.candidate_ids.filtered(lambda line: line.move_id == invoice)
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            line.is_included = True
        action = line.action_include()
        self.assertIn("1 stay left out", action["params"]["message"])
        return batch

    def test_blocked(self):
        invoice = self._invoice(10.0)
        invoice.action_toggle_block_payment()
        self._assert_stays_out(invoice, "blocked", "is blocked")

    def test_reserved(self):
        self.company.writeoff_leave_draft = "yes"
        invoice = self._invoice(10.0)
        self._write_off(invoice)
        self._assert_stays_out(invoice, "reserved", "is reserved by write-off")

    def test_child_account(self):
        self.company.writeoff_child_full_only = "yes"
        child = self.env["res.partner"].create(
            {"name": "North", "is_company": True, "parent_id": self.customer.id}
        )
        term = self._instalments((50.0, 0), (50.0, 30))
        invoice = self._invoice(12.0, partner=child, invoice_payment_term_id=term.id)
        batch = self._select(due_to="2024-01-31")
        self.assertEqual(batch.candidate_ids.mapped("obstacle"), ["child"])
        batch = self._select()
        self.assertEqual(self._obstacles(batch), {invoice: ""})
        with self.assertRaisesRegex(UserError, "only all of it"), self.cr.savepoint():
            batch.candidate_ids[0].amount_currency = 1.0

    def test_no_account(self):
        self.company.writeoff_loss_account_id = False
        invoice = self._invoice(10.0)
        batch = self._assert_stays_out(
            invoice, "account", "no loss account. Choose one here, on the reason"
        )
        batch.candidate_ids.writeoff_account_id = self.other_account
        batch.candidate_ids.is_included = True
        self._process(batch)
        self.assertEqual(self._balance(self.other_account), 10.0)

    def test_unreconciled_from_a_write_off(self):
        invoice = self._invoice(10.0)
        writeoff = self._write_off(invoice)
        writeoff.line_ids._get_matches().unlink()
        batch = self._assert_stays_out(invoice, "unmatched", "whose entry still stands")
        batch = self._select(side="credit")
        self.assertEqual(batch.candidate_ids.mapped("obstacle"), ["counterpart"])

    def test_entry_with_tax_due_on_payment(self):
        entry = self._on_payment_entry()
        self._assert_stays_out(entry, "on_payment_tax", "tax that is due on payment")

    def test_obstacles_of_other_addons(self):
        """What the list has no name for is shown as Other, with its own message."""
        invoice = self._invoice(10.0)
        Eligibility = self.env.registry["ar.writeoff.eligibility"]
        rules = Eligibility._get_rules

        def dispute(plan):
            return [blocker("dispute", "In dispute: 10.00.", item) for item in plan.items]

        def more(eligibility):
            found = rules(eligibility)
            return {**found, "item": [*found["item"], dispute]}

        with patch.object(Eligibility, "_get_rules", more):
            self._assert_stays_out(invoice, "other", "In dispute: 10.00.")

    # --- what the accountant may include after a look ---

    def _assert_confirmed_by_hand(self, invoice, code, message):
        batch = self._select(limit_document=100.0)
        line = batch.candidate_ids.filtered(lambda line: line.move_id == invoice)
        self.assertEqual((line.state, line.obstacle), ("left_out", code))
        self.assertRegex(line.obstacle_message, message)
        line.is_included = True
        self.assertRegex(line.confirmed_message, message)
        self._process(batch)
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_payables(self):
        invoice = self._invoice(10.0)
        self._invoice(4.0, move_type="in_invoice")
        self._assert_confirmed_by_hand(invoice, "payables", "You owe Birch .*4.00")

    def test_discount(self):
        invoice = self._discounted()
        self._assert_confirmed_by_hand(invoice, "discount", "may still pay less until 08/14/2024")

    def test_payment_in_process(self):
        """A payment that was registered, whose money has not come: it has no entry yet."""
        invoice = self._invoice(10.0)
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "amount": 10.0,
                "invoice_ids": [Command.link(invoice.id)],
            }
        )
        payment.state = "in_process"
        self._assert_confirmed_by_hand(invoice, "in_payment", "has a payment in process")
