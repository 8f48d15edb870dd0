"""What the tests of batches share."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.tests import Form

from odoo.addons.ar_writeoff.models.undo_request import UndoRequest

from .common import WriteoffCommon


class BatchCommon(WriteoffCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gain_account = cls._account("490100", "Gain", "income_other")
        cls.company.writeoff_gain_account_id = cls.gain_account
        cls.company.writeoff_grouping = "partner"

    def _batch(self, user=None, **values):
        """A batch as the clerk enters it; a limit of 1,000 per document unless they say more."""
        Batch = self.env["ar.writeoff.batch"].with_user(user or self.clerk)
        with Form(Batch, view="ar_writeoff.view_ar_writeoff_batch_form") as form:
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

    def _dialog(self, batch, action):
        """The dialog a button of the batch opened."""
        return self.env[action["res_model"]].with_user(batch.env.user).browse(action["res_id"])

    def _process(self, batch, include_all=False):
        """Press Process, read the dialog, confirm."""
        dialog = self._dialog(
            batch, batch.action_process_all() if include_all else batch.action_process()
        )
        dialog.warnings_confirmed = True
        dialog.action_run()
        return dialog

    def _retry(self, batch):
        """Press Retry Failed, read the dialog, confirm."""
        dialog = self._dialog(batch, batch.action_retry())
        dialog.warnings_confirmed = True
        dialog.action_run()
        return dialog

    def _undo_dialog(self, batch):
        """Press Undo on the batch, as the clerk."""
        action = batch.with_user(self.clerk).action_open_undo()
        return self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])

    def _undo_batch(self, batch, date, **request):
        """Undo all that is left of a batch, with the rights it comes with."""
        batch.env["ar.writeoff.undo.runner"]._start(
            batch, batch.line_ids, UndoRequest(date, **request)
        )

    def _candidates(self, batch):
        """The list as the accountant reads it: document, amount, why it is left out."""
        return [
            (line.move_id, line.amount_currency, line.obstacle or "")
            for line in batch.candidate_ids.sorted("id")
        ]

    def _discounted(self):
        """An invoice of 10.00 on which the customer may still take 2 %."""
        term = self.env["account.payment.term"].create(
            {
                "name": "2 %",
                "early_discount": True,
                "discount_percentage": 2.0,
                "discount_days": 60,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 90})
                ],
            }
        )
        return self._invoice(10.0, date="2024-06-15", invoice_payment_term_id=term.id)

    # --- the run ---

    @contextmanager
    def _chunks_of(self, size):
        """So many items between two commits, and no more at once."""
        Run = self.env.registry["ar.writeoff.run"]
        with (
            patch.object(Run, "_get_chunk_size", lambda run: size),
            patch.object(Run, "_get_at_once_size", lambda run: size),
        ):
            yield

    def _run_job(self):
        """The scheduled job, as the server calls it; the commit of every chunk is counted."""
        commits = []
        Cron = self.env.registry["ir.cron"]

        def commit(cron, processed=0, *, remaining=None, deactivate=False):
            if processed or remaining is not None:
                commits.append(processed)
            return 60.0

        with patch.object(Cron, "_commit_progress", commit):
            self.env["ar.writeoff.run"]._cron_run()
        return commits

    def _states(self, batch):
        """Of what is written off, and of what is not."""
        return sorted(batch.line_ids.mapped("state") + batch.candidate_ids.mapped("state"))

    def _by_document(self, batch, name="move_id"):
        """Document → its line once it is written off, its candidate until then."""
        return {row[name]: row for rows in (batch.candidate_ids, batch.line_ids) for row in rows}

    def _run_of(self, batch):
        """What was started last."""
        return self.env["ar.writeoff.run"].search([("batch_id", "=", batch.id)], limit=1)
