from odoo import api, fields, models

# Before anything of it is in the register, or while more comes.
OPEN_STATES = ("draft", "running")


class ArWriteoffBatch(models.Model):
    """What became of a batch: read off its write-offs, and what is left of its candidates."""

    _inherit = "ar.writeoff.batch"

    writeoff_ids = fields.One2many("ar.writeoff", "batch_id", string="Write-Offs", readonly=True)
    line_ids = fields.One2many(
        "ar.writeoff.line", "batch_id", string="Written-Off Items", readonly=True
    )
    status = fields.Selection(
        selection=lambda self: self._get_statuses(),
        compute="_compute_status",
        help="Where it stands; once it ran, where its write-offs stand.",
    )
    writeoff_count = fields.Integer(compute="_compute_status")
    entry_count = fields.Integer(compute="_compute_entry_count")
    is_release_awaited = fields.Boolean(
        compute="_compute_release", help="Whether the user must wait for somebody else's release."
    )
    can_release = fields.Boolean(compute="_compute_release")
    candidate_count = fields.Integer(compute="_compute_counts")
    included_count = fields.Integer(compute="_compute_counts")
    left_out_count = fields.Integer(compute="_compute_counts")
    finished_count = fields.Integer(compute="_compute_counts")
    failed_count = fields.Integer(string="Skipped or Failed", compute="_compute_counts")
    is_selecting = fields.Boolean(
        compute="_compute_is_under_way",
        help="Its open items are selected, or included, in the background.",
    )
    is_under_way = fields.Boolean(
        compute="_compute_is_under_way", help="Something is done with it in the background."
    )
    progress = fields.Integer(compute="_compute_progress", help="Finished items, in percent.")
    progress_work = fields.Integer(
        compute="_compute_progress", help="Items of the chunk that is under way, in percent."
    )
    progress_text = fields.Char(compute="_compute_progress")
    job_problem = fields.Char(
        compute="_compute_progress", help="Why nothing happens, while it should."
    )
    amount = fields.Monetary(
        compute="_compute_counts",
        help="Given up, in company currency. Credits count against balances.",
    )
    amount_tax = fields.Monetary(
        string="Tax",
        compute="_compute_counts",
        help="Tax in it that is no loss: given back, or never due because it was not collected.",
    )
    amount_reversed = fields.Monetary(string="Reversed", compute="_compute_counts")
    amount_finished = fields.Monetary(string="Finished", compute="_compute_counts")
    amount_net = fields.Monetary(
        string="Still Written Off",
        compute="_compute_counts",
        help="What closes items now: neither reversed nor unreconciled. In company currency.",
    )
    amounts_by_currency = fields.Char(
        string="By Currency", compute="_compute_counts", help="In the documents' currencies."
    )

    @api.model
    def _get_open_states(self):
        """In which states a batch is not run to its end. Extension point.

        :return: tuple of str
        """
        return OPEN_STATES

    @api.model
    def _get_statuses(self):
        """Those of a batch that was not run to its end, then those of its write-offs.

        :return: list of tuples, for a selection
        """
        open_states = self._get_open_states()
        own = [state for state in self._fields["state"].selection if state[0] in open_states]
        return [*own, *self.env["ar.writeoff"]._fields["state"].selection]

    @api.depends("state", "writeoff_ids.state")
    def _compute_status(self):
        groups = self.env["ar.writeoff"]._read_group(
            [("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count"]
        )
        found = {batch.id: {} for batch in self}
        for batch, state, count in groups:
            found[batch.id][state] = count
        for batch in self:
            is_open = batch.state in self._get_open_states()
            common = self.env["ar.writeoff.batch.figures"]._get_common_state(set(found[batch.id]))
            batch.status = batch.state if is_open else common or "cancelled"
            batch.writeoff_count = sum(found[batch.id].values())

    @api.depends("writeoff_ids.entry_ids")
    def _compute_entry_count(self):
        for batch in self:
            batch.entry_count = self.env["account.move"].search_count(
                [("writeoff_id.batch_id", "in", batch.ids)]
            )

    @api.depends("writeoff_ids.state", "writeoff_ids.release_user_id")
    @api.depends_context("uid")
    def _compute_release(self):
        for batch in self:
            waiting = batch._get_waiting_writeoffs()
            batch.is_release_awaited = any(waiting.mapped("is_release_awaited"))
            batch.can_release = any(waiting.mapped("can_release"))

    def _get_waiting_writeoffs(self):
        return self.env["ar.writeoff"].search(
            [("batch_id", "in", self.ids), ("state", "=", "entries_draft")]
        )

    @api.depends(
        "candidate_ids.state", "candidate_ids.amount", "line_ids.state", "line_ids.matched"
    )
    def _compute_counts(self):
        for batch, values in self.env["ar.writeoff.batch.figures"]._get_figures(self).items():
            batch.update(values)

    @api.depends("state", "run_ids.state")
    def _compute_is_under_way(self):
        for batch in self:
            batch.is_selecting = batch._get_active_run()._is_judging()
            batch.is_under_way = batch.is_selecting or batch.state == "running"

    @api.depends("candidate_ids.state", "line_ids.state", "run_ids.state", "run_ids.work_count")
    def _compute_progress(self):
        for batch in self:
            count, total = batch.finished_count + batch.failed_count, batch.included_count
            total += count
            text = self.env._(
                "%(done)s of %(all)s items, %(failed)s of them skipped or failed · %(amount)s of "
                "%(total)s"
            )
            run = batch._get_active_run()
            if run.kind == "undo":
                reversed_ = [("batch_id", "=", batch.id), ("state", "=", "reversed")]
                count = self.env["ar.writeoff.line"].search_count(reversed_)
                text = self.env._("%(done)s of %(all)s items undone")
            elif run._is_judging():
                count, total = run.item_count - run._count_left(), run.item_count
                text = self.env._("%(done)s of %(all)s open items looked at")
            batch.progress = 100 * count // total if total else 0
            batch.progress_text = text % {
                "done": batch._format_count(count),
                "all": batch._format_count(total),
                "failed": batch._format_count(batch.failed_count),
                "amount": batch.currency_id.format(batch.amount_finished),
                "total": batch.currency_id.format(batch.amount),
            }
            at_work = min(run.work_count, total - count)
            batch.progress_work = 100 * at_work // total if total else 0
            if at_work:
                at_work = self.env._("%s more at work", batch._format_count(at_work))
                batch.progress_text += f" · {at_work}"
            if left := run._get_time_left_text():
                batch.progress_text += f" · {left}"
            batch.job_problem = run._get_job_problem() if run.is_background else False

    def get_batch_totals(self):
        """What the list of candidates says above itself.

        :return: dict: ``text``, ``can_process`` (whether the buttons are of use) and
            ``is_tied`` (whether a choice may change other rows)
        :raises AccessError: if the user may not read the batch
        """
        self.ensure_one()
        self.check_access("read")
        text = self.env._(
            "Included: %(count)s of %(all)s",
            count=self._format_count(self.included_count + self.finished_count),
            all=self._format_count(self.candidate_count),
        )
        total = self.currency_id.format(self.amount)
        if self.amounts_by_currency and self.amounts_by_currency != total:
            text += f" · {self.amounts_by_currency}"
            total = self.env._("%s in company currency", total)
        text += f" · {total}"
        can_process = self.state == "draft" and not (self.is_outdated or self.is_selecting)
        may = self.env.user.has_group("ar_writeoff.group_writeoff_user")
        return {
            "text": text,
            "can_process": bool(can_process and may and self.candidate_count),
            "is_tied": bool(self.side == "both" or self.limit_customer),
        }

    def _get_line_companies(self):
        """The companies its items belong to, whether or not the user sees them.

        :return: ``res.company``, with the rights of the system
        """
        companies = self.env["res.company"].sudo()  # sudo: to see what is hidden, here and below
        for model in ("ar.writeoff.candidate", "ar.writeoff.line"):
            groups = (
                self.env[model].sudo()._read_group([("batch_id", "in", self.ids)], ["company_id"])
            )
            companies = companies.union(*(company for (company,) in groups))
        return companies

    # ------------------------------------------------------------------
    # The way to what belongs to it
    # ------------------------------------------------------------------

    def _get_batch_action(self):
        """Open the batch itself.

        :return: window action
        """
        action = self.env["ir.actions.actions"]._for_xml_id("ar_writeoff.action_batch")
        form = self.env.ref("ar_writeoff.view_ar_writeoff_batch_form")
        return {**action, "views": [(form.id, "form")], "view_mode": "form", "res_id": self.id}

    def action_open_writeoffs(self):
        """Open the write-offs that its chunks made.

        :return: window action
        """
        return self.writeoff_ids._get_records_action(name=self.env._("Write-Offs"), context={})

    def action_open_entries(self):
        """Open the journal entries, the reversals included.

        :return: window action
        """
        self.ensure_one()
        entries = self.env["account.move"].search([("writeoff_id.batch_id", "=", self.id)])
        return entries._get_records_action(name=self.env._("Journal Entries"), context={})

    def action_open_candidates(self):
        """Open the list from which the items are chosen; what was not written off, once it ran.

        :return: window action
        """
        return self._open_candidates()

    def action_open_lines(self):
        """Open what was written off.

        :return: window action
        """
        return self._open_lines()

    def _open_candidates(self, domain=(), name=None):
        """Open the list of the candidates; before the run, with what is included.

        :param domain: which of them; all if not given
        :param str name: title of the screen
        :return: window action
        """
        # Of a list, what is left out is looked at as well: somebody named it.
        screen = {"is_list": bool(self.imported_on), "is_netted": self.side == "both"}
        is_chosen = self.state == "draft" and not self.imported_on and self.included_count
        if not domain and is_chosen:
            screen["search_default_included"] = 1
        return self._open_items("ar_writeoff.action_candidates", domain, name, screen)

    def _open_lines(self, domain=(), name=None):
        """Open the list of what was written off.

        :param domain: which lines; all if not given
        :param str name: title of the screen
        :return: window action
        """
        return self._open_items("ar_writeoff.action_batch_lines", domain, name, {})

    def _open_items(self, xmlid, domain, name, screen):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        title = name or self.env._("Open Items")
        return {
            **action,
            "name": title,
            "display_name": title,
            "domain": [("batch_id", "=", self.id), *domain],
            # As core does on the way from a record to its lines: the list shows its totals.
            "context": {"active_model": self._name, "active_id": self.id, **screen},
        }
