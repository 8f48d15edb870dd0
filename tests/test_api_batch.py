"""A batch without a screen: by criteria or of named items, looked at first or run at once."""

import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .api_common import ApiCommon


@tagged("post_install", "-at_install")
class TestApiBatch(ApiCommon):
    def _make(self, **plan):
        """A batch of what the customer owes, up to 60.00 a document unless the plan says more."""
        criteria = {"partner_ids": self.customer.ids, "limit_document": 60.0}
        return self.batches.write_off_batch(
            {"reason_id": self.bad_debt.id, "criteria": criteria, **plan}
        )

    def test_a_look_first(self):
        """What it takes and leaves out, by reason; nothing is written off before it is started."""
        small, large = self._invoice(50.0), self._invoice(100.0)
        result = self._make()
        self.assertEqual((result["status"], result["state"]), ("mixed", "draft"))
        totals = result["totals"]
        self.assertEqual((totals["included_count"], totals["left_out_count"]), (1, 1))
        self.assertEqual((totals["amount"], totals["company_currency"]), (50.0, "USD"))
        [left_out] = result["left_out"]
        self.assertEqual(
            (left_out["code"], left_out["reason"], left_out["item_count"], left_out["amount"]),
            ("limit_document", "Above the Limit per Document", 1, 100.0),
        )
        self.assertEqual(
            [(row["item_id"], row["status"], row["state"]) for row in result["items"]],
            [
                (self._items(small).id, "planned", "planned"),
                (self._items(large).id, "left_out", "left_out"),
            ],
        )
        self.assertEqual(self._codes(result), ["limit_document"])
        self.assertEqual(self._residuals(small | large), [(50.0, 50.0), (100.0, 100.0)])
        started = self.batches.start_batch({"batch_id": result["batch_id"]})
        self.assertEqual(started["state"], "posted")
        self.assertEqual(self._residuals(small | large), [(0.0, 0.0), (100.0, 100.0)])
        self.assertEqual(json.loads(json.dumps(started)), started, "it can be sent")

    def test_started_at_once(self):
        small, large = self._invoice(50.0), self._invoice(100.0)
        result = self._make(start=True, comment="Small ones", accounting_date="2024-06-20")
        batch = self.env["ar.writeoff.batch"].browse(result["batch_id"])
        self.assertEqual((batch.user_id, batch.state), (self.clerk, "done"))
        self.assertEqual(batch.comment, "Small ones")
        self.assertEqual([one["amount"] for one in result["writeoffs"]], [50.0])
        self.assertEqual(str(batch.writeoff_ids.entry_ids.date), "2024-06-20")
        self.assertEqual(
            [(row["status"], row["state"]) for row in result["items"]],
            [("written_off", "done"), ("left_out", "skipped")][: len(result["items"])],
        )
        self.assertEqual(self._residuals(small | large), [(0.0, 0.0), (100.0, 100.0)])

    def test_repeated(self):
        """Progress and states of now; no second batch."""
        self._invoice(50.0)
        first = self._make(external_reference="RUN-1")
        self.batches.start_batch({"batch_id": first["batch_id"]})
        again = self._make(external_reference="RUN-1")
        self.assertEqual(
            (again["batch_id"], again["repeated"], again["state"], again["progress"]),
            (first["batch_id"], True, "posted", 100),
        )
        batch = self.env["ar.writeoff.batch"].browse(first["batch_id"])
        self.assertEqual(batch.external_reference, "RUN-1")
        with self.assertRaisesRegex(ValidationError, "something else: Batch"), self.cr.savepoint():
            self._make(external_reference="RUN-1", comment="Other")

    def test_a_start_is_repeated(self):
        invoice = self._invoice(50.0)
        batch_id = self._make()["batch_id"]
        plan = {"batch_id": batch_id, "external_reference": "GO"}
        first = self.batches.start_batch(plan)
        again = self.batches.start_batch(plan)
        self.assertEqual({**again, "repeated": False}, first)
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])
        with self.assertRaisesRegex(UserError, "no batch in draft"), self.cr.savepoint():
            self.batches.start_batch({"batch_id": batch_id})

    def test_a_batch_that_was_thrown_away(self):
        first = self._make(external_reference="RUN-1")
        self.env["ar.writeoff.batch"].browse(first["batch_id"]).with_user(self.clerk).unlink()
        again = self._make(external_reference="RUN-1")
        self.assertEqual((again["state"], again["repeated"]), ("deleted", True))

    # --- named items ---

    def _named(self, invoices, **plan):
        rows = [{"item_id": item.id} for item in self._items(invoices)]
        return self.batches.write_off_batch(
            {"reason_id": self.bad_debt.id, "items": rows, **plan}
        )

    def test_named_items(self):
        """No others, without a limit; the batch stays theirs when items are selected again."""
        named, other = self._invoice(5000.0), self._invoice(10.0)
        result = self._named(named)
        batch = self.env["ar.writeoff.batch"].browse(result["batch_id"]).with_user(self.clerk)
        self.assertEqual(batch.candidate_ids.move_id, named)
        batch.action_select()
        self.assertEqual(batch.candidate_ids.move_id, named)
        with self.assertRaisesRegex(AccessError, "Nobody writes these fields"):
            batch.is_of_items = False
        self.batches.start_batch({"batch_id": batch.id})
        self.assertEqual(self._residuals(named | other), [(0.0, 0.0), (10.0, 10.0)])

    def test_named_items_all_or_nothing(self):
        blocked, free = self._invoice(100.0), self._invoice(50.0)
        blocked.action_toggle_block_payment()
        before = self.env["ar.writeoff.batch"].search_count([])
        result = self._named(blocked | free, start=True)
        self.assertEqual((result["status"], self._codes(result)), ("refused", ["blocked"]))
        self.assertEqual([row["status"] for row in result["items"]], ["refused", "not_done"])
        self.assertEqual(self.env["ar.writeoff.batch"].search_count([]), before)
        result = self._named(blocked | free, start=True, all_or_nothing=False)
        self.assertEqual(
            [(row["status"], row["amount"]) for row in result["items"] if row["state"] == "done"],
            [("written_off", 50.0)],
        )
        self.assertEqual(self._residuals(blocked | free), [(100.0, 100.0), (0.0, 0.0)])

    def test_closed_items_are_named(self):
        closed = self._invoice(10.0)
        self._pay(closed, 10.0)
        result = self._named(closed)
        self.assertEqual(self._codes(result), ["outside_criteria"])
        self.assertIn(closed.name, result["problems"][0]["message"])

    def test_both_sides(self):
        """Whether they are netted must be said; a batch of credits alone knows its side."""
        invoice, payment = self._invoice(100.0), self._payment(40.0).move_id
        with self.assertRaisesRegex(ValidationError, "Balances and credits"), self.cr.savepoint():
            self._named(invoice | payment)
        reasons = {"credit_reason_id": self.settlement.id, "start": True}
        result = self._named(invoice | payment, criteria={"side": "both"}, **reasons)
        self.assertEqual(result["totals"]["amount"], 60.0)
        credit = self._payment(7.0).move_id
        result = self._named(credit, **reasons)
        self.assertEqual(result["totals"]["amount"], -7.0)

    # --- refused ---

    def test_without_a_limit(self):
        result = self._make(criteria={"partner_ids": self.customer.ids})
        self.assertEqual((result["status"], self._codes(result)), ("refused", ["limit"]))

    def test_all_or_nothing_of_criteria(self):
        self._invoice(50.0), self._invoice(100.0)
        result = self._make(start=True, all_or_nothing=True)
        self.assertEqual((result["status"], self._codes(result)), ("refused", ["left_out"]))

    def test_nothing_is_found(self):
        self.assertEqual(self._make()["totals"]["candidate_count"], 0)
        result = self._make(start=True, external_reference="RUN-1")
        self.assertEqual((result["status"], self._codes(result)), ("refused", ["nothing"]))
        self.assertFalse(self.env["ar.writeoff.call"].search([("kind", "=", "batch")]))

    def test_a_warning_is_confirmed(self):
        invoice = self._invoice(50.0)
        result = self._make(start=True, accounting_date="2024-07-15")
        self.assertEqual((result["status"], self._codes(result)), ("refused", ["future"]))
        self._make(start=True, accounting_date="2024-07-15", confirmed=result["problems"])
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])

    def test_saved_filter(self):
        saved = self.env["ar.writeoff.filter"].create(
            {"name": "F", "limit_document": 60.0, "partner_ids": self.customer.ids}
        )
        self._invoice(50.0), self._invoice(100.0)
        result = self._make(criteria=None, filter_id=saved.id)
        self.assertEqual(result["totals"]["included_count"], 1)

    def test_selected_in_the_background(self):
        """Nothing is started before all are looked at; the call says how to go on."""
        run = type(self.env["ar.writeoff.run"])
        self.patch(run, "_get_select_size", lambda self: 1)
        invoices = self._invoice(50.0) | self._invoice(40.0)
        result = self._make(start=True, external_reference="RUN-1")
        self.assertEqual((result["state"], self._codes(result)), ("selecting", ["selecting"]))
        record = self.env["ar.writeoff.run"].browse(result["run_id"]).with_user(self.clerk)
        while record._run_chunk():
            pass
        record._finish()
        again = self._make(start=True, external_reference="RUN-1")
        self.assertEqual((again["state"], again["totals"]["included_count"]), ("draft", 2))
        self.batches.start_batch({"batch_id": result["batch_id"]})
        self.assertEqual(self._residuals(invoices), [(0.0, 0.0), (0.0, 0.0)])

    def test_nonsense(self):
        own = {"criteria": {"limit_document": 1.0}}
        for plan, message in (
            (5, "A plan is a dict"),
            ({"criteria": []}, "A plan is a dict"),
            ({}, "criteria, items, or a filter_id"),
            ({**own, "mode": "x"}, "does not know these keys: mode"),
            ({"criteria": {"company_id": 1}}, "does not know these keys: company_id"),
            ({"criteria": {"partner_ids": [[0, 0, {"name": "x"}]]}}, "partner_ids is a list of ids"),
            ({"criteria": {"partner_ids": 5}}, "partner_ids is a list of ids"),
            ({"criteria": {"partner_ids": [2**31]}}, "cannot be used here"),
            ({"criteria": {"limit_document": float("nan")}}, "cannot be used here"),
            ({"criteria": {"limit_document": "much"}}, "cannot be used here"),
            ({"criteria": {"limit_document": -1.0}}, "cannot be negative"),
            ({"criteria": {"side": "none"}}, "cannot be used here"),
            ({"criteria": {"due_to": "soon"}}, "cannot be used here"),
            ({"criteria": {"overdue_from": 2**40}}, "cannot be used here"),
            ({**own, "items": 5}, "list of items"),
            ({**own, "start": "yes"}, "start is true or false"),
            ({**own, "filter_id": "x"}, "cannot be used here"),
            ({**own, "accounting_date": {}}, "cannot be used here"),
            ({**own, "external_reference": 5}, "1 to 200 characters"),
        ):
            with self.subTest(message, plan=plan), self.assertRaisesRegex(ValidationError, message):
                with self.cr.savepoint():
                    self.batches.write_off_batch(plan)
        for plan, message in (
            ({}, "dict with a batch_id"),
            ({"batch_id": "x"}, "cannot be used here"),
            ({"batch_id": 2**31}, "cannot be used here"),
            ({"batch_id": 1, "x": 1}, "does not know these keys: x|cannot be used"),
        ):
            with self.subTest(message, plan=plan), self.assertRaisesRegex(ValidationError, message):
                self.batches.start_batch(plan)
