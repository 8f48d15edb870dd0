"""What the auditor finds: who asked, who approved, when, with which warnings and amounts."""

import sys

import psycopg2
from lxml import html

from odoo import models
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalAudit(ApprovalCommon):
    def _voucher(self, writeoff, user=None):
        """The voucher as somebody reads it, blanks made equal."""
        self.env.invalidate_all()  # what is in the cache, nobody asks for rights
        Report = self.env["ir.actions.report"].with_user(user or self.auditor)
        content, _kind = Report._render_qweb_html("ar_writeoff.report_voucher", writeoff.ids)
        text = html.fromstring(content).text_content()
        return " ".join(text.replace("\N{ZERO WIDTH NO-BREAK SPACE}", "").split())

    def _approved(self):
        invoice = self._discounted()
        other = self._invoice(200.0)
        request = self._ask(invoice | other, comment="Bankrupt")
        self._approve(request, self.supervisor, confirm=True)
        return request.result_id

    def test_voucher(self):
        writeoff = self._approved()
        text = self._voucher(writeoff)
        for part in (
            f"Write-Off {writeoff.name}",
            "Status Posted",
            "Reason [BAD] Bad debt",
            "Amount $ 210.00",
            f"Written Off By {self.clerk.name}",
            f"Asked For {writeoff.request_id.name}, {self.clerk.name}",
            "$ 210.00 is above the limit of $ 100.00.",
            f"Approved By {self.supervisor.name}, 06/30/2024",
            "Internal Comment Bankrupt",
            "the customer may still pay less until",
            "690100 Bad Debt",
        ):
            self.assertIn(part, text)

    def test_in_the_place_of(self):
        self.env["ar.writeoff.absence"].with_user(self.director).create(
            {
                "user_id": self.director.id,
                "delegate_id": self.supervisor.id,
                "date_from": "2024-06-01",
                "date_to": "2024-07-01",
            }
        )
        request = self._ask(self._invoice(5000.0))
        self._approve(request, self.supervisor)
        self.assertIn(
            f"Approved By {self.supervisor.name} (in the place of {self.director.name})",
            self._voucher(request.result_id),
        )

    def test_history_survives(self):
        """A reason archived, a customer merged, users gone: it reads as it was."""
        writeoff = self._approved()
        before = self._voucher(writeoff)
        self.bad_debt.active = False
        kept = self.env["res.partner"].create({"name": "Birch & Sons", "is_company": True})
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.customer | kept).ids, kept)
        (self.clerk | self.supervisor).active = False
        self.env.invalidate_all()
        after = self._voucher(writeoff)
        for name in (self.clerk.name, self.supervisor.name, "[BAD] Bad debt", "Bankrupt"):
            self.assertIn(name, after)
        self.assertEqual(before.count("Birch"), after.count("Birch"))
        self.assertEqual(writeoff.request_id.partner_names, "Birch")

    def test_who_prints_it(self):
        """Whoever reads the register."""
        writeoff = self._approved()
        self.assertIn(writeoff.name, self._voucher(writeoff, self.clerk))
        with self.assertRaisesRegex(AccessError, "Write-Off"):
            self._voucher(writeoff, self.biller)

    def test_leaving_with_requests_waiting(self):
        """Who uninstalls the addon withdraws what waits: no item is kept by nobody."""
        request = self._ask(self._invoice(500.0))
        batch = self._select(
            partner_ids=self._invoice(600.0, partner=self.other_customer).partner_id
        )
        self._process(batch)
        self.assertEqual(batch.state, "requested")
        asked = request | batch.waiting_request_id
        self.assertEqual(len(self.env["ar.writeoff.reservation"].search([])), 2)
        sys.modules["odoo.addons.ar_writeoff_approval"].uninstall_hook(self.env)
        self.assertEqual(asked.mapped("state"), ["withdrawn"] * 2)
        self.assertFalse(self.env["ar.writeoff.reservation"].search([]))
        self.assertEqual(batch.state, "draft")
        self.assertIn("Withdrawn", asked[0].message_ids[0].body)
        self.assertIn(self.clerk.partner_id, asked[0].message_ids[0].notified_partner_ids)

    def test_no_constraint_is_replaced(self):
        """While the core is upgraded it is alone: it would refuse what another addon keeps."""
        for model in self.env.registry.values():
            if model._name.startswith("ar.writeoff"):
                with self.subTest(model._name):
                    names = [
                        name
                        for base in model._base_classes__
                        if base.__module__.startswith("odoo.addons.ar_writeoff")
                        for name, value in vars(base).items()
                        if isinstance(value, models.Constraint | models.UniqueIndex)
                    ]
                    self.assertEqual(sorted(names), sorted(set(names)))

    def test_one_holder(self):
        """Of the constraints of both addons, each speaks for itself."""
        self._ask(self._invoice(500.0))
        [kept] = self.env["ar.writeoff.reservation"].sudo().search([])
        line = self._write_off(self._invoice(50.0)).line_ids
        with (
            self.assertRaises(psycopg2.errors.CheckViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            kept.line_id = line
            kept.flush_recordset()
