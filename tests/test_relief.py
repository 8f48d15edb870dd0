"""Relief taxes: what was declared is claimed in other boxes than a refund."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestRelief(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._tax("15", 15.0)
        cls.low = cls._tax("5", 5.0)

    def _relief(self, *pairs):
        """A fiscal position that replaces the first tax of each pair by the second."""
        position = self.env["account.fiscal.position"].create(
            {"name": "Bad debt relief", "company_id": self.company.id}
        )
        for tax, relief in pairs:
            relief.write(
                {
                    "fiscal_position_ids": [Command.set(position.ids)],
                    "original_tax_ids": [Command.set(tax.ids)],
                }
            )
        self.bad_debt.with_company(self.company).relief_position_id = position
        return position

    def test_relief_tax(self):
        """United Kingdom: relief is claimed in box 4, and the outputs of box 6 stay."""
        relief = self._tax("box 4", 15.0, (100, self.city_account))
        relief.refund_repartition_line_ids.filtered(
            lambda rep: rep.repartition_type == "base"
        ).tag_ids = False
        self._relief((self.vat, relief))
        invoice = self._taxed_invoice((100.0, self.vat), (100.0, self.low))
        writeoff = self._separate(invoice)
        self.assertEqual(
            sorted(self._tax_ledger(writeoff.entry_ids)),
            [
                ("121000", 0.0, 220.0, "", ""),
                ("251100", 5.0, 0.0, "", "5 tax"),
                ("251200", 15.0, 0.0, "", "box 4 tax"),
                ("690100", 100.0, 0.0, "5", "5 base"),
                ("690100", 100.0, 0.0, "box 4", ""),
            ],
        )
        self.assertEqual(self._report(), {"15 base": -100.0, "15 tax": -15.0, "box 4 tax": 15.0})

    def test_relief_in_parts(self):
        """With and without relief taxes in turn, what goes back is what was declared."""
        relief = self._tax("box 4", 15.0)
        invoice = self._taxed_invoice((100.47, self.vat))  # 15.07
        self._separate(invoice, [57.77])
        self._relief((self.vat, relief))
        self._separate(invoice)
        report = self._report()
        self.assertEqual(round(report["15 tax"] + report["box 4 tax"], 2), 0.0)

    def test_relief_of_nothing(self):
        """A position without taxes: no relief at all, the tax stays in the loss."""
        self._relief()
        writeoff = self._separate(self._taxed_invoice((100.0, self.vat)))
        self.assertEqual(
            self._tax_ledger(writeoff.entry_ids),
            [("121000", 0.0, 115.0, "", ""), ("690100", 115.0, 0.0, "", "")],
        )

    def test_relief_tax_of_another_rate_is_refused(self):
        self._relief((self.vat, self._tax("box 4", 20.0)))
        invoice = self._taxed_invoice((100.0, self.vat))
        with self.assertRaisesRegex(UserError, "replace 15 by box 4. It must be one tax"):
            self._separate(invoice)

    def test_relief_of_a_group_of_equals(self):
        """Two taxes of 6 %: the first takes the place of the first, the second of the second."""
        pair = [self._tax("a6", 6.0), self._tax("b6", 6.0)]
        reliefs = [self._tax("ra6", 6.0), self._tax("rb6", 6.0)]
        group = self._group("pair", *pair)
        self._relief((group, self._group("reliefs", *reliefs)))
        self._separate(self._taxed_invoice((100.0, group)))
        self.assertEqual(
            {box: amount for box, amount in self._report().items() if box.startswith("r")},
            {"ra6 base": 100.0, "ra6 tax": 6.0, "rb6 base": 100.0, "rb6 tax": 6.0},
        )

    def test_relief_of_a_group_without_its_like_is_refused(self):
        group = self._group("both", self.vat, self.low)
        self._relief((group, self._group("reliefs", self._tax("r15", 15.0))))
        with self.assertRaisesRegex(UserError, "replace 5 by reliefs"):
            self._separate(self._taxed_invoice((100.0, group)))

    def test_relief_of_reverse_charge_by_a_plain_tax_is_refused(self):
        reverse = self._tax("rc", 19.0, (100, self.tax_account), (-100, self.reverse_account))
        self._relief((reverse, self._tax("plain", 19.0)))
        with self.assertRaisesRegex(UserError, "replace rc by plain"):
            self._separate(self._taxed_invoice((100.0, reverse)))

    def test_relief_of_a_group(self):
        """The group is mapped to a group: each tax finds its like in it."""
        group = self._group("both", self.vat, self.low)
        reliefs = [self._tax("r15", 15.0), self._tax("r5", 5.0)]
        self._relief((group, self._group("reliefs", *reliefs)))
        self._separate(self._taxed_invoice((100.0, group)))
        self.assertEqual(
            {box: amount for box, amount in self._report().items() if box.startswith("r")},
            {"r15 base": 100.0, "r15 tax": 15.0, "r5 base": 100.0, "r5 tax": 5.0},
        )
