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


def as_engine(records):
    """These records with the engine's rights; authority was checked before.

    :param records: of a model whose rows are the engine's to write
    :return: the same records
    """
    return records.sudo()
