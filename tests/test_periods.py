from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import WriteoffCommon


def day(text):
    return fields.Date.to_date(text)


@tagged("post_install", "-at_install")
class TestPeriods(WriteoffCommon):
    """A closed period is refused by the lock's name; Odoo would move the entry silently."""

    def _lock(self, **dates):
        """Close periods, with an invoice from before in the books."""
        self.open_invoice = self._invoice(10.0, date="2024-02-15")
        self.company.sudo().write(dates)

    def _try(self, date, user=None):
        """The wizard on an invoice from before the lock, with this accounting date."""
        wizard = self._wizard(self.open_invoice, user=user)
        wizard.accounting_date = date
        return wizard

    def assertRefused(self, wizard, message):
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            wizard.action_confirm()
        self.assertEqual(self.open_invoice.amount_residual, 10.0)

    def test_number_of_the_year_it_was_decided_in(self):
        """Today is 2024-06-30; decided in 2023 it counts there, in a row with its like."""
        numbers = [
            self._write_off(self._invoice(10.0), date=day(date)).name
            for date in ("2024-06-30", "2023-12-31", "2023-12-31", "2024-06-30")
        ]
        years, counts = zip(*(name.rsplit("/", 1) for name in numbers), strict=True)
        self.assertEqual(years, ("WO/2024", "WO/2023", "WO/2023", "WO/2024"))
        self.assertEqual(int(counts[2]), int(counts[1]) + 1)
        self.assertEqual(int(counts[3]), int(counts[0]) + 1)

    def test_number_of_a_batch(self):
        """It is numbered when it runs, in the year of its date."""
        batch = self.env["ar.writeoff.batch"].create(
            {
                "date": "2023-12-31",
                "accounting_date": "2024-06-30",
                "reason_id": self.bad_debt.id,
            }
        )
        batch.sudo()._number()
        self.assertRegex(batch.name, r"^BATCH/2023/\d{5}$")

    def test_fiscal_lock(self):
        self._lock(fiscalyear_lock_date="2024-05-31")
        self.assertRefused(
            self._try("2024-05-31"), r"Global Lock Date \(05/31/2024\).*open date is 06/01/2024"
        )
        wizard = self._try("2024-06-01")
        wizard.action_confirm()
        entry = self.open_invoice.writeoff_line_ids.entry_id
        self.assertEqual(entry.date, day("2024-06-01"))

    def test_hard_lock(self):
        self._lock(hard_lock_date="2024-05-31")
        self.assertRefused(self._try("2024-04-30"), r"Hard Lock Date \(05/31/2024\)")

    def test_several_locks(self):
        """The first open date lies behind the last of them."""
        self._lock(fiscalyear_lock_date="2024-05-31", hard_lock_date="2024-03-31")
        wizard = self._try("2024-03-15")
        self.assertRefused(
            wizard, r"Hard Lock Date \(03/31/2024\).*Global Lock Date \(05/31/2024\).*06/01/2024"
        )

    def test_sales_and_tax_locks_are_not_ours(self):
        """They close sales journals and tax; a write-off stands in neither."""
        self._lock(sale_lock_date="2024-05-31", tax_lock_date="2024-05-31")
        self._try("2024-05-31").action_confirm()
        entry = self.open_invoice.writeoff_line_ids.entry_id
        self.assertEqual(entry.date, day("2024-05-31"))

    def test_users_own_exception(self):
        self._lock(fiscalyear_lock_date="2024-05-31")
        self.env["account.lock_exception"].create(
            {
                "company_id": self.company.id,
                "user_id": self.clerk.id,
                "fiscalyear_lock_date": False,
                "end_datetime": False,
            }
        )
        other = self._user("other_clerk", "ar_writeoff.group_writeoff_user")
        self.assertRefused(self._try("2024-05-31", user=other), "Global Lock Date")
        self._try("2024-05-31").action_confirm()
        entry = self.open_invoice.writeoff_line_ids.entry_id
        self.assertEqual(entry.date, day("2024-05-31"))

    def test_branch_inherits(self):
        branch = self._branch("Branch")
        self.open_invoice = self._invoice_of(branch, 10.0, date="2024-05-15")
        self.company.sudo().fiscalyear_lock_date = "2024-05-31"
        self.open_invoice = self.open_invoice.with_context(
            allowed_company_ids=(branch | self.company).ids
        )
        self.assertRefused(
            self._try("2024-05-31"), "closed period of Branch: Global Lock Date.*06/01/2024"
        )
        self.assertEqual(self._wizard(self.open_invoice).accounting_date, day("2024-06-30"))

    def test_proposed_date_is_open_for_the_branch(self):
        """A branch may lock later than its parent: the proposal suits all companies concerned."""
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        branch.fiscalyear_lock_date = "2024-07-15"
        self.company.sudo().fiscalyear_lock_date = "2024-06-30"
        both = self.company | branch
        self.assertEqual(both._get_writeoff_open_date(day("2024-06-01")), day("2024-07-16"))
        self.assertEqual(self.company._get_writeoff_open_date(day("2024-06-01")), day("2024-07-01"))

    def test_two_dates(self):
        """The write-off date informs, the accounting date decides the period."""
        self._lock(fiscalyear_lock_date="2024-05-31")
        wizard = self._try("2024-06-15")
        wizard.date = "2024-05-20"
        wizard.action_confirm()
        writeoff = self.open_invoice.writeoff_line_ids.writeoff_id
        self.assertEqual(writeoff.date, day("2024-05-20"))
        self.assertEqual(writeoff.entry_ids.date, day("2024-06-15"))

    def test_future_date_is_a_warning(self):
        self._lock()
        wizard = self._try("2024-12-31")
        wizard.action_preview()
        self.assertIn("12/31/2024 is in the future", str(wizard.problems))
        wizard.warnings_confirmed = True
        wizard.action_confirm()
        entry = self.open_invoice.writeoff_line_ids.entry_id
        self.assertEqual((entry.state, entry.date), ("posted", day("2024-12-31")))
        self.assertEqual(self.open_invoice.amount_residual, 0.0)

    def test_hashed_journal(self):
        """Posted entries of a secured journal stay as they are; the undo adds to them."""
        journal = self.company.writeoff_journal_id
        journal.restrict_mode_hash_table = True
        invoice = self._invoice(10.0)
        writeoff = self._write_off(invoice)
        entry = writeoff.entry_ids
        hashed = entry.inalterable_hash
        self.assertTrue(hashed)
        counter = self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date)
        self.assertTrue(counter.inalterable_hash)
        self.assertEqual(entry.inalterable_hash, hashed)
        self.assertEqual(invoice.amount_residual, 10.0)
        report = self.company._check_hash_integrity()["results"]
        checked = [row for row in report if row["journal_name"].startswith(journal.name)]
        self.assertTrue(checked)
        self.assertEqual({row["status"] for row in checked}, {"verified"})
