import logging
from random import uniform
from time import sleep

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# As many items as a person waits for.
AT_ONCE = 200
CHUNK = 1000
# A chunk that meets other transactions is tried again, at last with as little as can be.
ATTEMPTS = (None, None, 1)


class ArWriteoffRun(models.Model):
    """What was started: writing off, trying again or undoing; in chunks that are committed.

    The scheduled job works through those that are running; what they have to do stands on the
    candidates of the batch, or on the write-off lines to undo.
    """

    _name = "ar.writeoff.run"
    _description = "Run of a Batch Write-Off"
    _order = "id desc"

    kind = fields.Selection(
        [("write_off", "Write Off"), ("retry", "Retry"), ("undo", "Undo")],
        required=True,
        readonly=True,
    )
    batch_id = fields.Many2one(
        "ar.writeoff.batch", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    writeoff_id = fields.Many2one(
        "ar.writeoff",
        string="Write-Off",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Of an undo of one write-off; a batch has several.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users", string="Started By", readonly=True, ondelete="set null", index=True
    )
    started_on = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    ended_on = fields.Datetime(readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("stopped", "Stopped")],
        required=True,
        readonly=True,
        default="running",
        index=True,
    )
    result = fields.Text(readonly=True, help="What became of it.")
    warnings_confirmed = fields.Text(readonly=True, help="The warnings that were confirmed for it.")
    confirmed_problems = fields.Json(readonly=True, help="The same by code and items.")
    undo_date = fields.Date(string="Reversal Date", readonly=True)
    undo_comment = fields.Char(readonly=True)
    undo_with_netting = fields.Boolean(readonly=True)
    undo_replacements = fields.Json(
        readonly=True, help="Archived account → the one that is used instead, by id."
    )
    undo_line_ids = fields.One2many("ar.writeoff.line", "undo_run_id", readonly=True)

    _one_at_a_time = models.UniqueIndex(
        "(batch_id) WHERE state = 'running' AND batch_id IS NOT NULL",
        "Somebody else just started this batch, or its undo.",
    )

    def _get_chunk_size(self):
        """How many items are written off between two commits. Extension point.

        :return: int
        """
        return CHUNK

    def _get_at_once_size(self):
        """Up to how many items a run is done while the user waits. Extension point.

        :return: int
        """
        return AT_ONCE

    @api.depends("kind", "batch_id", "writeoff_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            target = run._get_target()
            run.display_name = f"{labels.get(run.kind, '')} {target.display_name or ''}".strip()

    def _get_target(self):
        """What it is a run of.

        :return: ``ar.writeoff.batch`` or ``ar.writeoff``
        """
        return self.batch_id or self.writeoff_id

    # ------------------------------------------------------------------
    # Start
    # ------------------------------------------------------------------

    @api.model
    def _create_run(self, kind, target, vals):
        """Record what is started; authority was checked by whoever starts it.

        :param str kind: see ``kind``
        :param target: ``ar.writeoff.batch`` or ``ar.writeoff``
        :param dict vals: other values
        :return: the run, in the user's environment
        """
        name = "batch_id" if target._name == "ar.writeoff.batch" else "writeoff_id"
        # sudo: runs are the engine's; authority was checked before
        run = self.sudo().create(
            {
                **vals,
                "kind": kind,
                name: target.id,
                "company_id": target.company_id.id,
                "user_id": self.env.uid,
            }
        )
        return run.with_env(self.env)

    def _run_or_schedule(self, count):
        """Few items are done at once, many by the scheduled job, which commits after each chunk.

        :param int count: how many there are
        """
        if count <= self._get_at_once_size():
            while self._run_chunk():
                pass
            self._finish()
        else:
            self._trigger()

    def _trigger(self):
        # sudo: users may not trigger jobs
        self.env.ref("ar_writeoff.ir_cron_run").sudo()._trigger()

    # ------------------------------------------------------------------
    # The scheduled job
    # ------------------------------------------------------------------

    @api.model
    def _cron_run(self):
        """Do what the runs still have to do, chunk by chunk; a scheduled job."""
        Cron = self.env["ir.cron"]
        remaining = sum(
            self.env[model].search_count(domain)
            for model, domain in (
                ("ar.writeoff.candidate", [("state", "=", "queued")]),
                ("ar.writeoff.line", [("undo_run_id", "!=", False)]),
            )
        )
        Cron._commit_progress(remaining=remaining)
        for run in self.search([("state", "=", "running")], order="id"):
            while count := run._run_chunk_as_user():
                if not Cron._commit_progress(count):
                    return
            Cron._commit_progress()  # its end: other runs do not wait for its lock

    def _run_chunk_as_user(self):
        """The next chunk, with the rights, the language and the companies of who started it.

        Where nothing is left, its end: looked for apart from the chunks, under lock.

        :return: int, how many items were finished
        """
        if self.state != "running":
            return 0
        user = self.user_id
        if not user:
            self._get_service()._stop_unauthorised(
                self, self.env._("Who started it does not exist any more.")
            )
            return 1  # so that it is committed
        run = self.with_user(user).with_context(
            lang=user.lang,
            tz=user.tz,
            allowed_company_ids=self._get_companies(user).ids,
        )
        for size in ATTEMPTS:
            try:
                count = run._run_chunk(size)
                if not count:
                    run._finish()
                self.env.flush_all()  # what speaks against a commit is told here
                return count
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # What others committed meanwhile is seen by a new transaction only.
                self.env.cr.rollback()
                message = self.env._("Others kept changing this item; try again.")
                _logger.info("Run %s meets other transactions", self.id)
                sleep(uniform(0.05, 0.5))  # noqa: S311
            except Exception as error:  # or the runs behind this one would never go on
                self.env.cr.rollback()
                message = self._get_failure_message(error)
        return self._get_service()._fail_chunk(self, message)

    def _get_failure_message(self, error):
        if isinstance(error, UserError):
            return str(error)
        _logger.exception("Run %s", self.id, exc_info=error)
        if isinstance(error, psycopg2.Error):
            return self.env._("The database refused it; the log of the server says why.")
        return f"{type(error).__name__}: {error}"

    def _get_service(self):
        """Who does what this run is about.

        :return: ``ar.writeoff.runner`` or ``ar.writeoff.undo.runner``
        """
        name = "ar.writeoff.undo.runner" if self.kind == "undo" else "ar.writeoff.runner"
        return self.env[name]

    def _get_companies(self, user):
        target = self._get_target()
        return (target.company_id | target._get_line_companies()) & user.company_ids

    def _run_chunk(self, size=None):
        """Write off the next items of the queue, or undo them if that is what was started.

        :param int size: how many, if not as many as usual
        :return: int, how many were finished, whatever became of them
        """
        self.ensure_one()
        rows = self._get_next_chunk(size) if self.state == "running" else ()
        if not rows:
            return 0
        return self._get_service()._run_chunk(self, rows)

    # ------------------------------------------------------------------
    # The next chunk
    # ------------------------------------------------------------------

    def _get_queue(self):
        """What this run still has to do.

        :return: tuple: name of the model, domain on it
        """
        if self.kind == "undo":
            return "ar.writeoff.line", [("undo_run_id", "=", self.id)]
        domain = [("batch_id", "=", self.batch_id.id), ("state", "=", "queued")]
        return "ar.writeoff.candidate", domain

    def _get_next_chunk(self, size=None):
        """The next items of the queue: whole customers, as long as they fit.

        :param int size: how many, if not as many as usual
        :return: ``ar.writeoff.candidate`` or ``ar.writeoff.line``, with the rights of the system
        """
        size = size or self._get_chunk_size()
        model, domain = self._get_queue()
        # sudo: the queue is the engine's; authority is checked before something is done with it
        rows = self.env[model].sudo()
        rows = rows.search(
            domain, order="company_id.id, partner_id.id, move_id.id, id", limit=size + 1
        )
        if len(rows) <= size:
            return rows
        last = rows[-1]
        whole = rows.filtered(
            lambda row: (row.company_id, row.partner_id) != (last.company_id, last.partner_id)
        )
        return whole or self._get_part_of_customer(rows[:-1], domain)

    def _get_part_of_customer(self, rows, domain):
        """A customer with more items than a chunk takes: documents and netting stay together.

        :param rows: items of one customer
        :param list domain: of the queue
        :return: such records
        """
        tied = rows.search(
            [
                *domain,
                ("partner_id", "=", rows.partner_id.id),
                "|",
                ("netted_currency", "!=", 0.0),
                ("move_id", "in", rows.move_id.ids),
            ]
        )
        return rows | tied

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def _finish(self):
        """The end of a run whose queue is empty, under lock: chunks never write the batch."""
        run = self.sudo()  # sudo: the engine's; who started it had the authority
        target = run._get_target()
        if run.state != "running" or run._get_next_chunk(1):
            return
        if not target.try_lock_for_update():
            run._trigger()  # somebody writes on it right now
            return
        self._get_service()._finish(self)

    def _end(self, state, result):
        """Record what became of it.

        :param str state: ``done`` or ``stopped``
        :param str result: for people
        """
        # sudo: runs are the engine's
        self.sudo().write({"state": state, "result": result, "ended_on": fields.Datetime.now()})

    def _get_undo_request(self):
        """What the undo was asked for.

        :return: dict, arguments of ``ar.writeoff._reverse``
        """
        Account = self.env["account.account"]
        stored = (self.undo_replacements or {}).items()
        return {
            "date": self.undo_date,
            "comment": self.undo_comment,
            "with_netting": self.undo_with_netting,
            "replacements": {Account.browse(int(old)): Account.browse(new) for old, new in stored},
        }
