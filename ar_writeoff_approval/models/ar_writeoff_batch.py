from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.ar_writeoff.models.rights import as_engine


class ArWriteoffBatch(models.Model):
    _inherit = "ar.writeoff.batch"

    state = fields.Selection(
        selection_add=[("requested", "Waiting for Approval"), ("running",)],
        ondelete={"requested": "set default"},
    )
    request_ids = fields.One2many("ar.writeoff.request", "batch_id", readonly=True)
    request_id = fields.Many2one(
        "ar.writeoff.request",
        string="Approved Request",
        readonly=True,
        copy=False,
        help="The last one of it that was approved.",
    )
    waiting_request_id = fields.Many2one(
        "ar.writeoff.request", compute="_compute_waiting_request_id"
    )

    @api.depends("request_ids.state")
    def _compute_waiting_request_id(self):
        for batch in self:
            waiting = batch.request_ids.filtered(
                lambda request: request.state == "waiting" and request.kind == "batch"
            )
            batch.waiting_request_id = waiting[:1]

    @api.model
    def _get_open_states(self):
        return (*super()._get_open_states(), "requested")

    def _end_request(self, request):
        """What was asked for is not run: the list is as it was before.

        :param request: ``ar.writeoff.request`` that is not approved
        """
        batch = as_engine(self)
        queued = batch.candidate_ids.filtered(lambda row: row.state == "queued")
        self.env["ar.writeoff.reservation"]._give_back(queued)
        if request.mode == "retry":
            message = self.env._("%s was not approved.", request.name)
            queued._set_outcome("skipped", "stopped", message)
            batch.state = "done"
        else:
            queued.state = "planned"
            batch.state = "draft"

    def _prepare_writeoff_vals(self, company):
        vals = super()._prepare_writeoff_vals(company)
        return {**vals, "request_id": self.request_id.id}

    def action_open_request(self):
        """Open the request that waits.

        :return: window action
        """
        self.ensure_one()
        return self.waiting_request_id._get_records_action(name=self.env._("Request"), context={})

    def _get_why_asked(self):
        """Why somebody else has to approve it, whatever the amount. Extension point.

        :return: str, empty if nobody has to
        """
        return ""

    def _check_not_requested(self):
        """Refuse while it waits for an approval.

        :raises UserError: naming batch and request
        """
        for batch in self.filtered(lambda batch: batch.state == "requested"):
            raise UserError(
                self.env._(
                    "%(batch)s waits for an approval: %(request)s. Withdraw it, or let somebody "
                    "decide on it first.",
                    batch=batch.display_name,
                    request=batch.waiting_request_id.name,
                )
            )
