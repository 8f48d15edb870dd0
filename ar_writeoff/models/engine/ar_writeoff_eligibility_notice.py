from odoo import fields, models
from odoo.tools.misc import format_date

from ..problems import get_short_list, info, warning


class ArWriteoffEligibility(models.AbstractModel):
    """What a user should know and confirm before open items are written off."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.eligibility"  # pylint: disable=consider-merging-classes-inherited

    def _warn_draft_credit_notes(self, plan):
        """What waits to be credited need not be given up; posted later, it may be refused."""
        items = plan.items
        # sudo: the draft waits, whoever may see it
        notes = self.env["account.move"].sudo()
        notes = notes.search(
            [("reversed_entry_id", "in", items.move_id.ids), ("state", "=", "draft")]
        )
        for document, own in notes.grouped("reversed_entry_id").items():
            yield warning(
                "draft_credit_note",
                self.env._(
                    "%(document)s has a credit note in draft (%(amount)s): post or delete it "
                    "first; what is written off cannot be credited as well.",
                    document=document.display_name,
                    amount=" + ".join(note.currency_id.format(note.amount_total) for note in own),
                ),
                items.filtered(lambda item, move=document: item.move_id == move),
            )

    def _warn_payment_in_process(self, plan):
        """Written off and paid, the customer would be credited twice."""
        for item in plan.items:
            if payments := self._get_payments_in_process(item):
                message = self.env._(
                    "%(item)s has a payment in process: %(payments)s. Written off and paid, the "
                    "customer would be credited twice.",
                    item=item._get_writeoff_item_name(),
                    payments=", ".join(payments.mapped("display_name")),
                )
                yield warning("in_payment", message, item)

    def _get_payments_in_process(self, item):
        """Payments of a document that have not closed anything of it yet.

        :param item: ``account.move.line``
        :return: ``account.payment``, with the rights of the system
        """
        # sudo: payments are hidden from some billing users, the invoice they belong to is not
        payments = item.move_id.sudo().matched_payment_ids
        return payments.filtered(
            lambda payment: (
                # One without an entry leaves the residual as it is, even once it is confirmed.
                (payment.state == "paid" and not payment.move_id)
                or (
                    payment.state in ("draft", "in_process")
                    and not any(
                        payment.move_id.line_ids.filtered(self._is_receivable).mapped("reconciled")
                    )
                )
            )
        )

    def _is_receivable(self, item):
        return item.account_id.account_type == "asset_receivable"

    def _warn_discount(self, plan):
        """A customer who may still pay less has not refused to pay."""
        today = fields.Date.context_today(self)
        for item in plan.items:
            if (
                item.discount_date
                and item.discount_date >= today
                and item.move_id._is_eligible_for_early_payment_discount(item.currency_id, today)
            ):
                message = self.env._(
                    "%(item)s: the customer may still pay less until %(date)s (early payment "
                    "discount).",
                    item=item._get_writeoff_item_name(),
                    date=format_date(self.env, item.discount_date),
                )
                yield warning("discount", message, item)

    def _warn_payables(self, plan):
        """Debts of the same company to the same customer could be set off instead."""
        debts = plan.items.filtered(lambda item: item.amount_residual > 0)
        by_customer = debts.grouped(
            lambda item: (item.partner_id.commercial_partner_id, item.company_id)
        )
        groups = self.env["account.move.line"]._read_group(
            self._get_payables_domain(debts), ["partner_id", "company_id"], ["amount_residual:sum"]
        )
        owed = {}
        for partner, company, residual in groups:
            key = (partner.commercial_partner_id, company)
            owed[key] = owed.get(key, 0.0) - residual
        for (partner, company), claims in by_customer.items():
            amount, currency = owed.get((partner, company), 0.0), company.currency_id
            if currency.compare_amounts(amount, 0.0) > 0:
                yield warning(
                    "payables",
                    self.env._(
                        "You owe %(customer)s %(amount)s yourself: a set-off may be possible.",
                        customer=partner.display_name,
                        amount=currency.format(amount),
                    ),
                    claims,
                )

    def _get_payables_domain(self, debts):
        """What the same companies owe the same customers.

        :param debts: ``account.move.line`` records
        :return: domain on ``account.move.line``
        """
        return [
            ("account_type", "=", "liability_payable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("partner_id", "child_of", debts.partner_id.commercial_partner_id.ids),
            ("company_id", "in", debts.company_id.ids),
        ]

    # ------------------------------------------------------------------
    # Hints
    # ------------------------------------------------------------------

    def _inform_nothing_to_separate(self, plan):
        """Where tax was to be separated and there is none: nobody should look for it."""
        separate = plan.rows.filtered("separate_tax")
        Contra = self.env["ar.writeoff.contra"]
        documents = Contra._get_separated_documents(separate)
        documents |= Contra._get_on_payment_documents(separate.move_id)
        plain = separate.filtered(lambda line: line.move_id.id not in documents)
        if plain:
            yield info(
                "nothing_to_separate",
                self.env._(
                    "No taxable lines on %(items)s: there is no tax to separate, all of it is "
                    "loss or gain.",
                    items=get_short_list(self.env, plain.mapped("item_name")),
                ),
                plain.item_id,
            )

    def _inform_credit_notes(self, plan):
        """Which credit notes correct the documents, and which count as payment."""
        CreditNote = self.env["ar.writeoff.credit.note"]
        lines = plan.rows._filter_invoiced()
        for document, corrections in CreditNote._get_corrections(lines.move_id).items():
            own = lines.filtered(lambda line, own=document: line.move_id == own)
            for correction in corrections:
                explanation = CreditNote._get_explanation(document, correction)
                items = own.item_id | correction["credit_note"].line_ids.filtered(
                    lambda item, account=own.account_id: item.account_id in account
                )
                yield info("credit_note", explanation, items)
