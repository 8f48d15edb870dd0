"""What somebody is about to do, before it is done."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Sum(NamedTuple):
    """What is given up on one side, for one reason, in one company.

    ``amount`` is positive, in company currency at the booked rate, after netting: losses and gains
    never offset each other.
    """

    company: Any
    reason: Any
    is_credit: bool
    amount: float


@dataclass(frozen=True)
class Decision:
    """A write-off, a run of a batch or an undo that was judged and confirmed, and not begun.

    ``kind`` is ``write_off``, ``batch`` or ``undo``; ``company`` the one it is made in; ``sums`` a
    list of ``Sum``; ``content`` what it takes to do it later, with names as of the method that
    asks: ``ar.writeoff.posting._write_off``, ``ar.writeoff.start._start``,
    ``ar.writeoff.undo.runner._start``. ``approval`` is the record that kept it before and now has
    it done, None the first time.
    """

    kind: str
    company: Any
    sums: list
    content: dict = field(default_factory=dict)
    approval: Any = None
