from odoo import models
from odoo.exceptions import UserError

from ..rights import as_engine


class ArWriteoffBatch(models.Model):
    """A batch whose open items come from a list: imported, checked again, removed."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.batch"  # pylint: disable=consider-merging-classes-inherited

    def action_import_list(self):
        """Open core's import screen for a list of documents to write off.

        :return: client action
        :raises AccessError: if the user may not write off
        :raises UserError: if the batch takes no list
        """
        self.ensure_one()
        self.env["ar.writeoff.import"]._check_can_import(self)
        return {
            "type": "ir.actions.client",
            "tag": "ar_writeoff_import_list",
            "name": self.env._("Import a List"),
            "params": {
                "active_model": "ar.writeoff.batch.row",
                "context": {"default_batch_id": self.id},
            },
        }

    def action_check_again(self):
        """Ask the rules again what of the list can be taken, with the reasons and limits of now;
        the reasons that were chosen for an item alone stay.

        :return: window action: the list of the candidates
        :raises AccessError: if the user may not write off
        :raises UserError: if the batch is not in draft, or has no list
        """
        self._check_can_change_list()
        rows, Choice = as_engine(self).candidate_ids, self.env["ar.writeoff.choice"]
        for row in rows.filtered(lambda row: row.item_id and not row.has_own_reason):
            row._use_reason(self._get_reason_of(row.item_id) or row.reason_id)
        # What a user excluded stays out.
        decided = Choice._get_decided(rows.filtered(lambda row: row.obstacle == "user"))
        Choice._plan(rows, *Choice._evaluate(self, rows, decided, with_run_limit=True))
        as_engine(self).is_outdated = False
        return self._open_candidates()

    def action_remove_list(self):
        """Throw the list away: the batch is empty again.

        :raises AccessError: if the user may not write off
        :raises UserError: if the batch is not in draft, or has no list
        """
        self._check_can_change_list()
        as_engine(self).candidate_ids._delete()
        as_engine(self).write({"imported_on": False, "is_outdated": False})

    def _check_can_change_list(self):
        self.ensure_one()
        self._check_authority()
        self._check_all_lines_visible()
        self._check_is_draft()
        if not self.imported_on:
            raise UserError(self.env._("No list was imported into %s.", self.display_name))

    def _get_outdated_message(self):
        """What to do where the batch is not as it was when its items were found.

        :return: str
        """
        if self.imported_on:
            return self.env._(
                "Limits or reasons changed since the list was imported. Press Check Again."
            )
        return self.env._(
            "Filters, limits or reasons changed since the open items were selected. Press Select "
            "Open Items again."
        )
