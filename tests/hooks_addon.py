"""An addon of somebody else: it overrides each extension point that the README names.

What a document's reference says decides whether a hook does something, so that each can be proven
apart. ``tests/test_hooks.py`` puts these classes into the registry, as an installed addon would.
"""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.ar_writeoff.models.problems import blocker, info, warning


class EligibilityHooks(models.AbstractModel):
    _module = None
    _inherit = "ar.writeoff.eligibility"
    _name = "ar.writeoff.eligibility"

    def _get_rules(self):
        rules = super()._get_rules()
        rules["item"] += [self._check_disputed, self._check_later]
        rules["decision"].append(self._check_signed)
        rules["posting"].remove(self._check_accounting_date)  # our accountants know what they do
        rules["posting"].append(self._check_frozen)
        rules["notice"].append(self._warn_promised)
        return rules

    def _check_disputed(self, plan):
        for item in plan.items.filtered(lambda item: item.move_id.ref == "disputed"):
            yield blocker("disputed", f"{item.move_id.name} is in dispute.", item)

    def _get_remedy(self, problem):
        if problem["code"] != "disputed":
            return super()._get_remedy(problem)
        return {"action": {"type": "ir.actions.act_window_close"}, "action_text": "Call the lawyer"}

    def _check_later(self, plan):
        """Of batches alone."""
        if plan.writeoff.batch_id:
            for item in plan.items.filtered(lambda item: item.move_id.ref == "later"):
                yield blocker("later", "Not before next year.", item)

    def _check_blocked(self, plan):
        for problem in super()._check_blocked(plan):
            item = plan.items.browse(problem["items"])
            if item.move_id.ref != "block does not matter":
                yield problem

    def _check_signed(self, plan):
        for row in plan.fit.filtered(lambda row: row.move_id.ref == "to be signed"):
            yield blocker("unsigned", "The boss must sign.", row.item_id)

    def _check_amount(self, plan):
        for problem in super()._check_amount(plan):
            yield {**problem, "message": f"Addon: {problem['message']}"}

    def _check_frozen(self, plan):
        if frozen := plan.rows.filtered(lambda row: row.move_id.ref == "frozen"):
            yield blocker("frozen", "The auditors are here.", frozen.item_id)

    def _get_deferral_fields(self):
        return [*super()._get_deferral_fields(), "date_maturity"]

    def _warn_promised(self, plan):
        for item in plan.items.filtered(lambda item: item.move_id.ref == "promised"):
            yield warning("promised", f"{item.move_id.name}: payment was promised.", item)


class AuthorityHooks(models.AbstractModel):
    _module = None
    _inherit = "ar.writeoff.authority"
    _name = "ar.writeoff.authority"

    def _authorise(self, decision):
        if any(one.amount == 13.0 for one in decision.sums):
            raise UserError("Thirteen brings bad luck.")
        return super()._authorise(decision)


class PreflightHooks(models.AbstractModel):
    _module = None
    _inherit = "ar.writeoff.preflight"
    _name = "ar.writeoff.preflight"

    def _get_checks(self):
        return [*super()._get_checks(), self._find_lawsuits]

    def _find_lawsuits(self, others):
        if sued := others.filtered(lambda item: item.move_id.ref == "sued"):
            yield info("sued", f"{sued.move_id.name} is before the court.", sued)


class ItemHooks(models.Model):
    _module = None
    _inherit = "account.move.line"
    _name = "account.move.line"

    def _get_open_item_domain(self):
        domain = super()._get_open_item_domain()
        return [*domain, ("move_id.ref", "!=", "with the lawyer")]

    def _get_writeoff_account(self, reason):
        if self.move_id.ref == "special":
            return self.env["account.account"].search([("code", "=", "690200")])
        return super()._get_writeoff_account(reason)

    def _get_product_writeoff_account(self, product):
        if self.move_id.ref == "by product" and product.name == "Chair":
            return self.env["account.account"].search([("code", "=", "690200")])
        return super()._get_product_writeoff_account(product)

    def _prepare_writeoff_line_vals(self, *args, **kwargs):
        vals = super()._prepare_writeoff_line_vals(*args, **kwargs)
        if self.move_id.ref == "commented":
            vals["comment"] = "By the addon"
        return vals


class AccountHooks(models.Model):
    _module = None
    _inherit = "account.account"
    _name = "account.account"

    def _get_writeoff_account_domain(self):
        return [*super()._get_writeoff_account_domain(), ("name", "!=", "Closed")]


