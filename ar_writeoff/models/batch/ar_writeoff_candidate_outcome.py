from odoo import models
from odoo.tools import SQL

from .ar_writeoff_selection import KNOWN_OBSTACLES

# What a write-off line takes over as it was decided on.
HANDED_OVER = ("amount_currency", "netted_currency", "comment", "separate_tax")


class ArWriteoffCandidate(models.Model):
    """What becomes of a candidate in the run: a line of the register, or why it is none."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.candidate"  # pylint: disable=consider-merging-classes-inherited

    def _is_residual_changed(self):
        """Whether something happened to the item since it was chosen.

        :return: bool
        """
        now = self.item_id.amount_residual_currency
        return bool(self.currency_id.compare_amounts(now, self.residual_currency))

    def _filter_changed(self):
        """Those whose item is not as it was when it was chosen, found in the database.

        :return: ``ar.writeoff.candidate``
        """
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                """
                SELECT candidate.id
                  FROM ar_writeoff_candidate candidate
             LEFT JOIN account_move_line item ON item.id = candidate.item_id
             LEFT JOIN res_partner partner ON partner.id = item.partner_id
                 WHERE candidate.id = ANY(%s)
                   AND (item.id IS NULL OR item.parent_state != 'posted' OR item.reconciled
                        OR item.amount_residual_currency != candidate.residual_currency
                        OR item.amount_residual != candidate.residual
                        OR item.account_id != candidate.account_id
                        OR partner.commercial_partner_id IS DISTINCT FROM candidate.partner_id
                        OR EXISTS (SELECT FROM ar_writeoff_reservation other
                                    WHERE other.item_id = item.id
                                      AND other.candidate_id IS DISTINCT FROM candidate.id))
                """,
                self.ids,
            )
        )
        return self.browse(id_ for (id_,) in found)

    def _plan_many(self):
        """Plan many again as they were decided on; what changed since is for others to find."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE ar_writeoff_candidate SET state = 'planned', obstacle = NULL, "
                "obstacle_message = NULL WHERE id = ANY(%s)",
                self.ids,
            )
        )
        self.invalidate_model(["state", "obstacle", "obstacle_message"], flush=False)

    def _get_changed_message(self):
        return self.env._(
            "%(item)s: %(before)s was open when it was chosen, now it is %(now)s.",
            item=self.item_name,
            before=self.currency_id.format(self.residual_currency),
            now=self.currency_id.format(self.item_id.amount_residual_currency),
        )

    def _set_outcome(self, state, code, message):
        """Note that these were not written off, and why.

        :param str state: ``skipped`` or ``failed``
        :param str code: of the obstacle
        :param str message: for the user
        """
        code = code if code in KNOWN_OBSTACLES else "other"
        self.write({"state": state, "obstacle": code, "obstacle_message": message})
        self.env["ar.writeoff.reservation"]._give_back(self)

    def _leave_out(self, reasons):
        """Leave out many at once: what is said of each is its own.

        :param dict reasons: id → (code of the obstacle, message)
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE ar_writeoff_candidate candidate
                   SET state = 'left_out', obstacle = found.code, obstacle_message = found.message
                  FROM unnest(%s::int[], %s::text[], %s::text[]) AS found (id, code, message)
                 WHERE candidate.id = found.id
                """,
                list(reasons),
                [code for code, _message in reasons.values()],
                [message for _code, message in reasons.values()],
            )
        )
        self.invalidate_model(["state", "obstacle", "obstacle_message"], flush=False)

    def _create_lines(self, writeoff):
        """Make lines of the register of these candidates, which keep the items from now on.

        The candidates go: what the line does not say is not needed any more.

        :param writeoff: ``ar.writeoff`` of which they become lines
        :return: ``ar.writeoff.line``
        """
        lines = self.env["ar.writeoff.line"].create(
            [{**row._prepare_line_vals(), "writeoff_id": writeoff.id} for row in self]
        )
        self.env["ar.writeoff.reservation"]._hand_over(lines)
        self._delete()
        return lines

    def _delete(self):
        """Delete many at once; nothing hangs on them that the database does not look after."""
        self.flush_model()
        self.env.cr.execute(SQL("DELETE FROM ar_writeoff_candidate WHERE id = ANY(%s)", self.ids))
        self.env["ar.writeoff.batch"].invalidate_model(["candidate_ids"], flush=False)
        self.env["ar.writeoff.candidate"].invalidate_model(flush=False)

    def _prepare_line_vals(self):
        """Values of the write-off line, made as the wizard makes them.

        :return: values for ``ar.writeoff.line``
        """
        self.ensure_one()
        decided = {name: self[name] for name in HANDED_OVER}
        account = self.writeoff_account_id
        return {
            **self.item_id._prepare_writeoff_line_vals(
                reason=self.reason_id, account=account, **decided
            ),
            # Empty where the products had accounts of their own when it was decided.
            "writeoff_account_id": account.id,
            # Known before it is looked up: there is no entry yet.
            "state": "waiting",
            "matched_currency": 0.0,
            "matched": 0.0,
        }
