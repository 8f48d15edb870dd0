from odoo import api, fields, models

from ..rights import as_engine

# As many items as a person waits for.
AT_ONCE = 200
SELECT_AT_ONCE = 2000
CHUNK = 500
# From the first number of a journal to the commit it is about a tenth of that.
CHUNK_SECONDS = 5.0
# Who does it.
SERVICES = {
    "select": "ar.writeoff.select.runner",
    "include": "ar.writeoff.include.runner",
    "write_off": "ar.writeoff.runner",
    "retry": "ar.writeoff.runner",
    "undo": "ar.writeoff.undo.runner",
}


class ArWriteoffRun(models.Model):
    """What was started: selecting, including, writing off, trying again or undoing, in committed
    chunks.

    The scheduled job works through those that are running; what they have to do stands on the
    candidates of the batch, or on the write-off lines to undo.
    """

    _name = "ar.writeoff.run"
    _description = "Run of a Batch Write-Off"
    _order = "id desc"

    kind = fields.Selection(
        [
            ("select", "Select"),
            ("include", "Include All"),
            ("write_off", "Write Off"),
            ("retry", "Retry"),
            ("undo", "Undo"),
        ],
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
    is_background = fields.Boolean(readonly=True, help="Done by the scheduled job.")
    is_at_work = fields.Boolean(
        readonly=True, help="The scheduled job works on it; set for good where a server died."
    )
    last_sign_on = fields.Datetime(
        string="Last Sign of Life", readonly=True, help="When its last chunk was begun."
    )
    item_count = fields.Integer(string="Items", readonly=True, help="How many there were to do.")
    work_count = fields.Integer(
        string="At Work",
        readonly=True,
        help="Items at most of the chunk that is under way: they count as done once it is "
        "committed.",
    )
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
        """How many items at most are written off between two commits. Extension point.

        :return: int
        """
        return CHUNK

    def _get_chunk_seconds(self):
        """How long a chunk should take: on a slow machine it has fewer items. Extension point.

        :return: float
        """
        return CHUNK_SECONDS

    def _get_select_size(self):
        """Up to how many items are selected while the user waits. Extension point.

        :return: int
        """
        return SELECT_AT_ONCE

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

    def _get_author(self):
        """Who decided on what it writes off: whoever started it. Extension point.

        :return: ``res.users``
        """
        return self.user_id

    def _get_outcome_action(self):
        """What the dialog does that started it: it closes, the screen behind it shows the rest.

        :return: window action
        """
        return {"type": "ir.actions.act_window_close"}

    def _is_judging(self):
        """Whether it looks at what is open, and writes nothing off.

        :return: bool
        """
        return self.kind in ("select", "include")

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
        run = as_engine(self).create(
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
            self._schedule(count)

    def _schedule(self, count):
        """Leave it to the scheduled job, which tells the user what became of it.

        :param int count: how many items there are to do
        :raises UserError: if the job is switched off: it would wait for ever
        """
        self._check_job_active()
        as_engine(self).write({"is_background": True, "item_count": count})
        self._trigger()

    def _trigger(self):
        # sudo: users may not trigger jobs
        self.env.ref("ar_writeoff.ir_cron_run").sudo()._trigger()

    # ------------------------------------------------------------------
    # The scheduled job
    # ------------------------------------------------------------------

    def _get_service(self):
        """Who does what this run is about.

        :return: one of ``SERVICES``
        """
        return self.env[SERVICES[self.kind]]

    def _run_chunk(self, size=None, rows=None):
        """Write off the next items of the queue, or undo them if that is what was started.

        :param int size: how many, if not as many as usual
        :param rows: these items of the queue, if somebody has chosen
        :return: int, how many were finished, whatever became of them
        """
        self.ensure_one()
        if self.state != "running":
            return 0
        rows = self._get_next_chunk(size) if rows is None else rows
        if not rows:
            return 0
        return self._get_service()._run_chunk(self, rows)

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def _finish(self):
        """The end of a run whose queue is empty, under lock: chunks never write the batch."""
        run = as_engine(self)
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
        as_engine(self).write(
            {
                "state": state,
                "result": result,
                "ended_on": fields.Datetime.now(),
                "is_at_work": False,
                "work_count": 0,
            }
        )
        if self.is_background:
            self._notify_end()
