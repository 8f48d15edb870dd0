from odoo import models
from odoo.exceptions import ValidationError

from ..values import check_values

# What a plan of a batch may say besides its criteria.
BATCH_FIELDS = (
    "company_id",
    "filter_id",
    "reason_id",
    "credit_reason_id",
    "date",
    "accounting_date",
    "comment",
    "grouping",
    "leave_draft",
    "evidence_ids",
)
BATCH_KEYS = (
    *BATCH_FIELDS,
    "criteria",
    "items",
    "start",
    "all_or_nothing",
    "confirmed",
    "external_reference",
)
BATCH_ITEM_KEYS = ("item_id", "reference")
START_KEYS = (
    "batch_id",
    "include_all",
    "all_or_nothing",
    "confirmed",
    "external_reference",
    "company_id",
)


class ArWriteoffBatch(models.Model):
    """What is sent of a batch is looked at before anything else."""

    # A room of its own: the file of the call would be one too long to read.
    _inherit = "ar.writeoff.batch"  # pylint: disable=consider-merging-classes-inherited

    def _check_batch_plan(self, plan):
        """Refuse a plan of which something could only be guessed.

        :param dict plan: see ``write_off_batch``
        :raises ValidationError: naming what cannot be used
        """
        Writeoff = self.env["ar.writeoff"]
        criteria = plan.get("criteria") if isinstance(plan, dict) else 0
        if not isinstance(criteria, dict | None):
            raise ValidationError(self.env._("A plan is a dict; its criteria are a dict, too."))
        Writeoff._check_keys(plan, BATCH_KEYS)
        Writeoff._check_keys(criteria or {}, self._get_criteria_fields())
        if not any(plan.get(name) for name in ("criteria", "items", "filter_id")):
            raise ValidationError(
                self.env._("Say what the batch looks for: criteria, items, or a filter_id.")
            )
        if plan.get("items"):
            Writeoff._check_rows({"items": plan["items"]})
            for row in plan["items"]:  # all that is open on them: no amount of theirs would count
                Writeoff._check_keys(row, BATCH_ITEM_KEYS)
        self._check_criteria(criteria or {})
        given = {name: plan[name] for name in BATCH_FIELDS if plan.get(name) is not None}
        check_values(self, given)
        Writeoff._check_flags(plan, ("start", "all_or_nothing"))
        Writeoff._check_call(plan)

    def _check_criteria(self, criteria):
        """Refuse criteria the fields cannot hold; several records are a list of their ids.

        :param dict criteria: see ``write_off_batch``
        :raises ValidationError: naming what cannot be used
        """
        for name, value in criteria.items():
            if self._fields[name].type == "many2many" and not (
                isinstance(value, list) and all(type(one) is int for one in value)
            ):
                raise ValidationError(self.env._("%s is a list of ids.", name))
        check_values(self, criteria)

    def _check_start_plan(self, plan):
        """Refuse a plan of which something could only be guessed.

        :param dict plan: see ``start_batch``
        :raises ValidationError: naming what cannot be used
        """
        Writeoff = self.env["ar.writeoff"]
        if not isinstance(plan, dict) or not plan.get("batch_id"):
            raise ValidationError(self.env._("A plan is a dict with a batch_id."))
        Writeoff._check_keys(plan, START_KEYS)
        check_values(self.env["ar.writeoff.call"], {"batch_id": plan["batch_id"]})
        if plan.get("company_id") is not None:
            check_values(self, {"company_id": plan["company_id"]})
        Writeoff._check_flags(plan, ("include_all", "all_or_nothing"))
        Writeoff._check_call(plan)
