from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.ar_writeoff.models.numbering import give_numbers
from odoo.addons.ar_writeoff.models.rights import as_engine


class ArWriteoffRequest(models.Model):
    """A write-off, a batch or an undo that waits for somebody with enough authority.

    Nothing of it is posted; its items are kept for it. Nobody writes it but the engine.
    """

    _name = "ar.writeoff.request"
    _description = "Write-Off Request"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    name = fields.Char(string="Number", required=True, readonly=True, default="/")
    kind = fields.Selection(
        [("write_off", "Write-Off"), ("batch", "Batch"), ("undo", "Undo")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
            ("expired", "Expired"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(string="Requested On", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Requested By", required=True, readonly=True, ondelete="restrict"
    )
    why = fields.Text(readonly=True, help="Why somebody else has to approve it.")
    partner_names = fields.Char(string="Customers", readonly=True)
    comment = fields.Text(string="Internal Comment", readonly=True)
    accounting_date = fields.Date(readonly=True)
    amount = fields.Monetary(
        readonly=True,
        tracking=True,
        help="What counts against limits: losses and gains do not offset each other.",
    )
    amount_loss = fields.Monetary(string="Balances", readonly=True)
    amount_gain = fields.Monetary(string="Credits", readonly=True)
    item_count = fields.Integer(string="Items", readonly=True)
    # The plan, to be carried out once it is approved.
    plan = fields.Json(readonly=True, help="Values of the write-off, without its lines.")
    line_ids = fields.One2many("ar.writeoff.request.line", "request_id", readonly=True)
    batch_id = fields.Many2one("ar.writeoff.batch", readonly=True, index="btree_not_null")
    mode = fields.Char(readonly=True, help="What the batch takes, see ``ar.writeoff.start``.")
    writeoff_id = fields.Many2one(
        "ar.writeoff", string="Write-Off to Undo", readonly=True, index="btree_not_null"
    )
    undo_line_ids = fields.Many2many("ar.writeoff.line", string="Items to Undo", readonly=True)
    undo_vals = fields.Json(readonly=True, help="What the undo was asked for.")
    problems = fields.Json(readonly=True, help="The warnings the requester confirmed.")
    warnings_confirmed = fields.Text(readonly=True)
    evidence_ids = fields.Many2many("ir.attachment", compute="_compute_evidence_ids")
    # What became of it.
    result_id = fields.Many2one("ar.writeoff", string="Write-Off", readonly=True)
    run_id = fields.Many2one("ar.writeoff.run", readonly=True, ondelete="set null")
    decided_by = fields.Many2one("res.users", readonly=True, ondelete="restrict", tracking=True)
    in_place_of = fields.Many2one(
        "res.users",
        string="In the Place of",
        readonly=True,
        ondelete="restrict",
        tracking=True,
        help="Whose authority covers it, if not that of who decided.",
    )
    decided_on = fields.Datetime(readonly=True)
    answer = fields.Text(readonly=True, tracking=True)
    approver_ids = fields.Many2many(
        "res.users", string="May Approve", readonly=True, help="As far as it is known today."
    )
    reminded_on = fields.Date(readonly=True)
    can_decide = fields.Boolean(compute="_compute_can", search="_search_can_decide")
    can_withdraw = fields.Boolean(compute="_compute_can")

    def _get_asked_lines(self):
        """The items that are not struck out.

        :return: ``ar.writeoff.request.line``
        """
        return self.line_ids.filtered(lambda line: not line.is_struck)

    def _get_asked(self):
        """What is asked for, whatever kind it is: rows and which of them.

        :return: tuple: records whose rights count, domain
        """
        self.ensure_one()
        if self.kind == "batch":
            # sudo: all of it counts, also of branches that are not active
            candidates = self.env["ar.writeoff.candidate"].sudo()
            return candidates, [("batch_id", "=", self.batch_id.id), ("state", "=", "queued")]
        if self.kind == "undo":
            return self.undo_line_ids.sudo(), [("id", "in", self.undo_line_ids.ids)]  # sudo: same
        return self.line_ids.sudo(), [("id", "in", self._get_asked_lines().ids)]  # sudo: same

    def _get_evidence(self):
        """What was attached to the plan, or to the batch.

        :return: ``ir.attachment``
        """
        if self.batch_id:
            return self.batch_id.evidence_ids
        commands = (self.plan or {}).get("evidence_ids") or []
        return self.env["ir.attachment"].browse(id_ for command in commands for id_ in command[2])

    def _get_sums(self):
        """What is asked for, as limits count it.

        :return: list of ``Sum``
        """
        self.env.flush_all()
        return self.env["ar.writeoff.authority"]._read_sums(*self._get_asked())

    @api.depends("plan", "batch_id.evidence_ids")
    def _compute_evidence_ids(self):
        for request in self:
            request.evidence_ids = request._get_evidence()

    def _add_up(self):
        """Keep what it comes to; called with the rights of the system."""
        self.ensure_one()
        sums = self._get_sums()
        rows, domain = self._get_asked()
        loss = sum(one.amount for one in sums if not one.is_credit)
        gain = sum(one.amount for one in sums if one.is_credit)
        self.write(
            {
                "amount": loss + gain,
                "amount_loss": loss,
                "amount_gain": gain,
                "item_count": rows.search_count(domain),
            }
        )

    def _after_strike(self, text):
        """Less of it is asked for, or all of it again: others may approve it now.

        :param str text: for the history
        """
        request = as_engine(self)
        request._add_up()
        request._refresh_approvers()
        request.message_post(body=text)

    def _number(self):
        give_numbers(self, "ar.writeoff.request")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_always(self):
        for request in self:
            raise UserError(
                self.env._(
                    "Request %s is part of the history and cannot be deleted. Withdraw or reject "
                    "it.",
                    request.name,
                )
            )

    # ------------------------------------------------------------------
    # The way to what belongs to it
    # ------------------------------------------------------------------

    def action_open_target(self):
        """Open what it led to, or what it is about: write-off, batch, write-off to undo.

        :return: window action
        """
        self.ensure_one()
        if self.batch_id:
            return self.batch_id._get_batch_action()
        target = self.result_id or self.writeoff_id
        return target._get_records_action(name=self.env._("Write-Off"), context={})

    def action_open_candidates(self):
        """Open the items of the batch that are asked for.

        :return: window action
        """
        self.ensure_one()
        return self.batch_id._open_candidates(
            domain=[("state", "=", "queued")], name=self.env._("Items of %s", self.name)
        )

    def _get_outcome_action(self):
        """Tell whom the request went to, with the way to it; see ``ar.writeoff``.

        :return: client action
        """
        self.ensure_one()
        names = self.sudo().approver_ids.mapped("name")  # sudo: their names are no secret
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Sent for Approval"),
                "message": self.env._(
                    "%(why)s Nothing is posted before somebody approves it: %(names)s. %(link)s",
                    why=self.why,
                    names=", ".join(names[:5]) + (" …" if len(names) > 5 else ""),
                    link="%s",
                ),
                "links": [
                    {
                        "label": self.name,
                        "url": f"/odoo/action-ar_writeoff_approval.action_request/{self.id}",
                    }
                ],
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
