"""The rooms of the addon: which may ask which, by imports and by names of models."""

import ast
from pathlib import Path

from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tests.common import BaseCase

# From the screens down to the books; a room asks those that are named behind it.
ARROWS = {
    "wizards": {"ageing", "batch", "engine", "register", "configuration", "plain"},
    "report": {"ageing"},
    "ageing": {"configuration", "plain"},
    "audit": {"plain"},
    "call": {"batch", "engine", "register", "configuration", "plain"},
    "batch": {"engine", "register", "configuration", "plain"},
    "engine": {"register", "configuration", "plain"},
    "ledger": {"engine", "register", "plain"},
    "register": {"configuration", "plain"},
    "configuration": {"plain"},
    "plain": set(),
}
# A button on a record opens a dialog: the dialog is named, nothing is asked of it.
DIALOGS = {
    "ar.writeoff.wizard",
    "ar.writeoff.undo",
    "ar.writeoff.batch.confirm",
    "ar.writeoff.ageing.options",
}
# A record knows by a link where it comes from.
LINKS = {
    ("register", "ar.writeoff.batch"),
    ("register", "ar.writeoff.candidate"),
    ("register", "ar.writeoff.run"),
    ("configuration", "ar.writeoff.line"),
}


@tagged("-at_install", "post_install")
class TestRooms(BaseCase):
    def setUp(self):
        super().setUp()
        self.root = Path(get_module_path("ar_writeoff"))
        folders = ("models", "wizards", "report")
        self.trees = {
            path: ast.parse(path.read_text())
            for folder in folders
            for path in (self.root / folder).rglob("*.py")
        }
        self.rooms = {}
        for path, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_name":
                    self.rooms[node.value.value] = self._get_room(path)

    def _get_room(self, path):
        folder, *rest = path.relative_to(self.root).parts
        if folder != "models":
            return folder
        return rest[0] if len(rest) > 1 else "plain"

    def _get_imported(self, path, node):
        """Room of a relative import; None for those of other packages."""
        if not isinstance(node, ast.ImportFrom) or not node.level:
            return None
        target = path.parents[node.level - 1].joinpath(
            *node.module.split(".") if node.module else ()
        )
        return self._get_room(target.with_suffix(".py"))

    def _get_named(self, node):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        return node.value if is_text and node.value in self.rooms else None

    def test_arrows(self):
        """What one room asks of another is among the arrows."""
        against = set()
        for path, tree in self.trees.items():
            if path.name == "__init__.py":
                continue
            own = self._get_room(path)
            for node in ast.walk(tree):
                model = self._get_named(node)
                if model in DIALOGS or (own, model) in LINKS:
                    continue
                other = self.rooms[model] if model else self._get_imported(path, node)
                if other and other != own and other not in ARROWS[own]:
                    name = path.relative_to(self.root / path.relative_to(self.root).parts[0])
                    against.add((str(name), other))
        self.assertFalse(against)

    def test_no_circle(self):
        """Following the arrows, nobody comes back to where they were."""
        left = {room: set(others) for room, others in ARROWS.items()}
        while left:
            ends = {room for room, others in left.items() if not others & set(left)}
            self.assertTrue(ends, f"a circle among {sorted(left)}")
            left = {room: others for room, others in left.items() if room not in ends}

    def test_every_model_is_known(self):
        """The reading above finds the models at all."""
        self.assertEqual(self.rooms["ar.writeoff.share"], "register")
        self.assertEqual(self.rooms["ar.writeoff.candidate"], "batch")
        self.assertEqual(self.rooms["ar.writeoff.wizard"], "wizards")
        self.assertEqual(self.rooms["ar.writeoff.netting"], "engine")
