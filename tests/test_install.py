"""Installing on books that are already there, and leaving them again."""

import json
import os
import subprocess
import sys
import unittest
import uuid

from odoo.tests import BaseCase, tagged
from odoo.tools import config

LEDGER = (
    *("account_move", "account_move_line", "account_partial_reconcile", "account_full_reconcile"),
    *("account_journal", "account_account_tag_account_move_line_rel"),
)
# An invoice in full, a part of one with its tax, and one that was undone.
WRITE_OFF = """
account = env["account.account"].search([("account_type", "=", "expense")], limit=1)
env.company.writeoff_loss_account_id = account
invoices = env["account.move"].search(
    [
        ("move_type", "=", "out_invoice"),
        ("state", "=", "posted"),
        ("amount_residual", ">", 0),
        ("company_id", "=", env.company.id),
    ]
)
taxed = invoices.filtered("amount_tax")[0]
plain, undone = (invoices - taxed)[:2]


def write_off(invoice, share):
    wizard = env["ar.writeoff.wizard"].browse(invoice.action_write_off()["res_id"])
    wizard.separate_tax = True
    for line in wizard.line_ids:
        line.amount_currency = line.currency_id.round(line.amount_currency * share)
    wizard.action_preview()
    wizard.warnings_confirmed = True
    wizard.action_confirm()
    return invoice.writeoff_line_ids.writeoff_id


write_off(plain, 1)
write_off(taxed, 0.5)
undo = write_off(undone, 1).action_open_undo()
env["ar.writeoff.undo"].browse(undo["res_id"]).action_undo()
env.cr.commit()
"""
# What the dialog Export of the register does with these fields.
EXPORT = """
import json
fields = ["name", "state", "line_ids/item_name", "line_ids/entry_id", "line_ids/amount"]
print("EXPORT", json.dumps(env["ar.writeoff"].search([]).export_data(fields)["datas"], default=str))
"""
UNINSTALL = """
env["ir.module.module"].search([("name", "=", "ar_writeoff")]).button_immediate_uninstall()
"""


@tagged("post_install", "-at_install")
@unittest.skipUnless(os.environ.get("AR_WRITEOFF_BASE_DB"), "needs scripts/test")
class TestInstall(BaseCase):
    """The ledger is not the addon's: neither coming nor going rewrites an entry of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = f"ar_writeoff_install_{uuid.uuid4().hex[:8]}"
        base = os.environ["AR_WRITEOFF_BASE_DB"]
        cls.addClassCleanup(cls._psql, "postgres", f"DROP DATABASE IF EXISTS {cls.database}")
        cls._psql("postgres", f"CREATE DATABASE {cls.database} TEMPLATE {base}")
        cls._query("UPDATE ir_module_module SET demo = false")
        cls.before = {table: cls._versions(table) for table in LEDGER}
        cls._odoo(
            *("-i", "ar_writeoff", "--without-demo=True", "--skip-auto-install"),
            "--stop-after-init",
        )

    @classmethod
    def _psql(cls, database, query):
        command = [
            os.path.join(os.environ["PG_BIN"], "psql"),
            *("-h", config["db_host"], "-U", config["db_user"], "-d", database),
            *("-AtX", "-c", query),
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    @classmethod
    def _query(cls, query):
        return cls._psql(cls.database, query)

    @classmethod
    def _versions(cls, table):
        """Which transaction wrote each row last: any update would show."""
        return cls._query(f"SELECT ctid, xmin FROM {table} ORDER BY ctid").splitlines()

    @classmethod
    def _odoo(cls, *arguments, script=None):
        command = [
            *(sys.executable, "-m", "odoo", *(["shell"] if script else [])),
            *("-c", os.environ["AR_WRITEOFF_CONFIG"], "-d", cls.database),
            *("--no-http", "--log-level=error", *arguments),
        ]
        result = subprocess.run(
            command, input=script, capture_output=True, text=True, timeout=900, check=False
        )
        if result.returncode or "Traceback" in result.stderr:
            raise AssertionError(result.stderr)
        return result.stdout

    def test_install(self):
        """A ledger of a million entries must not be rewritten because an addon comes in."""
        self.assertGreater(len(self.before["account_move"]), 20)
        columns = self._query(
            "SELECT count(*) FROM information_schema.columns WHERE table_name = 'account_move' "
            "AND column_name IN "
            "('writeoff_state', 'writeoff_amount', 'writeoff_role', 'writeoff_id')",
        )
        self.assertEqual(columns, "4")
        for table in ("account_move", "account_move_line", "account_partial_reconcile"):
            self.assertEqual(self._versions(table), self.before[table], table)
        journal = self._query(
            "SELECT j.code FROM res_company c "
            "JOIN account_journal j ON j.id = c.writeoff_journal_id",
        )
        self.assertEqual(journal, "ADJ")
        accounts = self._query(
            "SELECT count(*) FROM res_company WHERE writeoff_loss_account_id IS NOT NULL"
        )
        self.assertEqual(accounts, "0")

    def test_uninstall(self):
        """The register goes, what it said can be kept; the entries stay, posted and matched."""
        self._odoo(script=WRITE_OFF)
        output = self._odoo(script=EXPORT)
        rows = json.loads(output.split("EXPORT ", 1)[1].splitlines()[0])
        self.assertEqual([row[1] for row in rows], ["Reversed", "Posted", "Posted"])
        self.assertTrue(all(all(row) for row in rows), rows)
        written_off = self._query("SELECT writeoff_id, count(*) FROM account_move GROUP BY 1")
        self.assertEqual(len(written_off.splitlines()), 4, "three write-offs, and what has none")
        before = {table: self._versions(table) for table in LEDGER}
        self._odoo(script=UNINSTALL)
        for table in LEDGER:
            self.assertEqual(self._versions(table), before[table], table)
        entries = self._query(
            "SELECT m.state, l.reconciled, count(*) FROM account_move m "
            "JOIN account_journal j ON j.id = m.journal_id AND j.code = 'ADJ' "
            "JOIN account_move_line l ON l.move_id = m.id "
            "JOIN account_account a ON a.id = l.account_id "
            "AND a.account_type = 'asset_receivable' GROUP BY 1, 2"
        )
        self.assertEqual(entries, "posted|t|4", "three write-offs and the reversal entry")
        left = self._query(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_name LIKE 'ar_writeoff%' "
            "OR (table_name LIKE 'account_move%' AND column_name LIKE '%writeoff%')"
        )
        self.assertEqual(left, "")
