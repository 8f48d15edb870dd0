"""Makes README.rst and static/description/index.html of an addon of its readme/ and manifest.

Usage: readme.py [--check] ADDON...    --check changes nothing, and fails where a page is behind.
"""

import ast
import re
import sys
from pathlib import Path

from docutils.core import publish_parts

SECTIONS = (("CONFIGURE", "Configuration"), ("USAGE", "Usage"))
BADGES = {
    "Beta": ("maturity-Beta-yellow", "https://odoo-community.org/page/development-status"),
    "LGPL-3": ("license-LGPL--3-blue", "https://www.gnu.org/licenses/lgpl-3.0-standalone.html"),
    "AGPL-3": ("license-AGPL--3-blue", "https://www.gnu.org/licenses/agpl-3.0-standalone.html"),
}
NOTICE = ".. Made by scripts/readme of what is in readme/ and in the manifest: changes go there."
STYLE = """\
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1, h2 { color: #5b2b53; line-height: 1.2; }
img { max-width: 100%; height: auto; }
.figure img { border: 1px solid #dcdcdc; border-radius: 4px; }
"""


def read(addon, name):
    """A fragment of a page.

    :return: str, empty if the addon has none
    """
    path = addon / "readme" / f"{name}.rst"
    return path.read_text().strip() if path.exists() else ""


def head(title, line):
    return f"{title}\n{line * len(title)}"


def make_readme(addon):
    """README.rst, in the order the Odoo Community Association has its pages in."""
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    pictures = [
        f".. image:: https://img.shields.io/badge/{name}.png\n"
        f"    :target: {target}\n    :alt: {alt}"
        for alt in (manifest["development_status"], manifest["license"])
        for name, target in [BADGES[alt]]
    ]
    parts = [
        NOTICE,
        "=" * len(manifest["name"]) + "\n" + head(manifest["name"], "="),
        "\n".join(pictures),
        read(addon, "DESCRIPTION"),
        "**Table of contents**\n\n.. contents::\n   :local:",
    ]
    for name, title in SECTIONS:
        if text := read(addon, name):
            parts += [head(title, "="), text]
    authors = "\n".join(f"* {author.strip()}" for author in manifest["author"].split(","))
    parts += [
        head("Credits", "="),
        head("Authors", "~"),
        authors,
        head("Contributors", "~"),
        read(addon, "CONTRIBUTORS"),
    ]
    return "\n\n".join(parts) + "\n"


def make_index(readme):
    """The page Odoo's list of apps shows: the same, with its pictures beside it."""
    text = re.sub(r"^(\.\. figure:: )static/description/", r"\1", readme, flags=re.M)
    # The badges are on another server, which a page inside Odoo must not ask.
    text = re.sub(r"^\.\. image:: https.*\n(    .*\n)+", "", text, flags=re.M)
    parts = publish_parts(text, writer="html", settings_overrides={"embed_stylesheet": False})
    body = parts["html_body"].strip()
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{parts['title']}</title>\n<style>\n{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def main():
    check = "--check" in sys.argv
    behind = []
    for addon in (Path(name) for name in sys.argv[1:] if name != "--check"):
        readme = make_readme(addon)
        index = addon / "static" / "description" / "index.html"
        for path, text in ((addon / "README.rst", readme), (index, make_index(readme))):
            if path.exists() and path.read_text() == text:
                continue
            behind.append(str(path))
            if not check:
                path.write_text(text)
    if check and behind:
        sys.exit(f"behind readme/ (scripts/readme makes them anew): {', '.join(behind)}")


main()
