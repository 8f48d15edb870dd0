"""What a condition in a mail says of an invoice: that it is paid, or that it is not."""

import ast
import re

PAYMENT_STATE = re.compile(r"\bobject\.payment_state\b")
STATES = ("paid", "not_paid")


def says_paid(condition):
    """Whether a branch of a mail is for paid invoices, or for those that are not.

    The condition is read with ``paid`` and with ``not_paid`` in the place of the status; what else
    it asks of the invoice stays open.

    :param str condition: Python expression of ``t-if`` or ``t-elif``
    :return: True for paid invoices, False for those that are not, None if it makes no difference
    """
    paid, unpaid = (_evaluate(with_payment_state(condition, state)) for state in STATES)
    order = (False, None, True)
    difference = order.index(paid) - order.index(unpaid)
    return difference > 0 if difference else None


def with_payment_state(condition, state):
    """A condition that asks an invoice for all but its payment status.

    :param str condition: Python expression
    :param str state: the status that is taken for granted
    :return: str, Python expression
    """
    return PAYMENT_STATE.sub(repr(state), condition)


def _evaluate(condition):
    """Truth of a condition as far as it depends on constants: True, False or None for unknown."""
    try:
        return _get_truth(ast.parse(f"({condition})", mode="eval").body)
    except SyntaxError:
        return None


def _get_truth(node):
    if isinstance(node, ast.BoolOp):
        values = [_get_truth(value) for value in node.values]
        decisive = isinstance(node.op, ast.Or)
        if decisive in values:
            return decisive
        return None if None in values else not decisive
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        value = _get_truth(node.operand)
        return None if value is None else not value
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compare(node.left, node.ops[0], node.comparators[0])
    return None


def _compare(left, operator, right):
    try:
        left, right = ast.literal_eval(left), ast.literal_eval(right)
        if isinstance(operator, ast.Eq | ast.NotEq):
            return (left == right) == isinstance(operator, ast.Eq)
        if isinstance(operator, ast.In | ast.NotIn):
            return (left in right) == isinstance(operator, ast.In)
    except (ValueError, TypeError):
        return None  # it asks of the invoice something else
    return None
