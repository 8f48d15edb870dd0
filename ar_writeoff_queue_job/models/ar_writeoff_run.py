from time import monotonic

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.ar_writeoff.models.rights import as_engine

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
        count = self._run_chunk_once(rows=rows)
        if count:
            self._enqueue(token, self._get_next_size(count, monotonic() - begun))
        return self.env._("%s items", count)

    # ------------------------------------------------------------------
    # Who takes which customers
    # ------------------------------------------------------------------

    def _claim(self, token, size):
        """Items nobody else is at: of this worker's own customers, or, once these are done, of
        those that others have still before them.

        What another worker finished after this transaction began, the database refuses to change
        again: the job is tried once more then.

        :param int token: which of the workers
        :param int size: how many items at most, but for a customer that has more
        :return: records of the queue, see ``_get_next_chunk``
        """
        own = SQL("mod(COALESCE(partner_id, 0), %s) = %s", self.worker_count, token)
        for condition, order in (
            (own, SQL("partner_id NULLS LAST")),
            (SQL("TRUE"), SQL("partner_id DESC NULLS FIRST")),  # others begin at the other end
        ):
            customers = self._get_next_customers(condition, order, size)
            if claimed := [id_ for id_ in customers if self._lock_customer(id_)]:
                return self._get_next_chunk(size, [("partner_id", "in", claimed)])
        return self._get_next_chunk(1).browse()

    def _get_next_customers(self, condition, order, size):
        """Customers who have items in the queue, about as many as a chunk has room for.

        :param condition: ``SQL``, which of them
        :param order: ``SQL``, which of them first
        :param int size: of the chunk
        :return: list of ids; False where items have no customer
        """
        model, domain = self._get_queue()
        found = as_engine(self.env[model])._search(domain)
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT partner_id FROM "
                "(SELECT partner_id FROM %s WHERE id IN %s AND %s ORDER BY %s LIMIT %s) AS next",
                SQL.identifier(self.env[model]._table),
                found.subselect(),
                condition,
                order,
                size,
            )
        )
        return [id_ or False for (id_,) in rows]

    def _lock_customer(self, partner_id):
        """Take a customer for this transaction, if nobody else has.

        :param partner_id: int, or False
        :return: bool
        """
        [(is_free,)] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)",
                self._get_job_prefix(),
                partner_id or 0,
            )
        )
        return is_free
