"""The call from outside: what it says of each item, what it leaves out, and how to go on."""

import ast
import json
from pathlib import Path

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .api_common import ApiCommon

ROOT = Path(__file__).parent.parent


@tagged("post_install", "-at_install")
class TestApi(ApiCommon):
    def test_what_happened_to_each_item(self):
        """A balance of 100 and a part of a balance of 50: entry, amounts, and what is left."""
        invoices = self._invoice(100.0) | self._invoice(50.0)
        plan = self._plan(invoices)
        plan["items"][1]["amount_currency"] = 20.0
        result = self.engine.write_off(plan)
        self.assertEqual((result["status"], result["state"]), ("written_off", "posted"))
        self.assertEqual(
            self._told(result),
            [("written_off", "done", 100.0, 100.0), ("written_off", "done", 20.0, 20.0)],
        )
        writeoff = self.env["ar.writeoff"].browse(result["writeoff_id"])
        self.assertEqual(result["writeoff"]["name"], writeoff.name)
        self.assertEqual(result["writeoff"]["amount"], 120.0)
        for row, line, invoice in zip(
            result["items"], writeoff.line_ids.sorted("id"), invoices, strict=True
        ):
            [told] = row["lines"]
            self.assertEqual(told["document"], invoice.name)
            self.assertEqual((told["line_id"], told["item_id"]), (line.id, line.item_id.id))
            self.assertEqual(told["entry_id"], writeoff.entry_ids.id)
            self.assertEqual(told["entry_name"], writeoff.entry_ids.name)
            self.assertIs(told["reversal_id"], False)
        self.assertEqual(json.loads(json.dumps(result)), result, "it can be sent")

    def test_tax_and_currency(self):
        """120 EUR with 20 tax at two a dollar: 60 in company currency, 10 of it no loss."""
        self.company.writeoff_separate_tax = "yes"
        euro = self._currency("EUR", 2.0)
        invoice = self._invoice(100.0, taxes=self.percent_tax(20.0), currency_id=euro.id)
        [row] = self.engine.write_off(self._plan(invoice))["items"]
        self.assertEqual((row["amount_currency"], row["currency"]), (120.0, "EUR"))
        self.assertEqual((row["amount"], row["amount_tax"]), (60.0, 10.0))
        self.assertEqual(row["lines"][0]["company_currency"], "USD")

    def test_draft(self):
        result = self.engine.write_off(self._plan(self._invoice(100.0), leave_draft=True))
        self.assertEqual((result["status"], result["state"]), ("draft", "entries_draft"))
        self.assertEqual(self._told(result), [("draft", "entry_draft", 100.0, 100.0)])

    def test_only_matched(self):
        """A credit of 40 closes the balance of 40: nothing of it is given up."""
        invoices = self._invoice(40.0) | self._payment(40.0).move_id | self._invoice(10.0)
        result = self.engine.write_off(
            self._plan(invoices, net_credits=True, credit_reason_id=self.settlement.id)
        )
        statuses = [row["status"] for row in result["items"]]
        self.assertEqual(statuses, ["matched", "matched", "written_off"])

    def test_account_of_all(self):
        """An account for all rows, but for the one that names its own."""
        plan = self._plan(self._invoice(10.0) | self._invoice(20.0))
        plan["writeoff_account_id"] = self.other_account.id
        plan["items"][1]["writeoff_account_id"] = self.allowance_account.id
        self.allowance_account.account_type = "expense"
        writeoff = self.env["ar.writeoff"].browse(self.engine.write_off(plan)["writeoff_id"])
        self.assertEqual(
            writeoff.line_ids.sorted("id").writeoff_account_id,
            self.other_account | self.allowance_account,
        )

    # --- all or nothing ---

    def _blocked_and_free(self):
        blocked, free = self._invoice(100.0), self._invoice(50.0)
        blocked.action_toggle_block_payment()
        return blocked, free

    def test_all_or_nothing(self):
        """Unless it says otherwise, one that is refused keeps the others."""
        blocked, free = self._blocked_and_free()
        result = self.engine.write_off(self._plan(blocked | free))
        self.assertEqual((result["status"], result["writeoff_id"]), ("refused", False))
        self.assertEqual(
            [(row["status"], self._codes(row)) for row in result["items"]],
            [("refused", ["blocked"]), ("not_done", [])],
        )
        self.assertEqual(self._residuals(blocked | free), [(100.0, 100.0), (50.0, 50.0)])

    def test_the_rest_is_written_off(self):
        blocked, free = self._blocked_and_free()
        too_much = self._invoice(30.0)
        plan = self._plan(blocked | free | too_much, all_or_nothing=False)
        plan["items"][2]["amount_currency"] = 30.01
        result = self.engine.write_off(plan)
        self.assertEqual(
            self._told(result),
            [
                ("left_out", False, 0.0, 0.0),
                ("written_off", "done", 50.0, 50.0),
                ("left_out", False, 0.0, 0.0),
            ],
        )
        self.assertEqual(self._codes(result), ["blocked", "amount"])
        self.assertEqual([self._codes(row) for row in result["items"]], [["blocked"], [], ["amount"]])
        self.assertEqual(
            self._residuals(blocked | free | too_much),
            [(100.0, 100.0), (0.0, 0.0), (30.0, 30.0)],
        )

    def test_what_wants_a_confirmation_is_left_out(self):
        """A payment in process is nobody's to overlook; confirmed, it is written off."""
        discounted, free = self._discounted(), self._invoice(50.0)
        plan = self._plan(discounted | free, all_or_nothing=False)
        self.assertEqual(self._codes(self.engine.preview_write_off(plan)), ["discount"])
        shown = self.engine.preview_write_off(plan)
        self.assertEqual([row["status"] for row in shown["items"]], ["left_out", "ready"])
        confirmed = self.engine.write_off({**plan, "confirmed": shown["problems"]})
        self.assertEqual(confirmed["problems"], [])
        self.assertEqual(self._residuals(discounted | free), [(0.0, 0.0), (0.0, 0.0)])

    def test_nothing_is_left(self):
        blocked, _free = self._blocked_and_free()
        before = self._count()
        result = self.engine.write_off(self._plan(blocked, all_or_nothing=False))
        self.assertEqual((result["status"], self._codes(result)), ("refused", ["blocked"]))
        self.assertEqual(self._count(), before)

    def test_what_speaks_against_all_refuses_all(self):
        """A date in the future is no matter of one item."""
        blocked, free = self._blocked_and_free()
        plan = self._plan(blocked | free, all_or_nothing=False, accounting_date="2024-07-15")
        result = self.engine.write_off(plan)
        self.assertEqual((result["status"], self._codes(result)), ("refused", ["blocked", "future"]))
        self.assertEqual(self._residuals(free), [(50.0, 50.0)])

    # --- preview ---

    def test_preview_of_each_item(self):
        blocked, free = self._blocked_and_free()
        plan = self._plan(blocked | free)
        shown = self.engine.preview_write_off(plan)
        self.assertEqual((shown["status"], shown["entries"]), ("refused", []))
        self.assertEqual([row["status"] for row in shown["items"]], ["refused", "not_done"])
        shown = self.engine.preview_write_off({**plan, "all_or_nothing": False})
        self.assertEqual((shown["status"], len(shown["entries"])), ("ready", 1))
        self.assertEqual(
            [(row["status"], row["amount"]) for row in shown["items"]],
            [("left_out", 0.0), ("ready", 50.0)],
        )
        self.assertEqual(self._residuals(free), [(50.0, 50.0)])
        self.assertEqual(json.loads(json.dumps(shown)), shown, "it can be sent")

    # --- problems ---

    def test_a_remedy_for_each_problem(self):
        """Text for all, and what can be opened where something keeps the item."""
        invoice = self._invoice(100.0)
        first = self.engine.write_off(self._plan(invoice, leave_draft=True))
        [problem] = self.engine.write_off(self._plan(invoice))["problems"]
        self.assertEqual((problem["code"], problem["level"]), ("reserved", "danger"))
        self.assertIn("leave the item out", problem["remedy"]["text"])
        self.assertEqual(problem["remedy"]["action"]["res_id"], first["writeoff_id"])

    def test_no_code_is_forgotten(self):
        """Every code a rule may raise has its remedy."""
        codes = set()
        for path in ROOT.glob("ar_writeoff*/models/**/*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                name = getattr(getattr(node, "func", None), "id", "")
                if name in ("blocker", "warning", "info") and node.args:
                    if isinstance(node.args[0], ast.Constant):
                        codes.add(node.args[0].value)
        self.assertGreater(len(codes), 40)
        obstacles = self.env["ar.writeoff.candidate"]._fields["obstacle"].get_values(self.env)
        known = self.env["ar.writeoff.eligibility"]._get_remedy_texts()
        self.assertEqual({*codes, *obstacles} - set(known) - {"other"}, set())

    def test_an_unknown_code(self):
        text = self.env["ar.writeoff.eligibility"]._get_remedy_text({"code": "of an addon"})
        self.assertEqual(text, "The message says what to do.")

    # --- who may, and what ---

    def test_who_may(self):
        plan = self._plan(self._invoice(100.0))
        for engine, method, sent in (
            (self.engine, "write_off", plan),
            (self.engine, "preview_write_off", plan),
            (self.engine, "undo_write_off", {"writeoff_id": 1}),
            (self.batches, "write_off_batch", {"items": plan["items"]}),
            (self.batches, "start_batch", {"batch_id": 1}),
        ):
            with self.subTest(method), self.assertRaisesRegex(AccessError, "may not write off"):
                getattr(engine.with_user(self.biller), method)(sent)

    def test_nonsense(self):
        item = self._items(self._invoice(100.0))
        rows = [{"item_id": item.id}]
        for plan, message in (
            ({"items": rows, "all_or_nothing": "no"}, "all_or_nothing is true or false, not “no”"),
            ({"items": rows, "all_or_nothing": 0.5}, "true or false"),
            ({"items": rows, "net_credits": [1]}, "net_credits is true or false"),
            ({"items": rows, "external_reference": ""}, "1 to 200 characters"),
            ({"items": rows, "external_reference": "  "}, "1 to 200 characters"),
            ({"items": rows, "external_reference": 5}, "1 to 200 characters"),
            ({"items": rows, "external_reference": True}, "1 to 200 characters"),
            ({"items": rows, "external_reference": ["x"]}, "1 to 200 characters"),
            ({"items": rows, "external_reference": "x" * 201}, "1 to 200 characters"),
            ({"items": rows, "external_reference": "a\x00b"}, "cannot be used here"),
            ({"items": rows, "external_reference": "\ud800"}, "cannot be used here"),
            ({"items": rows, "writeoff_account_id": "x"}, "cannot be used here"),
            ({"items": [{"reference": ["x"]}]}, "1 to 200 characters"),
            ({"items": [{"reference": "a\x00b"}]}, "cannot be used here"),
            ({"items": [{"item_id": item.id, "reference": "INV"}]}, "not both"),
            ({"items": [{"item_id": None, "reference": None}]}, "needs its item_id"),
            (None, "A plan is a dict"),
        ):
            with self.subTest(message), self.assertRaisesRegex(ValidationError, message):
                self.engine.write_off(plan)
        self.assertEqual(item.amount_residual, 100.0)
