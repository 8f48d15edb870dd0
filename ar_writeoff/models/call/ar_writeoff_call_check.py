from odoo import models
from odoo.exceptions import ValidationError

from ..problems import is_confirmation
from ..values import check_values, show

# What a plan may say for all items, and of each.
HEAD_FIELDS = (
    "company_id",
    "date",
    "accounting_date",
    "comment",
    "grouping",
    "leave_draft",
    "evidence_ids",
    "external_reference",
)
LINE_FIELDS = ("reason_id", "writeoff_account_id")
OTHER_KEYS = (
    "items",
    "credit_reason_id",
    "net_credits",
    "all_or_nothing",
    "confirmed",
    *LINE_FIELDS,
)
ITEM_FIELDS = (
    "item_id",
    "reference",
    "amount_currency",
    "reason_id",
    "writeoff_account_id",
    "separate_tax",
    "comment",
)
# Longer is no reference: an index holds no more, and nobody reads it.
LONGEST_REFERENCE = 200


class ArWriteoff(models.Model):
    """What is sent is looked at before anything else: clear errors, by name."""

    # A room of its own: the file of the call would be one too long to read.
    _inherit = "ar.writeoff"  # pylint: disable=consider-merging-classes-inherited

    def _check_plan(self, plan):
        """Refuse a plan of which something could only be guessed.

        :param dict plan: see ``write_off``
        :raises ValidationError: naming what cannot be used
        """
        self._check_rows(plan)
        self._check_keys(plan, {*HEAD_FIELDS, *OTHER_KEYS})
        check_values(self, {name: plan[name] for name in HEAD_FIELDS if plan.get(name) is not None})
        Line = self.env["ar.writeoff.line"]
        for name in ("reason_id", "credit_reason_id"):
            check_values(Line, {"reason_id": plan[name]} if plan.get(name) else {})
        if plan.get("writeoff_account_id"):
            check_values(Line, {"writeoff_account_id": plan["writeoff_account_id"]})
        self._check_flags(plan, ("all_or_nothing", "net_credits"))
        self._check_call(plan)

    def _check_rows(self, plan):
        """Refuse items that name nothing, or two things.

        :param dict plan: see ``write_off``
        :raises ValidationError: naming what cannot be used
        """
        rows = plan.get("items") if isinstance(plan, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValidationError(
                self.env._("A plan is a dict with a list of items, each of them a dict.")
            )
        for row in rows:
            self._check_keys(row, ITEM_FIELDS)
            if not row.get("item_id") and not row.get("reference"):
                raise ValidationError(
                    self.env._(
                        "Each item of a plan needs its item_id, or the reference of its document."
                    )
                )
            if row.get("item_id") and row.get("reference"):
                raise ValidationError(
                    self.env._(
                        "An item of a plan has its item_id or the reference of its document, not "
                        "both: %s.",
                        show(row["reference"]),
                    )
                )
            self._check_reference("reference", row.get("reference"))
            given = {k: v for k, v in row.items() if v is not None and v is not False}
            check_values(self.env["ar.writeoff.line"], given)

    def _check_keys(self, sent, known):
        """Refuse what is not understood: it may have been meant to matter.

        :param dict sent: a part of what was sent
        :param known: names
        :raises ValidationError: naming the others
        """
        if strange := set(sent) - {*known}:
            names = ", ".join(sorted(map(show, strange)))
            raise ValidationError(self.env._("A plan does not know these keys: %s.", names))

    def _check_flags(self, plan, names):
        """Refuse what is neither true nor false.

        :param dict plan: what was sent
        :param names: of its keys
        :raises ValidationError: naming it
        """
        for name in names:
            if plan.get(name) not in (None, True, False) or isinstance(plan.get(name), float):
                raise ValidationError(
                    self.env._(
                        "%(name)s is true or false, not “%(value)s”.",
                        name=name,
                        value=show(plan[name]),
                    )
                )

    def _check_call(self, plan):
        """Refuse what goes with every call: its reference, and what was confirmed.

        :param dict plan: what was sent
        :raises ValidationError: naming what cannot be used
        """
        self._check_reference("external_reference", plan.get("external_reference"))
        if not is_confirmation(plan.get("confirmed") or []):
            raise ValidationError(
                self.env._("What is confirmed is a list of dicts with the code and items of each.")
            )

    def _check_reference(self, name, value):
        """Refuse what can be no name of anything.

        :param str name: of the key
        :param value: what was sent; None if there is none
        :raises ValidationError: naming it
        """
        if value is None or value is False:
            return
        is_text = isinstance(value, str) and value.strip() and len(value) <= LONGEST_REFERENCE
        if not is_text:
            raise ValidationError(
                self.env._(
                    "%(name)s is a text of 1 to %(count)s characters; leave it out if there is "
                    "none.",
                    name=name,
                    count=LONGEST_REFERENCE,
                )
            )
        check_values(self, {"external_reference": value})
