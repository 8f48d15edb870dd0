"""What people send is looked at before it is written: clear errors instead of tracebacks."""

import json
from math import isfinite

from odoo import Command, models
from odoo.exceptions import ValidationError

INT_MAX = 2**31 - 1
# Beyond it a cent more is no other number.
AMOUNT_MAX = 1e13
# A message is no place for more of what somebody sent.
LONGEST_SHOWN = 100
# Before it nobody keeps accounts, and days before the first have no name.
FIRST_YEAR = 1900
FALSE_TYPES = ("boolean", "integer", "float", "monetary")  # whose empty value is one
WITH_IDS = (Command.UPDATE, Command.DELETE, Command.UNLINK, Command.LINK)


def check_values(model, vals):
    """Refuse values that the fields of a model cannot hold: the web client sends none such.

    :param model: the recordset they are meant for
    :param dict vals: as for ``create`` and ``write``
    :raises ValidationError: naming the field and the value
    """
    for name, value in vals.items():
        field = model._fields.get(name)
        if field and field.required and not value and field.type not in FALSE_TYPES:
            raise ValidationError(
                model.env._("%s: fill it in.", field._description_string(model.env))
            )
        if field and value not in (None, False) and not _is_fit(model, field, value):
            raise ValidationError(
                model.env._(
                    "%(field)s: “%(value)s” cannot be used here.",
                    field=field._description_string(model.env),
                    value=show(value),
                )
            )


def show(value):
    """A value that somebody sent, so that it can be sent back in a message: short, and without
    what no text may hold.

    :param value: anything
    :return: str
    """
    text = str(value)
    text = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return text.encode(errors="backslashreplace").decode().replace("\x00", "\\x00")


def _is_fit(model, field, value):
    if field.type == "integer":
        return _is_number(value) and abs(int(float(value))) <= INT_MAX
    if field.type in ("float", "monetary"):
        return _is_number(value) and abs(float(value)) <= AMOUNT_MAX
    if field.type in ("date", "datetime"):
        return _is_date(field, value)
    if field.type == "selection":
        return value in field.get_values(model.env)
    if field.type in ("char", "text", "html"):
        return isinstance(value, str | int | float) and is_text(str(value))
    if field.type == "json":
        return _is_json(value)
    if field.type == "many2one":
        return _is_there(model.env[field.comodel_name], [value])
    if field.type in ("many2many", "one2many"):
        return _are_commands(model.env[field.comodel_name], value)
    return True


def is_text(value):
    """Whether a database can hold it: no zero byte, and no half of a pair.

    :param str value: that somebody sent
    :return: bool
    """
    try:
        return b"\x00" not in value.encode()
    except UnicodeEncodeError:
        return False


def _is_json(value):
    try:
        return is_text(json.dumps(value, allow_nan=False, ensure_ascii=False)) and (
            "\\u0000" not in json.dumps(value)
        )
    except (TypeError, ValueError):
        return False


def _is_number(value):
    try:
        return not isinstance(value, bool) and isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _is_date(field, value):
    try:
        date = field.convert_to_cache(value, None)
        field.convert_to_column(date, None)
    except (TypeError, ValueError):
        return False
    return not date or date.year >= FIRST_YEAR


def _is_there(comodel, ids):
    """Whether these are numbers of records that exist, whoever may read them."""
    if any(isinstance(value, models.BaseModel) for value in ids):
        return True
    if not all(type(value) is int and 0 < value <= INT_MAX for value in ids):
        return False
    # sudo: whether they exist, nothing else; the rights are checked by whoever reads them
    return len(comodel.sudo().browse(ids).exists()) == len(set(ids))


def _is_command(command):
    if not command or command[0] not in [*Command]:
        return False
    kind = {Command.CREATE: dict, Command.UPDATE: dict, Command.SET: list | tuple}.get(command[0])
    return not kind or (len(command) == 3 and isinstance(command[2], kind))


def _are_commands(comodel, commands):
    if not isinstance(commands, list | tuple):
        return isinstance(commands, models.BaseModel)
    ids = []
    for command in commands:
        if not isinstance(command, list | tuple):
            ids.append(command)  # as core does: a list of numbers
        elif not _is_command(command):
            return False
        elif command[0] in WITH_IDS:
            ids += command[1:2]
        elif command[0] == Command.SET:
            ids += command[2]
    return _is_there(comodel, ids)
