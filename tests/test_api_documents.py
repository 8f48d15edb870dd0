"""Documents by their numbers: found for the caller, or refused by name, each row for itself."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .api_common import ApiCommon


@tagged("post_install", "-at_install")
class TestApiDocuments(ApiCommon):
    def _call(self, *rows, **values):
        return self.engine.write_off({"reason_id": self.bad_debt.id, "items": [*rows], **values})

    def test_all_that_is_open(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 30.0)
        result = self._call({"reference": invoice.name})
        [row] = result["items"]
        self.assertEqual((row["reference"], row["item_id"]), (invoice.name, False))
        self.assertEqual(row["item_ids"], self._items(invoice).ids)
        self.assertEqual(self._told(result), [("written_off", "done", 70.0, 70.0)])
        self.assertEqual(self._residuals(invoice), [(0.0, 0.0)])

    def test_instalments(self):
        """Of 30 and 70, the first is due first: 45 takes all of it, and 15 of the second."""
        invoice = self._invoice(
            100.0, invoice_payment_term_id=self._instalments((30, 0), (70, 30)).id
        )
        result = self._call({"reference": invoice.name, "amount_currency": 45.0})
        [row] = result["items"]
        self.assertEqual([line["amount_currency"] for line in row["lines"]], [30.0, 15.0])
        self.assertEqual((row["state"], row["amount_currency"]), ("done", 45.0))
        due = self._items(invoice).sorted("date_maturity")
        self.assertEqual(due.mapped("amount_residual"), [0.0, 55.0])

    def test_a_foreign_amount_as_text(self):
        euro = self._currency("EUR", 2.0)
        invoice = self._invoice(100.0, currency_id=euro.id)
        result = self._call({"reference": invoice.name, "amount_currency": "40.00"})
        self.assertEqual(self._told(result), [("written_off", "done", 40.0, 20.0)])

    def test_amounts_that_cannot_be(self):
        """Told as data with the row, as if the item had been named; the others go on if wanted."""
        invoice, free = self._invoice(100.0), self._invoice(50.0)
        for amount in (100.01, 0.0, -5.0, 1.001):
            rows = {"reference": invoice.name, "amount_currency": amount}, {"reference": free.name}
            with self.subTest(amount):
                result = self._call(*rows, external_reference="DUN-7")
                self.assertEqual((result["status"], self._codes(result)), ("refused", ["amount"]))
                self.assertEqual(
                    [(row["status"], self._codes(row)) for row in result["items"]],
                    [("refused", ["amount"]), ("not_done", [])],
                )
                self.assertIn(invoice.name, result["problems"][0]["message"])
                shown = self.engine.preview_write_off({"items": [*rows]})
                self.assertEqual((shown["status"], self._codes(shown)), ("refused", ["amount"]))
        self.assertEqual(self._residuals(invoice | free), [(100.0, 100.0), (50.0, 50.0)])
        result = self._call(*rows, all_or_nothing=False)
        self.assertEqual([row["status"] for row in result["items"]], ["left_out", "written_off"])
        self.assertEqual(self._residuals(invoice | free), [(100.0, 100.0), (0.0, 0.0)])

    def _strange(self):
        """A reference of each kind that means no open document of the clerk's.

        :return: dict: code → reference
        """
        closed, draft = self._invoice(10.0), self._invoice(20.0)
        self._pay(closed, 10.0)
        draft.button_draft()
        for _number in range(2):
            self._invoice(30.0).payment_reference = "TWO"
        sister = self.setup_other_company(name="Sister")["company"]
        self.clerk.sudo().company_ids |= sister
        foreign = self._invoice_of(sister, 40.0)
        foreign.name = "SIS/1"
        self.env.flush_all()
        return {
            "reference_unknown": "NOBODY/1",
            "reference_closed": closed.name,
            "reference_not_posted": draft.name,
            "reference_ambiguous": "TWO",
            "reference_foreign_company": "SIS/1",
        }

    def test_no_document(self):
        """A code and a remedy for each; one of them keeps the rest, unless it is not to."""
        free, strange = self._invoice(50.0), self._strange()
        engine = self.engine.with_context(allowed_company_ids=self.company.ids)
        for code, reference in strange.items():
            plan = {
                "items": [{"reference": reference}, {"reference": free.name}],
                "reason_id": self.bad_debt.id,
            }
            with self.subTest(code):
                result = engine.write_off(plan)
                self.assertEqual((result["status"], self._codes(result)), ("refused", [code]))
                [problem] = result["problems"]
                self.assertIn(reference, problem["message"])
                self.assertNotEqual(problem["remedy"]["text"], "The message says what to do.")
        self.assertEqual(self._residuals(free), [(50.0, 50.0)])
        rows = [{"reference": reference} for reference in (*strange.values(), free.name)]
        result = engine.write_off({"items": rows, "all_or_nothing": False})
        self.assertEqual(self._codes(result), [*strange])
        self.assertEqual(
            [row["status"] for row in result["items"]], ["left_out"] * 5 + ["written_off"]
        )
        self.assertEqual(self._residuals(free), [(0.0, 0.0)])

    def test_a_preview_of_what_is_not_found(self):
        """Each row has its reason; that nothing is left is not told besides."""
        for is_whole, status in ((True, "refused"), (False, "left_out")):
            plan = {"items": [{"reference": "NOBODY/1"}], "all_or_nothing": is_whole}
            shown = self.engine.preview_write_off(plan)
            self.assertEqual((shown["status"], shown["entries"]), ("refused", []))
            self.assertEqual(self._codes(shown), ["reference_unknown"])
            self.assertEqual([row["status"] for row in shown["items"]], [status])

    def test_what_blocks_is_told_with_what_was_not_found(self):
        blocked = self._invoice(100.0)
        blocked.action_toggle_block_payment()
        result = self._call({"reference": "NOBODY/1"}, {"reference": blocked.name})
        self.assertEqual(self._codes(result), ["reference_unknown", "blocked"])
        self.assertEqual([row["status"] for row in result["items"]], ["refused", "refused"])

    def test_twice(self):
        """By number and by item it is the same: which of them is meant, nobody guesses."""
        invoice = self._invoice(100.0)
        rows = {"reference": invoice.name}, {"item_id": self._items(invoice).id}
        self.assertEqual(self._codes(self._call(*rows)), ["twice"])
        result = self._call(*rows, all_or_nothing=False)
        self.assertEqual((result["status"], self._codes(result)), ("refused", ["twice"]))
        self.assertEqual(self._residuals(invoice), [(100.0, 100.0)])

    def test_repeated_once_it_is_closed(self):
        """The document is closed by now: the first result all the same."""
        invoice = self._invoice(100.0)
        row = {"reference": invoice.name}
        first = self._call(row, external_reference="DUN-7")
        again = self._call(row, external_reference="DUN-7")
        self.assertEqual({**again, "repeated": False}, first)
        self.assertTrue(again["repeated"])

    def test_of_a_batch(self):
        """All that is open on it; a batch takes no amount of a row, and says so."""
        invoice, blocked = self._invoice(100.0), self._invoice(50.0)
        blocked.action_toggle_block_payment()
        rows = [{"reference": name} for name in (invoice.name, blocked.name, "NOBODY/1")]
        plan = {"reason_id": self.bad_debt.id, "items": rows, "start": True}
        result = self.batches.write_off_batch(plan)
        codes = ["reference_unknown", "blocked"]
        self.assertEqual(
            (result["status"], sorted(self._codes(result))), ("refused", sorted(codes))
        )
        result = self.batches.write_off_batch({**plan, "all_or_nothing": False})
        self.assertEqual(
            [row["status"] for row in result["items"]], ["written_off", "left_out", "left_out"]
        )
        self.assertEqual(self._residuals(invoice | blocked), [(0.0, 0.0), (50.0, 50.0)])
        row = {"reference": blocked.name, "amount_currency": 5.0}
        with self.assertRaisesRegex(ValidationError, "not know these keys: amount_currency"):
            self.batches.write_off_batch({"items": [row], "start": True})
