from odoo import api, models

from ..line_states import OUTSIDE_STATES, TOTAL_STATES

# In the order in which one of them speaks for all write-offs of a batch.
STRONGEST_STATES = ("entries_draft", "partly_reversed")


class ArWriteoffBatchFigures(models.AbstractModel):
    """Batches in numbers, counted in the database, whatever the number of items."""

    _name = "ar.writeoff.batch.figures"
    _description = "Figures of Batch Write-Offs"

    @api.model
    def _get_figures(self, batches):
        """What candidates and lines add up to.

        :param batches: ``ar.writeoff.batch``
        :return: dict batch → dict of values of its fields
        """
        candidates = self._read(batches, "ar.writeoff.candidate", ["amount:sum"])
        lines = self._read(
            batches, "ar.writeoff.line", ["amount:sum", "amount_tax:sum", "matched:sum"]
        )
        return {
            batch: {
                **self._prepare_counts(candidates[batch.id], lines[batch.id]),
                **self._prepare_amounts(batch, candidates[batch.id], lines[batch.id]),
            }
            for batch in batches
        }

    def _read(self, batches, model, aggregates):
        """Numbers by state and currency.

        :param batches: ``ar.writeoff.batch``
        :param str model: candidates or lines
        :param list aggregates: besides count and amount in currency
        :return: dict batch id → list of tuples (state, currency, count, amount_currency, …)
        """
        figures = {batch.id: [] for batch in batches}
        for batch, *row in self.env[model]._read_group(
            [("batch_id", "in", batches.ids)],
            ["batch_id", "state", "currency_id"],
            ["__count", "amount_currency:sum", *aggregates],
        ):
            figures[batch.id].append(tuple(row))
        return figures

    def _prepare_counts(self, candidates, lines):
        """How many items are what.

        :param list candidates: see ``_read``
        :param list lines: see ``_read``
        :return: dict of values
        """

        def count(rows, *states):
            return sum(row[2] for row in rows if row[0] in states)

        # These lines wait to be matched with an entry that was left in draft.
        waiting = count(lines, "waiting")
        return {
            "candidate_count": sum(row[2] for row in (*candidates, *lines)),
            "included_count": count(candidates, "planned", "queued") + waiting,
            "left_out_count": count(candidates, "left_out"),
            "failed_count": count(candidates, "skipped", "failed"),
            "finished_count": sum(row[2] for row in lines) - waiting,
        }

    def _prepare_amounts(self, batch, candidates, lines):
        """What is or will be written off, in company currency and by currency.

        :param batch: ``ar.writeoff.batch``
        :param list candidates: see ``_read``
        :param list lines: see ``_read``
        :return: dict of values
        """
        total = [row for row in lines if row[0] in TOTAL_STATES]
        chosen = [row for row in candidates if row[0] not in OUTSIDE_STATES]
        return {
            "amount": sum(row[4] for row in (*total, *chosen)),
            "amount_finished": sum(row[4] for row in total if row[0] != "waiting"),
            "amount_tax": sum(row[5] for row in total),
            "amount_reversed": sum(row[4] for row in total if row[0] == "reversed"),
            "amount_net": sum(row[6] for row in lines),
            "amounts_by_currency": self._get_amounts_text(batch.currency_id, [*total, *chosen]),
        }

    def _get_amounts_text(self, own, figures):
        """Amounts by currency, the company's first.

        :param own: ``res.currency`` of the company
        :param list figures: see ``_read``
        :return: str
        """
        amounts = {}
        for _state, currency, _count, amount, *_others in figures:
            amounts[currency] = amounts.get(currency, 0.0) + amount
        order = sorted(amounts, key=lambda currency: (currency != own, currency.name))
        return ", ".join(currency.format(amounts[currency]) for currency in order)

    @api.model
    def _get_common_state(self, states):
        """The state of several write-offs together.

        :param set states: those they are in
        :return: a value of ``state`` of ``ar.writeoff``, or False
        """
        for state in STRONGEST_STATES:
            if state in states:
                return state
        if {"posted", "reversed"} <= states:
            return "partly_reversed"
        return next((s for s in ("posted", "reversed", "cancelled") if s in states), False)
