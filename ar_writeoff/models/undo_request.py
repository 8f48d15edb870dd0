from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class UndoRequest:
    """What whoever undoes something decides on, of one write-off or of all of a batch.

    ``date`` is the accounting date of the reversal entries, ``comment`` says why, for the history,
    ``with_netting`` takes back, too, the matching of the customers' own credits, and
    ``replacements`` has archived ``account.account`` → the one to post on instead.
    """

    date: date
    comment: str = ""
    with_netting: bool = False
    replacements: dict = field(default_factory=dict)
