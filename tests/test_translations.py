"""Languages: the templates are current, nothing is left untranslated, the wizard works in each."""

import re
from io import BytesIO
from pathlib import Path

import polib

from odoo.tests import tagged
from odoo.tools.translate import trans_export

from .common import WriteoffCommon

ROOT = Path(__file__).parent.parent
ADDONS = sorted(path.parent.name for path in ROOT.glob("ar_writeoff*/__manifest__.py"))
LANGUAGES = {"de": "de_DE", "es": "es_ES", "fr": "fr_FR", "nl": "nl_NL", "pt_BR": "pt_BR"}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%]")
TAG = re.compile(r"</?[a-z]+")  # what an attribute says is translated, too


def get_template(addon):
    return ROOT / addon / "i18n" / f"{addon}.pot"


@tagged("post_install", "-at_install")
class TestTranslations(WriteoffCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        modules = cls.env["ir.module.module"].search(
            [("name", "in", ADDONS), ("state", "=", "installed")]
        )
        cls.installed = modules.mapped("name")

    def test_templates_are_current(self):
        """As Odoo exports them of what is installed here."""
        for addon in self.installed:
            exported = BytesIO()
            found = set()
            if trans_export(None, [addon], exported, "po", self.env):
                found = {entry.msgid for entry in polib.pofile(exported.getvalue().decode())}
            path = get_template(addon)
            kept = {entry.msgid for entry in polib.pofile(str(path))} if path.exists() else set()
            with self.subTest(addon):
                self.assertEqual(found, kept, "scripts/translations writes them anew")

    def test_nothing_is_left_untranslated(self):
        templates = [path for path in map(get_template, ADDONS) if path.exists()]
        self.assertGreater(len(templates), 4)
        for template in templates:
            messages = {entry.msgid for entry in polib.pofile(str(template))}
            for language in LANGUAGES:
                po = polib.pofile(str(template.with_name(f"{language}.po")))
                with self.subTest(f"{template.parent.parent.name}: {language}"):
                    translated = {entry.msgid for entry in po.translated_entries()}
                    self.assertEqual(messages - translated, set(), "not translated")
                    self.assertEqual(
                        [entry.msgid for entry in po if not self._fits(entry)], [], "do not fit"
                    )

    def _fits(self, entry):
        """Placeholders and tags are those of the message, and none is missing."""
        return all(
            sorted(pattern.findall(entry.msgid)) == sorted(pattern.findall(entry.msgstr))
            for pattern in (PLACEHOLDER, TAG)
        )

    def test_write_off_in_each_language(self):
        """The wizard, its buttons and what it says, the entry in the customer's language."""
        for language, code in LANGUAGES.items():
            with self.subTest(language):
                self._load(code)
                self._write_off_in(language, code)

    def _load(self, code):
        self.env["res.lang"]._activate_lang(code)
        self.env["ir.module.module"]._load_module_terms(["account", *self.installed], [code])
        self.env.registry.clear_all_caches()

    def _write_off_in(self, language, code):
        words = {
            entry.msgid: entry.msgstr
            for entry in polib.pofile(str(ROOT / "ar_writeoff" / "i18n" / f"{language}.po"))
        }
        self.clerk.lang = self.customer.lang = code
        invoice = self._invoice(100.0)
        wizard = self._wizard(invoice)
        wizard = wizard.with_context(lang=code)
        arch = wizard.get_view(view_type="form")["arch"]
        self.assertIn(words["Write Off"], arch)
        self.assertIn(words["Preview"], arch)
        wizard.line_ids.amount_currency = 40.0
        wizard.action_preview()
        wizard.action_confirm()
        line = self.env["ar.writeoff.line"].search([("move_id", "=", invoice.id)])
        self.assertEqual((line.amount, invoice.amount_residual), (40.0, 60.0))
        item = line.entry_id.line_ids.filtered(
            lambda one: one.account_id.account_type == "asset_receivable"
        )
        self.assertEqual(item.name, words["Adjustment %s"] % invoice.name)
        self.assertEqual(line.with_context(lang=code).state, "done")
        self.assertNotEqual(words["Adjustment %s"], "Adjustment %s")
        paper = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice_with_payments", invoice.ids
        )[0]
        self.assertIn(words["Adjustment on"], paper.decode(), "what the customer reads")
