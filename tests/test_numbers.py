"""Numbers of entries: taken last, so that nobody waits for them, and in one row as ever."""

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .batch_common import BatchCommon


@tagged("post_install", "-at_install")
class TestNumbers(BatchCommon):
    def _numbers(self, entries):
        return sorted(entries.mapped("name"))

    def _watch_first_number(self, look):
        """Call ``look`` in the moment in which the first number of a journal is locked."""
        Move = self.env.registry["account.move"]
        original, seen = Move._locked_increment, []

        def increment(move, *args):
            if not seen:
                seen.append(look())
            return original(move, *args)

        self.startPatcher(patch.object(Move, "_locked_increment", increment))
        return seen

    def test_one_row_without_gaps(self):
        invoices = [self._invoice(amount) for amount in (10.0, 20.0, 30.0)]
        journal = self.company.writeoff_journal_id
        first = self._write_off(invoices[0]).entry_ids
        rest = self._write_off(invoices[1] | invoices[2], grouping="document").entry_ids
        row = [f"{first.sequence_prefix}{number:04}" for number in (1, 2, 3)]
        self.assertEqual(self._numbers(first | rest), row)
        self.assertEqual(sorted((first | rest).mapped("sequence_number")), [1, 2, 3])
        self.assertEqual(self._numbers(rest.line_ids.mapped("move_id")), row[1:])
        self.assertEqual(set(rest.line_ids.mapped("move_name")), set(row[1:]))
        self.assertEqual((first | rest).mapped("made_sequence_gap"), [False] * 3)
        self.assertEqual((first | rest).mapped("is_manually_modified"), [False] * 3)
        # An entry by hand goes on in the same row.
        by_hand = self._entry((self.bad_debt_account, 5.0, {}), (self.receivable, -5.0, {}))
        by_hand = by_hand.copy({"journal_id": journal.id, "date": first.date})
        by_hand.action_post()
        self.assertEqual(by_hand.name, f"{first.sequence_prefix}0004")

    def test_number_is_taken_when_all_else_is_done(self):
        """Whoever posts in the journal waits from the first number to the end."""
        invoices = self._invoice(10.0) | self._invoice(20.0)
        items = self._items(invoices)
        Message = self.env["mail.message"]
        noted = [("model", "=", "account.move"), ("res_id", "in", invoices.ids)]
        before = Message.search_count(noted)
        seen = self._watch_first_number(
            lambda: (items.mapped("reconciled"), Message.search_count(noted) - before)
        )
        self._write_off(invoices, grouping="document")
        self.assertEqual(seen, [([True, True], 2)])

    def test_number_of_a_reversal(self):
        writeoff = self._write_off(self._invoice(10.0))
        items = writeoff.line_ids.item_id
        seen = self._watch_first_number(lambda: items.reconciled)
        self._reverse(writeoff, fields.Date.today())
        self.assertEqual(seen, [False])
        names = writeoff.entry_ids.sorted("id").mapped("name")
        self.assertEqual(len(set(names)), 2)
        self.assertNotIn("/", names)

    def test_entries_of_two_years(self):
        """The form of a number is looked up for each day, not once for all."""
        old = self._write_off(self._invoice(10.0), accounting_date="2024-12-31").entry_ids
        new = self._write_off(self._invoice(20.0), accounting_date="2025-01-01").entry_ids
        self.assertIn("2024", old.name)
        self.assertIn("2025", new.name)
        self.assertEqual((old.sequence_number, new.sequence_number), (1, 1))
