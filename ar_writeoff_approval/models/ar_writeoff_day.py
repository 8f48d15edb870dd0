from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL


class ArWriteoffDay(models.Model):
    """What a user confirmed on a day, by reason and side; the row without a reason is the sum.

    Posted at once, left in draft or asked for: it counts when it is confirmed, and an undo gives
    nothing back.
    """

    _name = "ar.writeoff.day"
    _description = "Written Off on a Day"
    _order = "date desc, user_id, id"
    _rec_name = "user_id"
    _log_access = False  # filled by sets

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True, help="In the time zone of the company.")
    reason_id = fields.Many2one(
        "ar.writeoff.reason", readonly=True, ondelete="restrict", help="Empty: all together."
    )
    is_credit = fields.Boolean(readonly=True)
    amount = fields.Monetary(readonly=True, help="Losses and gains do not offset each other.")

    _one_row = models.UniqueIndex(
        "(user_id, company_id, date, COALESCE(reason_id, 0), COALESCE(is_credit, FALSE))"
    )

    @api.model
    def _get_today(self, company):
        """The day it is where a company is.

        :param company: root ``res.company``
        :return: date
        """
        # sudo: of a parent, too
        zone = company.sudo().partner_id.tz or "UTC"
        return datetime.now(ZoneInfo(zone)).date()

    @api.model
    def _count(self, user, sums):
        """Add what a user confirms now.

        The row of all together is written first: of two transactions that do so at the same time,
        the database lets one try again, which then sees what the other one counted.

        :param user: ``res.users``
        :param list sums: see ``Sum``
        """
        totals = {}
        for one in sums:
            root = one.company.sudo().root_id  # sudo: of a branch, too
            if self.env["ar.writeoff.limit"]._is_used(root):
                today = self._get_today(root)
                for key in ((0, False), (one.reason.id, one.is_credit)):
                    row = (root.id, today, *key)
                    totals[row] = totals.get(row, 0.0) + one.amount
        for (company_id, date, reason_id, is_credit), amount in sorted(totals.items()):
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO ar_writeoff_day AS day
                                (user_id, company_id, date, reason_id, is_credit, amount)
                         VALUES (%s, %s, %s, %s, %s, %s)
                    ON CONFLICT (user_id, company_id, date, COALESCE(reason_id, 0),
                                 COALESCE(is_credit, FALSE))
                      DO UPDATE SET amount = day.amount + EXCLUDED.amount
                    """,
                    user.id,
                    company_id,
                    date,
                    reason_id or None,
                    is_credit,
                    amount,
                )
            )
        self.invalidate_model(flush=False)

    @api.model
    def _get_used(self, user, company, reason, side):
        """What a user confirmed today already.

        :param user: ``res.users``
        :param company: root ``res.company``
        :param reason: ``ar.writeoff.reason``; empty: all of them
        :param str side: ``balance`` or ``credit``; False: both
        :return: float, in the company's currency
        """
        domain = [
            ("user_id", "=", user.id),
            ("company_id", "=", company.id),
            ("date", "=", self._get_today(company)),
            ("reason_id", "=", reason.id) if reason else ("reason_id", "!=", False),
        ]
        if side:
            domain.append(("is_credit", "=", side == "credit"))
        # sudo: what counts against a limit does not depend on who asks
        [(amount,)] = self.sudo()._read_group(domain, aggregates=["amount:sum"])
        return amount
