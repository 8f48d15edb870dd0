from odoo import fields, models
from odoo.exceptions import UserError

from ..configuration.res_company import WRITEOFF_GROUPING
from ..problems import get_warnings


class ArWriteoffDecisionMixin(models.AbstractModel):
    """What is decided once for all items: of a write-off, and of a batch that makes several."""

    _name = "ar.writeoff.decision.mixin"
    _description = "Decision on a Write-Off"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    name = fields.Char(string="Number", required=True, readonly=True, default="/", copy=False)
    reason_id = fields.Many2one(
        "ar.writeoff.reason", required=True, check_company=True, ondelete="restrict", tracking=True
    )
    date = fields.Date(
        string="Write-Off Date",
        required=True,
        default=fields.Date.context_today,
        help="Date of the decision, for information. The accounting date decides the period.",
    )
    accounting_date = fields.Date(
        required=True, help="Date of the journal entries, hence the period the loss falls into."
    )
    comment = fields.Text(
        string="Internal Comment", help="Never printed, mailed or shown to the customer."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Written Off By",
        readonly=True,
        tracking=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    grouping = fields.Selection(
        WRITEOFF_GROUPING, string="Entries", required=True, default="partner"
    )
    leave_draft = fields.Boolean(
        string="Leave Entries in Draft", help="Posting them later finishes the write-off."
    )

    external_reference = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="What the program calls it that asked for it over the API.",
    )
    evidence_ids = fields.Many2many(
        "ir.attachment",
        copy=False,
        help="What the decision rests on. It stays here, never on the invoice.",
    )
    warnings_confirmed = fields.Text(
        readonly=True, copy=False, help="The warnings that were shown and confirmed before posting."
    )
    confirmed_problems = fields.Json(readonly=True, copy=False, help="The same by code and items.")

    def _prepare_confirmed_vals(self, problems):
        """What is kept of warnings that were confirmed, besides those that were kept before.

        :param list problems: see ``problems``; none of them is open any more
        :return: values of this record
        """
        known = self.confirmed_problems or []
        found = get_warnings(problems)
        confirmed = [{"code": one["code"], "items": one["items"]} for one in found]
        texts = dict.fromkeys((self.warnings_confirmed or "").splitlines())
        texts.update(dict.fromkeys(one["message"] for one in found))
        return {
            "confirmed_problems": [*known, *(one for one in confirmed if one not in known)],
            "warnings_confirmed": "\n".join(texts),
        }

    def _check_all_lines_visible(self):
        """Half of it, because the rest is hidden, would surprise everybody.

        :raises UserError: naming the companies that must be activated
        """
        self.ensure_one()
        hidden = self._get_line_companies() - self.env.companies
        if hidden:
            raise UserError(
                self.env._(
                    "%(name)s concerns %(companies)s as well: activate all of its companies first.",
                    name=self.display_name,
                    companies=", ".join(hidden.mapped("name")),
                )
            )
