"""What was booked goes back, whatever the taxes say today."""

from odoo import Command
from odoo.tests import tagged

from .tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestTaxBooked(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._tax("15", 15.0)
        cls.state = cls._tax("state", 6.0, sequence=1, include_base_amount=True)
        cls.city = cls._tax("city", 3.25, (100, cls.city_account), sequence=2)
        cls.revenue = cls.company_data["default_account_revenue"]

    def _check_given_up(self, invoice, revenue):
        """All of it is written off: no box and no tax account keeps anything."""
        self._separate(invoice)
        self.assertEqual(self._report(), {})
        self.assertEqual(self._trial_balance(), {self.revenue.code: -revenue, "690100": revenue})

    def test_base_included_no_more(self):
        """66.50: 6 % are 3.99, 3.25 % of 70.49 are 2.29; the 3.99 stand as a base as well."""
        invoice = self._taxed_invoice((66.5, self.state | self.city))
        declared = {"state base": -66.5, "state tax": -3.99, "city base": -70.49}
        self.assertEqual(self._report(), {**declared, "city tax": -2.29})
        self.state.include_base_amount = False
        self._check_given_up(invoice, 66.5)

    def test_base_included_since(self):
        invoice = self._taxed_invoice((66.5, self.vat | self.city))
        self.vat.include_base_amount = True
        self._check_given_up(invoice, 66.5)

    def test_base_not_affected_any_more(self):
        invoice = self._taxed_invoice((66.5, self.state | self.city))
        self.city.is_base_affected = False
        self._check_given_up(invoice, 66.5)

    def test_fixed_amount_since(self):
        invoice = self._taxed_invoice((100.0, self.vat), (200.0, self.vat))
        self.vat.write({"amount_type": "fixed", "amount": 3.0})
        self._check_given_up(invoice, 300.0)

    def test_another_distribution_since(self):
        """60 and 40 % on two accounts when it was invoiced, 10 and 90 % now."""
        split = self._tax("split", 18.0, (60, self.tax_account), (40, self.city_account))
        invoice = self._taxed_invoice((100.0, split))
        values = {}
        for reps in (split.invoice_repartition_line_ids, split.refund_repartition_line_ids):
            first, second = reps.filtered(lambda rep: rep.repartition_type == "tax")
            values[f"{first.document_type}_repartition_line_ids"] = [
                Command.update(first.id, {"factor_percent": 10}),
                Command.update(second.id, {"factor_percent": 90}),
            ]
        split.write(values)
        self._check_given_up(invoice, 100.0)

    def test_another_account_since(self):
        """Booked on 251100: 251200, where it would be booked today, has nothing of it."""
        invoice = self._taxed_invoice((100.0, self.vat))
        reps = self.vat.invoice_repartition_line_ids | self.vat.refund_repartition_line_ids
        reps.filtered(lambda rep: rep.repartition_type == "tax").account_id = self.city_account
        self._check_given_up(invoice, 100.0)

    def test_another_box_since(self):
        invoice = self._taxed_invoice((100.0, self.vat))
        reps = self.vat.invoice_repartition_line_ids | self.vat.refund_repartition_line_ids
        reps.tag_ids = self._tag("new")
        self._check_given_up(invoice, 100.0)

    def test_refunds_have_boxes_and_accounts_of_their_own(self):
        """As on a credit note of Odoo's: what is meant to go elsewhere goes there."""
        reps = self.vat.refund_repartition_line_ids
        reps.tag_ids = self._tag("refund")
        reps.filtered(lambda rep: rep.repartition_type == "tax").account_id = self.city_account
        self._separate(self._taxed_invoice((100.0, self.vat)))
        self.assertEqual(self._report(), {"15 base": -100.0, "15 tax": -15.0, "refund": 115.0})
        self.assertEqual(self._balance(self.city_account), 15.0)

    def test_due_on_payment_since(self):
        """Declared when invoiced: that the tax waits for payments now is too late."""
        invoice = self._taxed_invoice((100.0, self.vat))
        self.vat.write(
            {
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": self.transition_account.id,
            }
        )
        self._separate(invoice)
        self.assertEqual(self._trial_balance(), {self.revenue.code: -100.0, "690100": 100.0})

    def test_group_with_other_taxes_since(self):
        group = self._group("group", self.state, self.city)
        invoice = self._taxed_invoice((66.5, group))
        group.children_tax_ids = self.city | self.vat
        self._check_given_up(invoice, 66.5)

    def test_tax_kept_in_the_loss_since(self):
        """Not separated: 15.00 on two lines stay with their lines' losses, whatever it is now."""
        invoice = self._taxed_invoice((100.0, self.vat), (200.0, self.vat))
        self.vat.amount = 0.0
        self._write_off(invoice)
        self.assertEqual(self._balance(self.bad_debt_account), 345.0)

    def test_parts_before_and_after_a_change(self):
        """A third, then the tax changes in all respects, then the rest."""
        invoice = self._taxed_invoice((66.5, self.state | self.city), (33.33, self.vat))
        self._separate(invoice, [40.0])
        self.state.write({"include_base_amount": False, "amount": 7.0})
        self.vat.write({"amount_type": "fixed", "amount": 1.0})
        self._check_given_up(invoice, 99.83)
