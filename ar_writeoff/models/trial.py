"""A trial: the books as they would be, of which nothing stays and nobody hears."""

from contextlib import contextmanager

from odoo.tools.misc import Callbacks

# Where apps queue what they tell others: messages, mails, calls over the network.
QUEUES = ("precommit", "postcommit", "prerollback", "postrollback")


class _Unheard(Callbacks):
    """The queue of a trial: what is put into it is forgotten."""

    __slots__ = ()

    def add(self, func):
        """Forget it: what it would tell does not happen."""


@contextmanager
def trial(env):
    """Change the books to see what follows, and take it back.

    A savepoint alone undoes what was written, but neither what waits for the commit nor what is
    done at once; see ``is_trial`` for those who do something at once.

    :param env: ``Environment``
    """
    cr = env.cr
    savepoint = cr.savepoint()
    kept = {name: getattr(cr, name) for name in QUEUES}
    for name in QUEUES:
        setattr(cr, name, _Unheard())
    try:
        yield
    finally:
        try:
            savepoint.close(rollback=True)
        finally:
            for name, queue in kept.items():
                setattr(cr, name, queue)
        env.invalidate_all(flush=False)


def is_trial(cr):
    """Whether what happens now is taken back, so that nobody may hear of it.

    Told by an object on the cursor: no call from outside can claim it, and no change of the
    environment loses it.

    :param cr: database cursor
    :return: bool
    """
    return isinstance(cr.postcommit, _Unheard)
