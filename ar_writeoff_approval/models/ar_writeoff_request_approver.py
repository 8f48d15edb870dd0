from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

ACTIVITY = "ar_writeoff_approval.activity_approve"


class ArWriteoffRequest(models.Model):
    """Who may approve a request, and that they hear of it."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.request"  # pylint: disable=consider-merging-classes-inherited

    def _get_companies(self):
        """The companies something is written off in.

        :return: ``res.company``, with the rights of the system
        """
        rows, domain = self._get_asked()
        [(companies,)] = rows._read_group(domain, aggregates=["company_id:recordset"])
        return (companies or self.company_id).sudo()  # sudo: of branches, too

    def _get_authority(self, user):
        """Whose authority lets a user approve this. Extension point.

        :param user: ``res.users``
        :return: ``res.users``: the user, or who is absent and they stand in for; empty if nobody's
        """
        self.ensure_one()
        nobody, sums = self.env["res.users"], self._get_sums()
        user = user.sudo()  # sudo: whoever asks, the answer is the same, below as well
        if not user.active or self._get_companies() - user.company_ids:
            return nobody
        if not user.has_group("ar_writeoff.group_writeoff_user"):
            return nobody
        root = self.company_id.sudo().root_id
        absent = self.env["ar.writeoff.absence"]._get_absent(user, root)
        if self.user_id in absent:
            return nobody
        is_own = self.user_id == user
        if not (is_own and root._is_writeoff_enabled("writeoff_approver_other")) and (
            self._covers(user, sums)
        ):
            return user
        if is_own:
            return nobody
        return absent.filtered(lambda one: one.active and self._covers(one, sums))[:1]

    def _covers(self, user, sums):
        Authority = self.env["ar.writeoff.authority"]
        return Authority._is_covered(user, sums, per_day=self.kind != "undo")

    def _get_approvers(self):
        """Everybody who may approve it today.

        :return: ``res.users``
        """
        group = self.env.ref("ar_writeoff.group_writeoff_user").sudo()  # sudo: all who are in it
        users = group.all_user_ids.filtered("active")
        return users.filtered(lambda user: self._get_authority(user))

    # ------------------------------------------------------------------
    # They hear of it
    # ------------------------------------------------------------------

    @api.model
    def _refresh_approvers_of(self, companies):
        """Limits or absences changed: others may approve what waits.

        :param companies: root ``res.company``
        """
        # sudo: whoever may see them
        waiting = self.sudo().search([("state", "=", "waiting")])
        for request in waiting:
            if request.company_id.root_id in companies.sudo():
                request._refresh_approvers()

    def _refresh_approvers(self):
        """Find out who may approve it: each of them has an activity, nobody else.

        Called with the rights of the system.
        """
        self.ensure_one()
        approvers = self._get_approvers()
        gone, new = self.approver_ids - approvers, approvers - self.approver_ids
        if not gone and not new:
            return
        if gone:
            self._get_activities().filtered(lambda one: one.user_id in gone).unlink()
        self.approver_ids = approvers
        for user in new:
            own = self.with_context(lang=user.lang)
            own.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                date_deadline=fields.Date.context_today(self),
                summary=own.env._(
                    "%(user)s asks for %(amount)s",
                    user=self.user_id.name,
                    amount=self.currency_id.format(self.amount),
                ),
            )

    def _get_activities(self):
        return self.activity_ids.filtered(
            lambda one: one.activity_type_id == self.env.ref(ACTIVITY, raise_if_not_found=False)
        )

    # ------------------------------------------------------------------
    # What a user may do
    # ------------------------------------------------------------------

    @api.depends("state", "approver_ids")
    @api.depends_context("uid")
    def _compute_can(self):
        user = self.env.user
        for request in self:
            is_waiting = request.state == "waiting"
            request.can_withdraw = is_waiting and request.user_id == user
            request.can_decide = is_waiting and bool(request._get_authority(user))

    def _search_can_decide(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        waiting = self.search([("state", "=", "waiting")])
        return [("id", "in", waiting.filtered("can_decide").ids)]

    def _check_may_decide(self):
        """Refuse whoever may not decide on these requests, or comes too late.

        :return: ``res.users``: whose authority covers them, one for each
        :raises AccessError: if the user may not write off
        :raises UserError: naming the request and what is in the way
        """
        self.env["ar.writeoff"]._check_authority()
        self.check_access("read")
        authorities = []
        for request in self:
            request._check_waiting()
            if request.user_id == self.env.user:
                self._raise_own(request)
            authority = request._get_authority(self.env.user)
            if not authority:
                raise AccessError(
                    self.env._(
                        "%(request)s, %(amount)s, is above what you may approve.",
                        request=request.name,
                        amount=request.currency_id.format(request.amount),
                    )
                )
            authorities.append(authority)
        return authorities

    def _raise_own(self, request):
        root = request.company_id.sudo().root_id  # sudo: of a branch, too
        if root._is_writeoff_enabled("writeoff_approver_other"):
            raise UserError(
                self.env._(
                    "%s is your own request: somebody else has to decide on it. You may withdraw "
                    "it.",
                    request.name,
                )
            )

    def _check_waiting(self):
        """Refuse what was decided on already.

        :raises UserError: naming who decided, and how
        """
        self.ensure_one()
        if self.state != "waiting":
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(request)s: %(state)s already, %(user)s.",
                    request=self.name,
                    state=states[self.state],
                    user=self.decided_by.name or self.env._("by the system"),
                )
            )
