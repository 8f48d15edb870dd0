from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.ar_writeoff.models.evidence import keep_evidence
from odoo.addons.ar_writeoff.models.problems import blocker, refuse
from odoo.addons.ar_writeoff.models.rights import as_engine


class ArWriteoffRequest(models.Model):
    """From a decision to a request that waits, and back to a decision."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.request"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _ask(self, decision, why):
        """Keep a decision for whoever may approve it.

        :param decision: ``Decision`` of the user, whose authority to write off was checked
        :param str why: the limits it is above
        :return: the request
        :raises UserError: if nobody may approve it
        """
        prepare = getattr(self, f"_prepare_{decision.kind}_vals")
        request = as_engine(self).create(
            {
                "kind": decision.kind,
                "company_id": decision.company.id,
                "user_id": self.env.uid,
                "date": fields.Date.context_today(self),
                "why": why,
                **prepare(**decision.content),
            }
        )
        request._number()
        if decision.kind == "write_off":
            keep_evidence(request.with_env(self.env), request._get_evidence())
        request.with_env(self.env)._take(decision)
        request._add_up()
        request._refresh_approvers()
        request.with_env(self.env)._check_somebody_may_approve()
        return request.with_env(self.env)

    def _check_somebody_may_approve(self):
        """Refuse to wait for nobody.

        :raises UserError: saying why
        """
        if not self.sudo().approver_ids:  # sudo: who may approve is the same for all
            message = self.env._(
                "%s Nobody may approve it: no other user's limits reach that far. Write off "
                "less, or ask for a limit (Customers › Write-Off Set-Up › Write-Off Limits).",
                self.why,
            )
            refuse(message, [blocker("no_approver", message)])

    # ------------------------------------------------------------------
    # What is kept
    # ------------------------------------------------------------------

    @api.model
    def _prepare_write_off_vals(self, vals, confirmed, kept):
        """A plan, as values of the request.

        :param dict vals: see ``ar.writeoff.posting._write_off``
        :param list confirmed: see there
        :param dict kept: the warnings that were confirmed, as values of ``ar.writeoff``
        :return: values for ``ar.writeoff.request``
        """
        lines = [
            {name: value for name, value in vals_.items() if name != "netting"}
            for _command, _id, vals_ in vals["line_ids"]
        ]
        head = {
            name: str(value) if name in ("date", "accounting_date") else value
            for name, value in vals.items()
            if name != "line_ids"
        }
        return {
            "plan": head,
            "comment": vals.get("comment"),
            "accounting_date": vals["accounting_date"],
            "partner_names": self._get_names_text([line["partner_name"] for line in lines]),
            "problems": kept["confirmed_problems"],
            "warnings_confirmed": kept["warnings_confirmed"],
            "line_ids": [Command.create(line) for line in lines],
        }

    @api.model
    def _prepare_batch_vals(self, batch, mode, problems):
        """A run of a batch, as values of the request; its candidates are the list.

        :param batch: ``ar.writeoff.batch``
        :param str mode: see ``ar.writeoff.start``
        :param list problems: the warnings among them were confirmed
        :return: values for ``ar.writeoff.request``
        """
        kept = batch.browse()._prepare_confirmed_vals(problems)
        return {
            "batch_id": batch.id,
            "mode": mode,
            "comment": batch.comment,
            "accounting_date": batch.accounting_date,
            "problems": problems,
            "warnings_confirmed": kept["warnings_confirmed"],
        }

    @api.model
    def _prepare_undo_vals(self, target, lines, request):
        """An undo, as values of the request.

        :param target: ``ar.writeoff`` or ``ar.writeoff.batch``
        :param lines: ``ar.writeoff.line`` records to undo
        :param request: ``UndoRequest``
        :return: values for ``ar.writeoff.request``
        :raises UserError: if somebody asked for it already
        """
        waiting = self.sudo().search(  # sudo: whoever asked
            [("state", "=", "waiting"), ("undo_line_ids", "in", lines.ids)], limit=1
        )
        if waiting:
            raise UserError(
                self.env._(
                    "%(user)s asked to undo it already: %(request)s.",
                    user=waiting.user_id.name,
                    request=waiting.name,
                )
            )
        link = "batch_id" if target._name == "ar.writeoff.batch" else "writeoff_id"
        return {
            link: target.id,
            "comment": request.comment,
            "accounting_date": request.date,
            "partner_names": self._get_names_text(lines[:100].mapped("partner_name")),
            "undo_line_ids": [Command.set(lines.ids)],
            "undo_vals": {
                "comment": request.comment,
                "with_netting": request.with_netting,
                "replacements": {old.id: new.id for old, new in request.replacements.items()},
            },
        }

    def _get_names_text(self, names):
        names = list(dict.fromkeys(filter(None, names)))
        return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")

    # ------------------------------------------------------------------
    # Whose items are kept
    # ------------------------------------------------------------------

    def _take(self, decision):
        """Keep the items, so that nobody else writes them off meanwhile.

        :param decision: ``Decision``
        """
        if self.kind == "batch":
            batch = self.batch_id
            self.env["ar.writeoff.start"]._take(batch, "requested", decision.content["problems"])
        elif self.kind == "write_off":
            self.env["ar.writeoff.reservation"]._reserve(self.line_ids)

    def _give_back(self):
        """Free the items of what is not carried out."""
        if self.kind == "batch":
            self.batch_id._end_request(self)
        elif self.kind == "write_off":
            self.env["ar.writeoff.reservation"]._give_back(self.line_ids)
