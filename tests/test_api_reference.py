"""The caller's own reference: the same call twice is one write-off, whatever became of it."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .api_common import ApiCommon


@tagged("post_install", "-at_install")
class TestApiReference(ApiCommon):
    def _call(self, invoices, **values):
        return self.engine.write_off(self._plan(invoices, external_reference="DUN-7", **values))

    def test_the_same_call_again(self):
        """The first result; its amounts are given up once, its number is used once."""
        invoice = self._invoice(100.0)
        first = self._call(invoice)
        before = self._count()
        again = self._call(invoice)
        self.assertEqual(first["external_reference"], "DUN-7")
        self.assertEqual((first["repeated"], again["repeated"]), (False, True))
        self.assertEqual({**again, "repeated": False}, first)
        self.assertEqual(self._count(), before)
        writeoff = self.env["ar.writeoff"].browse(first["writeoff_id"])
        self.assertEqual(writeoff.external_reference, "DUN-7")
        self.assertEqual(writeoff.amount, 100.0)

    def test_it_is_kept(self):
        """Who, when, and what came of it: read by the auditor, written by nobody."""
        result = self._call(self._invoice(100.0))
        call = self.env["ar.writeoff.call"].search([("external_reference", "=", "DUN-7")])
        self.assertEqual((call.user_id, str(call.called_on)), (self.clerk, "2024-06-30 00:00:00"))
        self.assertEqual(call.writeoff_id.id, result["writeoff_id"])
        self.assertEqual((call.kind, call.company_id), ("write_off", self.company))
        for values in ({"external_reference": "x"}, {"fingerprint": "x"}):
            with self.assertRaises(AccessError):
                call.with_user(self.clerk).write(values)
        with self.assertRaises(AccessError):
            call.with_user(self.clerk).unlink()
        found = self.engine.search([("external_reference", "=", "DUN-7")])
        self.assertEqual(found.id, result["writeoff_id"])

    def test_other_content(self):
        """An error by name, in write-off, preview and the other methods; nothing is done."""
        invoice, other = self._invoice(100.0), self._invoice(50.0)
        writeoff_id = self._call(invoice)["writeoff_id"]
        message = "“DUN-7” of .* was used for something else: Write-Off, by clerk"
        other_plan = self._plan(other, external_reference="DUN-7")
        for act in (
            lambda: self.engine.write_off(other_plan),
            lambda: self.engine.preview_write_off(other_plan),
            lambda: self._call(invoice, comment="Other"),
            lambda: self.engine.undo_write_off(
                {"writeoff_id": writeoff_id, "external_reference": "DUN-7"}
            ),
            lambda: self.batches.write_off_batch(
                {"items": [{"item_id": self._items(other).id}], "external_reference": "DUN-7"}
            ),
        ):
            with self.assertRaisesRegex(ValidationError, message), self.cr.savepoint():
                act()
        self.assertEqual(self._residuals(invoice | other), [(0.0, 0.0), (50.0, 50.0)])

    def test_what_is_the_same_content(self):
        """The order of keys, 40 and 40.0, nothing and no key; not what was confirmed."""
        invoice = self._invoice(100.0)
        plan = self._plan(invoice, external_reference="DUN-7", comment=None)
        plan["items"][0]["amount_currency"] = 40
        first = self.engine.write_off(plan)
        row = {"amount_currency": 40.0, "item_id": self._items(invoice).id, "comment": None}
        again = self.engine.write_off(
            {
                "confirmed": [{"code": "future", "items": []}],
                "external_reference": "DUN-7",
                "items": [row],
                "reason_id": self.bad_debt.id,
            }
        )
        self.assertEqual(again["writeoff_id"], first["writeoff_id"])
        self.assertTrue(again["repeated"])
        self.assertEqual(self._residuals(invoice), [(60.0, 60.0)])
        with self.assertRaisesRegex(ValidationError, "something else"), self.cr.savepoint():
            self.engine.write_off({**plan, "items": [{**row, "separate_tax": False}]})

    def test_a_refused_call_does_not_use_it(self):
        """Refused for a warning, then confirmed; refused for a block, then without the block."""
        invoice = self._invoice(100.0)
        refused = self._call(invoice, accounting_date="2024-07-15")
        self.assertEqual((refused["status"], refused["external_reference"]), ("refused", False))
        self.assertFalse(self.env["ar.writeoff.call"].search([("kind", "=", "write_off")]))
        done = self._call(invoice, accounting_date="2024-07-15", confirmed=refused["problems"])
        self.assertEqual((done["status"], done["repeated"]), ("written_off", False))
        again = self._call(invoice, accounting_date="2024-07-15")
        self.assertEqual((again["writeoff_id"], again["repeated"]), (done["writeoff_id"], True))

    def test_after_an_undo(self):
        """The first result with its state of now: what was written off is reversed."""
        invoice = self._invoice(100.0)
        first = self._call(invoice)
        self._reverse(self.env["ar.writeoff"].browse(first["writeoff_id"]), "2024-06-30")
        again = self._call(invoice)
        self.assertEqual((again["status"], again["state"]), ("written_off", "reversed"))
        self.assertEqual(self._told(again), [("written_off", "reversed", 100.0, 100.0)])
        self.assertTrue(again["items"][0]["lines"][0]["reversal_name"])
        self.assertEqual(self._residuals(invoice), [(100.0, 100.0)], "not written off again")

    def test_what_was_left_out_is_told_again(self):
        blocked, free = self._invoice(100.0), self._invoice(50.0)
        blocked.action_toggle_block_payment()
        first = self._call(blocked | free, all_or_nothing=False)
        blocked.action_toggle_block_payment()
        again = self._call(blocked | free, all_or_nothing=False)
        self.assertEqual({**again, "repeated": False}, first)
        self.assertEqual(self._codes(again), ["blocked"])

    def test_preview_of_what_was_done(self):
        invoice = self._invoice(100.0)
        first = self._call(invoice)
        shown = self.engine.preview_write_off(self._plan(invoice, external_reference="DUN-7"))
        self.assertEqual((shown["writeoff_id"], shown["entries"]), (first["writeoff_id"], []))
        self.assertTrue(shown["repeated"])

    def test_a_preview_does_not_use_it(self):
        invoice = self._invoice(100.0)
        self.engine.preview_write_off(self._plan(invoice, external_reference="DUN-7"))
        self.assertFalse(self._call(invoice)["repeated"])

    def test_unique_per_company(self):
        """Another company has the same reference for its own; each finds its own again."""
        sister = self.setup_other_company(name="Sister")["company"]
        self.clerk.sudo().company_ids |= sister
        account = self.bad_debt_account.with_company(sister).copy({"company_ids": sister.ids})
        sister.writeoff_loss_account_id = account
        own, other = self._invoice(100.0), self._invoice_of(sister, 10.0)
        engine = self.engine.with_context(allowed_company_ids=[self.company.id, sister.id])
        results = [
            engine.write_off(self._plan(invoice, external_reference="DUN-7"))
            for invoice in (own, other, own, other)
        ]
        self.assertEqual([result["repeated"] for result in results], [False, False, True, True])
        self.assertEqual(results[0]["writeoff_id"], results[2]["writeoff_id"])
        self.assertEqual(results[1]["writeoff_id"], results[3]["writeoff_id"])
        calls = self.env["ar.writeoff.call"].search([("external_reference", "=", "DUN-7")])
        self.assertEqual(calls.company_id, self.company | sister)

    def test_somebody_else_repeats_it(self):
        """Who may see it hears the same, and the first who called stays on it."""
        invoice = self._invoice(100.0)
        plan = self._plan(invoice, external_reference="DUN-7")
        first = self.engine.write_off(plan)
        colleague = self._user("colleague", "ar_writeoff.group_writeoff_user")
        again = self.engine.with_user(colleague).write_off(plan)
        self.assertEqual(again["writeoff_id"], first["writeoff_id"])
        with self.assertRaises(AccessError):
            self.engine.with_user(self.biller).write_off(plan)

    def test_without_one_nothing_is_kept(self):
        before = self.env["ar.writeoff.call"].search_count([])
        result = self.engine.write_off(self._plan(self._invoice(100.0)))
        self.assertEqual((result["external_reference"], result["repeated"]), (False, False))
        self.assertEqual(self.env["ar.writeoff.call"].search_count([]), before)
