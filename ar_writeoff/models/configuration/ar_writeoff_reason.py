from itertools import count

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import escape_psql

from .account_account import WRITEOFF_ACCOUNT_DOMAIN


class ArWriteoffReason(models.Model):
    _name = "ar.writeoff.reason"
    _description = "Write-Off Reason"
    _inherit = ["analytic.mixin"]
    _order = "sequence, code, id"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of  # a branch uses its parent's

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short and unique, for lists and imports.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: all companies may use this reason.")
    use = fields.Selection(
        [("balance", "Balances"), ("credit", "Credits"), ("both", "Balances and Credits")],
        required=True,
        default="balance",
        help="Balances: what customers owe. Credits: what customers never claimed.",
    )
    loss_account_id = fields.Many2one(
        "account.account",
        company_dependent=True,
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
        ondelete="restrict",
        help="Where balances written off for this reason land. Empty: the company's loss account.",
    )
    gain_account_id = fields.Many2one(
        "account.account",
        company_dependent=True,
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
        ondelete="restrict",
        help="Where credits written off for this reason land.",
    )
    separate_tax = fields.Selection(
        [("yes", "Yes"), ("no", "No")],
        string="Separate Sales Tax",
        help="Yes: the tax in the written-off amount goes back to the tax accounts and boxes of "
        "the document. Where the law grants relief by a credit note only (Spain, Italy, India and "
        "Mexico among others), leave it at No and credit the invoice instead. Empty: as the "
        "company's parameters say.",
    )
    relief_position_id = fields.Many2one(
        "account.fiscal.position",
        string="Relief Taxes",
        company_dependent=True,
        check_company=True,
        ondelete="restrict",
        help="Where the relief belongs in other boxes than a refund (United Kingdom): a fiscal "
        "position that replaces each sales tax by a relief tax of the same amount, whose "
        "distribution for refunds names account and boxes. A tax it does not replace goes back to "
        "its own boxes.",
    )
    allow_partial = fields.Boolean(
        string="Partial Amounts",
        default=True,
        help="Off: an item is written off for this reason as a whole, or not at all.",
    )
    occasion = fields.Selection(
        [("any", "Anywhere"), ("single", "Not in Batches"), ("batch", "In Batches Alone")],
        required=True,
        default="any",
    )
    cap_document = fields.Float(
        string="At Most of a Document",
        company_dependent=True,
        help="In company currency, what was given up of it for this reason before included. 0: no "
        "such limit.",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", help="Of the company the user works in."
    )
    min_days_overdue = fields.Integer(
        string="Days Overdue, at Least",
        help="Counted from the due date, else from the document's own. 0: no matter.",
    )
    needs_comment = fields.Boolean(
        string="Comment Required", help="An internal comment, of the item or of all."
    )
    needs_evidence = fields.Boolean(
        string="Evidence Required",
        help="A file, attached to the write-off or to the batch; not to the invoice.",
    )
    group_ids = fields.Many2many(
        "res.groups", string="Only for", help="Who may write off for this reason. Empty: all."
    )
    comment = fields.Char(
        string="Default Comment",
        translate=True,
        help="Proposed as the internal comment. Customers never see it.",
    )
    settles_invoice = fields.Boolean(
        help="The claim is settled: other apps treat an invoice closed by this reason as paid, and "
        "confirm or deliver what waits for payment. Leave it off for bad debts.",
    )

    _check_min_days_overdue = models.Constraint(
        "CHECK(min_days_overdue BETWEEN 0 AND 36500)",
        "Enter the days an item must be overdue: 0, or a number of them.",
    )
    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Another reason of this company has the same code."
    )

    @api.constrains("code", "company_id")
    def _check_code(self):
        for reason in self:
            pattern = escape_psql(reason.code)
            domain = Domain([("code", "=ilike", pattern), ("id", "!=", reason.id)])
            if reason.company_id:
                domain &= Domain("company_id", "in", (reason.company_id.id, False))
            # sudo: codes of companies the user cannot see count as well
            twin = self.sudo().with_context(active_test=False).search(domain, limit=1)
            if twin:
                raise ValidationError(
                    self.env._(
                        "The code “%(code)s” is taken by the reason “%(reason)s”; choose another "
                        "one.",
                        code=reason.code,
                        reason=twin.name,
                    )
                )

    @api.constrains("loss_account_id", "gain_account_id")
    def _check_accounts(self):
        for reason in self:
            (reason.loss_account_id | reason.gain_account_id)._check_writeoff_account()

    @api.constrains("cap_document")
    def _check_cap_document(self):
        for reason in self:
            if reason.cap_document < 0.0:
                raise ValidationError(
                    self.env._(
                        "%(reason)s: at most %(cap)s of a document; enter a positive amount, or 0.",
                        reason=reason.name,
                        cap=self.env.company.currency_id.format(reason.cap_document),
                    )
                )

    @api.depends_context("company")
    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

    def _has_policy(self):
        """Whether the reason asks for more than an item and an amount; its cap apart.

        :return: bool
        """
        self.ensure_one()
        # sudo: who may use it is known to all
        is_open = self.occasion == "any" and not self.sudo().group_ids
        asks = self.needs_comment or self.needs_evidence or self.min_days_overdue > 0
        return asks or not is_open

    def _propose_comment(self, current):
        """The default comment of this reason, unless somebody typed one of their own.

        :param str current: what stands in the field now
        :return: str or False
        """
        known = self.with_context(active_test=False).search([("comment", "!=", False)])
        return self.comment if current in (False, "", *known.mapped("comment")) else current

    def _get_strange_analytic_accounts(self, company):
        """Accounts of the distribution that a company cannot use.

        :param company: ``res.company``
        :return: ``account.analytic.account`` of other companies
        """
        distribution = self.analytic_distribution or {}
        ids = {int(number) for key in distribution for number in key.split(",")}
        # sudo: to name what the user may not read
        accounts = self.env["account.analytic.account"].sudo().browse(ids).exists()
        own = company.sudo().parent_ids
        return accounts.filtered(lambda a: a.company_id and a.company_id not in own)

    @api.depends("code", "name")
    def _compute_display_name(self):
        for reason in self:
            reason.display_name = f"[{reason.code}] {reason.name}" if reason.code else reason.name

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "code" in (default or {}):
            return vals_list
        return [
            {**vals, "code": reason._get_free_code()}
            for reason, vals in zip(self, vals_list, strict=True)
        ]

    def _get_free_code(self):
        """The reason's code with the first number that is not taken.

        :return: str
        """
        self.ensure_one()
        # sudo: codes of companies the user cannot see are taken as well
        reasons = self.sudo().with_context(active_test=False)
        taken = set(
            reasons.search([("code", "=like", escape_psql(self.code) + "%")]).mapped("code")
        )
        return next(code for n in count(2) if (code := f"{self.code}{n}") not in taken)
