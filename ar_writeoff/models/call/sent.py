"""What a program sent: rows, and a value that tells one content from another."""

import hashlib
import json
from dataclasses import dataclass, field

# What was read and confirmed changes nothing of what is to be done.
NO_CONTENT = ("external_reference", "confirmed")


@dataclass
class Row:
    """One of the items of a plan.

    ``index`` is its place in the plan, ``sent`` what the plan says of it, ``parts`` the same of
    each ``account.move.line`` it means, by ``item_id``; ``problems`` are what keeps it out.
    """

    index: int
    sent: dict
    parts: list = field(default_factory=list)
    problems: list = field(default_factory=list)

    @property
    def item_ids(self):
        """The ids of the journal items it means."""
        return [part["item_id"] for part in self.parts]

    def filter_own(self, problems):
        """Those of these problems that name one of its items.

        :param list problems: see ``problems``
        :return: list
        """
        own = set(self.item_ids)
        return [problem for problem in problems if own & set(problem["items"])]


def join_parts(rows):
    """What rows mean, item by item.

    :param rows: iterable of ``Row``
    :return: list of dicts with ``item_id``, as ``items`` of a plan
    """
    return [part for row in rows for part in row.parts]


def join_problems(rows):
    """What keeps rows out, each problem once, however many rows it concerns.

    :param rows: iterable of ``Row``
    :return: list of problems
    """
    found = []
    for row in rows:
        found += [one for one in row.problems if one not in found]
    return found


def get_fingerprint(kind, plan):
    """One value for the content of a call, however its keys are ordered.

    :param str kind: what is asked for
    :param dict plan: as it was sent, and checked
    :return: str
    """
    content = {name: value for name, value in plan.items() if name not in NO_CONTENT}
    text = json.dumps([kind, _get_comparable(content)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _get_comparable(value):
    """The same for 40 and 40.0, and for what is left out and what is sent as nothing."""
    if isinstance(value, dict):
        return {str(k): _get_comparable(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_get_comparable(one) for one in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(float(value))
    return value
