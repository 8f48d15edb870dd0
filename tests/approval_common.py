"""A desk with limits: a clerk, a supervisor, a director, and somebody who sets limits."""

import pytest

from odoo.tests import Form

from .batch_common import BatchCommon


class ApprovalCommon(BatchCommon):
    """The clerk decides on 100 alone, the supervisor on 1,000, the director on anything."""

    pytestmark = pytest.mark.approval

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        role = "ar_writeoff.group_writeoff_user"
        cls.supervisor = cls._user("supervisor", role)
        cls.director = cls._user("director", role)
        cls.officer = cls._user("officer", "ar_writeoff_approval.group_limits")
        cls.auditor = cls._user("auditor", "account.group_account_readonly")
        # Who else may write off here, may so no more than nothing.
        cls._limit(amount_policy="request")
        cls._limit(cls.clerk, 100.0)
        cls._limit(cls.supervisor, 1000.0)
        cls._limit(cls.director, amount_policy="unlimited")

    @classmethod
    def _limit(cls, holder=None, amount=None, day=None, **values):
        """A limit of a user or a group, as who sets limits enters it."""
        if amount is not None:
            values.update(amount_policy="limited", amount=amount)
        if day is not None:
            values.update(day_policy="limited", day_amount=day)
        if holder is not None:
            values["user_id" if holder._name == "res.users" else "group_id"] = holder.id
        return (
            cls.env["ar.writeoff.limit"]
            .with_user(cls.officer)
            .create({"company_id": cls.company.id, "date_from": False, **values})
        )

    def _ask(self, invoices, user=None, amounts=None, **values):
        """Write off through the wizard's form what is above the user's limit.

        :return: the request, as whoever reads all of it sees it
        """
        before = self._requests()
        with Form(self._wizard(invoices, user)) as form:
            for name, value in values.items():
                setattr(form, name, value)
            for index, amount in enumerate(amounts or []):
                with form.line_ids.edit(index) as line:
                    line.amount_currency = amount
        wizard = form.record
        wizard.action_preview()
        wizard.warnings_confirmed = wizard.has_warnings
        wizard.action_confirm()
        return self._requests() - before

    def _requests(self):
        return self.env["ar.writeoff.request"].search([])

    def _dialog_of(self, requests, user, verdict="approve"):
        """The dialog that Approve or Reject opens for this user."""
        requests = requests.with_user(user)
        action = getattr(requests, f"action_open_{verdict}")()
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def _approve(self, requests, user, confirm=False):
        dialog = self._dialog_of(requests, user)
        dialog.warnings_confirmed = confirm
        dialog.action_decide()

    def _reject(self, requests, user, answer="Sue him"):
        dialog = self._dialog_of(requests, user, "reject")
        dialog.answer = answer
        dialog.action_decide()

    def _activities(self, request):
        """Who is asked."""
        return request.activity_ids.user_id

    def _reserved(self, invoices):
        return self.env["ar.writeoff.reservation"].search(
            [("item_id", "in", self._items(invoices).ids)]
        )

    def _undo(self, writeoff, user):
        """Press Undo on a write-off and confirm."""
        action = writeoff.with_user(user).action_open_undo()
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"]).action_undo()