class CallHooks(models.Model):
    _module = None
    _inherit = "ar.writeoff"
    _name = "ar.writeoff"

    def _prepare_plan_vals(self, plan):
        return {**super()._prepare_plan_vals(plan), "comment": "Sent"}

    def _prepare_plan_line_vals(self, plan, row, item, netted):
        vals = super()._prepare_plan_line_vals(plan, row, item, netted)
        return {**vals, "comment": "Sent, too"}


class EntryHooks(models.AbstractModel):
    _module = None
    _inherit = "ar.writeoff.entry"
    _name = "ar.writeoff.entry"

    def _get_entry_key(self, writeoff, line):
        return super()._get_entry_key(writeoff, line), line.move_id.ref == "apart"

    def _prepare_entry_vals(self, writeoff, lines, date, entry=None):
        vals = super()._prepare_entry_vals(writeoff, lines, date, entry=entry)
        vals["narration"] = "By the addon"
        return vals

    def _prepare_counterpart_vals(self, line):
        vals = super()._prepare_counterpart_vals(line)
        if line.move_id.ref == "named":
            vals["name"] = "By the addon"
        return vals


class BulkHooks(models.AbstractModel):
    _module = None
    _inherit = "ar.writeoff.bulk"
    _name = "ar.writeoff.bulk"

    def _filter_ordinary(self, writeoff, lines):
        ordinary = super()._filter_ordinary(writeoff, lines)
        return ordinary.filtered(lambda line: line.move_id.ref != "slowly")


class GateHooks(models.AbstractModel):
    _module = None
    _inherit = "ar.writeoff.bulk.gate"
    _name = "ar.writeoff.bulk.gate"

    def _get_reasons(self, company):
        return [reason for reason in super()._get_reasons(company) if "models" not in reason]


class RunHooks(models.Model):
    _module = None
    _inherit = "ar.writeoff.run"
    _name = "ar.writeoff.run"

    def _get_chunk_size(self):
        return 1

    def _get_chunk_seconds(self):
        return 2.0

    def _get_at_once_size(self):
        return 5

    def _get_select_size(self):
        return 9


class BreakdownHooks(models.AbstractModel):
    _module = None
    _inherit = "ar.writeoff.breakdown"
    _name = "ar.writeoff.breakdown"

    def _prepare_breakdown(self, line):
        return self._put_on_addons_account(line, super()._prepare_breakdown(line))

    def _prepare_split_breakdown(self, line, *args, **kwargs):
        parts = super()._prepare_split_breakdown(line, *args, **kwargs)
        return self._put_on_addons_account(line, parts)

    def _put_on_addons_account(self, line, parts):
        if line.move_id.ref != "allowance":
            return parts
        account = self.env["account.account"].search([("code", "=", "121900")])
        return [
            {**part, "account_id": account.id} if part["kind"] == "loss" else part for part in parts
        ]


class ContraHooks(models.AbstractModel):
    _module = None
    _inherit = "ar.writeoff.contra"
    _name = "ar.writeoff.contra"

    def _get_relief_taxes(self, relief, tax, group):
        relief_tax = tax.search([("name", "=", f"Relief {tax.name}")])
        return relief_tax or super()._get_relief_taxes(relief, tax, group)


class NettingHooks(models.AbstractModel):
    _module = None
    _inherit = "ar.writeoff.netting"
    _name = "ar.writeoff.netting"

    def _get_netting_key(self, item):
        return *super()._get_netting_key(item), item.move_id.ref == "not netted"


class SelectionHooks(models.AbstractModel):
    _module = None
    _inherit = "ar.writeoff.selection"
    _name = "ar.writeoff.selection"

    def _get_document_limit(self, batch, item, rule):
        if item.move_id.ref == "small only":
            return 1.0, "limit_own"
        return super()._get_document_limit(batch, item, rule)


class CriteriaHooks(models.AbstractModel):
    _module = None
    _inherit = "ar.writeoff.criteria.mixin"
    _name = "ar.writeoff.criteria.mixin"

    def _get_candidate_domain(self):
        return super()._get_candidate_domain() & Domain("move_id.ref", "!=", "by hand only")


HOOKS = (
    EligibilityHooks,
    AuthorityHooks,
    PreflightHooks,
    ItemHooks,
    AccountHooks,
    CallHooks,
    EntryHooks,
    BulkHooks,
    GateHooks,
    RunHooks,
    BreakdownHooks,
    ContraHooks,
    NettingHooks,
    SelectionHooks,
    CriteriaHooks,
)
