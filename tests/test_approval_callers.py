"""Authority bites on every caller of posting: there are these, and each of them asks."""

import ast
from pathlib import Path
from unittest.mock import patch

from odoo.tests import tagged

from .approval_common import ApprovalCommon

ROOT = Path(__file__).parent.parent
# What leads into the ledger without asking again, and who may call it: each asks first, is asked
# by somebody who did, or carries out what was asked.
INTO_THE_LEDGER = {
    "_record": {"ar_writeoff_posting.py"},
    "_post_lines": {"ar_writeoff_posting.py", "ar_writeoff_runner.py"},
    "_launch": {"ar_writeoff_start.py"},
    "_begin": {"ar_writeoff_start.py", "ar_writeoff_request_decision.py"},
    "_reverse": {"ar_writeoff_undo_runner.py"},
    "_create_moves": {"ar_writeoff_posting.py", "ar_writeoff_reversal.py"},
}
# What asks, and who calls it.
ASKING = {
    "_write_off": {
        "ar_writeoff_call_rows.py",
        "ar_writeoff_wizard.py",
        "account_payment_register.py",
        "ar_writeoff_request_decision.py",
    },
    "_authorise": {
        "ar_writeoff_posting.py",
        "ar_writeoff_start.py",
        "ar_writeoff_undo_runner.py",
        "ar_writeoff_authority.py",  # super
    },
}


@tagged("post_install", "-at_install")
class TestApprovalCallers(ApprovalCommon):
    def _get_callers(self):
        """Name of a method → files that call it."""
        callers = {}
        for path in ROOT.glob("ar_writeoff*/**/*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    callers.setdefault(node.func.attr, set()).add(path.name)
        return callers

    def test_there_is_no_other_way(self):
        callers = self._get_callers()
        glue = {"ar_writeoff_tier_validation": {"_post_lines", "_create_moves"}}
        for name, allowed in {**INTO_THE_LEDGER, **ASKING}.items():
            with self.subTest(name):
                self.assertEqual(callers[name] - allowed, set())
                self.assertEqual(allowed - callers[name], set(), "who is named does call it")
        for addon, names in glue.items():
            [path] = (ROOT / addon).rglob("ar_writeoff_posting.py")
            self.assertEqual(
                {name for name in INTO_THE_LEDGER if f".{name}(" in path.read_text()}, names
            )

    def _check_asked(self, act, kind="write_off"):
        """Nothing is posted, and there is a request."""
        before, requests = self._residuals(self.invoice), self._requests()
        act()
        request = self._requests() - requests
        self.assertEqual((len(request), request.kind), (1, kind))
        self.assertEqual(self._residuals(self.invoice), before)
        request.with_user(request.user_id).action_withdraw()

    def test_each_of_them_asks(self):
        """Invoice, list, customer, ageing, open items, call, payment dialog, batch, retry, undo."""
        self.invoice = self._invoice(500.0)
        clerk = self.invoice.with_user(self.clerk)
        item = self._items(clerk)
        doors = {
            "invoice": clerk.action_write_off,
            "open items": item.action_write_off,
            "customer": self.customer.with_user(self.clerk).action_write_off,
            "ageing": lambda: (
                self.env["ar.writeoff.ageing"]
                .with_user(self.clerk)
                .search([("partner_id", "=", self.customer.id)])
                .action_write_off()
            ),
        }
        for name, door in doors.items():
            with self.subTest(name):
                self._check_asked(lambda door=door: self._confirm(door()))
        with self.subTest("call"):
            plan = {"items": [{"item_id": item.id}]}
            self._check_asked(lambda: clerk.env["ar.writeoff"].write_off(plan))
        with self.subTest("payment dialog"):
            self.company.writeoff_from_payments = "yes"
            other = self._invoice(900.0, partner=self.other_customer)
            self._check_asked(lambda: self._pay_a_part(other))
        with self.subTest("batch"):
            batch = self._select(self.clerk, partner_ids=self.customer)
            self._check_asked(lambda: self._process(batch), "batch")
        with self.subTest("undo"):
            writeoff = self._write_off(self._invoice(600.0), user=self.director)
            self._check_asked(lambda: self._undo(writeoff, self.clerk), "undo")

    def _confirm(self, action):
        wizard = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        wizard.action_preview()
        wizard.warnings_confirmed = wizard.has_warnings
        wizard.action_confirm()

    def _pay_a_part(self, invoice):
        Register = self.env["account.payment.register"].with_user(self.clerk)
        Register.with_context(active_model="account.move", active_ids=invoice.ids).create(
            {"amount": 700.0, "payment_difference_handling": "reconcile"}
        )._create_payments()

    def test_payment_dialog_says_that_the_difference_waits(self):
        """200.00 are above the clerk's limit; the dialog closes, so the screen tells."""
        self.company.writeoff_from_payments = "yes"
        with patch.object(self.env.registry["res.users"], "_bus_send", autospec=True) as bell:
            self._pay_a_part(self._invoice(900.0, partner=self.other_customer))
        request = self.env["ar.writeoff.request"].search([], limit=1, order="id desc")
        [call] = [call for call in bell.call_args_list if call.args[1] == "simple_notification"]
        self.assertEqual(call.args[0], self.clerk)
        for part in ("200.00", request.name, "waits for an approval"):
            self.assertIn(part, call.args[2]["message"])

    def test_retry_asks(self):
        """What was skipped is tried again: that is a decision of its own."""
        self.invoice = self._invoice(500.0)
        batch = self._select(self.director, partner_ids=self.customer)
        run = self.patch(type(self.env["ar.writeoff.runner"]), "_get_refused", self._refuse_all)
        self.assertIsNone(run)
        self._process(batch)
        self.assertEqual(batch.candidate_ids.state, "skipped")
        self._check_asked(lambda: self._retry(batch.with_user(self.clerk)), "batch")
        self.assertEqual(batch.state, "done", "as it was before")

    def _refuse_all(self, *args):
        candidates = args[-1]
        return dict.fromkeys(candidates, ("busy", "Somebody else is at it."))
