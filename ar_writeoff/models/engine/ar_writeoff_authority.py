from odoo import api, models
from odoo.fields import Domain

from ..decision import Sum


class ArWriteoffAuthority(models.AbstractModel):
    """Who may decide on how much: asked once of each decision, before anything is posted.

    Whoever may write off may write off any amount, unless an addon says otherwise.
    """

    _name = "ar.writeoff.authority"
    _description = "Authority to Write Off"

    @api.model
    def _authorise(self, decision):
        """Let a decision pass, keep it for somebody else, or refuse it. Extension point.

        :param decision: ``Decision``
        :return: None, and it is carried out; or a record that keeps it, and nothing is posted: it
            answers ``_get_outcome_action`` and ``_prepare_outcome`` as ``ar.writeoff`` does
        :raises UserError: if the user may not decide on so much
        """
        return

    @api.model
    def _get_sums(self, lines):
        """What is given up on lines, by company, reason and side.

        :param lines: ``ar.writeoff.line`` records, saved or new, in the state netting leaves behind
        :return: list of ``Sum``
        """
        groups = lines.grouped(lambda line: (line.company_id, line.reason_id, line.amount < 0.0))
        return [
            Sum(
                company,
                reason,
                is_credit,
                company.currency_id.round(abs(sum(own.mapped("amount")))),
            )
            for (company, reason, is_credit), own in groups.items()
        ]

    @api.model
    def _read_sums(self, rows, domain):
        """The same of what is stored, added up in the database, however much it is.

        :param rows: ``ar.writeoff.line`` or ``ar.writeoff.candidate``, whose rights count
        :param domain: which of them
        :return: list of ``Sum``
        """
        return [
            Sum(company, reason, is_credit, company.currency_id.round(abs(amount)))
            for is_credit, sign in ((False, ">"), (True, "<"))
            for company, reason, amount in rows._read_group(
                Domain(domain) & Domain("amount", sign, 0.0),
                ["company_id", "reason_id"],
                ["amount:sum"],
            )
        ]
