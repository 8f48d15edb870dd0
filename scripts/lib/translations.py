"""Brings the translations of addons up to their templates. Usage: translations.py ADDON..."""

import sys
from pathlib import Path

import polib

LANGUAGES = ("de", "es", "fr", "nl", "pt_BR")
# In French and Portuguese of Brazil, zero is singular.
PLURALS = {"fr": "nplurals=2; plural=(n > 1);", "pt_BR": "nplurals=2; plural=(n > 1);"}
PLURAL = "nplurals=2; plural=(n != 1);"
DATES = ("POT-Creation-Date", "PO-Revision-Date")  # they would change with every look


def save(po, path):
    for name in DATES:
        po.metadata.pop(name, None)
    po.save(str(path))


def update(template, language):
    """One language of an addon: as much translated as was, in the order of the template.

    :return: how many messages wait for a translator
    """
    path = template.parent / f"{language}.po"
    known = {}
    if path.exists():
        known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}
    po = polib.pofile(str(template))
    po.metadata["Language"] = language
    po.metadata["Plural-Forms"] = PLURALS.get(language, PLURAL)
    for entry in po:
        entry.msgstr = known.get(entry.msgid, "")
    save(po, path)
    return len(po.untranslated_entries())


def main():
    for addon in map(Path, sys.argv[1:]):
        template = addon / "i18n" / f"{addon.name}.pot"
        if not template.exists():
            continue
        po = polib.pofile(str(template))
        if not po:  # no message of its own
            template.unlink()
            template.parent.rmdir()
            continue
        save(po, template)
        for language in LANGUAGES:
            if missing := update(template, language):
                print(f"{addon.name}: {missing} messages to be translated into {language}")


main()
