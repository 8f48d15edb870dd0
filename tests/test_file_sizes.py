"""Nothing grows too long to be read: the house style, kept by a test."""

import ast
from pathlib import Path
from statistics import median

from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tests.common import BaseCase

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
MEDIAN_FUNCTION = 8


@tagged("-at_install", "post_install")
class TestFileSizes(BaseCase):
    def setUp(self):
        super().setUp()
        root = Path(get_module_path("ar_writeoff"))
        self.sources = {path: path.read_text() for path in root.rglob("*.py")}

    def test_files(self):
        for path, source in self.sources.items():
            with self.subTest(path.name):
                self.assertLessEqual(len(source.splitlines()), LONGEST_FILE)

    def test_functions(self):
        """Counted without their docstrings: those may take the room they need."""
        lengths = {}
        for path, source in self.sources.items():
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.FunctionDef):
                    body = node.body[1:] if ast.get_docstring(node) else node.body
                    start = body[0].lineno if body else node.end_lineno
                    lengths[path.name, node.name] = node.end_lineno - start + 1
        too_long = {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION}
        self.assertFalse(too_long)
        self.assertLessEqual(median(lengths.values()), MEDIAN_FUNCTION)
