import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.ar_writeoff.models.decision import Sum
from odoo.addons.ar_writeoff.models.rights import as_engine

# What may change without anybody looking at it again.
UNGUARDED = {"name", "notify_ids", "next_date"}
# What the buttons alone write.
OF_THE_SWITCH = {
    "state",
    "edited_by",
    "switched_on_by",
    "switched_on",
    "switched_fingerprint",
}


class ArWriteoffRule(models.Model):
    """Four eyes: nobody lets loose what they wrote themselves."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.rule"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_switched(vals)
        rules = super().create(vals_list)
        if not self.env.su:
            as_engine(rules).edited_by = self.env.user
        return rules

    def write(self, vals):
        self._check_not_switched(vals)
        result = super().write(vals)
        if not self.env.su and set(vals) - UNGUARDED:
            own = as_engine(self)
            own.edited_by = self.env.user
            own.filtered(lambda rule: rule.state == "on").state = "report"
        return result

    def _check_not_switched(self, vals):
        """The buttons ask who presses them.

        :param dict vals: as for ``create`` and ``write``
        :raises AccessError: naming the fields
        """
        if not self.env.su and (strange := sorted(OF_THE_SWITCH & set(vals))):
            raise AccessError(
                self.env._("Nobody writes these fields of a rule: %s.", ", ".join(strange))
            )

    # ------------------------------------------------------------------
    # What was looked at
    # ------------------------------------------------------------------

    def _get_fingerprint(self):
        """What somebody looked at who switched it on: it changes with any of it, wherever that is
        kept: rule, grid, filter, reasons and their accounts.

        :return: str
        """
        self.ensure_one()
        own = ("filter_id", "reason_id", "credit_reason_id", "mode", "user_id")
        own += ("brake_amount", "brake_count", "brake_share", "brake_month")
        cells = ("age_from", "age_to", "amount_from", "amount_to", "reason_id")
        reasons = self._get_all_reasons().with_company(self.company_id)
        facts = [
            self.read(own, load=""),
            self.cell_ids.read(cells, load=""),
            # Without the dates of a period, which move on with time.
            self.filter_id._prepare_criteria_vals(),
            reasons.read(self._get_guarded_fields(reasons), load=""),
            self.company_id.writeoff_loss_account_id.id,
            self.company_id.writeoff_gain_account_id.id,
        ]
        return hashlib.sha256(json.dumps(facts, default=str, sort_keys=True).encode()).hexdigest()

    def _get_guarded_fields(self, reasons):
        """Of a reason everything but words: what it asks for decides on how much goes.

        :param reasons: ``ar.writeoff.reason``
        :return: list of field names
        """
        words = {"name", "comment", "sequence", *models.LOG_ACCESS_COLUMNS}
        return [
            name for name, field in reasons._fields.items() if field.store and name not in words
        ]

    def _get_all_reasons(self):
        return self._get_reasons(False) | self._get_reasons(True)

    def _get_editors(self):
        """Who last changed what the rule does.

        :return: ``res.users``
        """
        parts = (self.filter_id, self._get_all_reasons(), self.cell_ids)
        # sudo: whoever it was
        return self.edited_by | self.env["res.users"].union(
            *(part.sudo().write_uid for part in parts)
        )

    def _is_changed(self):
        """Whether something changed since it was switched on.

        :return: bool
        """
        # sudo: the answer does not depend on who asks
        return self.switched_fingerprint != self.sudo()._get_fingerprint()

    # ------------------------------------------------------------------
    # The switch
    # ------------------------------------------------------------------

    def action_start_reporting(self):
        """Let it run on its schedule, reporting what it would do.

        :raises AccessError: if the user may not write rules
        """
        self.check_access("write")
        as_engine(self).state = "report"

    def action_switch_off(self):
        """Let it run no more.

        :raises AccessError: if the user may not write off
        """
        self.env["ar.writeoff"]._check_authority()
        self.check_access("read")
        as_engine(self).state = "off"

    def action_switch_on(self):
        """Let it do what it says, from its next run on.

        :raises AccessError: if the user may not write off, or so much
        :raises UserError: if they wrote it, or a part of it, themselves
        """
        self.env["ar.writeoff"]._check_authority()
        self.check_access("read")
        for rule in self:
            rule._check_may_switch_on()
            as_engine(rule).write(
                {
                    "state": "on",
                    "switched_on_by": self.env.uid,
                    "switched_on": fields.Datetime.now(),
                    "switched_fingerprint": rule.sudo()._get_fingerprint(),  # sudo: all of it
                }
            )

    def _check_may_switch_on(self):
        user = self.env.user
        if user in self._get_editors():
            raise UserError(
                self.env._(
                    "%s: you changed it, its filter or one of its reasons last. Somebody else has "
                    "to switch it on.",
                    self.name,
                )
            )
        Authority = self.env["ar.writeoff.authority"]
        for reason in self._get_all_reasons():
            is_credit = reason in self._get_reasons(True)
            sums = [Sum(self.company_id, reason, is_credit, self.brake_amount)]
            if not Authority._is_covered(user, sums, per_day=False):
                raise AccessError(
                    self.env._(
                        "%(rule)s may write off %(amount)s in a run, more than you may yourself. "
                        "Somebody with that authority has to switch it on.",
                        rule=self.name,
                        amount=self.currency_id.format(self.brake_amount),
                    )
                )
