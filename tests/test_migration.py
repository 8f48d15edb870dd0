"""What a database of a former version becomes."""

import json
from importlib import util

from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tools import SQL, sql

from .common import WriteoffCommon
from .tax_common import TaxCommon


def _load_script(version, name):
    path = f"{get_module_path('ar_writeoff')}/migrations/{version}/{name}.py"
    spec = util.spec_from_file_location("migration", path)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@tagged("post_install", "-at_install")
class TestMigration(WriteoffCommon):
    def _install_former_columns(self, script):
        """Boxes, as they were before 19.0.1.1.0: ticked, not ticked, or never looked at."""
        self.env.flush_all()
        for name in script.BOXES:
            self.cr.execute(
                SQL(
                    "ALTER TABLE res_company ALTER COLUMN %(box)s TYPE boolean USING NULL",
                    box=SQL.identifier(name),
                )
            )

    def _read(self, companies, name):
        self.env.invalidate_all()
        return [company[name] for company in companies]

    def test_boxes_of_19_0_1_0_0(self):
        """What was on is on, in branches too; a branch that said nothing does as its parent."""
        script = _load_script("19.0.1.1.0", "pre-migration")
        branches = self._branch("Ticked", "Unticked", "Untouched")
        companies = self.company | branches
        for root, expected in (
            (True, [True, True, True, True]),
            (False, [False, True] + [False] * 2),
        ):
            with self.subTest(root=root):
                self._install_former_columns(script)
                values = zip(companies.ids, (root, True, False, None), strict=True)
                for name in script.BOXES:
                    self.assertEqual(
                        sql.table_columns(self.cr, "res_company")[name]["udt_name"], "bool"
                    )
                for company_id, value in values:
                    for name in script.BOXES:
                        self.cr.execute(
                            SQL(
                                "UPDATE res_company SET %s = %s WHERE id = %s",
                                SQL.identifier(name),
                                value,
                                company_id,
                            )
                        )
                script.migrate(self.cr, "19.0.1.0.0")
                script.migrate(self.cr, "19.0.1.0.0")  # whoever starts it twice breaks nothing
                for name in script.BOXES:
                    self.assertEqual(
                        self._read(companies, name),
                        ["yes" if root else "no", "yes", False, False],
                    )
                    self.assertEqual([c._is_writeoff_enabled(name) for c in companies], expected)
                    column = sql.table_columns(self.cr, "res_company")[name]
                    self.assertEqual(column["udt_name"], self.company._fields[name].column_type[0])

    def test_totals_of_19_0_1_0_0(self):
        """What was unreconciled counted as written off; 40 of 100 and 20 of 20 are matched."""
        script = _load_script("19.0.1.1.0", "post-migration")
        invoice, other = self._invoice(100.0), self._invoice(20.0)
        writeoff = self._write_off(invoice | other, grouping="document")
        self._items(invoice).remove_move_reconcile()
        self._pay(invoice, 60.0)
        entry = writeoff.line_ids.filtered(lambda line: line.move_id == invoice).entry_id
        self._items(invoice | entry).reconcile()
        writeoff.sudo().amount_net = 120.0
        self.env.flush_all()
        script.migrate(self.cr, "19.0.1.0.0")
        self.assertEqual(writeoff.amount_net, 60.0)


