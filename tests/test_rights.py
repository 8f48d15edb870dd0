"""The engine takes its rights in one place; every other ``sudo`` says why it is there."""

import ast
import io
import tokenize
from pathlib import Path

from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tests.common import BaseCase

# What only the one function may say.
ENGINE_WORDS = ("authority was checked", "the engine's", "by the engine only")


@tagged("-at_install", "post_install")
class TestRights(BaseCase):
    def setUp(self):
        super().setUp()
        root = Path(get_module_path("ar_writeoff"))
        self.sources = {
            path: path.read_text()
            for folder in ("models", "wizards", "report")
            for path in (root / folder).rglob("*.py")
        }

    def _get_comments(self, source):
        """Line → its comment."""
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}

    def _get_calls(self, source, name):
        """Lines on which rights are taken: ``x.sudo()``, not ``x.sudo(False)``."""
        return [
            node.end_lineno
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == name
            and not node.args
        ]

    def _get_reason(self, comments, line):
        """The comment on the line, or the block of comments that is nearest above it."""
        if line in comments:
            return comments[line]
        above = [number for number in comments if line - 9 < number < line]
        return " ".join(comments[number] for number in sorted(above))

    def test_every_sudo_has_its_reason(self):
        for path, source in self.sources.items():
            comments = self._get_comments(source)
            for line in self._get_calls(source, "sudo") if path.name != "rights.py" else ():
                with self.subTest(f"{path.name}:{line}"):
                    self.assertIn("sudo:", self._get_reason(comments, line))

    def test_the_engines_rights_are_taken_in_one_place(self):
        for path, source in self.sources.items():
            for line, comment in self._get_comments(source).items():
                if "sudo:" in comment:
                    with self.subTest(f"{path.name}:{line}"):
                        for words in ENGINE_WORDS:
                            self.assertNotIn(words, comment)

    def test_the_reading_finds_them(self):
        """It would be of no use if it found nothing."""
        found = [
            line for source in self.sources.values() for line in self._get_calls(source, "sudo")
        ]
        self.assertGreater(len(found), 20)
