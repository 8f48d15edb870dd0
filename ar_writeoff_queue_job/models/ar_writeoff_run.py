from time import monotonic

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.ar_writeoff.models.rights import as_engine
from odoo.addons.queue_job.exception import RetryableJobError

# Two workers that meet try again; more often than that, something else is wrong.
MAX_RETRIES = 20


class ArWriteoffRun(models.Model):
    """A run that jobs of the queue work on: a few of them, each of which does one chunk in its
    transaction and leaves another one behind, until nothing is left.

    A job commits once, at its end: what it does is there whole or not at all. Which customers a job
    takes, it claims as it begins; nothing of that is stored, so nothing has to be freed if it dies.
    """

    _inherit = "ar.writeoff.run"

    is_queued = fields.Boolean(
        readonly=True, help="Jobs of the queue work on it, and not the scheduled job."
    )
    worker_count = fields.Integer(
        string="Workers", readonly=True, help="How many jobs work on it at a time."
    )

    # ------------------------------------------------------------------
    # Either the queue or the scheduled job
    # ------------------------------------------------------------------

    def _schedule(self, count):
        if workers := self.company_id._get_writeoff_queue_workers():
            as_engine(self).write({"is_queued": True, "worker_count": workers})
        return super()._schedule(count)

    def _trigger(self):
        if not self.is_queued:
            return super()._trigger()
        for token in range(self.worker_count):
            self._enqueue(token)
        return None

    @api.model
    def _get_scheduled_domain(self):
        return super()._get_scheduled_domain() & Domain("is_queued", "=", False)

    # ------------------------------------------------------------------
    # A job
    # ------------------------------------------------------------------

    def _enqueue(self, token, size=None):
        """Leave a chunk to a job; if this worker's next one waits already, that is enough.

        :param int token: which of the workers
        :param int size: how many items, if not as many as usual
        """
        # Jobs belong to the system: whose rights, language and companies count, the run knows.
        run = self.with_env(self.env(user=SUPERUSER_ID, context={}))
        run.with_delay(
            identity_key=f"{self._get_job_prefix()}{token}",
            description=self.display_name,
            max_retries=MAX_RETRIES,
        )._work(token, size)

    def _work(self, token, size=None):
        """One chunk, in the transaction of a job; the next one is a job of its own.

        :param int token: which of the workers
        :param int size: how many items, if not as many as usual
        :return: str, for the list of jobs
        """
        if not self.exists() or self.state != "running" or not self.is_queued:
            return self.env._("There is nothing left to do.")
        begun = monotonic()
        rows = self._claim(token, size or self._get_chunk_size())
        if not rows and self._count_left():
            return self.env._("Other workers are at what is left.")
        try:
            count = self._run_chunk_once(rows=rows)
        except UniqueViolation as error:
            # Another worker made the same just before, say the first number of a year.
            raise RetryableJobError(str(error), seconds=1) from error
        if count:
            self._enqueue(token, self._get_next_size(count, monotonic() - begun))
        return self.env._("%s items", count)

    # ------------------------------------------------------------------
    # Who takes what
    # ------------------------------------------------------------------

    def _get_share_field(self):
        """By what the work is dealt out: customers, whose items go together; of an undo,
        write-offs, whose totals would be changed by two workers at once.

        :return: str, name of a field of what the run works on
        """
        return "writeoff_id" if self.kind == "undo" else "partner_id"

    def _claim(self, token, size):
        """Items nobody else is at: of this worker's own share, or, once that is done, of what
        others have still before them.

        What another worker finished after this transaction began, the database refuses to change
        again: the job is tried once more then.

        :param int token: which of the workers
        :param int size: how many items at most, but for a customer that has more
        :return: records of the queue, see ``_get_next_chunk``
        """
        name = self._get_share_field()
        field = SQL.identifier(name)
        own = SQL("mod(COALESCE(%s, 0), %s) = %s", field, self.worker_count, token)
        for condition, order in (
            (own, SQL("%s NULLS LAST", field)),
            (SQL("TRUE"), SQL("%s DESC NULLS FIRST", field)),  # others begin at the other end
        ):
            shares = self._get_next_shares(condition, order, size)
            if claimed := [id_ for id_ in shares if self._lock_share(id_)]:
                return self._get_next_chunk(size, [(name, "in", claimed)])
        return self._get_next_chunk(1).browse()

    def _get_next_shares(self, condition, order, size):
        """Customers or write-offs that have items in the queue, about as many as a chunk has room
        for.

        :param condition: ``SQL``, which of them
        :param order: ``SQL``, which of them first
        :param int size: of the chunk
        :return: list of ids; False where items have no customer
        """
        field = SQL.identifier(self._get_share_field())
        model, domain = self._get_queue()
        found = as_engine(self.env[model])._search(domain)
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT %s FROM "
                "(SELECT %s FROM %s WHERE id IN %s AND %s ORDER BY %s LIMIT %s) AS next",
                field,
                field,
                SQL.identifier(self.env[model]._table),
                found.subselect(),
                condition,
                order,
                size,
            )
        )
        return [id_ or False for (id_,) in rows]

    def _lock_share(self, share_id):
        """Take a customer or a write-off for this transaction, if nobody else has.

        :param share_id: int, or False
        :return: bool
        """
        [(is_free,)] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)",
                self._get_job_prefix(),
                share_id or 0,
            )
        )
        return is_free