@tagged("post_install", "-at_install")
class TestShareMigration(TaxCommon):
    """Until 19.0.1.1.0, a line kept as JSON what it was written off against."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = _load_script("19.0.2.0.0", "post-shares")
        cls.vat = cls._tax("15", 15.0)

    def _make_former(self, breakdowns):
        """The rows go, the JSON comes.

        :param dict breakdowns: line → parts, as they were stored
        """
        self.env.flush_all()
        self.cr.execute("DELETE FROM ar_writeoff_share")
        self.cr.execute("ALTER TABLE ar_writeoff_line ADD COLUMN IF NOT EXISTS breakdown jsonb")
        for line, parts in breakdowns.items():
            self.cr.execute(
                SQL(
                    "UPDATE ar_writeoff_line SET breakdown = %s WHERE id = %s",
                    json.dumps(parts),
                    line.id,
                )
            )
        self.env.invalidate_all()

    def _get_former_parts(self, line, amount, with_carriers=True):
        """What was stored for an amount with 15 % separated."""
        rep = self.vat.refund_repartition_line_ids.filtered(
            lambda rep: rep.repartition_type == "tax"
        )
        tax = round(amount * 0.15, 2)
        items = line.entry_id.line_ids
        common = {"analytic_distribution": False, "group_tax_id": False}
        parts = [
            {
                **common,
                "kind": "loss",
                "account_id": self.bad_debt_account.id,
                "tax_ids": self.vat.ids,
                "tax_tag_ids": self._tag("15 base").ids,
                "amount_currency": amount,
                "balance": amount,
                "tax_base_amount": 0.0,
                "shares": {
                    f'["separate", "base", [{self.vat.id}], false, 0]': [amount, amount, 0.0]
                },
            },
            {
                **common,
                "kind": "tax",
                "name": "15",
                "account_id": self.tax_account.id,
                "tax_ids": [],
                "tax_tag_ids": self._tag("15 tax").ids,
                "tax_repartition_line_id": rep.id,
                "amount_currency": tax,
                "balance": tax,
                "tax_base_amount": amount,
                "shares": {f'["separate", {self.vat.id}, 1, false, []]': [tax, tax, amount]},
            },
        ]
        if with_carriers:
            for part in parts:
                (carrier,) = items.filtered(
                    lambda item, part=part: item.account_id.id == part["account_id"]
                )
                part["carrier_id"] = carrier.id
        return parts

    def _rows(self, writeoff):
        names = [
            *("line_id", "move_id", "currency_id", "kind", "treatment", "key", "signature"),
            *("account_id", "product_id", "tax_id", "base_tax_ids", "tax_repartition_line_id"),
            *("amount_currency", "balance", "tax_base_amount", "carrier_id"),
        ]
        return [
            (*(vals[name] for name in names), bool(share.reversed_id))
            for share in writeoff.line_ids.share_ids
            for vals in share.read(names, load="")
        ]

    def _written_off(self):
        """100 and 200 on one entry, the 100 undone."""
        invoices = self._taxed_invoice((100.0, self.vat)) | self._taxed_invoice((200.0, self.vat))
        writeoff = self._separate(invoices)
        self._reverse(writeoff, writeoff.accounting_date, writeoff.line_ids[:1])
        return writeoff

    def test_rows(self):
        """The same rows as if it were written off today, with the journal items stored or not."""
        for with_carriers in (True, False):
            writeoff = self._written_off()
            before = self._rows(writeoff)
            with self.subTest(with_carriers=with_carriers):
                self._make_former(
                    {
                        line: self._get_former_parts(line, amount, with_carriers)
                        for line, amount in zip(writeoff.line_ids, (100.0, 200.0), strict=True)
                    }
                )
                counter = writeoff.sudo().entry_ids.line_ids.filtered("writeoff_target_id")
                counter.filtered(lambda item: not item.writeoff_line_id).writeoff_target_id = False
                self.script.migrate(self.cr, "19.0.1.1.0")
                self.script.migrate(self.cr, "19.0.1.1.0")  # twice breaks nothing
                self.env.invalidate_all()
                self.assertEqual(sorted(self._rows(writeoff)), sorted(before))

    def test_undo(self):
        """What was left after the first undo: nothing of it after the second."""
        writeoff = self._written_off()
        self._make_former(
            {
                line: self._get_former_parts(line, amount)
                for line, amount in zip(writeoff.line_ids, (100.0, 200.0), strict=True)
            }
        )
        self.script.migrate(self.cr, "19.0.1.1.0")
        self._reverse(writeoff, writeoff.accounting_date)
        self.assertEqual(self._balance(self.bad_debt_account), 0.0)
        self.assertEqual(self._report(), {"15 base": -300.0, "15 tax": -45.0})

    def test_some_taxes_were_kept(self):
        """What was treated alike is still counted together."""
        low = self._tax("5", 5.0)
        facts = self.script._get_facts(
            self.env["ar.writeoff.line"],
            [f"separate without [{low.id}]", self.vat.id, 1, False, []],
            {"product_id": set()},
        )
        self.assertEqual((facts["treatment"], facts["kept_tax_ids"]), ("relief", low.ids))
        self.assertEqual(
            facts["key"],
            self.env["ar.writeoff.contra"]._get_key(
                ("relief", (low.id,)), (self.vat.id, 1, False, [])
            ),
        )

    def test_without_stored_parts(self):
        """A line without any landed on its account, whole."""
        writeoff = self._write_off(self._invoice(100.0))
        before = self._rows(writeoff)
        self._make_former({})
        self.script.migrate(self.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertEqual(self._rows(writeoff), before)
