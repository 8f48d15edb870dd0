"""Writing off without a screen: the one call that other addons and programs outside use."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.http import serialize_exception
from odoo.tests import tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestCall(WriteoffCommon):
    def setUp(self):
        super().setUp()
        self.engine = self.env["ar.writeoff"].with_user(self.clerk)

    def _plan(self, invoices, **values):
        rows = [{"item_id": item.id} for item in self._items(invoices)]
        return {"reason_id": self.bad_debt.id, "items": rows, **values}

    def _write_off_by_call(self, plan):
        """The write-off, which nothing speaks against."""
        result = self.engine.write_off(plan)
        self.assertEqual(result["problems"], [])
        return self.env["ar.writeoff"].browse(result["writeoff_id"])

    def test_all_that_is_open(self):
        """As the wizard proposes it: today, the company's account and grouping."""
        invoice = self._invoice(100.0)
        writeoff = self._write_off_by_call(self._plan(invoice))
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [("121000", "Birch", 0.0, 100.0), ("690100", "Birch", 100.0, 0.0)],
        )
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])
        self.assertEqual((writeoff.state, writeoff.user_id), ("posted", self.clerk))
        self.assertEqual(str(writeoff.accounting_date), "2024-06-30")
        self.assertRegex(writeoff.name, "^WO/2024/")

    def test_what_a_plan_may_say(self):
        invoices = self._invoice(100.0) | self._invoice(50.0)
        plan = self._plan(
            invoices,
            date="2024-06-01",
            accounting_date="2024-06-15",
            comment="Bankrupt",
            grouping="one",
        )
        first, second = plan["items"]
        first.update(amount_currency=40.0, comment="The rest is paid")
        second.update(writeoff_account_id=self.other_account.id, reason_id=self.settlement.id)
        writeoff = self._write_off_by_call(plan)
        self.assertEqual(
            self._ledger(writeoff.entry_ids),
            [
                ("121000", "Birch", 0.0, 40.0),
                ("121000", "Birch", 0.0, 50.0),
                ("690100", "Birch", 40.0, 0.0),
                ("690200", "Birch", 50.0, 0.0),
            ],
        )
        self.assertEqual(self._residuals(invoices), [(60.0, 60.0), (0.0, 0.0)])
        self.assertEqual(str(writeoff.entry_ids.date), "2024-06-15")
        self.assertEqual((str(writeoff.date), writeoff.comment), ("2024-06-01", "Bankrupt"))
        self.assertEqual(writeoff.line_ids.sorted("id")[0].comment, "The rest is paid")
        self.assertEqual(writeoff.line_ids.sorted("id")[1].reason_id, self.settlement)

    def test_credits_are_matched_first(self):
        invoice, payment = self._invoice(100.0), self._payment(40.0)
        plan = self._plan(invoice | payment.move_id, net_credits=True)
        writeoff = self._write_off_by_call(plan)
        self.assertEqual(writeoff.amount, 60.0)
        self.assertEqual(self._residuals(invoice | payment.move_id), [(0.0, 0.0), (0.0, 0.0)])

    def test_left_in_draft(self):
        invoice = self._invoice(100.0)
        writeoff = self._write_off_by_call(self._plan(invoice, leave_draft=True))
        self.assertEqual((writeoff.state, writeoff.entry_ids.state), ("entries_draft", "draft"))
        self.assertEqual(self._residuals(invoice), [(100.0, 100.0)])

    def test_problems_as_data(self):
        """What blocks is told by code and items; nothing is recorded then, no number used."""
        blocked, paid = self._invoice(100.0), self._invoice(50.0)
        blocked.action_toggle_block_payment()
        plan = self._plan(blocked | paid)
        plan["items"][1]["amount_currency"] = 50.01
        before = self.env["ar.writeoff"].search_count([])
        result = self.engine.write_off(plan)
        self.assertIs(result["writeoff_id"], False)
        self.assertEqual(
            [(one["code"], one["level"], one["items"]) for one in result["problems"]],
            [
                ("blocked", "danger", self._items(blocked).ids),
                ("amount", "danger", self._items(paid).ids),
            ],
        )
        self.assertRegex(result["problems"][1]["message"], "only .*50.00 is still open")
        self.assertEqual(self.env["ar.writeoff"].search_count([]), before)
        self.assertEqual(self._residuals(blocked | paid), [(100.0, 100.0), (50.0, 50.0)])

    def test_warnings_are_confirmed(self):
        """Refused with the warning; given back as it came, it is confirmed, and kept."""
        invoice = self._invoice(100.0)
        plan = self._plan(invoice, accounting_date="2024-07-15")
        result = self.engine.write_off(plan)
        self.assertEqual([one["code"] for one in result["problems"]], ["future"])
        self.assertEqual(result["problems"][0]["level"], "warning")
        writeoff = self._write_off_by_call({**plan, "confirmed": result["problems"]})
        self.assertRegex(writeoff.warnings_confirmed, "07/15/2024 is in the future")
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])

    def test_preview(self):
        """What would be posted, and everything that is to be known; nothing stays of it."""
        invoice = self._invoice(100.0)
        plan = self._plan(invoice, accounting_date="2024-07-15")
        shown = self.engine.preview_write_off(plan)
        self.assertEqual([one["code"] for one in shown["problems"]], ["future"])
        [entry] = shown["entries"]
        self.assertEqual(entry["date"], "2024-07-15")
        self.assertEqual(
            [(item["account_id"], item["balance"]) for item in entry["items"]],
            [(self.receivable.id, -100.0), (self.bad_debt_account.id, 100.0)],
        )
        self.assertEqual(self._residuals(invoice), [(100.0, 100.0)])
        self.assertFalse(self.env["ar.writeoff"].search([("line_ids.move_id", "=", invoice.id)]))
        invoice.action_toggle_block_payment()
        shown = self.engine.preview_write_off(plan)
        self.assertEqual([one["code"] for one in shown["problems"]], ["blocked", "future"])
        self.assertEqual(shown["entries"], [])

    def test_the_error_is_cores_own(self):
        """A client chooses a dialog by the name of the error: a refusal is no breakdown."""
        wizard = self._wizard(self._invoice(100.0))
        wizard.accounting_date = "2024-07-15"
        with self.assertRaises(UserError) as refused:
            wizard.action_confirm()
        told = serialize_exception(refused.exception)
        self.assertEqual(told["name"], "odoo.exceptions.UserError")
        self.assertRegex(told["message"], "Read the warnings first")

    def test_who_may(self):
        plan = self._plan(self._invoice(100.0))
        for method in ("write_off", "preview_write_off"):
            with self.assertRaisesRegex(AccessError, "may not write off receivables"):
                getattr(self.engine.with_user(self.biller), method)(plan)

    def test_items_of_a_company_the_user_does_not_see(self):
        sister = self.setup_other_company()["company"]
        invoice = self._invoice_of(sister, 10.0)
        with self.assertRaises(AccessError):
            self.engine.write_off(self._plan(invoice))
        self.assertEqual(invoice.amount_residual, 10.0)

    def test_nonsense(self):
        """A clear error names what cannot be used; nothing is written off."""
        invoice = self._invoice(100.0)
        item = self._items(invoice)
        for plan, message in (
            ([], "a list of items"),
            ({"items": item.ids}, "each of them a dict"),
            ({"items": [{"item_id": item.id, "amount": 5}]}, "do(es)? not know these keys: amount"),
            ({"items": [{"item_id": item.id}], "force": True}, "not know these keys: force"),
            ({"items": [{"amount_currency": 5}]}, "needs its item_id"),
            ({"items": [{"item_id": 0}]}, "needs its item_id"),
            ({"items": [{"item_id": 2**31}]}, "cannot be used here"),
            ({"items": [{"item_id": "x"}]}, "cannot be used here"),
            ({"items": [{"item_id": item.id, "amount_currency": "much"}]}, "much.* cannot be used"),
            ({"items": [{"item_id": item.id}], "grouping": "x"}, "x.* cannot be used"),
            ({"items": [{"item_id": item.id}], "accounting_date": "soon"}, "soon.* cannot be used"),
            ({"items": [{"item_id": item.id}], "reason_id": -1}, "-1.* cannot be used"),
            ({"items": [{"item_id": item.id}], "confirmed": ["future"]}, "list of dicts with"),
            ({"items": [{"item_id": item.id}], "confirmed": 5}, "list of dicts with"),
            ({"items": [{"item_id": item.id}], "confirmed": [{"code": []}]}, "list of dicts with"),
            ({"items": [{"item_id": item.id, "amount_currency": float("nan")}]}, "nan.* cannot"),
            ({"items": [{"item_id": item.id, "amount_currency": {}}]}, "cannot be used"),
            ({"items": [{"item_id": True}]}, "cannot be used here"),
        ):
            with self.subTest(message), self.assertRaisesRegex(ValidationError, message):
                self.engine.write_off(plan)
        self.assertEqual(self._residuals(invoice), [(100.0, 100.0)])

    def test_values_as_programs_send_them(self):
        """An amount as text, and what is empty as if it were not there."""
        invoices = self._invoice(100.0) | self._invoice(50.0)
        plan = self._plan(invoices, comment=None)
        plan["items"][0].update(amount_currency="40.00", separate_tax=0, reason_id=None)
        plan["items"][1].update(amount_currency=None, writeoff_account_id=False)
        self._write_off_by_call(plan)
        self.assertEqual(self._residuals(invoices), [(60.0, 60.0), (0.0, 0.0)])
        plan = self._plan(invoices[0])
        plan["items"][0]["amount_currency"] = 0.0
        [problem] = self.engine.write_off(plan)["problems"]
        self.assertRegex(problem["message"], "must lie between zero and .*60.00")

    def test_nothing_and_twice(self):
        """What the rules say, not the database."""
        result = self.engine.write_off({"items": []})
        self.assertEqual([one["code"] for one in result["problems"]], ["nothing"])
        plan = self._plan(self._invoice(100.0))
        plan["items"] *= 2
        result = self.engine.write_off(plan)
        self.assertEqual([one["code"] for one in result["problems"]], ["twice"])

    def test_without_a_reason(self):
        """Proposed as in the wizard; where nothing is proposed, it is asked for."""
        invoice = self._invoice(100.0)
        plan = self._plan(invoice, reason_id=False)
        self.company.writeoff_reason_id = False
        result = self.engine.write_off(plan)
        self.assertEqual([one["code"] for one in result["problems"]], ["reason"])
        self.company.writeoff_reason_id = self.settlement
        self.assertEqual(self._write_off_by_call(plan).reason_id, self.settlement)

    def test_a_branch(self):
        """Its items make a write-off of its own company."""
        branch = self._branch("North")
        branch.writeoff_loss_account_id = self.bad_debt_account
        invoice = self._invoice_of(branch, 10.0)
        engine = self.engine.with_context(allowed_company_ids=[self.company.id, branch.id])
        result = engine.write_off(self._plan(invoice))
        self.assertEqual(result["problems"], [])
        self.assertEqual(self.env["ar.writeoff"].browse(result["writeoff_id"]).company_id, branch)

    def test_from_python(self):
        """The engine's own call takes values as ``create`` does, and raises the problems."""
        item = self._items(self._invoice(100.0))
        writeoff = self.engine.env["ar.writeoff.posting"]._write_off(
            {
                "company_id": self.company.id,
                "reason_id": self.bad_debt.id,
                "accounting_date": "2024-06-30",
                "line_ids": [
                    Command.create(item._prepare_writeoff_line_vals(100.0, self.bad_debt))
                ],
            }
        )
        self.assertEqual(writeoff.state, "posted")
