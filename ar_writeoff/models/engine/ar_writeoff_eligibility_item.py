from odoo import models

from ..line_states import LOOSE_STATES
from ..problems import blocker


class ArWriteoffEligibility(models.AbstractModel):
    """Whether an open item may be written off at all."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.eligibility"  # pylint: disable=consider-merging-classes-inherited

    def _check_receivable(self, plan):
        for item in plan.items:
            is_vendor_side = item.move_id.is_purchase_document(include_receipts=True)
            if item.account_id.account_type != "asset_receivable" or is_vendor_side:
                message = self.env._(
                    "%s is not a customer's receivable.", item._get_writeoff_item_name()
                )
                yield blocker("not_receivable", message, item)

    def _check_open(self, plan):
        for item in plan.items:
            if item.parent_state != "posted":
                message = self.env._(
                    "%s is not posted: post it first.", item._get_writeoff_item_name()
                )
                yield blocker("not_posted", message, item)
            elif item.reconciled or (
                item.currency_id.is_zero(item.amount_residual_currency)
                and item.company_currency_id.is_zero(item.amount_residual)
            ):
                message = self.env._(
                    "%(item)s is closed: nothing is open on it (%(customer)s, %(amount)s).",
                    item=item._get_writeoff_item_name(),
                    customer=item.partner_id.commercial_partner_id.display_name
                    or self.env._("no customer"),
                    amount=item.currency_id.format(item.amount_currency),
                )
                yield blocker("closed", message, item)

    def _check_policy(self, plan):
        """A customer of whom nothing may be written off, on no path."""
        rules = self.env["ar.writeoff.customer.rule"]._get_rules(plan.items)
        for item in plan.items:
            if rules[item].policy == "refused":
                message = self.env._(
                    "%(item)s (%(residual)s): nothing of %(customer)s may be written off. It says "
                    "so on the customer's Invoicing page.",
                    customer=rules[item].partner.display_name,
                    **self._get_names(item),
                )
                yield blocker("policy", message, item)

    def _check_not_ours(self, plan):
        """A counterpart that was unreconciled is undone, not written off in its turn."""
        # sudo: what an item was made for counts for users, too, who may not see it
        for item in plan.items.sudo().filtered("writeoff_line_id"):
            message = self.env._(
                "%(item)s was made by write-off %(writeoff)s: match it again, or undo that "
                "write-off.",
                item=item._get_writeoff_item_name(),
                writeoff=item.writeoff_line_id.writeoff_id.name,
            )
            yield blocker("counterpart", message, item)

    def _check_unmatched(self, plan):
        """The loss is in the books already: a second one would double it, and the tax."""
        # sudo: the entry stands for users, too, who may not see the write-off
        lines = self.env["ar.writeoff.line"].sudo()
        domain = [("item_id", "in", plan.items.ids), ("state", "in", LOOSE_STATES)]
        for line in lines.search(domain):
            yield blocker("unmatched", line._get_unmatched_message(), line.item_id)

    def _check_on_payment_tax(self, plan):
        """Without invoice lines, nobody can tell which share of the tax belongs to the item."""
        entries = plan.items.move_id.filtered(
            lambda move: not move.is_invoice(include_receipts=True)
        )
        if not entries:
            return
        [[entries]] = self.env["account.move.line"]._read_group(
            [("move_id", "in", entries.ids), ("tax_line_id.tax_exigibility", "=", "on_payment")],
            aggregates=["move_id:recordset"],
        )
        for item in plan.items.filtered(lambda item: item.move_id in entries):
            message = self.env._(
                "%(item)s (%(residual)s) is a journal entry with tax that is due on payment. "
                "Reverse that entry instead: writing it off would leave the tax on its transition "
                "account.",
                **self._get_names(item),
            )
            yield blocker("on_payment_tax", message, item)

    def _check_blocked(self, plan):
        for item in plan.items.filtered(lambda item: item.move_id.payment_state == "blocked"):
            message = self.env._(
                "%s is blocked, perhaps in dispute. Take the block off the invoice first "
                "(Actions › (Un)Block Payment).",
                item._get_writeoff_item_name(),
            )
            yield blocker("blocked", message, item)

    def _check_reserved(self, plan):
        own = plan.rows and plan.rows._origin
        reserved = self.env["ar.writeoff.reservation"]._get_reserved(plan.items, own)
        for item in plan.items.filtered(lambda item: item in reserved):
            message = self.env._(
                "%(item)s (%(residual)s) is reserved by write-off %(writeoff)s, which is under "
                "way, waits for an approval, or whose entry is in draft. Let it finish, or take it "
                "back first.",
                writeoff=reserved[item]._get_holder_name(),
                **self._get_names(item),
            )
            yield blocker("reserved", message, item)

    def _check_found(self, plan):
        """Whatever else makes no open item: what is found nowhere is not written off elsewhere."""
        found = plan.items.filtered_domain(self.env["account.move.line"]._get_open_item_domain())
        for item in plan.items - found:
            message = self.env._(
                "%(item)s (%(residual)s) is none of the open items that may be written off.",
                **self._get_names(item),
            )
            yield blocker("not_found", message, item)

    def _get_names(self, item):
        """What messages say of an item.

        :param item: ``account.move.line``
        :return: dict: ``item`` and ``residual``, as text
        """
        return {
            "item": item._get_writeoff_item_name(),
            "residual": item.currency_id.format(item.amount_residual_currency),
        }
