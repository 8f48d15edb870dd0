from odoo import api, models

from .sent import join_problems


class ArWriteoffOutcome(models.AbstractModel):
    """What whoever called hears: of the whole, of each item, and the way on from each problem.

    What came of a call is a record that answers ``_prepare_outcome``, ``_get_outcome_status`` and
    ``_get_outcome_records``, as ``ar.writeoff`` does.
    """

    _name = "ar.writeoff.outcome"
    _description = "Outcome of a Call"

    @api.model
    def _prepare_result(self, outcome, kept):
        """What came of a call, with the states of now.

        :param outcome: see the model; empty if it is gone
        :param list kept: what became of each row then, see ``_prepare_kept_row``
        :return: dict that can be sent
        """
        by_item = {}
        if outcome._name == "ar.writeoff.batch" and outcome:
            kept = outcome._get_kept(kept)
        for record in outcome._get_outcome_records() if outcome else ():
            by_item.setdefault(record.item_id.id, []).append(record)
        problems = {str(one): one for row in kept for one in row["problems"]}
        result = outcome._prepare_outcome() if outcome else {"state": "deleted"}
        return {
            "writeoff_id": False,
            "request_id": False,
            "status": self._get_common([row["status"] for row in kept], "left_out"),
            **result,
            "problems": self._prepare_problems([*problems.values(), *result.get("problems", ())]),
            "items": [self._prepare_row(row, self._get_records(row, by_item)) for row in kept],
            "external_reference": False,
            "repeated": False,
        }

    @api.model
    def _prepare_refusal(self, rows, problems):
        """What is told if nothing was done.

        :param list rows: ``Row`` of the plan
        :param list problems: what stands in the way
        :return: dict, as ``_prepare_result``
        """
        for row in rows:
            row.problems += [one for one in row.filter_own(problems) if one not in row.problems]
        kept = [
            self._prepare_kept_row(row, "refused" if row.problems else "not_done") for row in rows
        ]
        own = [one for one in join_problems(rows) if one not in problems]
        return {
            "writeoff_id": False,
            "request_id": False,
            "status": "refused",
            "state": False,
            "problems": self._prepare_problems([*own, *problems]),
            "items": [self._prepare_row(row, []) for row in kept],
            "external_reference": False,
            "repeated": False,
        }

    @api.model
    def _prepare_kept_row(self, row, status):
        """What is remembered of a row for whoever repeats the call.

        :param row: ``Row``
        :param str status: what happened
        :return: dict, for a JSON field
        """
        return {
            "row": row.index,
            "item_id": row.sent.get("item_id") or False,
            "reference": row.sent.get("reference") or False,
            "item_ids": row.item_ids,
            "status": status,
            "problems": row.problems,
        }

    @api.model
    def _prepare_row(self, kept, records):
        """What is told of a row.

        :param dict kept: see ``_prepare_kept_row``
        :param list records: what came of its items: of models like ``ar.writeoff.item.mixin``
        :return: dict that can be sent
        """
        lines = [record._prepare_outcome_item() for record in records]
        return {
            **{name: kept[name] for name in ("row", "item_id", "reference", "item_ids", "status")},
            "state": self._get_common([line["state"] for line in lines]),
            **self._prepare_sums(records, lines),
            "lines": lines,
            "problems": self._prepare_problems(kept["problems"]),
        }

    def _prepare_sums(self, records, lines):
        """What a row comes to: its items are of one document, hence of one currency.

        :param list records: see ``_prepare_row``
        :param list lines: the same as dicts
        :return: dict
        """
        sums = {"amount_currency": 0.0, "currency": False, "amount": 0.0, "amount_tax": 0.0}
        for record, line in zip(records, lines, strict=True):
            sums["currency"], own = line["currency"], record.company_currency_id
            for name, currency in (
                ("amount_currency", record.currency_id),
                ("amount", own),
                ("amount_tax", own),
            ):
                sums[name] = currency.round(sums[name] + line[name])
        return sums

    @api.model
    def _prepare_problems(self, problems):
        """Problems with the way on from each.

        :param list problems: see ``problems``
        :return: list of dicts with ``remedy`` in addition: ``text``, and ``action`` and
            ``action_text`` where something can be opened
        """
        return [{**one, "remedy": self._prepare_sent_remedy(one)} for one in problems]

    def _prepare_sent_remedy(self, problem):
        """The way on from a problem, as it can be sent.

        :param dict problem: see ``problems``
        :return: dict, see ``_prepare_problems``
        """
        Eligibility = self.env["ar.writeoff.eligibility"]
        remedy = {"text": Eligibility._get_remedy_text(problem), **Eligibility._get_remedy(problem)}
        if views := remedy.get("action", {}).get("views"):
            remedy["action"] = {**remedy["action"], "views": [list(view) for view in views]}
        return remedy

    def _get_common(self, values, weak=None):
        """One word for several: theirs, if they agree.

        :param list values: str
        :param str weak: does not count beside others
        :return: str, ``mixed`` if they differ; False if there is none
        """
        found = dict.fromkeys(values)
        if len(found) > 1:
            found.pop(weak, None)
        return next(iter(found), False) if len(found) < 2 else "mixed"

    def _get_records(self, kept, by_item):
        if "line_ids" in kept:  # an undo knows its lines: an item may have been written off twice
            return list(self.env["ar.writeoff.line"].search([("id", "in", kept["line_ids"])]))
        return [record for item_id in kept["item_ids"] for record in by_item.get(item_id, ())]


class ArWriteoff(models.Model):
    """A write-off as what came of a call."""

    # A room of its own: what a call tells stands together.
    _inherit = "ar.writeoff"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_outcome(self):
        """What whoever sent a plan hears of it. Extension point.

        :return: dict, see ``write_off``
        """
        self.ensure_one()
        return {
            "writeoff_id": self.id,
            "problems": [],
            "state": self.state,
            "writeoff": self._prepare_sent_writeoff(),
        }

    def _prepare_sent_writeoff(self):
        """A write-off in short, as it can be sent.

        :return: dict; False if there is none
        """
        if not self:
            return False
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "accounting_date": str(self.accounting_date),
            "amount": self.amount,
            "amount_tax": self.amount_tax,
            "amount_net": self.amount_net,
            "company_currency": self.currency_id.name,
            "external_reference": self.external_reference,
        }

    def _get_outcome_status(self):
        """What happened, in one word: of every row that was not left out.

        :return: str
        """
        return "draft" if self.state == "entries_draft" else "written_off"

    def _get_outcome_records(self):
        """What is told of item by item.

        :return: iterable of records like ``ar.writeoff.item.mixin``
        """
        return self.line_ids.search([("writeoff_id", "in", self.ids)])
