from odoo import api, fields, models


class ArWriteoffCall(models.Model):
    """What was asked for from outside may wait for somebody's approval."""

    _inherit = "ar.writeoff.call"

    request_id = fields.Many2one(
        "ar.writeoff.request", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    @api.model
    def _prepare_link_vals(self, outcome):
        if outcome._name == "ar.writeoff.request":
            return {"request_id": outcome.id}
        return super()._prepare_link_vals(outcome)

    def _get_outcome(self):
        return self.request_id or super()._get_outcome()

    def _get_writeoff(self):
        return self.request_id.result_id or super()._get_writeoff()


class ArWriteoffRequest(models.Model):
    """A request as what came of a call."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.request"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_outcome(self):
        """What whoever called hears of it; see ``ar.writeoff``.

        :return: dict with the request in addition, as it is now
        """
        self.ensure_one()
        writeoff = self.writeoff_id if self.kind == "undo" else self.result_id
        return {
            "writeoff_id": writeoff.id,
            "writeoff": writeoff._prepare_sent_writeoff(),
            "batch_id": self.batch_id.id,
            "run_id": self.run_id.id,
            "request_id": self.id,
            "request": self._prepare_sent_request(),
            "state": self.state,
            "problems": [],
        }

    def _prepare_sent_request(self):
        """A request in short, as it can be sent.

        :return: dict; False if there is none
        """
        if not self:
            return False
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "why": self.why,
            "answer": self.answer,
            "amount": self.amount,
            "company_currency": self.currency_id.name,
        }

    def _get_outcome_status(self):
        return "requested"

    def _get_outcome_records(self):
        """What was posted of it, and what was not: struck out, paid before, or still waiting."""
        posted = self.result_id._get_outcome_records()
        return [*posted, *self.line_ids.filtered(lambda line: line.item_id not in posted.item_id)]


class ArWriteoffBatch(models.Model):
    """A batch tells of its last request."""

    # A room of its own: what a call tells stands together.
    _inherit = "ar.writeoff.batch"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_outcome(self):
        requests = self.request_ids.filtered(lambda request: request.kind == "batch")
        request = requests.sorted("id")[-1:]
        return {
            **super()._prepare_outcome(),
            "request_id": request.id,
            "request": request._prepare_sent_request(),
        }
