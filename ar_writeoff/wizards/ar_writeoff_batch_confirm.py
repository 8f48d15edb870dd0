from odoo import api, fields, models

from ..models.problems import BLOCKS, WANTS_CONFIRMATION, prepare_confirmed


class ArWriteoffBatchConfirm(models.TransientModel):
    """The last look before a batch runs."""

    _name = "ar.writeoff.batch.confirm"
    _description = "Run a Batch Write-Off"
    _inherit = "ar.writeoff.values.mixin"

    batch_id = fields.Many2one("ar.writeoff.batch", required=True, readonly=True)
    currency_id = fields.Many2one(related="batch_id.currency_id")
    mode = fields.Selection(
        [("included", "Included"), ("all", "All"), ("retry", "Retry")],
        required=True,
        readonly=True,
    )
    item_count = fields.Integer(string="Items", readonly=True)
    more_count = fields.Integer(string="Included in Addition", readonly=True)
    amount = fields.Monetary(
        string="Total to Write Off", readonly=True, help="Credits count against balances."
    )
    amount_loss = fields.Monetary(
        string="Loss", readonly=True, help="Balances given up, the tax in them included."
    )
    amount_gain = fields.Monetary(
        string="Gain", readonly=True, help="Credits given up, the tax in them included."
    )
    amounts_by_currency = fields.Char(string="By Currency", readonly=True)
    entry_count = fields.Integer(
        string="Journal Entries",
        readonly=True,
        help="More of them where a customer has more items than a chunk takes, or items fail.",
    )
    accounts = fields.Text(readonly=True)
    matched = fields.Text(string="Only Matched", readonly=True)
    left_out = fields.Text(readonly=True)
    problems = fields.Json(readonly=True)
    has_blockers = fields.Boolean(readonly=True)
    has_warnings = fields.Boolean(readonly=True)
    fingerprint = fields.Char(readonly=True, help="Of the plan that was shown.")
    warnings_confirmed = fields.Boolean(string="I have read the warnings and want to go on")

    @api.model
    def _open(self, batch, mode):
        """Say what a run would do: it is prepared for a look, and that is taken back.

        :param batch: ``ar.writeoff.batch``
        :param str mode: see ``ar.writeoff.start``
        :return: window action
        """
        savepoint = self.env.cr.savepoint()
        try:
            before = batch.included_count
            warnings = self.env["ar.writeoff.start"]._prepare(batch, mode)
            vals = {**self._prepare_confirm_vals(batch, warnings), "mode": mode}
            vals["more_count"] = vals["item_count"] - before
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
        wizard = self.create({"batch_id": batch.id, **vals})
        return wizard._get_records_action(
            name=self.env._("Process Batch"), target="new", context={}
        )

    def _prepare_confirm_vals(self, batch, warnings):
        Planned = self.env["ar.writeoff.planned"]
        problems = [*self.env["ar.writeoff.start"]._get_problems(batch), *warnings]
        levels = {problem["level"] for problem in problems}
        return {
            **Planned._get_figures(batch),
            "left_out": self._get_left_out_text(batch),
            "problems": self.env["ar.writeoff.eligibility"]._prepare_shown(problems),
            "has_blockers": BLOCKS in levels,
            "has_warnings": WANTS_CONFIRMATION in levels,
            "fingerprint": Planned._get_fingerprint(batch),
        }

    def _get_left_out_text(self, batch):
        rows = self.env["ar.writeoff.summary"].search(
            [("batch_id", "=", batch.id), ("state", "in", ("left_out", "skipped", "failed"))]
        )
        labels = dict(rows._fields["obstacle"]._description_selection(self.env))
        return "\n".join(
            f"{row.item_count} × {labels.get(row.obstacle, '')}: "
            f"{row.currency_id.format(row.amount_currency)}"
            for row in rows
        )

    def action_run(self):
        """Run the batch.

        :return: window action: the batch, with its result or its progress
        :raises AccessError, UserError: see ``ar.writeoff.start``
        """
        self.ensure_one()
        batch = self.batch_id
        confirmed = prepare_confirmed(self.problems) if self.warnings_confirmed else []
        self.env["ar.writeoff.start"]._start(
            batch,
            self.mode,
            confirmed,
            self.item_count,
            self.amount,
            fingerprint=self.fingerprint,
        )
        return batch._get_batch_action()
