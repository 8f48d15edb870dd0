"""Where the engine takes the rights it needs, and nowhere else.

Nobody has write access on the register (write-offs, lines, shares), on runs and reservations; of
batches and candidates, people write what they decide, in draft. What happens to them besides, the
engine does, in the name of whoever asked for it and checked first that they may:

- A public method that decides asks ``_check_authority`` before anything else; a test holds each of
  them against it (``test_remote_calls.py``).
- A chunk of a run asks again, of who started it.
- What follows the ledger (states, totals, matches) is done for whoever changes the ledger.

Other ``sudo()`` are reads whose answer must not depend on who asks; each says so beside it.
"""

from odoo.exceptions import AccessError


def as_engine(records):
    """These records with the engine's rights; authority was checked before.

    :param records: of a model whose rows are the engine's to write
    :return: the same records
    """
    return records.sudo()


def check_engine_alone(records, vals, names):
    """Refuse to write the links that core's records have to the register.

    Asked on writing, not by rights on the fields: core asks those for every field of every record
    that anybody reads.

    :param records: of a model of core
    :param dict vals: about to be written
    :param set names: of the fields that are the engine's
    :raises AccessError: if the user would write one of them
    """
    if records.env.su or names.isdisjoint(vals):
        return
    raise AccessError(
        records.env._(
            "%(fields)s of %(record)s: only a write-off writes it.",
            fields=", ".join(sorted(records._fields[name].string for name in names & vals.keys())),
            record=records._description,
        )
    )
