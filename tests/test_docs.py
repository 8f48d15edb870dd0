"""The documentation: every link leads somewhere."""

import re
from pathlib import Path
from unittest import TestCase

ROOT = Path(__file__).parent.parent
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def get_anchors(path):
    """Anchors of the headings of a page, as they are derived from their texts."""
    headings = HEADING.findall(path.read_text())
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


class TestDocs(TestCase):
    def test_links(self):
        pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
        self.assertGreater(len(pages), 5)
        broken = []
        for page in pages:
            for link in LINK.findall(page.read_text()):
                target, _hash, anchor = link.partition("#")
                if target.startswith(("http:", "https:")):
                    continue
                path = (page.parent / target).resolve() if target else page
                if not path.exists() or (anchor and anchor not in get_anchors(path)):
                    broken.append(f"{page.relative_to(ROOT)}: {link}")
        self.assertEqual(broken, [])
