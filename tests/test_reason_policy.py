"""What a reason is for: a rule of the company, obeyed by wizard, call, batch and run."""

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestReasonPolicy(BatchCommon):
    def _by_call(self, *moves):
        """What the public call says against writing these off; nothing, if it is done."""
        items = self._items(self.env["account.move"].union(*moves))
        plan = {
            "items": [{"item_id": item.id} for item in items],
            "reason_id": self.bad_debt.id,
        }
        result = self.env["ar.writeoff"].with_user(self.clerk).write_off(plan)
        return [problem["message"] for problem in result["problems"]]

    def _by_wizard(self, move):
        try:
            with self.cr.savepoint():
                self._write_off(move)
        except UserError as error:
            return str(error)
        return ""

    def _by_batch(self):
        """What a batch leaves out, and why."""
        batch = self._select()
        return [
            (row.move_id, row.obstacle, row.obstacle_message)
            for row in batch.candidate_ids
            if row.obstacle
        ]

    def _check_refused(self, move, message):
        self.assertEqual(self._by_call(move), [message])
        self.assertIn(message, self._by_wizard(move))
        self.assertEqual(self._by_batch(), [(move, "reason", message)])
        self.assertEqual(move.amount_residual, move.amount_total)

    def test_groups(self):
        """Bad debts are the administrators' affair; small differences are everybody's."""
        self.bad_debt.group_ids = self.env.ref("ar_writeoff.group_writeoff_manager")
        invoice = self._invoice(100.0)
        name = self.bad_debt.group_ids.full_name
        self._check_refused(
            invoice,
            f"{invoice.name}: the reason “Bad debt” is for {name} alone; choose another one.",
        )
        self.clerk.group_ids |= self.bad_debt.group_ids
        self.assertEqual(self._by_call(invoice), [])

    def test_days_overdue(self):
        """Due on 15 June, on 30 June: fifteen days."""
        self.bad_debt.min_days_overdue = 16
        invoice = self._invoice(100.0, date="2024-05-15", due="2024-06-15")
        self._check_refused(
            invoice,
            f"{invoice.name}: 15 days overdue; the reason “Bad debt” wants 16. Wait, or choose "
            "another one.",
        )
        self.bad_debt.min_days_overdue = 15
        self.assertEqual(self._by_call(invoice), [])

    def test_no_policy(self):
        """Without one, what is not due yet may be given up as well."""
        invoice = self._invoice(100.0, date="2024-06-15", due="2024-07-15")
        self.assertEqual(self._by_batch(), [])
        self.assertEqual(self._by_call(invoice), [])

    def test_not_due(self):
        self.bad_debt.min_days_overdue = 1
        invoice = self._invoice(100.0, date="2024-06-15", due="2024-07-15")
        self._check_refused(
            invoice,
            f"{invoice.name}: 0 days overdue; the reason “Bad debt” wants 1. Wait, or choose "
            "another one.",
        )

    def test_comment(self):
        self.bad_debt.write({"needs_comment": True, "comment": False})  # none is proposed
        invoice = self._invoice(100.0)
        self._check_refused(
            invoice,
            f"{invoice.name}: the reason “Bad debt” wants an internal comment; enter one.",
        )
        self._write_off(invoice, comment="Insolvent since May")
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_not_in_batches(self):
        self.bad_debt.occasion = "single"
        invoice = self._invoice(100.0)
        self.assertEqual(
            self._by_batch(),
            [
                (
                    invoice,
                    "reason",
                    f"{invoice.name}: the reason “Bad debt” is not for batches; choose another "
                    "one.",
                )
            ],
        )
        self.assertEqual(self._by_call(invoice), [])

    def test_in_batches_alone(self):
        self.bad_debt.occasion = "batch"
        invoice = self._invoice(100.0)
        message = f"{invoice.name}: the reason “Bad debt” is for batches alone; choose another one."
        self.assertEqual(self._by_call(invoice), [message])
        self.assertIn(message, self._by_wizard(invoice))
        self.assertEqual(self._by_batch(), [])

    def test_cap(self):
        """100.01 of an invoice is too much, 100.00 is not."""
        self.bad_debt.with_company(self.company).cap_document = 100.0
        fits, too_much = self._invoice(100.0), self._invoice(100.01)
        format_ = self.company.currency_id.format
        self._check_refused(
            too_much,
            f"{too_much.name}: {format_(100.01)} in all; the reason “Bad debt” gives up at most "
            f"{format_(100.0)} of a document. Choose another one.",
        )
        self.assertEqual(self._by_call(fits), [])

    def test_cap_of_what_was_given_up_before(self):
        """60.00 of 150.00, then 50.00 more: 110.00 in all. Undone, the first does not count."""
        self.bad_debt.with_company(self.company).cap_document = 100.0
        invoice = self._invoice(150.0)
        first = self._write_off(invoice, [60.0])
        with self.assertRaisesRegex(UserError, "110"), self.cr.savepoint():
            self._write_off(invoice, [50.0])
        self._write_off(invoice, [40.0])
        self._reverse(first, first.accounting_date)
        with self.assertRaisesRegex(UserError, "150"), self.cr.savepoint():
            self._write_off(invoice, [110.0])
        self._write_off(invoice, [60.0])

    def test_cap_of_instalments(self):
        """Two instalments of 60.00 are one document."""
        self.bad_debt.with_company(self.company).cap_document = 100.0
        term = self._instalments((50.0, 0), (50.0, 30))
        invoice = self._invoice(120.0, invoice_payment_term_id=term.id)
        found = self._by_batch()
        self.assertEqual([(move, code) for move, code, _why in found], [(invoice, "reason")] * 2)

    def test_cap_in_company_currency(self):
        """150 euros at two for a dollar are 75.00."""
        euro = self._currency("EUR", 2.0)
        self.bad_debt.with_company(self.company).cap_document = 75.0
        self.assertEqual(self._by_call(self._invoice(150.0, currency_id=euro.id)), [])
        self.assertTrue(self._by_call(self._invoice(152.0, currency_id=euro.id)))

    def test_cap_of_another_company(self):
        """Each company has its own."""
        other = self.env["res.company"].create({"name": "Other"})
        self.bad_debt.with_company(other).cap_document = 1.0
        self.assertEqual(self._by_call(self._invoice(100.0)), [])

    def test_cap_of_the_item(self):
        """Not of the company the user works in, but of the one that gives it up."""
        other = self.env["res.company"].create({"name": "Other"})
        self.clerk.company_ids |= other
        self.bad_debt.with_company(self.company).cap_document = 50.0
        invoice = self._invoice(100.0)
        self.clerk.company_id = other
        item = self._items(invoice)
        engine = self.env["ar.writeoff"].with_user(self.clerk)
        engine = engine.with_context(allowed_company_ids=[other.id, self.company.id])
        plan = {"items": [{"item_id": item.id}], "reason_id": self.bad_debt.id}
        plan["company_id"] = self.company.id
        plan["items"][0]["writeoff_account_id"] = self.bad_debt_account.id
        codes = [problem["code"] for problem in engine.write_off(plan)["problems"]]
        self.assertEqual(codes, ["reason"])

    def test_what_waits_stays(self):
        """Decided before the policy was made: the draft may be posted."""
        self.company.writeoff_leave_draft = "yes"
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice)
        self.bad_debt.with_company(self.company).write(
            {
                "cap_document": 1.0,
                "min_days_overdue": 9999,
                "needs_comment": True,
                "occasion": "batch",
                "group_ids": [Command.set(self.env.ref("base.group_system").ids)],
            }
        )
        writeoff.action_post_entries()
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_changed_while_it_runs(self):
        """The run asks again: what is left is not written off."""
        invoice = self._invoice(100.0)
        batch = self._select()
        with self._chunks_of(0):
            self._process(batch)
        self.bad_debt.occasion = "single"
        self._run_job()
        self.assertEqual(invoice.amount_residual, 100.0)
        self.assertEqual(batch.candidate_ids.obstacle, "reason")

    def test_nonsense(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.bad_debt.cap_document = -1.0
        with self.assertRaises(CheckViolation), self.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.bad_debt.min_days_overdue = -1
            self.env.flush_all()

    # --- evidence ---

    def _file(self, user=None, **values):
        """A file as the web client uploads it in the dialog."""
        return (
            self.env["ir.attachment"]
            .with_user(user or self.clerk)
            .create({"name": "letter.txt", "raw": b"gone", **values})
        )

    def test_evidence(self):
        self.bad_debt.needs_evidence = True
        invoice = self._invoice(100.0)
        self._check_refused(
            invoice,
            f"{invoice.name}: the reason “Bad debt” wants evidence; attach a file.",
        )

    def test_evidence_stands_on_the_register(self):
        """Whoever reads the write-off reads the file, and the invoice has none."""
        self.bad_debt.needs_evidence = True
        invoice, file = self._invoice(100.0), self._file()
        auditor = self._user("auditor", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            file.with_user(auditor).check_access("read")
        writeoff = self._write_off(invoice, evidence_ids=file)
        self.assertEqual(writeoff.evidence_ids, file)
        self.assertEqual((file.res_model, file.res_id), ("ar.writeoff", writeoff.id))
        file.with_user(auditor).check_access("read")
        self.assertFalse(invoice.attachment_ids & file)
        with self.assertRaises(AccessError):
            file.with_user(self.clerk).unlink()

    def test_evidence_by_call(self):
        self.bad_debt.needs_evidence = True
        plan = {
            "items": [{"item_id": self._items(self._invoice(100.0)).id}],
            "evidence_ids": self._file().ids,
        }
        engine = self.env["ar.writeoff"].with_user(self.clerk)
        writeoff = engine.browse(engine.write_off(plan)["writeoff_id"])
        self.assertEqual(writeoff.evidence_ids.ids, plan["evidence_ids"])

    def test_evidence_of_others(self):
        """A plan is no way to read, or to take over, what is somebody else's."""
        theirs = self._file(self._user("other"))
        plan = {
            "items": [{"item_id": self._items(self._invoice(100.0)).id}],
            "evidence_ids": theirs.ids,
        }
        with self.assertRaises(AccessError):
            self.env["ar.writeoff"].with_user(self.clerk).write_off(plan)
        elsewhere = self._file(res_model="account.move", res_id=self._invoice(1.0).id)
        plan["evidence_ids"] = elsewhere.ids
        self.env["ar.writeoff"].with_user(self.clerk).write_off(plan)
        self.assertEqual(elsewhere.res_model, "account.move", "it stays where it is")

    def test_evidence_of_a_batch(self):
        self.bad_debt.needs_evidence = True
        self._invoice(100.0)
        batch = self._batch(evidence_ids=self._file())
        batch.action_select()
        self._process(batch)
        self.assertEqual(batch.writeoff_ids.evidence_ids, batch.evidence_ids)
        self.assertEqual(batch.evidence_ids.res_model, "ar.writeoff.batch")
