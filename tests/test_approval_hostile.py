"""Whatever is sent, to wherever it can be sent: refused by name, or harmless; nothing half done.

Value classes times entry points; before and after, ledger and register are the same.
"""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .approval_common import ApprovalCommon

VALUES = {
    "nothing": None,
    "false": False,
    "true": True,
    "negative": -1,
    "huge": 1e308,
    "infinite": float("inf"),
    "no number": float("nan"),
    "beyond an integer": 2**40,
    "text": "abc",
    "empty text": "",
    "long text": "x" * 100_000,
    "a quote": "'; DROP TABLE ar_writeoff; --",
    "a script": "<script>alert(1)</script>",
    "a zero byte": "a\x00b",
    "half a pair": "\ud800",
    "a list": [1],
    "a dict": {"a": 1},
    "a command": [[6, 0, [10**9]]],
    "a wrong command": [[9, 0, 0]],
    "a date that is none": "2024-02-30",
    "a date long ago": "0001-01-01",
}
LEDGER = (
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "ar_writeoff",
    "ar_writeoff_line",
    "ar_writeoff_share",
    "ar_writeoff_reservation",
    "ar_writeoff_request_line",
    "ar_writeoff_day",
)
FIELDS = {
    "limit": (
        "amount",
        "day_amount",
        "user_id",
        "company_id",
        "reason_id",
        "date_from",
        "amount_policy",
    ),
    "absence": ("user_id", "delegate_id", "date_to"),
    "rule": (
        "name",
        "filter_id",
        "brake_amount",
        "brake_share",
        "interval_number",
        "next_date",
        "notify_ids",
        "cell_ids",
        "mode",
    ),
    "cell": ("age_from", "amount_to", "reason_id"),
    "decide": ("answer", "request_ids", "problems", "fingerprints", "warnings_confirmed"),
    "plan": ("evidence_ids", "reason_id", "date", "accounting_date", "comment", "grouping"),
    "plan item": ("amount_currency", "item_id", "writeoff_account_id", "comment"),
    "batch": ("evidence_ids", "limit_document", "accounting_date", "reason_id"),
}
# A constraint of the database has its message: the server tells it instead.
CLEAN = (UserError, AccessError, IntegrityError)


