"""The addon of somebody else that ``docs/integration.md`` shows: its examples, as they stand there.

What a document's reference says decides whether an example does something, so that each can be
proven apart. ``tests/test_hooks.py`` puts the classes into the registry, as an installed addon
would.
"""

import re
from pathlib import Path

from odoo.orm.model_classes import add_to_registry

PAGE = Path(__file__).parent.parent / "docs" / "integration.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def load_examples():
    """The model classes of the page, in its order.

    :return: list of definition classes
    """
    names = {"__name__": "integration"}
    for block in BLOCK.findall(PAGE.read_text()):
        # Odoo puts the classes of an addon into every registry; these belong to tests alone.
        source = re.sub(r"^( +)_inherit = ", r"\1_module = None\n\1_inherit = ", block, flags=re.M)
        exec(compile(source, str(PAGE), "exec"), names)  # noqa: S102, it is our own page
    return [one for one in names.values() if getattr(one, "_module", "") is None]


HOOKS = load_examples()


class HooksCommon:
    """Beside a test class: the examples are in the registry while its tests run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hooks = [hook for hook in HOOKS if hook._name in cls.registry]  # some are of options
        names = [hook._name for hook in hooks]
        cls.addClassCleanup(cls.registry._setup_models__, cls.env.cr, names)
        for hook in hooks:
            model = cls.registry[hook._name]
            cls.addClassCleanup(setattr, model, "_base_classes__", model._base_classes__)
            add_to_registry(cls.registry, hook)
        cls.registry._setup_models__(cls.env.cr, names)
