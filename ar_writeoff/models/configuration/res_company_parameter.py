from odoo import api, models

# What holds where neither a company nor its parents say anything.
PARAMETER_DEFAULTS = {
    "writeoff_grouping": "partner",
    "writeoff_leave_draft": "no",
    "writeoff_author_may_post": "yes",
    "writeoff_mail_result": "yes",
    "writeoff_separate_tax": "no",
    "writeoff_credit_separate_tax": "no",
    "writeoff_analytic_from_invoice": "no",
    "writeoff_child_full_only": "no",
    "writeoff_from_payments": "no",
    "writeoff_bulk": "no",
    "writeoff_ageing_days": 30,
}


class ResCompany(models.Model):
    """The write-off parameters: a company's own, its parent's, or the default."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_writeoff_defaults(self):
        """What holds where neither a company nor its parents say anything. Extension point.

        :return: dict: name of a field on ``res.company`` → value
        """
        return PARAMETER_DEFAULTS

    def _get_writeoff_parameter(self, name):
        """Value of a write-off parameter: the company's own, else its nearest parent's, else the
        default.

        :param str name: name of a field on ``res.company``
        :return: the value, empty if there is none at all; records are in the caller's environment
        """
        self.ensure_one()
        # sudo: a branch user may not read the parent company, whose parameters apply to them
        values = [company[name] for company in reversed(self.sudo().parent_ids)]
        value = next(filter(None, values), self._get_writeoff_defaults().get(name, self[name]))
        return value.with_env(self.env) if isinstance(value, models.BaseModel) else value

    def _is_writeoff_enabled(self, name):
        """Whether a parameter that is yes or no is yes; see ``_get_writeoff_parameter``.

        :param str name: name of a field on ``res.company``
        :return: bool
        """
        return self._get_writeoff_parameter(name) == "yes"

    def _get_writeoff_parameter_hint(self, name):
        """What holds while the company itself says nothing, for its settings.

        :param str name: name of a field on ``res.company``
        :return: str, empty if nothing holds
        """
        # sudo: as above
        field, parent = self._fields[name], self.sudo().parent_id
        value = self._get_writeoff_defaults().get(name)
        if parent:
            value = parent._get_writeoff_parameter(name)
        if not value:
            return ""
        if field.type == "selection":
            value = dict(field._description_selection(self.env))[value]
        elif field.relational:
            value = value.display_name
        if parent:
            return self.env._("As the parent company: %s", value)
        return self.env._("By default: %s", value)
