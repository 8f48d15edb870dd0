"""What the tests of calls from outside share."""

from .batch_common import BatchCommon


class ApiCommon(BatchCommon):
    def setUp(self):
        super().setUp()
        self.engine = self.env["ar.writeoff"].with_user(self.clerk)
        self.batches = self.env["ar.writeoff.batch"].with_user(self.clerk)

    def _plan(self, invoices, **values):
        """A plan of all items of these documents, each a row."""
        rows = [{"item_id": item.id} for item in self._items(invoices)]
        return {"reason_id": self.bad_debt.id, "items": rows, **values}

    def _told(self, result):
        """What a result says of each item, as a table: what happened, its state, amounts."""
        return [
            (row["status"], row["state"], row["amount_currency"], row["amount"])
            for row in result["items"]
        ]

    def _codes(self, result):
        return [one["code"] for one in result["problems"]]

    def _count(self):
        return self.env["ar.writeoff"].search_count([])
