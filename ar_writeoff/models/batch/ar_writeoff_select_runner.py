from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..rights import as_engine


class ArWriteoffSelectRunner(models.AbstractModel):
    """Selecting open items in the background: found at once, looked at chunk by chunk.

    What the criteria describe is noted in one statement of the database; every chunk of customers
    is then judged by the rules, as few items are while the user waits.
    """

    _name = "ar.writeoff.select.runner"
    _inherit = "ar.writeoff.stop.mixin"
    _description = "Selection in the Background"

    @api.model
    def _start(self, batch):
        """Note what the criteria describe, and leave the rest to the scheduled job.

        :param batch: ``ar.writeoff.batch`` in draft, without candidates
        :return: ``ar.writeoff.run``
        :raises UserError: if the scheduled job is switched off
        """
        run = self.env["ar.writeoff.run"]._create_run("select", batch, {})
        run._schedule(self._note_found(batch))
        return run

    def _note_found(self, batch):
        """Make a row of the list of every open item, with what is needed to take them in turn.

        :param batch: ``ar.writeoff.batch``
        :return: int, how many there are
        """
        # Access rights and rules are in it: it is the user's search.
        found = self.env["account.move.line"]._search(batch._get_candidate_domain())
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ar_writeoff_candidate (
                       batch_id, item_id, move_id, company_id, partner_id, currency_id, reason_id,
                       state, create_uid, write_uid, create_date, write_date)
                SELECT %(batch)s, item.id, item.move_id, item.company_id,
                       partner.commercial_partner_id, item.currency_id, %(reason)s, 'found',
                       %(user)s, %(user)s, %(now)s, %(now)s
                  FROM account_move_line item
             LEFT JOIN res_partner partner ON partner.id = item.partner_id
                 WHERE item.id IN %(found)s
                """,
                batch=batch.id,
                reason=(batch.reason_id or batch.credit_reason_id).id,
                user=self.env.uid,
                now=self.env.cr.now(),
                found=found.subselect(),
            )
        )
        count = self.env.cr.rowcount
        self.env["ar.writeoff.candidate"].invalidate_model(flush=False)
        self.env["ar.writeoff.batch"].invalidate_model(["candidate_ids"], flush=False)
        return count

    @api.model
    def _run_chunk(self, run, candidates):
        """Judge the next items, if who selects still may.

        :param run: ``ar.writeoff.run``, in the environment of who started it
        :param candidates: ``ar.writeoff.candidate`` records that were found
        :return: int, how many there were
        """
        batch, count = run.batch_id, len(candidates)
        if not self._may_go_on(run):
            return count
        ids = candidates.item_id.ids
        candidates._delete()
        # What was paid meanwhile is open no more.
        items = self.env["account.move.line"].search(
            batch._get_candidate_domain() & Domain("id", "in", ids),
            order="date_maturity, id",
        )
        self.env["ar.writeoff.choice"]._add_candidates(batch, items)
        return count

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    @api.model
    def _finish(self, run):
        """All were looked at: what the limit of the run leaves room for is known only now.

        :param run: ``ar.writeoff.run`` with an empty queue, its batch locked
        """
        batch = run.batch_id
        self.env["ar.writeoff.selection"]._leave_out_beyond_run(batch)
        run._end(
            "done",
            self.env._(
                "The open items are selected: %(included)s of %(all)s are included.",
                included=batch._format_count(batch.included_count),
                all=batch._format_count(batch.candidate_count),
            ),
        )

    def _stop(self, run, message):
        """Throw away what was found: whoever selects again begins anew.

        :param run: ``ar.writeoff.run``
        :param str message: why, for the history
        """
        batch = as_engine(run).batch_id
        batch.candidate_ids._delete()
        batch.write({"selected_on": False})
        text = self.env._("The selection ended: %s Select the open items again.", message)
        batch.message_post(body=text)
        run._end("stopped", text)
