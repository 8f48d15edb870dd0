from odoo import api, fields, models
from odoo.tools.misc import format_date


class ArWriteoffEligibility(models.AbstractModel):
    """What a user should know and confirm before open items are written off."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.eligibility"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_warnings(self, items):
        """What a user should know and confirm before these items are written off, by wizard or
        batch. Extension point: return what ``super()`` does, and your own.

        :param items: ``account.move.line`` records
        :return: list of tuples (code, message, the items it concerns)
        """
        today = fields.Date.context_today(self)
        warnings = []
        for item in items:
            found = [*self._warn_payment_in_process(item), *self._warn_discount(item, today)]
            warnings += [(*warning, item) for warning in found]
        return [*warnings, *self._warn_draft_credit_notes(items), *self._warn_payables(items)]

    def _warn_draft_credit_notes(self, items):
        """What waits to be credited need not be given up; posted later, it may be refused."""
        # sudo: the draft waits, whoever may see it
        notes = self.env["account.move"].sudo()
        notes = notes.search(
            [("reversed_entry_id", "in", items.move_id.ids), ("state", "=", "draft")]
        )
        for document, own in notes.grouped("reversed_entry_id").items():
            yield (
                "draft_credit_note",
                self.env._(
                    "%(document)s has a credit note in draft (%(amount)s): post or delete it "
                    "first; what is written off cannot be credited as well.",
                    document=document.display_name,
                    amount=" + ".join(note.currency_id.format(note.amount_total) for note in own),
                ),
                items.filtered(lambda item, move=document: item.move_id == move),
            )

    def _warn_payment_in_process(self, item):
        # sudo: payments are hidden from some billing users, the invoice they belong to is not
        payments = item.move_id.sudo().matched_payment_ids.filtered(
            lambda payment: (
                payment.state in ("draft", "in_process")
                and not any(
                    payment.move_id.line_ids.filtered(self._is_receivable).mapped("reconciled")
                )
            )
        )
        # A payment without an entry leaves the residual as it is, even once it is confirmed.
        payments |= item.move_id.sudo().matched_payment_ids.filtered(
            lambda payment: not payment.move_id and payment.state == "paid"
        )
        if payments:
            yield (
                "in_payment",
                self.env._(
                    "%(item)s has a payment in process: %(payments)s. Written off and paid, the "
                    "customer would be credited twice.",
                    item=item._get_writeoff_item_name(),
                    payments=", ".join(payments.mapped("display_name")),
                ),
            )

    def _is_receivable(self, item):
        return item.account_id.account_type == "asset_receivable"

    def _warn_discount(self, item, today):
        if (
            item.discount_date
            and item.discount_date >= today
            and item.move_id._is_eligible_for_early_payment_discount(item.currency_id, today)
        ):
            yield (
                "discount",
                self.env._(
                    "%(item)s: the customer may still pay less until %(date)s (early payment "
                    "discount).",
                    item=item._get_writeoff_item_name(),
                    date=format_date(self.env, item.discount_date),
                ),
            )

    def _warn_payables(self, items):
        """Debts of the same company to the same customer could be set off instead."""
        debts = items.filtered(lambda item: item.amount_residual > 0)
        by_customer = debts.grouped(
            lambda item: (item.partner_id.commercial_partner_id, item.company_id)
        )
        partners = debts.partner_id.commercial_partner_id
        groups = self.env["account.move.line"]._read_group(
            [
                ("account_type", "=", "liability_payable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("partner_id", "child_of", partners.ids),
                ("company_id", "in", debts.company_id.ids),
            ],
            ["partner_id", "company_id"],
            ["amount_residual:sum"],
        )
        owed = {}
        for partner, company, residual in groups:
            key = (partner.commercial_partner_id, company)
            owed[key] = owed.get(key, 0.0) - residual
        for (partner, company), claims in by_customer.items():
            amount, currency = owed.get((partner, company), 0.0), company.currency_id
            if currency.compare_amounts(amount, 0.0) > 0:
                yield (
                    "payables",
                    self.env._(
                        "You owe %(customer)s %(amount)s yourself: a set-off may be possible.",
                        customer=partner.display_name,
                        amount=currency.format(amount),
                    ),
                    claims,
                )
