"""The portal where Odoo's online payment is installed, and with it our glue."""

from pathlib import Path
from unittest import TestCase

import pytest

from odoo.tests import tagged

from .portal_common import PortalCommon


@pytest.mark.online_payment
@tagged("post_install", "-at_install")
class TestOnlinePayment(PortalCommon):
    """Online payment says *Paid* of whatever is closed; a write-off is no payment."""

    def test_the_glue_is_installed(self):
        """It installs itself: whoever has both addons has it."""
        glue = self.env.ref("base.module_ar_writeoff_account_payment")
        self.assertEqual(glue.state, "installed")
        self.assertTrue(glue.auto_install)

    def test_badge(self):
        written_off, paid, partly = (self._invoice(100.0) for _ in range(3))
        self._write_off(written_off)
        self._pay(paid, 100.0)
        self._pay(partly, 60.0)
        self._write_off(partly)
        self.assertEqual(self._badges(written_off), ["Adjusted"])
        self.assertEqual(self._badges(paid), ["Paid"])
        self.assertEqual(self._badges(partly), ["Adjusted"])

    def test_dialog_of_a_written_off_invoice(self):
        """The dialog behind *Pay Now* says that the invoice is paid already."""
        invoice, paid = self._invoice(100.0), self._invoice(100.0)
        self._write_off(invoice)
        self._pay(paid, 100.0)
        self.assertNeutral(self._portal(f"/my/invoices/{invoice.id}"))
        self.assertIn("already been paid", self._portal(f"/my/invoices/{paid.id}"))

    def test_portal_page_of_a_paid_invoice_is_cores(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 100.0)
        self.assertIn("Paid", self._portal(f"/my/invoices/{invoice.id}"))

    def test_portal_without_online_payment(self):
        """The page is the same where the app that brings the Paid badge is missing."""
        badge = self.env.ref("account_payment.portal_invoice_page_inherit_payment")
        badge.active = False
        invoice = self._invoice(100.0)
        self._write_off(invoice)
        self.assertNeutral(self._portal(f"/my/invoices/{invoice.id}"))
        self.assertEqual(self._badges(invoice), ["Adjusted"])


class TestMainAddon(TestCase):
    def test_knows_nothing_of_online_payment(self):
        main = Path(__file__).parent.parent / "ar_writeoff"
        for file in main.glob("**/*"):
            if file.suffix in (".py", ".xml", ".js", ".csv"):
                with self.subTest(file.name):
                    self.assertNotRegex(
                        file.read_text(), r"account_payment[.\"']|payment_transaction"
                    )
