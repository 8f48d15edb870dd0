from odoo import api, models

from odoo.addons.ar_writeoff.models.problems import blocker, info, refuse


class ArWriteoffAuthority(models.AbstractModel):
    _inherit = "ar.writeoff.authority"

    @api.model
    def _authorise(self, decision):
        """Within the limits of the user: on. Above them: a request, and nothing is posted.

        :raises UserError: if the user may write off nothing, or nobody may approve it
        """
        if waiting := super()._authorise(decision):
            return waiting
        if decision.approval:
            return None  # its own limits were asked of whoever approved it
        user, sums = self.env.user, decision.sums
        is_undo = decision.kind == "undo"
        excess = self.env["ar.writeoff.limit"]._get_excess(user, sums, per_day=not is_undo)
        self._check_not_refused(excess)
        if not is_undo:  # an undo takes nothing of the day, and gives nothing back
            self.env["ar.writeoff.day"]._count(user, sums)
        why = self._get_why(excess, sums)
        if decision.kind == "batch":
            why = " ".join(filter(None, (why, decision.content["batch"]._get_why_asked())))
        return self.env["ar.writeoff.request"]._ask(decision, why) if why else None

    @api.model
    def _is_covered(self, user, sums, per_day=True):
        """Whether somebody may decide on so much alone.

        :param user: ``res.users``
        :param list sums: see ``Sum``
        :param bool per_day: whether it counts on their day
        :return: bool
        """
        return not self.env["ar.writeoff.limit"]._get_excess(user, sums, per_day=per_day)

    @api.model
    def _check_not_refused(self, excess):
        """Refuse what nobody is asked about.

        :param list excess: see ``Excess``
        :raises UserError: naming the amount
        """
        if message := self._get_refusal(excess):
            refuse(message, [blocker("authority", message)])

    @api.model
    def _get_refusal(self, excess):
        """Why nobody is even asked.

        :param list excess: see ``Excess``
        :return: str, empty if it can be asked for
        """
        Limit = self.env["ar.writeoff.limit"]
        refused = [one for one in excess if one.is_refused]
        if not refused:
            return ""
        return self.env._(
            "You may not write this off: %s Ask somebody who has a limit of their own.",
            Limit._get_excess_text(refused),
        )

    @api.model
    def _get_why(self, excess, sums):
        """Why somebody else has to approve it.

        :param list excess: see ``Excess``
        :param list sums: see ``Sum``
        :return: str, a sentence for each cause; empty if nobody has to
        """
        texts = [self.env["ar.writeoff.limit"]._get_excess_text(excess)] if excess else []
        reasons = {one.reason for one in sums if one.reason.needs_approval and one.amount}
        texts += [
            self.env._("The reason “%s” always needs an approval.", reason.name)
            for reason in sorted(reasons, key=lambda reason: reason.id)
        ]
        return " ".join(texts)

    @api.model
    def _get_notices(self, sums, why_asked=""):
        """What the user hears before they confirm something.

        :param list sums: see ``Sum``
        :param str why_asked: why it is asked for whatever the amount
        :return: iterator of problems: that nobody is even asked, or that it will be a request
        """
        excess = self.env["ar.writeoff.limit"]._get_excess(self.env.user, sums)
        if message := self._get_refusal(excess):
            yield blocker("authority", message)
        elif why := " ".join(filter(None, (self._get_why(excess, sums), why_asked))):
            message = self.env._(
                "%s Confirming it makes a request; nothing is posted before somebody approves it.",
                why,
            )
            yield info("authority", message)
