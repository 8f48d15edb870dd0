"""Installing on books that are already there."""

import os
import subprocess
import sys
import unittest
import uuid

from odoo.tests import BaseCase, tagged
from odoo.tools import config


@tagged("post_install", "-at_install")
class TestInstall(BaseCase):
    """A ledger of a million entries must not be rewritten because an addon comes in."""

    def _psql(self, database, query):
        command = [
            os.path.join(os.environ["PG_BIN"], "psql"),
            *("-h", config["db_host"], "-U", config["db_user"], "-d", database),
            *("-AtX", "-c", query),
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def _versions(self, database, table):
        """Which transaction wrote each row last: any update would show."""
        return self._psql(database, f"SELECT id, xmin FROM {table} ORDER BY id").splitlines()

    @unittest.skipUnless(os.environ.get("AR_WRITEOFF_BASE_DB"), "needs scripts/test")
    def test_no_entry_is_updated(self):
        database = f"ar_writeoff_install_{uuid.uuid4().hex[:8]}"
        base = os.environ["AR_WRITEOFF_BASE_DB"]
        self.addCleanup(self._psql, "postgres", f"DROP DATABASE IF EXISTS {database}")
        self._psql("postgres", f"CREATE DATABASE {database} TEMPLATE {base}")
        self._psql(database, "UPDATE ir_module_module SET demo = false")
        tables = ("account_move", "account_move_line", "account_partial_reconcile")
        before = {table: self._versions(database, table) for table in tables}
        self.assertGreater(len(before["account_move"]), 20)
        subprocess.run(
            [
                *(sys.executable, "-m", "odoo", "-c", os.environ["AR_WRITEOFF_CONFIG"]),
                *("-d", database, "-i", "ar_writeoff", "--without-demo=True"),
                *("--skip-auto-install", "--stop-after-init", "--no-http", "--log-level=error"),
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
        columns = self._psql(
            database,
            "SELECT count(*) FROM information_schema.columns WHERE table_name = 'account_move' "
            "AND column_name IN "
            "('writeoff_state', 'writeoff_amount', 'writeoff_role', 'writeoff_id')",
        )
        self.assertEqual(columns, "4")
        for table in tables:
            self.assertEqual(self._versions(database, table), before[table], table)
        journal = self._psql(
            database,
            "SELECT j.code FROM res_company c "
            "JOIN account_journal j ON j.id = c.writeoff_journal_id",
        )
        self.assertEqual(journal, "ADJ")
        accounts = self._psql(
            database, "SELECT count(*) FROM res_company WHERE writeoff_loss_account_id IS NOT NULL"
        )
        self.assertEqual(accounts, "0")
