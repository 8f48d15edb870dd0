"""The commands: what Ctrl-C leaves behind, what they refuse, how a server starts anew."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import TestCase

import odoo.release

ROOT = Path(__file__).parent.parent
LIB = ROOT / "scripts" / "lib"
# Answers to the signals as Odoo does: at the first it ends in good order.
SERVER = """#!/bin/bash
trap 'echo server: interrupted' INT
trap 'echo server: ended; exit 1' TERM
echo server: ready
while :; do sleep 0.05; done
"""


class TestScripts(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cache = Path(folder.name)
        self.env = {**os.environ, "AR_WRITEOFF_CACHE": str(self.cache)}

    def _interrupt(self, script, ready):
        """Exit status and output of a script at which Ctrl-C is pressed once it is ready."""
        output = self.cache / "output"
        with output.open("w") as file:
            process = subprocess.Popen(
                ["bash", "-c", f". {LIB}/common.sh; . {LIB}/odoo.sh\n{script}"],
                env=self.env,
                stdout=file,
                stderr=file,
                start_new_session=True,
                # Where the tests run in the background, Ctrl-C is ignored, and it would be here.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        end = time.monotonic() + 20
        while not ready(output) and time.monotonic() < end:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        return process.wait(20), output.read_text()

    def test_ctrl_c_during_set_up(self):
        job = "import time; print('ready', flush=True); time.sleep(30)"
        status, output = self._interrupt(
            f"""at_exit echo cleaned up
            at_exit false
            run_logged odoo {sys.executable} -c "{job}"
            echo went on""",
            lambda _output: "ready" in self._log("odoo"),
        )
        self.assertEqual(status, 130)
        self.assertIn("interrupted", output)
        self.assertIn("cleaned up", output)
        for word in ("failed", "Traceback", "went on"):
            self.assertNotIn(word, output)

    def _log(self, name):
        file = self.cache / "log" / f"{name}.log"
        return file.read_text() if file.exists() else ""

    def test_ctrl_c_stops_the_server_first(self):
        python = self.cache / "bin" / "python"
        python.parent.mkdir()
        python.write_text(SERVER)
        python.chmod(0o755)
        status, output = self._interrupt(
            """VENV=$CACHE ODOO_SOURCE=$CACHE
            odoo_server & SERVER=$!
            at_exit echo PostgreSQL: stopped
            at_exit stop_server $SERVER
            wait $SERVER""",
            lambda output: "ready" in output.read_text(),
        )
        self.assertEqual(status, 130)
        self.assertIn("server: ended\nPostgreSQL: stopped", output)
        self.assertNotIn("server: interrupted", output)

    def test_a_set_up_that_fails(self):
        script = f". {LIB}/common.sh; at_exit echo cleaned up; run_logged odoo false"
        result = self._run(["bash", "-c", script])
        self.assertEqual(result.returncode, 1)
        self.assertIn("'false' failed", result.stderr)
        self.assertIn("cleaned up", result.stdout)

    def test_port(self):
        for port in ("abc", "0", "080", "65535", "99999", "80 80", "-1"):
            result = self._run([ROOT / "scripts" / "demo"], PORT=port)
            self.assertEqual(result.returncode, 1, port)
            self.assertIn(f"PORT={port} is no port", result.stderr)
            self.assertEqual({path.name for path in self.cache.iterdir()} & {"odoo", "pg"}, set())

    def test_server_starts_anew(self):
        """As Odoo does when a job runs past its time: with the arguments it was started with."""
        python = (
            f"import sys; sys.argv = [{str(LIB / 'odoo_bin.py')!r}, '--version'];"
            "from odoo.service import server; server._reexec()"
        )
        source = Path(odoo.release.__file__).parent.parent
        script = f"""
            . {LIB}/common.sh; . {LIB}/odoo.sh
            VENV={sys.prefix} ODOO_SOURCE={source}
            echo "{python}" | odoo shell --no-http --log-level=error"""
        result = self._run(["bash", "-c", script])
        self.assertEqual(result.stdout.strip(), "Odoo Server 19.0", result.stderr)

    def _run(self, command, **env):
        return subprocess.run(
            command,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
