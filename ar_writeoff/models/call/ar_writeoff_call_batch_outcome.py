from odoo import models

from ..problems import blocker, info
from .sent import Row

# Who wants more of them reads the candidates and lines of the batch.
TOLD_ITEMS = 2000
STATUSES = {"draft": "planned", "requested": "requested", "running": "queued"}
TOTALS = (
    "candidate_count",
    "included_count",
    "left_out_count",
    "finished_count",
    "failed_count",
    "amount",
    "amount_tax",
    "amount_finished",
    "amount_reversed",
    "amounts_by_currency",
)


class ArWriteoffBatch(models.Model):
    """A batch as what came of a call: always as it is now."""

    # A room of its own: the file of the call would be one too long to read.
    _inherit = "ar.writeoff.batch"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_outcome(self):
        """What whoever made or started it by a call hears of it. Extension point.

        :return: dict, see ``write_off_batch``
        """
        self.ensure_one()
        run = self.run_ids[:1]
        return {
            "batch_id": self.id,
            "batch": self.display_name,
            "status": "selecting" if self.is_selecting else self._get_outcome_status(),
            "state": "selecting" if self.is_selecting else self.status,
            "totals": {
                **{name: self[name] or 0.0 for name in TOTALS},
                "company_currency": self.currency_id.name,
            },
            "left_out": self._prepare_left_out(),
            "progress": self.progress,
            "progress_text": self.progress_text,
            "run_id": run.id,
            "message": self.job_problem or run.result,
            "writeoffs": [one._prepare_sent_writeoff() for one in self.writeoff_ids],
            "items_left_off": max(0, self.candidate_count - TOLD_ITEMS),
            "problems": [*self._inform_selecting()],
        }

    def _inform_selecting(self):
        if self.is_selecting:
            yield info(
                "selecting",
                self.env._(
                    "The open items are selected in the background. Once that is done, start it "
                    "with start_batch."
                ),
            )

    def _prepare_left_out(self):
        """What is left out, by reason and currency.

        :return: list of dicts that can be sent
        """
        rows = self.env["ar.writeoff.summary"].search(
            [("batch_id", "=", self.id), ("state", "in", ("left_out", "skipped", "failed"))]
        )
        labels = dict(rows._fields["obstacle"]._description_selection(self.env))
        return [
            {
                "state": row.state,
                "code": row.obstacle,
                "reason": labels.get(row.obstacle, ""),
                "item_count": row.item_count,
                "amount_currency": row.amount_currency,
                "currency": row.currency_id.name,
                "amount": row.amount,
                "company_currency": row.company_currency_id.name,
            }
            for row in rows
        ]

    def _get_outcome_status(self):
        return STATUSES.get(self.state, "written_off")

    def _get_outcome_records(self):
        own = [("batch_id", "=", self.id)]
        lines = self.env["ar.writeoff.line"].search(own, limit=TOLD_ITEMS, order="id")
        candidates = self.env["ar.writeoff.candidate"].search(own, limit=TOLD_ITEMS, order="id")
        return [*lines, *candidates][:TOLD_ITEMS]

    def _prepare_kept_items(self, rows):
        """What became of each item that was named, or of each there is, if none was.

        :param list rows: ``Row``
        :return: list of dicts, see ``ar.writeoff.outcome``; of a batch of criteria empty: what is
            in it is told as it is now
        """
        Outcome, status = self.env["ar.writeoff.outcome"], self._get_outcome_status()
        return [
            Outcome._prepare_kept_row(row, "left_out" if row.problems else status) for row in rows
        ]

    def _get_kept(self, kept):
        """A batch of criteria tells of every item it has.

        :param list kept: what was remembered of each row
        :return: list of dicts, see ``ar.writeoff.outcome``
        """
        if kept:
            return kept
        Outcome, rows = self.env["ar.writeoff.outcome"], []
        for index, record in enumerate(self._get_outcome_records()):
            item_id = record.item_id.id
            row = Row(index, {"item_id": item_id}, [{"item_id": item_id}])
            if record._name == "ar.writeoff.candidate" and record.obstacle:
                row.problems.append(
                    blocker(record.obstacle, record.obstacle_message, record.item_id)
                )
            status = "left_out" if row.problems else self._get_outcome_status()
            rows.append(Outcome._prepare_kept_row(row, status))
        return rows
