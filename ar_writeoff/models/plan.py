"""What is judged before it is written off."""


class Plan:
    """A decision, and the open items it is about: what every rule is asked about.

    A rule that refuses an item for good settles it: later rules of items, amounts and shares do not
    see it any more, see ``settle``.

    :param writeoff: ``ar.writeoff``, saved or new: company, dates, grouping, batch; empty where
        nothing is decided but which items are meant
    :param rows: what is decided on each item: ``ar.writeoff.line`` or ``ar.writeoff.candidate``
        records, saved or new
    :param entry: draft ``account.move`` these lines wait in, whose date and journal count; none
        while there is no entry
    :param items: ``account.move.line`` records, where nothing is decided on each yet
    """

    def __init__(self, writeoff, rows=None, entry=None, items=None):
        self.writeoff = writeoff
        self.rows = rows
        self.entry = entry
        self.items = rows.item_id if items is None else items
        self._fit = None  # known until something is settled

    @property
    def env(self):
        """The environment the rules are asked in."""
        return self.writeoff.env

    @property
    def date(self):
        """Accounting date: of the entry that waits, else the one decided on."""
        return self.entry.date if self.entry else self.writeoff.accounting_date

    @property
    def fit(self):
        """The rows no rule has refused so far, in their order."""
        if self._fit is None:
            ids = set(self.items.ids)
            self._fit = self.rows.filtered(lambda row: row.item_id.id in ids)
        return self._fit

    def settle(self, problems):
        """Later rules need not look at what one of these problems refuses.

        :param list problems: see ``problems``
        """
        if refused := {item_id for problem in problems for item_id in problem["items"]}:
            self.items = self.items.filtered(lambda item: item.id not in refused)
            self._fit = None
