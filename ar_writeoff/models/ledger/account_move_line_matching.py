from odoo import models
from odoo.exceptions import UserError

from ..trial import is_trial


class AccountMoveLine(models.Model):
    """Matching: each counterpart with its open item, and what other apps hear of it."""

    # A room of its own: the file of the model would be one of a thousand lines.
    _inherit = "account.move.line"  # pylint: disable=consider-merging-classes-inherited

    def _reconcile_writeoff_lines(self):
        """Match each counterpart with its open item, each reversal with its counterpart.

        Called on the lines of entries that were just posted, whoever posted them.
        """
        # sudo: who posts an entry need not see the register that tells what it belongs to
        plan = [pair.sudo(False) for pair in self.sudo()._get_writeoff_pairs()]
        if not plan:
            return
        AccountMoveLine = self.env["account.move.line"].with_context(
            skip_invoice_sync=True,  # matching changes no line of an invoice
            no_cash_basis=True,  # what is given up was not collected: no tax falls due
            no_exchange_difference=True,  # both sides are valued at the item's own rate
            tracking_disable=True,  # one note per document is logged instead
            mail_notrack=True,
        )
        # Core looks at what was matched with them before one by one: read it at once.
        earlier = AccountMoveLine.union(*plan)._all_reconciled_lines()
        earlier.fetch(["reconciled", "currency_id", "company_currency_id", "balance"])
        AccountMoveLine._reconcile_plan(plan)
        self._keep_cash_basis_facts()
        self._check_counterparts_closed()
        # Computed while tracking is off: “Paid” would be the wrong word in the history.
        AccountMoveLine.union(*plan).move_id.mapped("payment_state")

    def _keep_cash_basis_facts(self):
        """Without them, core drops a match when one of its entries is posted again."""
        # sudo: who posts an entry need not see the register that tells what it belongs to
        lines = self.sudo().filtered("writeoff_line_id")
        documents = self.env["ar.writeoff.contra"]._get_on_payment_documents(
            lines.writeoff_line_id.move_id
        )
        lines.filtered(
            lambda line: line.writeoff_line_id.move_id.id in documents
        )._get_writeoff_matches()._set_draft_caba_move_vals()

    def _check_counterparts_closed(self):
        """A counterpart that stays open would be a claim or debt nobody looks for.

        :raises UserError: naming the entry and what is left of it
        """
        # sudo: as above
        for line in self.sudo().filtered("writeoff_line_id"):
            if line.move_id.writeoff_role == "entry" and not line.reconciled:
                raise UserError(
                    self.env._(
                        "%(entry)s does not close %(item)s: %(left)s would stay open. Nothing was "
                        "posted; plan the write-off again.",
                        entry=line.move_id.display_name,
                        item=line.writeoff_line_id.item_name,
                        left=line.company_currency_id.format(line.amount_residual),
                    )
                )

    def _get_writeoff_pairs(self):
        return [
            line | line.writeoff_target_id
            for line in self.filtered("writeoff_line_id")
            if not line.reconciled
            and line.writeoff_target_id
            and not line.writeoff_target_id.reconciled
        ]

    def _reconcile_pre_hook(self):
        data = super()._reconcile_pre_hook()
        # sudo: the reason decides, whether or not the user may read write-offs
        fresh = self.sudo().filtered(lambda line: line.writeoff_line_id and not line.reconciled)
        data["unsettled_invoices"] = fresh.writeoff_line_id._get_unsettled_documents().sudo(False)
        return data

    def _reconcile_post_hook(self, data):
        """A debt given up is not paid: other apps hear of it only if the reason settles it.

        Of what is only tried they hear nothing.
        """
        unsettled = data.pop("unsettled_invoices")
        for key in ("not_paid_invoices", "in_payment_invoices"):
            data[key] -= data[key] if is_trial(self.env.cr) else unsettled
        return super()._reconcile_post_hook(data)
