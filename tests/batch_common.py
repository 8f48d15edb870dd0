"""What the tests of batches share."""

from odoo.tests import Form

from .common import WriteoffCommon


class BatchCommon(WriteoffCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gain_account = cls._account("490100", "Gain", "income_other")
        cls.company.writeoff_gain_account_id = cls.gain_account
        cls.company.writeoff_grouping = "partner"

    def _batch(self, user=None, **values):
        """A batch as the clerk enters it; a limit of 1,000 per document unless he says more."""
        Batch = self.env["ar.writeoff"].with_user(user or self.clerk)
        view = "ar_writeoff.view_ar_writeoff_batch_form"
        with Form(Batch.with_context(default_is_batch=True), view=view) as form:
            if not any(name.startswith("limit_") for name in values):
                form.limit_document = 1000.0
            for name, value in values.items():
                if name.endswith("_ids"):
                    for record in value:
                        getattr(form, name).add(record)
                else:
                    setattr(form, name, value)
        return form.record

    def _select(self, user=None, **values):
        batch = self._batch(user, **values)
        batch.action_select()
        return batch

    def _process(self, batch, include_all=False):
        """Press Process, read the dialog, confirm."""
        action = batch.action_process_all() if include_all else batch.action_process()
        dialog = self.env[action["res_model"]].with_user(batch.env.user).browse(action["res_id"])
        dialog.warnings_confirmed = True
        dialog.action_run()
        return dialog

    def _retry(self, batch):
        """Press Retry Failed, read the dialog, confirm."""
        action = batch.action_retry()
        dialog = self.env[action["res_model"]].with_user(batch.env.user).browse(action["res_id"])
        dialog.warnings_confirmed = True
        dialog.action_run()
        return dialog

    def _candidates(self, batch):
        """The list as the accountant reads it: document, amount, why it is left out."""
        return [
            (line.move_id, line.amount_currency, line.obstacle or "")
            for line in batch.line_ids.sorted("id")
        ]
