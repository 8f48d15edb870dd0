"""Two people at once, each on a database connection of their own that really commits."""

import threading

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import SUPERUSER_ID, api
from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .parallel_common import ParallelCommon


@tagged("post_install", "-at_install")
class TestParallel(ParallelCommon):
    def test_second_while_the_first_is_not_committed(self):
        """The loser is told by item, at once, and not after all the work."""
        ids = self._invoices(100.0, 200.0)
        with self.registry.cursor() as cr1, self.registry.cursor() as cr2:
            first = self._plan(cr1, ids)
            first.action_confirm()
            second = self._plan(cr2, ids[1:])
            with self.assertRaisesRegex(UserError, "Somebody else is working on INV/"):
                second.action_confirm()
            cr2.rollback()
        self.assertEqual(self._residuals(ids), [0.0, 0.0])
        self.assertEqual(self._written_off(ids), [100.0, 200.0])

    def test_second_planned_before_the_first_committed(self):
        """What was checked on the screen is checked again: it is closed by now."""
        ids = self._invoices(100.0)
        with self.registry.cursor() as cr2:
            second = self._plan(cr2, ids)
            second.action_preview()
            cr2.commit()
            with self.registry.cursor() as cr1:
                self._plan(cr1, ids).action_confirm()
            second.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "is closed: nothing is open on it"):
                second.action_confirm()
            cr2.rollback()
        self.assertEqual(self._written_off(ids), [100.0])

    def test_payment_between_preview_and_confirm(self):
        ids = self._invoices(100.0)
        with self.registry.cursor() as cr2:
            wizard = self._plan(cr2, ids)
            wizard.action_preview()
            cr2.commit()
            self._pay(ids, 30.0)
            wizard.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "only .*70.00 is still open"):
                wizard.action_confirm()
            cr2.rollback()
        self.assertEqual(self._residuals(ids), [70.0])
        self.assertEqual(self._written_off(ids), [])

    def test_many_at_once(self):
        """Four confirm the same items at the same time: each item is given up once."""
        ids = self._invoices(10.0, 20.0, 30.0)
        outcomes, barrier = [], threading.Barrier(4)

        def confirm():
            with self.registry.cursor() as cr:
                wizard = self._plan(cr, ids)
                cr.commit()
                barrier.wait(timeout=30)
                outcome = None
                while not outcome:
                    outcome = self._confirm_as_a_request(cr, wizard)
                outcomes.append(outcome)

        threads = [threading.Thread(target=confirm) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        self.assertEqual(outcomes.count("done"), 1, outcomes)
        self.assertEqual(len(outcomes), 4)
        for outcome in set(outcomes) - {"done"}:
            self.assertRegex(outcome, "Somebody else is working on|is closed")
        self.assertEqual(self._residuals(ids), [0.0, 0.0, 0.0])
        self.assertEqual(self._written_off(ids), [10.0, 20.0, 30.0])

    def _confirm_as_a_request(self, cr, wizard):
        """Odoo repeats a request whose snapshot of the database was overtaken."""
        try:
            wizard.env.invalidate_all()
            wizard.action_confirm()
            cr.commit()
        except SerializationFailure:
            cr.rollback()
            return None
        except UserError as error:
            cr.rollback()
            return str(error)
        return "done"

    def test_two_drafts_that_do_not_see_each_other(self):
        """The second began before the first was committed: the database itself refuses it."""
        ids = self._invoices(100.0)
        with self.registry.cursor() as cr2:
            second = self._plan(cr2, ids)
            second.leave_draft = True
            cr2.commit()
            self.assertEqual(second.line_ids.residual_currency, 100.0)  # its view of the books
            with self.registry.cursor() as cr1:
                first = self._plan(cr1, ids)
                first.leave_draft = True
                first.action_confirm()
            with self.assertRaises(UniqueViolation) as refusal, mute_logger("odoo.sql_db"):
                second.action_confirm()
            cr2.rollback()
        self.assertIn("ar_writeoff_reservation_item_unique", str(refusal.exception))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            lines = env["ar.writeoff.line"].search([("move_id", "in", ids)])
            self.assertEqual(lines.mapped("state"), ["entry_draft"])

    def test_draft_entry_reserves_across_connections(self):
        ids = self._invoices(100.0)
        with self.registry.cursor() as cr1:
            wizard = self._plan(cr1, ids)
            wizard.leave_draft = True
            wizard.action_confirm()
        with (
            self.registry.cursor() as cr2,
            self.assertRaisesRegex(RedirectWarning, "is reserved by write-off WO/"),
        ):
            self._plan(cr2, ids)
        self.assertEqual(self._residuals(ids), [100.0])
