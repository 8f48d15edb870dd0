"""What our views and templates hold on by, in those of others."""

import re
from pathlib import Path
from unittest import TestCase

from lxml import etree

ROOT = Path(__file__).parent.parent
# A selector that another addon, or a later Odoo, breaks by moving or rewording something.
FRAGILE = {
    "a position": r"\[\s*\d+\s*\]|last\(|position\(|count\(",
    "what stands around it": r"/\.\.|(sibling|parent|ancestor|preceding|following)\b",
    "how a value begins or ends": r"(starts|ends)-with|substring|string-length",
    "the whole of a condition": r"@(invisible|readonly|required|column_invisible|t-if|t-elif)\s*=",
    "a translated text": r"@(string|title|help|placeholder|confirm|aria-label|alt)\b|text\(",
}
# What is no name needs a reason beside it.
NEEDS_A_COMMENT = re.compile(r"@(invisible|readonly|required|column_invisible|t-if)|hasclass")
ROOTS = {"form", "list", "kanban", "search", "pivot", "graph", "calendar", "activity"}


def _specs():
    """Each inheritance spec of the addons: file, node."""
    for file in sorted(ROOT.glob("ar_writeoff*/**/*.xml")):
        for node in etree.parse(str(file)).iter(etree.Element):
            if node.get("position") and node.getparent().tag in ("field", "template", "t", "data"):
                yield file.relative_to(ROOT), node


def _has_comment(node):
    """Whether a comment stands above it, above its likes before it, or above its view."""
    while node is not None:
        before = node.getprevious()
        if before is not None and before.tag is etree.Comment:
            return True
        if before is None or not NEEDS_A_COMMENT.search(before.get("expr", "")):
            return node.get("expr") is not None and _has_comment(node.getparent())
        node = before
    return False


class TestViewInheritance(TestCase):
    def test_there_is_something_to_look_at(self):
        folders = {file.parts[0] for file, _node in _specs()}
        self.assertEqual(
            folders,
            {
                "ar_writeoff",
                "ar_writeoff_account_payment",
                "ar_writeoff_approval",
                "ar_writeoff_queue_job",
                "ar_writeoff_rule",
            },
        )

    def test_nothing_holds_on_by_what_may_move(self):
        for file, node in _specs():
            expression = node.get("expr", "")
            for what, pattern in FRAGILE.items():
                with self.subTest(f"{file}:{node.sourceline}", expr=expression):
                    self.assertIsNone(re.search(pattern, expression), f"holds on by {what}")

    def test_plain_nodes_are_named(self):
        """``<div position=…>`` takes the first div: only a name, an id or the root is one thing."""
        for file, node in _specs():
            if node.tag != "xpath" and node.tag not in ROOTS:
                with self.subTest(f"{file}:{node.sourceline}"):
                    self.assertTrue(node.get("name") or node.get("id"))

    def test_what_is_no_name_says_why(self):
        for file, node in _specs():
            if NEEDS_A_COMMENT.search(node.get("expr", "")):
                with self.subTest(f"{file}:{node.sourceline}", expr=node.get("expr")):
                    self.assertTrue(_has_comment(node), "say in a comment why nothing is firmer")

    def test_the_patterns_find_what_they_forbid(self):
        for expression in (
            "//t[@name='invoice_status_posted']/span[1]",
            "//div[2]",
            "//span[@t-out='amount_paid']/..",
            "//widget[starts-with(@invisible, \"payment_state != 'paid'\")]",
            "//widget[@title='Paid']",
            "//t[@t-if='line.is_refund']",
            "//tr/td[last()]",
            "//field[@name='x']/following-sibling::div",
        ):
            with self.subTest(expression):
                self.assertTrue(any(re.search(p, expression) for p in FRAGILE.values()))
        self.assertFalse(any(re.search(p, "//h2[span[@t-field='a']]") for p in FRAGILE.values()))
