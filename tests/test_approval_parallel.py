"""Two people decide at once, each on a database connection of their own that really commits."""

import pytest
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .parallel_common import ParallelCommon


@tagged("post_install", "-at_install")
class TestApprovalParallel(ParallelCommon):
    pytestmark = pytest.mark.approval

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            company = env["res.users"].browse(cls.clerk_id).company_id
            users = env["res.users"].create(
                [
                    {
                        "name": name,
                        "login": f"{name}_race",
                        "company_id": company.id,
                        "company_ids": [Command.set(company.ids)],
                        "group_ids": [Command.set([env.ref("ar_writeoff.group_writeoff_user").id])],
                    }
                    for name in ("one", "other")
                ]
            )
            cls.one_id, cls.other_id = users.ids
            limits = env["ar.writeoff.limit"].create(
                {
                    "company_id": company.id,
                    "user_id": cls.clerk_id,
                    "amount_policy": "limited",
                    "amount": 50.0,
                    "day_policy": "limited",
                    "day_amount": 100000.0,
                }
            )
        cls.addClassCleanup(cls._forget, limits.ids)

    @classmethod
    def _forget(cls, ids):
        """The other tests of this database know no limits; nobody may delete one otherwise."""
        with cls.registry.cursor() as cr:
            cr.execute("DELETE FROM ar_writeoff_limit WHERE id = ANY(%s)", (ids,))

    def _ask(self, amount):
        """The clerk asks for it.

        :return: ids of the request and of the invoice
        """
        ids = self._invoices(amount)
        with self.registry.cursor() as cr:
            wizard = self._plan(cr, ids)
            wizard.action_preview()
            wizard.action_confirm()
            Request = self._clerk(cr)["ar.writeoff.request"]
            return Request.search([], order="id desc", limit=1).id, ids

    def _dialog(self, cr, user_id, request_id, verdict="approve"):
        env = api.Environment(cr, user_id, {})
        request = env["ar.writeoff.request"].browse(request_id)
        action = getattr(request, f"action_open_{verdict}")()
        dialog = env[action["res_model"]].browse(action["res_id"])
        dialog.answer = "No"
        return dialog

    def _state(self, request_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return env["ar.writeoff.request"].browse(request_id).state

    def _decide_at_once(self, first, second):
        """Both have the dialog before them; the second confirms before the first has committed,
        and once more after that.

        :param first: verdict of the one
        :param second: verdict of the other
        :return: how the second was refused in the end, state of the request, what is open
        """
        request_id, ids = self._ask(100.0)
        with self.registry.cursor() as cr1, self.registry.cursor() as cr2:
            one = self._dialog(cr1, self.one_id, request_id, first)
            other = self._dialog(cr2, self.other_id, request_id, second)
            cr1.commit()
            cr2.commit()
            one.action_decide()
            with (
                self.assertRaisesRegex(UserError, "Somebody else decides on REQ/"),
                mute_logger("odoo.sql_db"),
            ):
                other.action_decide()
            cr2.rollback()
            cr1.commit()
            other.env.invalidate_all()
            with self.assertRaises(UserError) as caught:
                other.action_decide()
            cr2.rollback()
        return str(caught.exception), self._state(request_id), self._residuals(ids)

    def test_two_approvers(self):
        message, state, left = self._decide_at_once("approve", "approve")
        self.assertIn("Approved already", message)
        self.assertEqual((state, left), ("approved", [0.0]))

    def test_approve_and_reject(self):
        message, state, left = self._decide_at_once("approve", "reject")
        self.assertIn("Approved already", message)
        self.assertEqual((state, left), ("approved", [0.0]))

    def test_reject_and_approve(self):
        message, state, left = self._decide_at_once("reject", "approve")
        self.assertIn("Rejected already", message)
        self.assertEqual((state, left), ("rejected", [100.0]))

    def test_approve_and_pay(self):
        """The payment comes while the dialog is open: what is approved is what is left."""
        request_id, ids = self._ask(100.0)
        with self.registry.cursor() as cr:
            dialog = self._dialog(cr, self.one_id, request_id)
            cr.commit()
            self._pay(ids, 30.0)
            dialog.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "changed since you looked"):
                dialog.action_decide()
            cr.rollback()
            again = self._dialog(cr, self.one_id, request_id)
            again.warnings_confirmed = True
            again.action_decide()
            cr.commit()
        self.assertEqual((self._state(request_id), self._residuals(ids)), ("approved", [0.0]))
        self.assertEqual(self._written_off(ids), [70.0])

    def test_pay_while_it_is_approved(self):
        """Whoever comes second waits for nobody and takes nothing twice."""
        request_id, ids = self._ask(100.0)
        with self.registry.cursor() as cr:
            dialog = self._dialog(cr, self.one_id, request_id)
            cr.commit()
            dialog.action_decide()
            cr.commit()
        with self.assertRaises(UserError):
            self._pay(ids, 100.0)
        self.assertEqual(self._residuals(ids), [0.0])

    def test_two_write_offs_of_a_day(self):
        """The sum of a day is counted under lock: the second has to try again."""
        ids = self._invoices(40.0), self._invoices(45.0)
        with self.registry.cursor() as cr1, self.registry.cursor() as cr2:
            first, second = self._plan(cr1, ids[0]), self._plan(cr2, ids[1])
            for wizard in (first, second):
                wizard.action_preview()
            cr1.commit()
            cr2.commit()
            second.env["res.users"].search_count([])  # the snapshot of its transaction
            first.action_confirm()
            first.env.flush_all()
            cr1.commit()
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                second.action_confirm()
            cr2.rollback()
            second.env.invalidate_all()
            second.action_confirm()
            cr2.commit()
        self.assertEqual(self._written_off(ids[0] + ids[1]), [40.0, 45.0])
