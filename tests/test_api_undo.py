"""Undo without a screen: all of it or some items, by id, number or the caller's reference."""

import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .api_common import ApiCommon


@tagged("post_install", "-at_install")
class TestApiUndo(ApiCommon):
    def setUp(self):
        super().setUp()
        self.invoices = self._invoice(100.0) | self._invoice(50.0)
        plan = self._plan(self.invoices, external_reference="DUN-7")
        self.writeoff = self.env["ar.writeoff"].browse(self.engine.write_off(plan)["writeoff_id"])

    def _undo(self, **plan):
        return self.engine.undo_write_off(plan)

    def test_all_of_it(self):
        result = self._undo(writeoff_id=self.writeoff.id, comment="Paid after all")
        self.assertEqual((result["status"], result["state"]), ("undone", "done"))
        self.assertEqual(result["writeoff"]["state"], "reversed")
        self.assertEqual(
            self._told(result),
            [("undone", "reversed", 100.0, 100.0), ("undone", "reversed", 50.0, 50.0)],
        )
        reversal = self.writeoff.entry_ids.filtered(lambda move: move.writeoff_role == "reversal")
        self.assertEqual(
            {line["reversal_name"] for row in result["items"] for line in row["lines"]},
            {reversal.name},
        )
        self.assertEqual(str(reversal.date), "2024-06-30", "today, which is open")
        self.assertEqual(self._residuals(self.invoices), [(100.0, 100.0), (50.0, 50.0)])
        self.assertEqual(json.loads(json.dumps(result)), result, "it can be sent")

    def test_by_number_and_by_reference(self):
        for plan in ({"writeoff_name": self.writeoff.name}, {"writeoff_reference": "DUN-7"}):
            with self.subTest(plan=plan), self.cr.savepoint() as savepoint:
                result = self.engine.undo_write_off({**plan, "date": "2024-06-15"})
                self.assertEqual(result["writeoff_id"], self.writeoff.id)
                reversal = result["items"][0]["lines"][0]["reversal_id"]
                self.assertEqual(str(self.env["account.move"].browse(reversal).date), "2024-06-15")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_some_items(self):
        item = self._items(self.invoices[1])
        result = self._undo(writeoff_id=self.writeoff.id, item_ids=item.ids)
        self.assertEqual(self._told(result), [("undone", "reversed", 50.0, 50.0)])
        self.assertEqual(result["writeoff"]["state"], "partly_reversed")
        self.assertEqual(self._residuals(self.invoices), [(0.0, 0.0), (50.0, 50.0)])

    def test_what_is_not_written_off(self):
        """All or nothing refuses it; without, it is left out by name."""
        first, second = self._items(self.invoices)
        self._undo(writeoff_id=self.writeoff.id, item_ids=first.ids)
        plan = {"writeoff_id": self.writeoff.id, "item_ids": [first.id, second.id]}
        result = self._undo(**plan)
        self.assertEqual((result["status"], self._codes(result)), ("refused", ["not_written_off"]))
        self.assertIn(self.invoices[0].name, result["problems"][0]["message"])
        self.assertEqual([row["status"] for row in result["items"]], ["refused", "not_done"])
        result = self._undo(**plan, all_or_nothing=False)
        self.assertEqual([row["status"] for row in result["items"]], ["left_out", "undone"])
        self.assertEqual(self._residuals(self.invoices), [(100.0, 100.0), (50.0, 50.0)])
        result = self._undo(writeoff_id=self.writeoff.id)
        self.assertEqual((result["status"], self._codes(result)), ("refused", ["nothing_left"]))

    def test_repeated(self):
        """The same call again undoes nothing that was written off meanwhile."""
        plan = {"writeoff_id": self.writeoff.id, "external_reference": "UNDO-7"}
        first = self._undo(**plan)
        self.engine.write_off(self._plan(self.invoices))
        again = self._undo(**plan)
        self.assertEqual({**again, "repeated": False}, first)
        self.assertTrue(again["repeated"])
        self.assertEqual(self._residuals(self.invoices), [(0.0, 0.0), (0.0, 0.0)])
        with self.assertRaisesRegex(ValidationError, "something else"), self.cr.savepoint():
            self._undo(**plan, comment="Other")

    def test_a_locked_date(self):
        self.company.sale_lock_date = "2024-06-20"
        self.company.fiscalyear_lock_date = "2024-06-20"
        result = self._undo(writeoff_id=self.writeoff.id, date="2024-06-15")
        self.assertEqual(self._codes(result), ["lock_date"])
        self.assertEqual(self._residuals(self.invoices), [(0.0, 0.0), (0.0, 0.0)])

    def test_archived_account(self):
        """Refused by code; with a replacement it is given back there."""
        self.bad_debt_account.active = False
        self.assertEqual(self._codes(self._undo(writeoff_id=self.writeoff.id)), ["archived"])
        pair = {"account_id": self.bad_debt_account.id, "replacement_id": self.other_account.id}
        result = self._undo(writeoff_id=self.writeoff.id, replacements=[pair])
        self.assertEqual(result["status"], "undone")
        self.assertEqual(self._balance(self.other_account), -150.0)

    def test_netting(self):
        """The credits that were matched first are open again, unless that is not wanted."""
        for wanted, left in ((None, -40.0), (False, 0.0)):
            invoice, payment = self._invoice(100.0), self._payment(40.0)
            plan = self._plan(invoice | payment.move_id, net_credits=True)
            writeoff_id = self.engine.write_off(plan)["writeoff_id"]
            self._undo(writeoff_id=writeoff_id, with_netting=wanted)
            with self.subTest(wanted=wanted):
                self.assertEqual(self._residuals(payment.move_id), [(left, left)])

    def test_a_batch(self):
        """Made by a call, undone by its reference."""
        invoice = self._invoice(10.0)
        sent = {"items": [{"item_id": self._items(invoice).id}], "start": True}
        made = self.batches.write_off_batch({**sent, "external_reference": "RUN-1"})
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])
        result = self._undo(writeoff_reference="RUN-1")
        self.assertEqual((result["status"], result["batch_id"]), ("undone", made["batch_id"]))
        self.assertEqual(self._residuals(invoice), [(10.0, 10.0)])

    def test_many_are_undone_in_the_background(self):
        run = type(self.env["ar.writeoff.run"])
        self.patch(run, "_get_at_once_size", lambda self: 1)
        plan = {"writeoff_id": self.writeoff.id, "external_reference": "UNDO-7"}
        result = self._undo(**plan)
        self.assertEqual((result["status"], result["state"]), ("queued", "running"))
        with self.assertRaisesRegex(UserError, "being undone already"), self.cr.savepoint():
            self._undo(writeoff_id=self.writeoff.id)
        record = self.env["ar.writeoff.run"].browse(result["run_id"]).with_user(self.clerk)
        while record._run_chunk():
            pass
        record._finish()
        again = self._undo(**plan)
        self.assertEqual((again["status"], again["state"]), ("queued", "done"))
        self.assertEqual([row["state"] for row in again["items"]], ["reversed", "reversed"])

    def test_who_sees_it(self):
        other = self.setup_other_company(name="Sister")["company"]
        stranger = self._user("stranger", "ar_writeoff.group_writeoff_user")
        stranger.sudo().write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        engine = self.engine.with_user(stranger).with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            engine.undo_write_off({"writeoff_id": self.writeoff.id})
        for plan in ({"writeoff_name": self.writeoff.name}, {"writeoff_reference": "DUN-7"}):
            with self.assertRaisesRegex(ValidationError, "no write-off .*you do not see it"):
                engine.undo_write_off(plan)

    def test_nonsense(self):
        own = {"writeoff_id": self.writeoff.id}
        pair = {"account_id": self.bad_debt_account.id}
        for plan, message in (
            ("x", "A plan is a dict"),
            ({}, "names what is undone, once"),
            ({**own, "writeoff_name": "x"}, "names what is undone, once"),
            ({**own, "items": []}, "does not know these keys: items"),
            ({"writeoff_id": "x"}, "cannot be used here"),
            ({"writeoff_id": 2**31}, "cannot be used here"),
            ({"writeoff_id": True}, "cannot be used here"),
            ({"batch_id": -1}, "cannot be used here"),
            ({"writeoff_name": 5}, "1 to 200 characters"),
            ({"writeoff_name": "WO/1"}, "There is no write-off “WO/1”"),
            ({"writeoff_reference": "a\x00b"}, "cannot be used here"),
            ({**own, "item_ids": []}, "item_ids is a list of ids"),
            ({**own, "item_ids": 5}, "item_ids is a list of ids"),
            ({**own, "item_ids": ["x"]}, "cannot be used here"),
            ({**own, "item_ids": [0]}, "cannot be used here"),
            ({**own, "date": "soon"}, "soon.* cannot be used"),
            ({**own, "comment": {}}, "cannot be used here"),
            ({**own, "with_netting": "x"}, "true or false"),
            ({**own, "replacements": 5}, "list of dicts"),
            ({**own, "replacements": [pair]}, "cannot be used here"),
            ({**own, "replacements": [{**pair, "x": 1}]}, "does not know these keys: x"),
            ({**own, "confirmed": 5}, "list of dicts with"),
            ({**own, "company_id": "x"}, "cannot be used here"),
        ):
            with self.subTest(message, plan=plan), self.assertRaisesRegex(ValidationError, message):
                self.engine.undo_write_off(plan)
        self.assertEqual(self._residuals(self.invoices), [(0.0, 0.0), (0.0, 0.0)])
