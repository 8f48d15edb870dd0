from odoo import fields, models

from ..line_states import TAKEN_STATES
from ..problems import blocker


class ArWriteoffEligibility(models.AbstractModel):
    """What a reason is for: who uses it, how, for how old and how large a claim, with what words.

    What waits in a draft entry was decided when the policy was another: it stays.
    """

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.eligibility"  # pylint: disable=consider-merging-classes-inherited

    def _check_reason_use(self, plan):
        """Who may use the reason, for a batch or for single write-offs, and what it requires."""
        if plan.entry:
            return
        # Most reasons ask for nothing: their rows are not looked at.
        strict = plan.fit.reason_id.filtered(lambda reason: reason._has_policy())
        for row in plan.fit.filtered(lambda row: row.reason_id in strict):
            if message := self._get_reason_use_problem(plan, row):
                yield blocker("reason", message, row.item_id)

    def _get_reason_use_problem(self, plan, row):
        """What a reason asks that a row does not fulfil.

        :param plan: ``Plan``
        :param row: see ``Plan``
        :return: str, empty if nothing is
        """
        reason = row.reason_id
        names = {"item": row.item_name, "reason": reason.name}
        # sudo: who may use it is known to all
        groups = reason.sudo().group_ids
        if groups and not groups & self.env.user.all_group_ids:
            return self.env._(
                "%(item)s: the reason “%(reason)s” is for %(groups)s alone; choose another one.",
                groups=", ".join(groups.mapped("full_name")),
                **names,
            )
        if reason.occasion == "single" and plan.writeoff.batch_id:
            return self.env._(
                "%(item)s: the reason “%(reason)s” is not for batches; choose another one.", **names
            )
        if reason.occasion == "batch" and not plan.writeoff.batch_id:
            return self.env._(
                "%(item)s: the reason “%(reason)s” is for batches alone; choose another one.",
                **names,
            )
        if reason.needs_comment and not (row.comment or plan.writeoff.comment or "").strip():
            return self.env._(
                "%(item)s: the reason “%(reason)s” wants an internal comment; enter one.", **names
            )
        if reason.needs_evidence and not plan.writeoff.evidence_ids:
            return self.env._(
                "%(item)s: the reason “%(reason)s” wants evidence; attach a file.", **names
            )
        days = self._get_days_overdue(row)
        if reason.min_days_overdue and days < reason.min_days_overdue:
            return self.env._(
                "%(item)s: %(days)s days overdue; the reason “%(reason)s” wants %(least)s. Wait, "
                "or choose another one.",
                days=max(days, 0),
                least=reason.min_days_overdue,
                **names,
            )
        return ""

    def _get_days_overdue(self, row):
        """Days since an item fell due, today; without a due date, since its own.

        :param row: see ``Plan``
        :return: int, negative if it is not due yet
        """
        return (fields.Date.context_today(self) - (row.date_maturity or row.item_date)).days

    def _check_reason_cap(self, plan):
        """No more than so much of a document, what was given up of it before included."""
        if plan.entry:
            return
        for (reason, company), rows in plan.fit.grouped(
            lambda row: (row.reason_id, row.company_id)
        ).items():
            # The cap is the company's own, in its currency, whichever the user works in.
            if cap := reason.with_company(company).cap_document:
                yield from self._check_cap(reason, company, cap, rows)

    def _check_cap(self, reason, company, cap, rows):
        """What speaks against giving up more than a cap of a document.

        :param reason: ``ar.writeoff.reason``
        :param company: ``res.company``
        :param float cap: in the company's currency, positive
        :param rows: see ``Plan``, of this reason and company
        :return: iterator of problems
        """
        before = self._get_given_up_before(reason, rows.move_id)
        for document, own in rows.grouped("move_id").items():
            amount = before.get(document.id, 0.0) + sum(abs(row.amount) for row in own)
            if company.currency_id.compare_amounts(amount, cap) > 0:
                message = self.env._(
                    "%(item)s: %(amount)s in all; the reason “%(reason)s” gives up at most %(cap)s "
                    "of a document. Choose another one.",
                    item=own[0].item_name,
                    amount=company.currency_id.format(amount),
                    reason=reason.name,
                    cap=company.currency_id.format(cap),
                )
                yield blocker("reason", message, own.item_id)

    def _get_given_up_before(self, reason, documents):
        """What was given up of documents for a reason, or waits in drafts.

        :param reason: ``ar.writeoff.reason``
        :param documents: ``account.move``
        :return: dict document id → amount in company currency, positive
        """
        # sudo: the answer must not depend on which companies the user has activated
        lines = self.env["ar.writeoff.line"].sudo()
        domain = [
            ("move_id", "in", documents.ids),
            ("reason_id", "=", reason.id),
            ("state", "in", TAKEN_STATES),
        ]
        groups = lines._read_group(domain, ["move_id"], ["amount:sum"])
        return {document.id: abs(amount) for document, amount in groups}
