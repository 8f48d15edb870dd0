from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.configuration.account_account import WRITEOFF_ACCOUNT_DOMAIN

STEP = "ar_writeoff.onboarding_step_setup"
PARAMETERS = (
    "writeoff_journal_id",
    "writeoff_loss_account_id",
    "writeoff_gain_account_id",
    "writeoff_reason_id",
    "writeoff_credit_reason_id",
)
ROLES = {
    "user_ids": "ar_writeoff.group_writeoff_user",
    "manager_ids": "ar_writeoff.group_writeoff_manager",
}


class ArWriteoffSetup(models.TransientModel):
    """The first steps on one page: accounts, reasons and roles.

    It shows what stands in the settings, on the reasons and on the users, and writes it there; what
    nobody touched stays as it is.
    """

    _name = "ar.writeoff.setup"
    _description = "Set Up Write-Offs"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    writeoff_journal_id = fields.Many2one(
        "account.journal",
        string="Journal",
        check_company=True,
        domain=[("type", "=", "general")],
        help="Customers see its code: it starts the number of every entry.",
    )
    writeoff_loss_account_id = fields.Many2one(
        "account.account",
        string="Loss Account",
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
        help="Takes balances that customers will not pay, where neither reason, customer nor "
        "product has an account of its own.",
    )
    writeoff_gain_account_id = fields.Many2one(
        "account.account",
        string="Gain Account",
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
        help="Takes credits that customers never claimed, where the reason has no account.",
    )
    writeoff_reason_id = fields.Many2one(
        "ar.writeoff.reason",
        string="Proposed for Balances",
        check_company=True,
        domain=[("use", "in", ("balance", "both"))],
    )
    writeoff_credit_reason_id = fields.Many2one(
        "ar.writeoff.reason",
        string="Proposed for Credits",
        check_company=True,
        domain=[("use", "in", ("credit", "both"))],
    )
    reason_ids = fields.Many2many(
        "ar.writeoff.reason", string="Reasons", default=lambda self: self._get_reasons()
    )
    user_ids = fields.Many2many(
        "res.users",
        "ar_writeoff_setup_user_rel",
        string="May Write Off",
        help="Write off, run batches, undo. Who only bills may not.",
    )
    manager_ids = fields.Many2many(
        "res.users",
        "ar_writeoff_setup_manager_rel",
        string="Administer It",
        help="Also keep reasons and accounts.",
    )
    other_managers = fields.Char(compute="_compute_roles", string="By Their Accounting Role")
    auditors = fields.Char(compute="_compute_roles", string="See Everything, Change Nothing")
    can_give_roles = fields.Boolean(compute="_compute_roles")

    @api.model
    def default_get(self, fields_list):
        """What holds today: the company's own parameters, and who has a role of their own."""
        values = super().default_get(fields_list)
        company = self.env.company.sudo()  # sudo: parameters, for who keeps them, see ``_save``
        values.update({name: company[name].id for name in PARAMETERS})
        for name, xmlid in ROLES.items():
            values[name] = [Command.set(self._get_holders(xmlid).ids)]
        return {name: value for name, value in values.items() if name in fields_list}

    @api.model
    def _get_reasons(self):
        domain = self.env["ar.writeoff.reason"]._check_company_domain(self.env.company)
        return self.env["ar.writeoff.reason"].search(domain)

    @api.model
    def _get_holders(self, xmlid):
        """Who was given a role; not who has it by another one.

        :param str xmlid: of the role
        :return: ``res.users`` of the current company
        """
        # sudo: the members of a role are told to who keeps write-offs
        members = self.env.ref(xmlid).sudo().user_ids.sudo(False)
        return members.filtered(lambda user: self.env.company in user.sudo().company_ids)

    @api.depends("company_id")
    def _compute_roles(self):
        manager = self.env.ref(ROLES["manager_ids"]).sudo()  # sudo: as above
        auditor = self.env.ref("account.group_account_readonly").sudo()  # sudo: as above
        can_give = self.env.user.has_group("base.group_erp_manager")
        for setup in self:
            others = manager.all_user_ids - manager.user_ids
            readers = auditor.all_user_ids - manager.all_user_ids
            setup.other_managers = self._get_names(others)
            setup.auditors = self._get_names(readers)
            setup.can_give_roles = can_give

    def _get_names(self, users):
        company = self.env.company
        return ", ".join(users.filtered(lambda user: company in user.company_ids).mapped("name"))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @api.model
    def _open(self):
        """Open the page.

        :return: window action
        """
        return self.env["ir.actions.act_window"]._for_xml_id("ar_writeoff.action_setup")

    def action_save(self):
        """Keep what was entered, where it belongs.

        :return: client action: back to where it was opened
        :raises AccessError: if the user does not administer write-offs, or gives roles without the
            right to give them
        :raises UserError: if it was opened for another company than the current one
        :raises ValidationError: if an account takes no loss or gain
        """
        self.ensure_one()
        self._check_may_save()
        self._save_parameters()
        self._save_roles()
        # sudo: steps are the system's, whoever takes them
        self.env["onboarding.onboarding.step"].sudo().action_validate_step(STEP)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_may_save(self):
        if not self.env.user.has_group(ROLES["manager_ids"]):
            raise AccessError(self.env._("Only a write-off administrator may set up write-offs."))
        if self.company_id != self.env.company:  # what it shows is the current company's
            raise UserError(
                self.env._("Change to %s first, and open this page anew.", self.company_id.name)
            )

    def _save_parameters(self):
        # sudo: a write-off administrator keeps these parameters without rights on companies
        company = self.company_id.sudo()
        changed = {name: self[name].id for name in PARAMETERS if company[name] != self[name]}
        if changed:
            company.write(changed)

    def _save_roles(self):
        """Give and take roles, with the rights of the user."""
        for name, xmlid in ROLES.items():
            role, before = self.env.ref(xmlid), self._get_holders(xmlid)
            for user in self[name] - before:
                user.write({"group_ids": [Command.link(role.id)]})
            for user in before - self[name]:
                user.write({"group_ids": [Command.unlink(role.id)]})
