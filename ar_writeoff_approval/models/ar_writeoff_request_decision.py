from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from odoo.addons.ar_writeoff.models.problems import prepare_confirmed, raise_open
from odoo.addons.ar_writeoff.models.rights import as_engine


class ArWriteoffRequest(models.Model):
    """Approved means posted; rejected, withdrawn or expired means that the items are free."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.request"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_approve(self):
        """Show what is approved, as it is today.

        :return: window action
        :raises AccessError, UserError: see ``_check_may_decide``
        """
        return self._open_decide("approve")

    def action_open_reject(self):
        """Ask why it is rejected.

        :return: window action
        :raises AccessError, UserError: see ``_check_may_decide``
        """
        return self._open_decide("reject")

    def _open_decide(self, verdict):
        self._check_may_decide()
        return self.env["ar.writeoff.decide"]._open(self, verdict)

    def action_withdraw(self):
        """Take back what oneself asked for; the items are free again.

        :raises AccessError: if the user may not write off
        :raises UserError: if it is somebody else's, or decided already
        """
        self.env["ar.writeoff"]._check_authority()
        self.check_access("read")
        for request in self:
            request._lock()
            if request.user_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(request)s is the request of %(user)s: reject it, if you may.",
                        request=request.name,
                        user=request.user_id.name,
                    )
                )
            request._refuse("withdrawn", {"decided_by": self.env.uid})

    # ------------------------------------------------------------------
    # The verdict
    # ------------------------------------------------------------------

    def _lock(self):
        """One decides, once.

        :raises UserError: if somebody decides on it right now, or did already
        """
        if not as_engine(self).try_lock_for_update():
            raise UserError(self.env._("Somebody else decides on %s right now.", self.name))
        self.invalidate_recordset(["state"])
        self._check_waiting()

    def _approve(self, fingerprints, confirmed):
        """Carry out what was asked for, all of it as it is today.

        :param dict fingerprints: id of a request → what the approver was shown of it
        :param bool confirmed: whether they confirmed what changed, and the warnings
        :raises AccessError, UserError: see ``_check_may_decide``; naming what changed since it was
            shown, or speaks against it
        """
        for request in self:
            request._lock()
        for request in self:
            # One after the other: what is approved before counts on the day of who approves it.
            [authority] = request._check_may_decide()
            current = request._get_current()
            if fingerprints.get(request.id) != current["fingerprint"]:
                raise UserError(
                    self.env._(
                        "%s changed since you looked at it. Look at it again before you approve "
                        "it.",
                        request.name,
                    )
                )
            known = list(request.problems or [])
            if confirmed:
                shown = dict(enumerate(current["problems"]))
                known += prepare_confirmed(shown)
            request._carry_out(authority, current["problems"], known)

    def _carry_out(self, authority, problems, confirmed):
        """Post it, in the name of whoever approves it.

        :param authority: ``res.users`` whose authority covers it
        :param list problems: what was shown
        :param list confirmed: what requester and approver confirmed
        """
        raise_open(self.env, problems, confirmed)
        if self.kind != "undo":
            self.env["ar.writeoff.day"]._count(authority, self._get_sums())
        request = as_engine(self)
        request.write(self._prepare_decided_vals("approved", authority))
        result = getattr(self, f"_carry_out_{self.kind}")(problems, confirmed)
        request.write(result)
        self._close_activities()
        self._tell(
            self.env._("Approved by %(user)s: %(amount)s.", **self._get_decision_names()),
        )

    def _prepare_decided_vals(self, state, authority):
        user = self.env.user
        return {
            "state": state,
            "decided_by": user.id,
            "in_place_of": authority.id if authority != user else False,
            "decided_on": fields.Datetime.now(),
        }

    def _carry_out_write_off(self, problems, confirmed):
        vals = self._prepare_current_vals()
        self._give_back()
        Posting = self.env["ar.writeoff.posting"]
        return {"result_id": Posting._write_off(vals, confirmed, approval=self).id}

    def _carry_out_batch(self, problems, confirmed):
        batch, Start = self.batch_id, self.env["ar.writeoff.start"]
        own = as_engine(batch)
        if not own.try_lock_for_update():
            raise UserError(self.env._("Somebody else changes %s right now.", batch.name))
        date = self._get_date()
        own.write({"state": "running", "accounting_date": date, "request_id": self.id})
        run = Start._begin(batch, self.mode, [*(self.problems or []), *problems], self.item_count)
        return {"run_id": run.id, "accounting_date": date}

    def _carry_out_undo(self, problems, confirmed):
        Runner = self.env["ar.writeoff.undo.runner"]
        run = Runner._start(
            self._get_undo_target(),
            self._get_live_lines(),
            self._get_undo_request(),
            approval=self,
        )
        return {"run_id": run.id}

    def _reject(self, answer):
        """Say no; nothing of it is posted.

        :param str answer: why, for the requester
        :raises AccessError, UserError: see ``_check_may_decide``
        """
        for request in self:
            request._lock()
        for request, authority in zip(self, self._check_may_decide(), strict=True):
            vals = request._prepare_decided_vals("rejected", authority)
            request._refuse("rejected", {**vals, "answer": answer})

    def _refuse(self, state, vals):
        """It is not carried out: its items are free, and the requester hears of it.

        :param str state: of the request from now on
        :param dict vals: who decided, and why
        """
        self._give_back()
        as_engine(self).write({"decided_on": fields.Datetime.now(), **vals, "state": state})
        self._close_activities()
        names = self._get_decision_names()
        if state == "rejected":
            text = self.env._("Rejected by %(user)s: %(answer)s", **names)
        elif state == "expired":
            text = self.env._("Expired: nobody decided on it until %(today)s.", **names)
        else:
            text = self.env._("Withdrawn by %(user)s.", **names)
        self._tell(text)

    def _get_decision_names(self):
        return {
            "user": self.env.user.name,
            "answer": self.answer or "",
            "amount": self.currency_id.format(self.amount),
            "today": format_date(self.env, fields.Date.context_today(self)),
        }

    def _close_activities(self):
        """Nobody is asked any more."""
        as_engine(self)._get_activities().unlink()

    def _tell(self, text):
        """The requester hears of every outcome, unless it is their own.

        :param str text: what became of it
        """
        request = as_engine(self)
        partner = self.user_id.partner_id
        request.message_post(
            body=text,
            author_id=self.env.user.partner_id.id,
            partner_ids=(partner - self.env.user.partner_id).ids,
            subtype_xmlid="mail.mt_note",
        )

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    @api.model
    def _look_after(self):
        """Every day: who may approve, who is reminded, what waited too long."""
        today = fields.Date.context_today(self)
        for request in self.search([("state", "=", "waiting")]):
            get_days = request.company_id._get_writeoff_parameter
            days = (today - request.date).days
            if days >= get_days("writeoff_request_expire_days"):
                request._lock()
                request._refuse("expired", {})
                continue
            request._refresh_approvers()
            last = request.reminded_on or request.date
            if (today - last).days >= get_days("writeoff_request_remind_days"):
                request._remind(today, days)

    def _remind(self, today, days):
        """Those who may approve are told that somebody waits.

        :param date today: noted, so that it is not told every day
        :param int days: for how long it has been waiting
        """
        self.reminded_on = today
        self.message_notify(
            partner_ids=self.approver_ids.partner_id.ids,
            subject=self.env._("%s waits for an approval", self.name),
            body=self.env._(
                "%(user)s has been waiting for %(days)s days: %(amount)s, %(customers)s.",
                user=self.user_id.name,
                days=days,
                amount=self.currency_id.format(self.amount),
                customers=self.partner_names or self.batch_id.name or "",
            ),
        )
