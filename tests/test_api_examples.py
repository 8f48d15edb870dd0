"""The examples of ``docs/api.md``, run as they stand there against the demo, over the network."""

import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from odoo.tests import HttpCase, tagged

PAGE = Path(__file__).parent.parent / "docs" / "api.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^## ", re.MULTILINE)


@tagged("post_install", "-at_install")
class TestApiExamples(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        user = cls.env["res.users"].search([("login", "=", "writeoff_user")])
        keys = cls.env["res.users.apikeys"].with_user(user)
        cls.key = keys._generate("rpc", "examples", datetime.now() + timedelta(days=1))

    def _read(self, title):
        """The code of a section of the page, and what it says that comes of it."""
        [section] = [one for one in SECTION.split(PAGE.read_text()) if one.startswith(title)]
        code, expected = [], []
        for language, text in BLOCK.findall(section):
            (expected if language == "text" else code).append(text)
        self.assertTrue(code and expected)
        return "".join(code), "".join(expected)

    def _run(self, command, code):
        env = {**os.environ, "ODOO_URL": self.base_url(), "ODOO_KEY": self.key}
        with self.allow_requests(all_requests=True):
            result = subprocess.run(
                command,
                input=code,
                env={**env, "no_proxy": "127.0.0.1,localhost"},
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
        self.assertFalse(result.stderr)
        return result.stdout

    def test_python(self):
        code, expected = self._read("With Python")
        self.assertEqual(self._run([sys.executable, "-"], code), expected)

    def test_curl(self):
        code, expected = self._read("With curl")
        self.assertEqual(self._run(["bash", "-euo", "pipefail"], code), expected)
