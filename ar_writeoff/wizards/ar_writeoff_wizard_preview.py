from odoo import models
from odoo.exceptions import UserError


class ArWriteoffWizardPreviewMixin(models.AbstractModel):
    """The step before anything is recorded: entries, checks, and what is matched first."""

    _name = "ar.writeoff.wizard.preview.mixin"
    _description = "Preview of the Write-Off Wizard"

    def action_preview(self):
        """Show the journal entries before anything is recorded.

        :return: window action
        """
        self.ensure_one()
        preview = self._prepare_preview()
        self.write({"step": "preview", "warnings_confirmed": False, **preview})
        return self._get_action()

    def _prepare_preview(self):
        """What the preview shows: the entries, and what speaks against them.

        Credits are netted for real and taken back at once, so that tax, rates and residuals are
        those that posting will find.

        :return: values of this wizard
        """
        if not self._is_netting():
            return self._prepare_preview_of_plan()
        savepoint = self.env.cr.savepoint()
        try:
            matches = self._net()
            netting = self._get_netting_text(matches)
            return {**self._prepare_preview_of_plan(), "netting": netting}
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def _prepare_preview_of_plan(self):
        writeoff = self._get_planned()
        checks = writeoff._get_checks()
        levels = {check["level"] for check in checks}
        vals_list = writeoff._prepare_entries_vals(writeoff.line_ids)
        tax = writeoff._get_planned_tax()
        return {
            "checks": {
                f"{index}_{check['code']}": {"message": check["message"], "level": check["level"]}
                for index, check in enumerate(checks)
            },
            "has_blockers": "danger" in levels,
            "has_warnings": "warning" in levels,
            "shown_warnings": writeoff._get_warnings_text(checks),
            "amount_tax": tax,
            "amount_untaxed": sum(writeoff.line_ids.mapped("amount")) - tax,
            "preview": writeoff._get_preview(vals_list) if writeoff.line_ids else False,
            "netting": False,
        }

    # ------------------------------------------------------------------
    # Netting
    # ------------------------------------------------------------------

    def _is_netting(self):
        return self.net_credits and self.can_net

    def _net(self):
        """Match the customers' own credits with their debits.

        :return: ``account.partial.reconcile``
        :raises AccessError: if the user may not write off
        :raises UserError: naming items that somebody else is changing right now
        """
        self.env["ar.writeoff"]._check_authority()
        items = self.line_ids.item_id
        items._lock_writeoff_items()
        return self.env["ar.writeoff.netting"]._net(items)

    def _net_as_previewed(self):
        """Match what the preview showed, and nothing else.

        :return: ``account.partial.reconcile``, empty if nothing was to be matched
        :raises UserError: if credits or balances changed meanwhile
        """
        matches = self.env["account.partial.reconcile"]
        if self._is_netting():
            matches = self._net()
        if self._get_netting_text(matches) != (self.netting or ""):
            raise UserError(
                self.env._(
                    "The open credits changed since the preview. Nothing was changed; go back and "
                    "press Preview again. It showed:\n%s",
                    self.netting or self.env._("nothing to match"),
                )
            )
        return matches

    def _get_netting_text(self, matches):
        return "\n".join(
            self.env._(
                "%(credit)s is matched with %(debit)s: %(amount)s",
                credit=match.credit_move_id._get_writeoff_item_name(),
                debit=match.debit_move_id._get_writeoff_item_name(),
                amount=match.debit_currency_id.format(match.debit_amount_currency),
            )
            for match in matches.sorted("id")
        )
