from odoo import models
from odoo.exceptions import UserError

from ..models.problems import BLOCKS, WANTS_CONFIRMATION


class ArWriteoffWizard(models.TransientModel):
    """The step before anything is recorded: entries, problems, and what is matched first."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.wizard"  # pylint: disable=consider-merging-classes-inherited

    def action_preview(self):
        """Show the journal entries before anything is recorded.

        :return: window action
        """
        self.ensure_one()
        preview = self._prepare_preview()
        self.write({"step": "preview", "warnings_confirmed": False, **preview})
        return self._get_action()

    def _prepare_preview(self):
        """What the preview shows: what is matched first, the entries, what speaks against them.

        :return: values of this wizard
        """
        netting = self._get_netting_text()
        with self.env["ar.writeoff.posting"]._planned(self._prepare_writeoff_vals()) as writeoff:
            return {**self._prepare_preview_of_plan(writeoff), "netting": netting}

    def _prepare_preview_of_plan(self, writeoff):
        problems = self.env["ar.writeoff.posting"]._judge(writeoff)
        levels = {problem["level"] for problem in problems}
        lines = writeoff._get_given_up_lines()
        Preview = self.env["ar.writeoff.preview"]
        vals_list = self.env["ar.writeoff.entry"]._prepare_entries_vals(writeoff, lines)
        credits_ = lines.filtered(lambda line: line.item_id._is_writeoff_credit())
        loss, gain = (
            sign * (sum(side.mapped("amount")) - Preview._get_planned_tax(writeoff, side))
            for sign, side in ((1, lines - credits_), (-1, credits_))
        )
        is_blocked = BLOCKS in levels
        # What is refused will not be posted, so it is not shown.
        is_shown = lines and not is_blocked
        preview = Preview._get_preview(writeoff, vals_list) if is_shown else False
        return {
            "problems": self.env["ar.writeoff.eligibility"]._prepare_shown(problems),
            "has_blockers": is_blocked,
            "has_warnings": WANTS_CONFIRMATION in levels,
            "amount_tax": Preview._get_planned_tax(writeoff, lines),
            "amount_loss": loss,
            "amount_gain": gain,
            "preview": preview,
            "fingerprint": Preview._get_fingerprint(writeoff, writeoff.line_ids, vals_list),
        }

    # ------------------------------------------------------------------
    # Netting
    # ------------------------------------------------------------------

    def _is_netting(self):
        return self.net_credits and self.can_net

    def _get_netting_text(self):
        """What is matched with what before the rest is given up.

        :return: str, empty if nothing is
        """
        if not self._is_netting():
            return ""
        items = self.line_ids.filtered("selected").item_id
        return self.env["ar.writeoff.netting"]._get_text(items)

    def _check_netting_as_previewed(self):
        """What will be matched must be what the preview showed.

        :raises UserError: if credits or balances changed meanwhile
        """
        if self._get_netting_text() != (self.netting or ""):
            raise UserError(
                self.env._(
                    "The open credits changed since the preview. Nothing was changed; go back and "
                    "press Preview again. It showed:\n%s",
                    self.netting or self.env._("nothing to match"),
                )
            )
