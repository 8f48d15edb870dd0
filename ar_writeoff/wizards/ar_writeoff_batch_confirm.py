from odoo import api, fields, models
from odoo.exceptions import UserError


class ArWriteoffBatchConfirm(models.TransientModel):
    """The last look before a batch runs."""

    _name = "ar.writeoff.batch.confirm"
    _description = "Run a Batch Write-Off"

    writeoff_id = fields.Many2one("ar.writeoff", required=True, readonly=True)
    currency_id = fields.Many2one(related="writeoff_id.currency_id")
    include_all = fields.Boolean(readonly=True)
    item_count = fields.Integer(string="Items", readonly=True)
    more_count = fields.Integer(string="Included in Addition", readonly=True)
    amount = fields.Monetary(string="Total to Write Off", readonly=True)
    amounts_by_currency = fields.Char(string="By Currency", readonly=True)
    left_out = fields.Text(readonly=True)
    checks = fields.Json(readonly=True)
    has_blockers = fields.Boolean(readonly=True)
    warnings = fields.Text(readonly=True)
    warnings_confirmed = fields.Boolean(string="I have read the warnings and want to go on")

    @api.model
    def _open(self, batch, include_all):
        """Say what a run would do; what *Process All* adds is included for a look, and taken back.

        :param batch: ``ar.writeoff``
        :param bool include_all: whether every candidate is included first
        :return: window action
        """
        savepoint = self.env.cr.savepoint()
        try:
            before = batch.included_count
            if include_all:
                batch._include(batch.line_ids.filtered(lambda line: line.state == "left_out"))
            vals = {
                **self._prepare_confirm_vals(batch),
                "include_all": include_all,
                "more_count": batch.included_count - before,
            }
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
        wizard = self.create({"writeoff_id": batch.id, **vals})
        return wizard._get_records_action(
            name=self.env._("Process Batch"), target="new", context={}
        )

    def _prepare_confirm_vals(self, batch):
        checks = batch._get_batch_checks()
        levels = {check["level"] for check in checks}
        left_out = self.env["ar.writeoff.summary"].search(
            [("writeoff_id", "=", batch.id), ("state", "=", "left_out")]
        )
        labels = dict(left_out._fields["obstacle"]._description_selection(self.env))
        return {
            "item_count": batch.included_count,
            "amount": batch.amount,
            "amounts_by_currency": batch.amounts_by_currency,
            "left_out": "\n".join(
                f"{row.item_count} × {labels.get(row.obstacle, '')}: "
                f"{row.currency_id.format(row.amount_currency)}"
                for row in left_out
            ),
            "checks": {
                f"{index}_{check['code']}": {"message": check["message"], "level": check["level"]}
                for index, check in enumerate(checks)
            },
            "has_blockers": "danger" in levels,
            "warnings": batch._get_warnings_text(checks),
        }

    def action_run(self):
        """Run the batch.

        :return: window action: the batch, with its result or its progress
        :raises AccessError, UserError: see ``ar.writeoff._start``
        """
        self.ensure_one()
        if self.warnings and not self.warnings_confirmed:
            raise UserError(
                self.env._(
                    "Read the warnings first, then tick the box below them to go on:\n%s",
                    self.warnings,
                )
            )
        self.writeoff_id._start(self.include_all, self.warnings)
        return self.writeoff_id._get_batch_action()
