from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.misc import format_date


class ArWriteoffAbsence(models.Model):
    """Somebody is away, and somebody else approves in their place: with their authority, and for
    so long. It is not passed on.
    """

    _name = "ar.writeoff.absence"
    _description = "Absence of an Approver"
    _inherit = ["mail.thread", "ar.writeoff.values.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        string="Absent",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        tracking=True,
    )
    delegate_id = fields.Many2one(
        "res.users",
        string="In Their Place",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        help="Has the authority of who is absent besides their own. Approves neither their own "
        "requests nor those of who is absent.",
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date(string="To", required=True, tracking=True, help="Inclusive.")

    _dates_in_order = models.Constraint(
        "CHECK (date_from <= date_to)", "An absence ends after it begins."
    )
    _two_people = models.Constraint(
        "CHECK (user_id <> delegate_id)", "Nobody stands in for themself."
    )

    @api.constrains("delegate_id")
    def _check_delegate(self):
        for absence in self:
            delegate = absence.delegate_id
            if not delegate.has_group("ar_writeoff.group_writeoff_user"):
                raise ValidationError(
                    self.env._(
                        "%s may not write off receivables, and so cannot approve it.", delegate.name
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        absences = super().create(vals_list)
        absences._check_may_decide()
        absences._after_change()
        return absences

    def write(self, vals):
        self._check_may_decide()
        result = super().write(vals)
        self._check_may_decide()
        self._after_change()
        return result

    def _check_may_decide(self):
        """Somebody gives their own authority away; who sets limits, that of others, not to
        themself.

        :raises AccessError: if the user does neither
        """
        user = self.env.user
        if self.env.su:
            return
        for absence in self:
            is_officer = user.has_group("ar_writeoff_approval.group_limits")
            if absence.user_id != user and (not is_officer or absence.delegate_id == user):
                raise AccessError(
                    self.env._(
                        "The authority of %s is not yours to give.", absence.user_id.display_name
                    )
                )

    def _after_change(self):
        """Others may approve what waits now."""
        # sudo: of all companies
        companies = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        self.env["ar.writeoff.request"]._refresh_approvers_of(companies)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        for absence in self:
            if absence.date_from <= fields.Date.context_today(self):
                raise UserError(
                    self.env._(
                        "%(user)s was absent since %(date)s: the history stays. Enter another end "
                        "instead.",
                        user=absence.user_id.name,
                        date=format_date(self.env, absence.date_from),
                    )
                )

    @api.model
    def _get_absent(self, delegate, company):
        """Whose authority somebody has today besides their own.

        :param delegate: ``res.users``
        :param company: root ``res.company``, whose day counts
        :return: ``res.users``, with the rights of the system
        """
        today = self.env["ar.writeoff.day"]._get_today(company)
        # sudo: what holds does not depend on who asks
        absences = self.sudo().search(
            [
                ("delegate_id", "=", delegate.id),
                ("date_from", "<=", today),
                ("date_to", ">=", today),
            ]
        )
        return absences.user_id
