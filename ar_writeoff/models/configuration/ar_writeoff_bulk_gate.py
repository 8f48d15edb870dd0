from odoo import api, models, tools
from odoo.tools import SQL

from ..bulk_known import (
    KNOWN_CHANGES,
    KNOWN_FIELDS,
    KNOWN_PACKAGES,
    OWN_COLUMNS,
    PASSED_BY,
    WRITTEN_MODELS,
)


class ArWriteoffBulkGate(models.AbstractModel):
    """Whether the set-based way of posting is open: asked for, and nothing there it does not know.

    It must leave the same books as Odoo's own way. So it gives way by itself wherever another addon
    has a say in what it passes by.
    """

    _name = "ar.writeoff.bulk.gate"
    _description = "Gate of Set-Based Posting"

    @api.model
    def _is_open(self, companies):
        """Whether entries of these companies may be posted set-based.

        :param companies: ``res.company``
        :return: bool
        """
        return all(
            company._is_writeoff_enabled("writeoff_bulk") and not self._get_reasons(company)
            for company in companies
        )

    @api.model
    def _get_reasons(self, company):
        """Why entries of a company are posted in Odoo's own way, whatever its parameter says.
        Extension point: an addon that changes what is passed by in a way that does not matter
        takes its own reason out.

        :param company: ``res.company``
        :return: list of str, translated; empty if nothing speaks against it
        """
        return [
            *(self._get_text(*found) for found in self._get_unknown_code()),
            *self._get_database_reasons(),
            *self._get_company_reasons(company),
        ]

    # ------------------------------------------------------------------
    # Other addons
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_unknown_code(self):
        """What addons add to what is passed by, read off the registry once.

        :return: tuple of tuples: kind (``method`` or ``field``), addon, name
        """
        return (*self._get_unknown_methods(), *self._get_unknown_fields())

    def _get_text(self, kind, addon, name):
        if kind == "method":
            return self.env._("The addon %(addon)s changes %(name)s.", addon=addon, name=name)
        return self.env._(
            "The addon %(addon)s computes %(name)s from journal items.", addon=addon, name=name
        )

    def _get_unknown_methods(self):
        """Methods that are passed by, and checks of what is written, that nobody here knows.

        :return: sorted list of tuples, see ``_get_unknown_code``
        """
        found = set()
        for model, names in PASSED_BY.items():
            checks = self.env[model]._constraint_methods if model in WRITTEN_MODELS else ()
            for name in {*names, *(method.__name__ for method in checks)}:
                for class_ in type(self.env[model]).__mro__:
                    package = getattr(vars(class_).get(name), "__module__", KNOWN_PACKAGES[0])
                    if not package.startswith(KNOWN_PACKAGES):
                        found.add((self._get_addon(package), f"{model}.{name}"))
        return [("method", *change) for change in sorted(found - KNOWN_CHANGES)]

    def _get_addon(self, package):
        return package.removeprefix("odoo.addons.").partition(".")[0]

    def _get_unknown_fields(self):
        """Stored fields that depend on what is written, and that nobody here knows.

        :return: sorted list of tuples, see ``_get_unknown_code``
        """
        return sorted(
            ("field", field._module or "custom", f"{model}.{field.name}")
            for model, class_ in self.env.registry.items()
            if not class_._abstract and not class_._transient
            for field in class_._fields.values()
            if self._is_foreign(field) and self._depends_on_written(field, set())
        )

    def _is_foreign(self, field):
        """Whether a field is stored, computed, and neither known nor of the register, which
        follows whichever way an entry goes.

        :param field: ``odoo.fields.Field``
        :return: bool
        """
        return (
            field.store
            and field.compute
            and field._module != self._original_module
            and field.name not in KNOWN_FIELDS.get(field.model_name, ())
        )

    def _depends_on_written(self, field, seen):
        """Whether a computed field depends on a column that is written, perhaps by way of computed
        fields that are not stored; those that are stored answer for themselves.

        :param field: ``odoo.fields.Field``
        :param set seen: fields that were looked at, added to
        :return: bool
        """
        seen.add(field)
        for path in self.env.registry.field_depends[field]:
            model = self.env[field.model_name]
            for name in path.split("."):
                step = model._fields[name]
                if self._is_written(step, field.model_name):
                    return True
                passes_on = step.compute and not step.store and step not in seen
                if passes_on and self._depends_on_written(step, seen):
                    return True
                if not step.relational:
                    break
                model = self.env[step.comodel_name]
        return False

    def _is_written(self, step, model):
        """Whether a field on the way to what a computed field depends on is written.

        :param step: ``odoo.fields.Field``
        :param str model: of the computed field: counterparts have most of theirs from their sum
        :return: bool
        """
        if step.model_name not in WRITTEN_MODELS:
            return False
        return model != "account.move.line" or (
            step.model_name != model or step.name in OWN_COLUMNS
        )

    # ------------------------------------------------------------------
    # The database and the company
    # ------------------------------------------------------------------

    def _get_database_reasons(self):
        """Triggers and automation rules would not hear of what is written past Odoo's models.

        :return: list of str
        """
        tables = [self.env[model]._table for model in (*WRITTEN_MODELS, "account.move")]
        triggers = self.env.execute_query(
            SQL(
                """
                SELECT tgname FROM pg_trigger
                 WHERE NOT tgisinternal AND tgrelid = ANY(%s::regclass[]) ORDER BY tgname
                """,
                tables,
            )
        )
        reasons = [
            self.env._("The database has a trigger on journal items: %s.", name)
            for (name,) in triggers
        ]
        if "base.automation" in self.env:
            # sudo: whether there are rules does not depend on who asks
            rules = self.env["base.automation"].sudo()
            domain = [("model_id.model", "in", [*WRITTEN_MODELS, "account.move"])]
            reasons += [
                self.env._("An automation rule watches journal items: %s.", rule.name)
                for rule in rules.search(domain)
            ]
        return reasons

    def _get_company_reasons(self, company):
        """What a company's own settings ask of each journal item.

        :param company: ``res.company``
        :return: list of str
        """
        reasons = []
        journal = company._get_writeoff_parameter("writeoff_journal_id")
        if journal.restrict_mode_hash_table:
            reasons.append(
                self.env._("Entries of the journal %s are secured with a hash.", journal.name)
            )
        if company.restrictive_audit_trail:
            reasons.append(self.env._("The audit trail is restrictive."))
        # sudo: core finds models of other companies, too, and leaves them aside
        distributions = self.env["account.analytic.distribution.model"].sudo()
        if distributions.search_count([("company_id", "in", (False, company.id))], limit=1):
            reasons.append(self.env._("There are analytic distribution models."))
        return reasons
