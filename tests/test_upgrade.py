"""A database that version 19.0.1.1.0 made, before and after the upgrade to this one.

The version is installed from its source, ``scenario.py`` fills its tables through its own doors,
and ``facts.py`` reads ledger and register: with the former version, and with this one. Then all
that can be undone is undone, with both.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import unittest
import uuid
from pathlib import Path

from odoo.tests import BaseCase, tagged
from odoo.tools import config

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "upgrade"
SOURCE = DATA / "ar_writeoff-19.0.1.1.0.tar.xz"
FACTS = ("facts.py", "facts_batch.py", "undo.py", "go_on.py")
# One batch that runs, and one write-off that is being undone.
START = """
WITH line AS (
    UPDATE ar_writeoff_line SET state = 'queued' WHERE id = (
        SELECT min(l.id) FROM ar_writeoff_line l JOIN ar_writeoff w ON w.id = l.writeoff_id
         WHERE l.state = 'planned' AND w.is_batch AND w.state = 'draft' AND w.name = '/')
    RETURNING writeoff_id)
UPDATE ar_writeoff SET state = 'running', name = 'WO/RUN' WHERE id IN (SELECT * FROM line);
UPDATE ar_writeoff_line SET undo_queued = true WHERE id = (
    SELECT min(id) FROM ar_writeoff_line WHERE state = 'done');
"""
STOP = """
UPDATE ar_writeoff_line SET state = 'planned' WHERE state = 'queued';
UPDATE ar_writeoff SET state = 'draft', name = '/' WHERE state = 'running';
UPDATE ar_writeoff_line SET undo_queued = false;
"""


def _differences(before, after, path=""):
    """Where two trees of facts differ: lines of text."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return [] if before == after else [f"{path}: {before} is now {after}"]
    found = []
    for key in sorted({*before, *after}):
        where = f"{path} › {key}"
        if key not in after:
            found.append(f"{where}: {before[key]} is gone")
        elif key not in before:
            found.append(f"{where}: {after[key]} is new")
        else:
            found += _differences(before[key], after[key], where)
    return found


@tagged("post_install", "-at_install")
@unittest.skipUnless(os.environ.get("AR_WRITEOFF_BASE_DB"), "needs scripts/test")
class TestUpgrade(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.database = f"ar_writeoff_upgrade_{uuid.uuid4().hex[:8]}"
        cls.addClassCleanup(cls._psql, "postgres", f"DROP DATABASE IF EXISTS {cls.database}")
        base = os.environ["AR_WRITEOFF_BASE_DB"]
        cls._psql("postgres", f"CREATE DATABASE {cls.database} TEMPLATE {base}")
        configuration = Path(os.environ["AR_WRITEOFF_CONFIG"]).read_text()
        with tarfile.open(SOURCE) as archive:
            archive.extractall(cls.folder / "addons")  # noqa: S202  the repository's own
        former = re.sub(
            rf"(?m)^(addons_path = .*),{ROOT}\b", rf"\1,{cls.folder}/addons", configuration
        )
        (cls.folder / "former.conf").write_text(former)
        (cls.folder / "now.conf").write_text(configuration)
        cls._run("former", "-i", "ar_writeoff")
        cls._shell("former", "books.py", "scenario.py", *FACTS)
        cls._psql(cls.database, START)
        cls.refusal = cls._odoo("now", "-u", "ar_writeoff", "--stop-after-init")
        cls._psql(cls.database, STOP)
        cls._run("now", "-u", "ar_writeoff")
        cls._shell("now", *FACTS)
        cls.facts = {
            (version, name): json.loads((cls.folder / version / f"{name}.json").read_text())
            for version in ("former", "now")
            for name in ("before", "undone", "further")
        }

    @classmethod
    def _psql(cls, database, query):
        command = [
            os.path.join(os.environ["PG_BIN"], "psql"),
            *("-h", config["db_host"], "-U", config["db_user"], "-d", database),
            *("-AtX", "-v", "ON_ERROR_STOP=1", "-c", query),
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    @classmethod
    def _odoo(cls, version, *arguments, script=None):
        (cls.folder / version).mkdir(exist_ok=True)
        command = [
            *(sys.executable, "-m", "odoo", *(["shell", "--no-http"] if script else [])),
            *("-c", str(cls.folder / f"{version}.conf"), "-d", cls.database),
            *("--log-level=warn", *arguments),
        ]
        return subprocess.run(
            command,
            input=script,
            env={**os.environ, "AR_WRITEOFF_FACTS": str(cls.folder / version)},
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )

    @classmethod
    def _run(cls, version, *arguments):
        cls._check(
            cls._odoo(
                version, *arguments, "--with-demo", "--skip-auto-install", "--stop-after-init"
            )
        )

    @classmethod
    def _shell(cls, version, *names):
        script = "\n".join((DATA / name).read_text() for name in names)
        cls._check(cls._odoo(version, script=script))

    @classmethod
    def _check(cls, result):
        faults = re.search(r"Traceback| (ERROR|CRITICAL) ", result.stderr)
        if result.returncode or faults:
            raise AssertionError(result.stderr)

    def _assert_same(self, name):
        before, after = self.facts["former", name], self.facts["now", name]
        self.assertEqual(set(before), set(after))
        for section in before:
            with self.subTest(section):
                found = _differences(before[section], after[section])
                self.assertFalse(found, "\n".join(["", *found[:20], f"{len(found)} in all"]))

    def test_there_is_something_to_compare(self):
        facts = self.facts["former", "before"]
        for section, found in facts.items():
            self.assertTrue(found, section)
        states = {found["state"] for found in facts["write_offs"].values()}
        self.assertEqual(
            states, {"posted", "entries_draft", "partly_reversed", "reversed", "cancelled"}
        )
        states = {found["state"] for found in facts["lines"].values()}
        self.assertEqual(
            states,
            {"done", "entry_draft", "waiting", "netted", "partly_matched", "unmatched"}
            | {"reversed", "cancelled"},
        )
        states = {found["state"] for found in facts["candidates"].values()}
        self.assertEqual(states, {"planned", "left_out", "skipped", "failed"})

    def test_nothing_changes(self):
        self._assert_same("before")

    def test_everything_is_undone_as_before(self):
        """The same entries, and the same residuals after them."""
        self.assertEqual(set(self.facts["now", "undone"]["answers"].values()), {"done"})
        self._assert_same("undone")

    def test_work_goes_on_as_before(self):
        """Drafts are run with what was chosen by hand, what failed is tried again."""
        self._assert_same("further")

    def test_refused_while_something_is_under_way(self):
        """It says which, and leaves the database to the former version."""
        self.assertNotEqual(self.refusal.returncode, 0)
        self.assertIn("WO/RUN", self.refusal.stderr)
        self.assertRegex(self.refusal.stderr, r"WO/2026/00001\b|WO/\d+/00001\b")
        self.assertRegex(self.refusal.stderr, "(?i)let (it|them) finish")

    def test_glue_installs_itself(self):
        """An upgrade alone would not look for addons that were split off."""
        query = "SELECT state FROM ir_module_module WHERE name = '%s'"
        online = self._psql(self.database, query % "account_payment")
        glue = self._psql(self.database, query % "ar_writeoff_account_payment")
        self.assertEqual(glue == "installed", online == "installed")
