from contextlib import contextmanager
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools.translate import code_translations

from odoo.addons.ar_writeoff.models.ledger.mail_template import add_adjustment_branches

from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
class TestCustomerView(PortalCommon):
    """To the customer a write-off is an adjustment: never a payment, never with its reason."""

    def _report(self, invoice):
        markup, _type = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice_with_payments", invoice.ids
        )
        return self._text(markup)

    # --- statements: number, reference and label of the receivable line ---

    def _statement(self, writeoff):
        """What a statement shows of the entries of a write-off."""
        return [
            text
            for entry in writeoff.entry_ids
            for text in (entry.name, entry.ref, *self._items(entry).mapped("name"))
        ]

    def test_statement(self):
        invoice = self._invoice(100.0)
        writeoff = self._write_off(invoice, comment="Owner in jail")
        self.assertEqual(
            self._statement(writeoff),
            ["ADJ/2024/06/0001", "Adjustment", f"Adjustment {invoice.name}"],
        )
        self._reverse(writeoff, fields.Date.to_date("2024-06-30"))
        for text in self._statement(writeoff):
            self.assertNeutral(text)

    def test_statement_in_the_customers_language(self):
        """One customer's entry speaks their language, an entry of several that of the company."""
        self.env["res.lang"]._activate_lang("fr_FR")
        french = {"Adjustment": "Ajustement", "Adjustment %s": "Ajustement %s"}
        self.customer.lang = "fr_FR"
        self.company.partner_id.lang = "en_US"
        one, two = self._invoice(100.0), self._invoice(50.0, partner=self.other_customer)
        with patch.dict(code_translations.python_translations, {("ar_writeoff", "fr_FR"): french}):
            own = self._write_off(self._invoice(10.0))
            common = self._write_off(one | two, grouping="one").entry_ids
        self.assertEqual(own.entry_ids.ref, "Ajustement")
        self.assertRegex(self._items(own.entry_ids).name, "^Ajustement INV/")
        self.assertEqual(common.ref, "Adjustment")
        self.assertEqual(
            set(self._items(common).mapped("name")),
            {f"Ajustement {one.name}", f"Adjustment {two.name}"},
        )

    def test_entries_are_found_by_the_number_of_the_write_off(self):
        writeoff = self._write_off(self._invoice(100.0))
        search = self.env.ref("account.view_account_move_filter")
        arch = self.env["account.move"].with_user(self.clerk).get_view(search.id, "search")["arch"]
        self.assertIn('name="writeoff_id"', arch)
        found = (
            self.env["account.move"]
            .with_user(self.clerk)
            .search([("writeoff_id", "ilike", writeoff.name)])
        )
        self.assertEqual(found, writeoff.entry_ids)

    # --- paper ---

    def test_report(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, comment="Owner in jail")
        text = self._report(invoice)
        self.assertIn("Adjustment on", text)
        self.assertIn("Amount Due $ 0.00", text)
        self.assertNeutral(text)

    def test_report_with_payment_and_write_off(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 60.0)
        self._write_off(invoice)
        text = self._report(invoice)
        self.assertIn("Paid on", text)
        self.assertRegex(text, r"Adjustment on 06/30/2024 \$ 40\.00")
        self.assertEqual(text.count("Paid on"), 1)

    def test_report_of_a_credited_invoice_is_cores(self):
        invoice = self._invoice(100.0)
        self._reverse_invoice(invoice, post=True, date="2024-02-01")
        text = self._report(invoice)
        self.assertIn("Reversed on", text)
        self.assertNotIn("Adjustment", text)

    # --- portal, as the customer ---

    def test_portal_list(self):
        invoice = self._invoice(100.0)
        paid = self._invoice(50.0)
        self._pay(paid, 50.0)
        self._write_off(invoice, comment="Owner in jail")
        self.authenticate("birch_portal", "birch_portal")
        response = self.url_open("/my/invoices")
        self.assertEqual((response.status_code, response.history), (200, []), response.text)
        document = html.fromstring(response.content)
        rows = {
            row.xpath("string(td[1])").strip(): " ".join(row.xpath("string(.)").split())
            for row in document.xpath("//table//tr[td]")
        }
        self.assertEqual(sorted(rows), [invoice.name, paid.name], document.text_content())
        self.assertIn("Adjusted", rows[invoice.name])
        self.assertNeutral(rows[invoice.name])
        self.assertIn("Paid", rows[paid.name])

    def test_portal_page_of_a_written_off_invoice(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, comment="Owner in jail")
        self._flush_tracking()
        self.assertNeutral(self._portal(f"/my/invoices/{invoice.id}"))
        self.assertNeutral(self._portal(f"/my/invoices/{invoice.id}?report_type=html"))

    def test_portal_page_says_adjusted(self):
        """A write-off is no waiver: only what settles the claim leaves nothing due."""
        bad, settled, mixed = (self._invoice(100.0) for _ in range(3))
        self._write_off(bad, reason_id=self.bad_debt)
        self._write_off(settled, reason_id=self.settlement)
        self._write_off(mixed, amounts=[60.0], reason_id=self.settlement)
        self.assertEqual(self._badges(mixed), [])  # 40.00 are due
        self._write_off(mixed, reason_id=self.bad_debt)
        self.assertEqual(self._badges(bad), ["Adjusted"])
        self.assertEqual(self._badges(settled), ["Adjusted: nothing due"])
        self.assertEqual(self._badges(mixed), ["Adjusted"])

    def test_portal_page_of_a_paid_rest_and_after_an_undo(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 60.0)
        writeoff = self._write_off(invoice)
        self.assertEqual(self._badges(invoice), ["Adjusted"])
        self._reverse(writeoff, fields.Date.to_date("2024-06-30"))
        self.assertEqual(self._badges(invoice), [])

    def test_portal_page_of_a_partly_written_off_invoice(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, amounts=[25.0])
        text = self._portal(f"/my/invoices/{invoice.id}")
        self.assertIn("Adjustment: $ 25.00", text)
        self.assertNotIn("Already Paid", text)
        self.assertRegex(text, r"Left to Pay: \$ 75\.00")

    def test_portal_page_of_a_partly_paid_and_partly_written_off_invoice(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 10.0)
        self._write_off(invoice, amounts=[25.0])
        text = self._portal(f"/my/invoices/{invoice.id}")
        self.assertIn("Already Paid: $ 10.00", text)
        self.assertIn("Adjustment: $ 25.00", text)
        self.assertRegex(text, r"Left to Pay: \$ 65\.00")

    def test_portal_page_without_write_off_is_cores(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 10.0)
        text = self._portal(f"/my/invoices/{invoice.id}")
        self.assertIn("Already Paid: $ 10.00", text)
        self.assertNotIn("Adjustment", text)

    def test_portal_list_with_a_document_without_terms(self):
        """A document without a due line: core gives no payment values for it, nor do we."""
        entry = self.env["account.move"].create({"move_type": "entry"})
        self.assertEqual(entry._get_invoice_next_payment_values(), {})

    # --- mails ---

    def _mail_templates(self):
        return self.env["mail.template"].search([("model", "=", "account.move")])

    def test_mails_of_a_written_off_invoice(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, comment="Owner in jail")
        for template in self._mail_templates():
            with self.subTest(template.name):
                body = template._render_field("body_html", invoice.ids)[invoice.id]
                self.assertNeutral(self._text(body))
                self.assertNotIn("Please remit payment", self._text(body))
        text = self._mail(invoice)
        self.assertIn("This document was adjusted.", text)
        self.assertNotIn("No payment is due", text)  # a write-off is no waiver

    def _mail(self, invoice, body=None):
        """Text of the mail that goes with an invoice, or of one with another body."""
        template = self.env.ref("account.email_template_edi_invoice")
        if body:
            template = template.copy({"body_html": body})
        return self._text(template._render_field("body_html", invoice.ids)[invoice.id])

    def test_mail_of_a_settled_invoice(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, reason_id=self.settlement)
        text = self._mail(invoice)
        self.assertIn("This document was adjusted. No payment is due on this document.", text)
        self.assertNeutral(text)

    def test_mails_that_ask_the_other_way_round(self):
        """A branch for invoices not yet paid is no branch for those that are written off."""
        written_off, due, paid = (self._invoice(100.0) for _ in range(3))
        self._write_off(written_off)
        self._pay(paid, 100.0)
        chain = "<p t-if='%s'>Remit. Soon.</p><p t-else=''>Thanks. All is settled.</p>"
        for condition in (
            'object.payment_state != "paid"',
            'object.payment_state not in ("paid", "in_payment")',
            'not (object.payment_state == "paid")',
            'object.payment_state == "not_paid"',
            'object.amount_total and object.payment_state in ("not_paid", "partial")',
        ):
            with self.subTest(condition):
                body = chain % condition
                self.assertEqual(self._mail(due, body), "Remit. Soon.")
                self.assertEqual(self._mail(paid, body), "Thanks. All is settled.")
                self.assertEqual(self._mail(written_off, body), "This document was adjusted.")
                alone = body[: body.index("<p t-else")] + "<p>Yours</p>"
                self.assertEqual(self._mail(written_off, alone), "Yours")
                self.assertEqual(self._mail(due, alone), "Remit. Soon.Yours")

    def test_mails_with_double_quotes_and_further_conditions(self):
        written_off, due, paid = (self._invoice(100.0) for _ in range(3))
        self._write_off(written_off)
        self._pay(paid, 100.0)
        for condition in (
            'object.payment_state == "paid"',
            'object.payment_state in ["in_payment", "paid"]',
            'object.amount_total > 50 and object.payment_state == "paid"',
            'object.payment_state not in ("not_paid", "partial")',
        ):
            with self.subTest(condition):
                body = f"<p t-if='{condition}'>Paid.</p><p t-else=''>Remit.</p>"
                self.assertEqual(self._mail(due, body), "Remit.")
                self.assertEqual(self._mail(paid, body), "Paid.")
                self.assertEqual(self._mail(written_off, body), "This document was adjusted.")
        body = (
            "<p t-if='object.amount_total &gt; 500 and object.payment_state == \"paid\"'>Paid.</p>"
            "<p t-else=''>Hello.</p>"
        )
        self.assertEqual(self._mail(written_off, body), "Hello.")

    def test_mails_that_ask_something_else_are_left_alone(self):
        for body in (
            "<p t-if=\"object.payment_state == 'in_payment'\">Soon.</p><p t-else=''>Hello.</p>",
            "<p>object.payment_state is 'paid'</p>",
        ):
            self.assertEqual(add_adjustment_branches(body), body)

    def test_mails_of_other_invoices_are_cores(self):
        paid, due = self._invoice(100.0), self._invoice(50.0)
        self._pay(paid, 100.0)
        partly = self._invoice(70.0)
        self._write_off(partly, amounts=[20.0])
        template = self.env.ref("account.email_template_edi_invoice")
        bodies = template._render_field("body_html", (paid | due | partly).ids)
        self.assertIn("This invoice is already paid.", self._text(bodies[paid.id]))
        self.assertIn("Please remit payment", self._text(bodies[due.id]))
        self.assertIn("Please remit payment", self._text(bodies[partly.id]))
        self.assertNotIn("adjusted", bodies[paid.id] + bodies[due.id] + bodies[partly.id])

    # --- other apps ---

    @contextmanager
    def _paid_hook(self):
        called = []
        with patch.object(
            self.env.registry["account.move"],
            "_invoice_paid_hook",
            lambda moves: called.extend(moves.ids),
        ):
            yield called

    def test_bad_debt_is_not_announced_as_paid(self):
        invoice = self._invoice(100.0)
        with self._paid_hook() as called:
            self._write_off(invoice, reason_id=self.bad_debt)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(called, [])

    def test_settlement_is_announced_as_paid(self):
        invoice = self._invoice(100.0)
        with self._paid_hook() as called:
            self._write_off(invoice, reason_id=self.settlement)
        self.assertEqual(called, invoice.ids)

    def test_payment_of_the_rest_is_announced_as_paid(self):
        invoice = self._invoice(100.0)
        self._write_off(invoice, amounts=[30.0], reason_id=self.bad_debt)
        with self._paid_hook() as called:
            self._pay(invoice, 70.0)
        self.assertEqual(called, invoice.ids)
