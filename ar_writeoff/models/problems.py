"""Problems: what speaks against a write-off, in the one shape that all who ask know.

A problem is a dict, so that it can be kept and sent: ``code`` and ``items`` (sorted ids of journal
items, none if it concerns all) tell one from another, never its text; ``level`` says what it does;
``message`` is for people, and names the remedy.
"""

from odoo.exceptions import UserError

BLOCKS = "danger"
WANTS_CONFIRMATION = "warning"
ONLY_TELLS = "info"


def refuse(message, problems):
    """Refuse for people as text, for the caller as data: see ``get_problems``.

    The error is core's own, for clients choose a dialog by its name.

    :param str message: for the user
    :param list problems: see above
    :raises UserError: always
    """
    error = UserError(message)
    error.problems = problems
    raise error


def get_problems(error):
    """What was refused by ``refuse``.

    :param error: exception
    :return: list of problems; empty if it is another error
    """
    return getattr(error, "problems", [])


def blocker(code, message, items=()):
    """What stands in the way for good; parameters as of ``problem``."""
    return problem(BLOCKS, code, message, items)


def warning(code, message, items=()):
    """What must be confirmed before; parameters as of ``problem``."""
    return problem(WANTS_CONFIRMATION, code, message, items)


def info(code, message, items=()):
    """What is good to know; parameters as of ``problem``."""
    return problem(ONLY_TELLS, code, message, items)


def problem(level, code, message, items=()):
    """A problem as data.

    :param str level: ``BLOCKS``, ``WANTS_CONFIRMATION`` or ``ONLY_TELLS``
    :param str code: what kind of problem it is
    :param str message: for the user, translated
    :param items: ``account.move.line`` records it concerns; none if it concerns all
    :return: dict
    """
    ids = sorted(item.id for item in items)
    return {"code": code, "level": level, "message": message, "items": ids}


def get_key(problem):
    """What tells one problem from another: its code and its items, never its text.

    :param dict problem: see above
    :return: tuple
    """
    return problem["code"], tuple(problem["items"])


def get_blockers(problems):
    """Those that stand in the way for good.

    :param problems: iterable
    :return: list
    """
    return [problem for problem in problems if problem["level"] == BLOCKS]


def get_warnings(problems):
    """Those that must be confirmed before.

    :param problems: iterable
    :return: list
    """
    return [problem for problem in problems if problem["level"] == WANTS_CONFIRMATION]


def get_unconfirmed(problems, confirmed):
    """The warnings among problems that nobody confirmed.

    :param problems: iterable
    :param confirmed: dicts with ``code`` and ``items``, or None
    :return: list
    """
    known = {get_key(one) for one in confirmed or ()}
    return [problem for problem in get_warnings(problems) if get_key(problem) not in known]


def raise_blockers(problems):
    """Refuse while one of these stands in the way.

    :param problems: iterable
    :raises UserError: with every blocking message once, see ``refuse``
    """
    if found := get_blockers(problems):
        text = "\n".join(dict.fromkeys(problem["message"] for problem in found))
        refuse(text, found)


def raise_open(env, problems, confirmed):
    """Refuse while one of these stands in the way, or a warning among them was not confirmed.

    :param env: ``Environment``, for the language
    :param list problems: see above
    :param confirmed: dicts with ``code`` and ``items``, or None
    :raises UserError: with every blocking message, or every unconfirmed warning
    """
    raise_blockers(problems)
    if found := get_unconfirmed(problems, confirmed):
        text = "\n".join(problem["message"] for problem in found)
        message = env._("Read the warnings first, then tick the box below them to go on:\n%s", text)
        refuse(message, found)


def get_short_list(env, names, separator=", "):
    """Names for a message, however many there are.

    :param env: ``Environment``, for the language
    :param list names: str
    :param str separator: between them
    :return: str
    """
    names = list(dict.fromkeys(names))
    if len(names) > 10:
        names[10:] = [env._("and %s more", len(names) - 10)]
    return separator.join(names)


def is_confirmation(value):
    """Whether somebody from outside sent what can be compared with problems.

    :param value: anything that can be sent
    :return: bool
    """
    return isinstance(value, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("code"), str)
        and isinstance(one.get("items"), list)
        and all(isinstance(item, int) for item in one["items"])
        for one in value
    )


def prepare_confirmed(shown):
    """What a user confirms who was shown these problems: the warnings among them.

    :param dict shown: see ``ar.writeoff.eligibility._prepare_shown``; whatever else somebody put
        there over the API confirms nothing
    :return: list of dicts with ``code`` and ``items``
    """
    found = shown.values() if isinstance(shown, dict) else ()
    return [
        {"code": problem["code"], "items": problem["items"]}
        for problem in found
        if is_confirmation([problem]) and problem.get("level") == WANTS_CONFIRMATION
    ]
