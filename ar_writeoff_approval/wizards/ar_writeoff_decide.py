from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.ar_writeoff.models.problems import BLOCKS, WANTS_CONFIRMATION


class ArWriteoffDecide(models.TransientModel):
    """The last look before requests are approved, or the reason for a rejection."""

    _name = "ar.writeoff.decide"
    _description = "Decide on Write-Off Requests"
    _inherit = "ar.writeoff.values.mixin"

    verdict = fields.Selection(
        [("approve", "Approve"), ("reject", "Reject")], required=True, readonly=True
    )
    request_ids = fields.Many2many("ar.writeoff.request", string="Requests", readonly=True)
    summary = fields.Text(readonly=True)
    answer = fields.Text(string="Why", help="The requester reads it.")
    problems = fields.Json(readonly=True)
    fingerprints = fields.Json(readonly=True, help="Of what is shown of each request.")
    has_blockers = fields.Boolean(readonly=True)
    has_warnings = fields.Boolean(readonly=True)
    warnings_confirmed = fields.Boolean(string="I have read this and want to go on")

    @api.model
    def _open(self, requests, verdict):
        """Show requests as they are today.

        :param requests: ``ar.writeoff.request`` the user may decide on
        :param str verdict: ``approve`` or ``reject``
        :return: window action
        """
        vals = self._prepare_shown_vals(requests) if verdict == "approve" else {}
        wizard = self.create(
            {
                "verdict": verdict,
                "request_ids": [Command.set(requests.ids)],
                "summary": self._get_summary(requests),
                **vals,
            }
        )
        name = self.env._("Approve") if verdict == "approve" else self.env._("Reject")
        return wizard._get_records_action(name=name, target="new", context={})

    @api.model
    def _prepare_shown_vals(self, requests):
        current = {request: request._get_current() for request in requests}
        problems = [
            {**one, "message": f"{request.name}: {one['message']}"} if len(requests) > 1 else one
            for request, found in current.items()
            for one in found["problems"]
        ]
        levels = {one["level"] for one in problems}
        return {
            "problems": self.env["ar.writeoff.eligibility"]._prepare_shown(problems),
            "fingerprints": {str(one.id): found["fingerprint"] for one, found in current.items()},
            "has_blockers": BLOCKS in levels,
            "has_warnings": WANTS_CONFIRMATION in levels,
        }

    def _get_summary(self, requests):
        return "\n".join(
            self.env._(
                "%(request)s · %(user)s · %(amount)s · %(customers)s",
                request=request.name,
                user=request.user_id.name,
                amount=request.currency_id.format(request.amount),
                customers=request.partner_names or request.batch_id.name or "",
            )
            for request in requests
        )

    def action_decide(self):
        """Approve what was shown, which posts it; or reject it.

        :return: action that closes the dialog
        :raises AccessError, UserError: see ``ar.writeoff.request``
        """
        self.ensure_one()
        requests = self.request_ids
        if self.verdict == "approve":
            shown = self.fingerprints if isinstance(self.fingerprints, dict) else {}
            requests._approve(
                {request.id: shown.get(str(request.id)) for request in requests},
                confirmed=self.warnings_confirmed,
            )
        elif not (self.answer or "").strip():
            raise UserError(self.env._("Say why: the requester reads it."))
        else:
            requests._reject(self.answer.strip())
        return {"type": "ir.actions.act_window_close"}