@tagged("post_install", "-at_install")
class TestApprovalHostile(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        editor = cls._user("editor", "ar_writeoff.group_writeoff_manager")
        cls.item = cls._invoice(50.0).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        chosen = (
            cls.env["ar.writeoff.filter"]
            .sudo()
            .create({"name": "F", "limit_document": 10.0, "reason_id": cls.bad_debt.id})
        )
        rule = (
            cls.env["ar.writeoff.rule"]
            .sudo()
            .create(
                {"name": "R", "filter_id": chosen.id, "brake_amount": 1.0, "user_id": cls.clerk.id}
            )
        )
        cell = (
            cls.env["ar.writeoff.rule.cell"]
            .sudo()
            .create({"rule_id": rule.id, "age_to": 5, "reason_id": cls.bad_debt.id})
        )
        absence = (
            cls.env["ar.writeoff.absence"]
            .sudo()
            .create(
                {"user_id": cls.director.id, "delegate_id": cls.clerk.id, "date_to": "2030-01-01"}
            )
        )
        batch = cls.env["ar.writeoff.batch"].with_user(cls.clerk).create({"limit_document": 1.0})
        limit = cls.env["ar.writeoff.limit"].search([("user_id", "=", cls.clerk.id)])
        cls.targets = {
            "limit": limit.with_user(cls.officer),
            "absence": absence.with_user(cls.director),
            "rule": rule.with_user(editor),
            "cell": cell.with_user(editor),
            "batch": batch,
        }

    def _prepare_request(self):
        """What is asked for, and the dialog of who may decide."""
        plan = {"items": [{"item_id": self.item.id}], "reason_id": self.bad_debt.id}
        self.bad_debt.needs_approval = True
        result = self.env["ar.writeoff"].with_user(self.clerk).write_off(plan)
        request = self.env["ar.writeoff.request"].browse(result["request_id"])
        return self._dialog_of(request, self.supervisor)

    def _send(self, target, field, value):
        """Send a value to an entry point, as a call from outside would."""
        if target == "plan":
            plan = {"items": [{"item_id": self.item.id}], field: value}
            return self.env["ar.writeoff"].with_user(self.clerk).write_off(plan)
        if target == "plan item":
            plan = {"items": [{"item_id": self.item.id, field: value}]}
            return self.env["ar.writeoff"].with_user(self.clerk).write_off(plan)
        if target == "decide":
            self.dialog.write({field: value})
            return self.dialog.action_decide()
        record = self.targets[target]
        record.write({field: value})
        return record.env.flush_all()

    def _checksum(self):
        """Ledger and register, down to the last column."""
        self.env.flush_all()
        sums = []
        for table in LEDGER:
            query = SQL(
                "SELECT md5(string_agg(md5(t::text), '' ORDER BY id)) FROM %s t",
                SQL.identifier(table),
            )
            sums += self.env.execute_query(query)
        return sums

    def _check(self, target, field, name, before):
        """One value at one entry point, in a transaction of its own, as a request is.

        :return: whether it was taken
        """
        savepoint = self.cr.savepoint()
        try:
            with mute_logger("odoo.sql_db"):
                outcome = self._send(target, field, VALUES[name])
            if target == "decide" or (target.startswith("plan") and outcome["writeoff_id"]):
                self._check_booked()
            elif not (target.startswith("plan") and outcome.get("request_id")):
                self.assertEqual(self._checksum(), before)
            return True
        except CLEAN as error:
            self.assertTrue(str(error))
            return False
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _check_booked(self):
        """What was taken is a whole write-off of the item, and the books balance."""
        writeoff = self.env["ar.writeoff"].search([], limit=1)
        self.assertEqual(writeoff.line_ids.item_id.move_id.amount_residual, 0.0)
        self.assertEqual(sum(writeoff.entry_ids.line_ids.mapped("balance")), 0.0)

    def test_matrix(self):
        self.dialog = self._prepare_request()
        self.bad_debt.needs_approval = False
        other = self._invoice(20.0, partner=self.other_customer)
        self.item = self._items(other)
        before = self._checksum()
        pairs = [(target, field) for target, names in FIELDS.items() for field in names]
        self.assertGreaterEqual(len(pairs) * len(VALUES), 150)
        refused = 0
        for target, field in pairs:
            for name in VALUES:
                with self.subTest(f"{target}: {field}", value=name):
                    refused += not self._check(target, field, name, before)
        self.assertGreater(refused, 150, "most of it is refused")
        self.assertEqual(self._checksum(), before)

    def test_forged_problems_confirm_nothing(self):
        """What is shown comes from the books, not from what the client sends back."""
        dialog = self._prepare_request()
        request = dialog.request_ids
        self._pay(self.item.move_id, 20.0)
        with self.assertRaisesRegex(UserError, "changed since you looked"):
            dialog.write(
                {
                    "problems": {"1_paid": {"code": "paid", "items": [], "level": "warning"}},
                    "warnings_confirmed": True,
                }
            )
            dialog.action_decide()
        self.assertEqual(request.state, "waiting")
        for fingerprints in ({}, {str(request.id): "forged"}, [1], "x"):
            dialog.fingerprints = fingerprints
            with self.subTest(fingerprints), self.assertRaises(UserError):
                dialog.action_decide()

    def test_a_dialog_decides_only_on_what_one_may(self):
        """Another request smuggled into the dialog is judged by itself."""
        dialog = self._prepare_request()
        large = self._ask(self._invoice(9000.0, partner=self.other_customer))
        dialog.request_ids |= large
        dialog.fingerprints = {
            str(one.id): one._get_current()["fingerprint"] for one in dialog.request_ids
        }
        with self.assertRaisesRegex(AccessError, "above what you may approve"):
            dialog.action_decide()
