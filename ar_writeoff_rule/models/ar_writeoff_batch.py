from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.ar_writeoff.models.rights import as_engine


class ArWriteoffBatch(models.Model):
    _inherit = "ar.writeoff.batch"

    rule_run_id = fields.Many2one(
        "ar.writeoff.rule.run",
        string="Run of a Rule",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def write(self, vals):
        if not self.env.su:
            self._check_not_ruled()
        return super().write(vals)

    def _check_not_ruled(self):
        """Until its rule has decided, nobody chooses for it: it acts under somebody's authority.

        :raises UserError: naming the rule
        """
        for batch in self:
            run = as_engine(batch).rule_run_id
            if run.state == "selecting":
                raise UserError(
                    self.env._(
                        "%(batch)s is being made by the rule “%(rule)s”: wait for it, or switch "
                        "the rule off.",
                        batch=batch.display_name,
                        rule=run.rule_id.name,
                    )
                )

    def _get_reason_of(self, item):
        """With a grid, that of the cell; what is in none is left out, see the eligibility."""
        rule = as_engine(self).rule_run_id.rule_id
        if rule.cell_ids and not item._is_writeoff_credit():
            return rule._get_cell(item).reason_id.with_env(self.env) or super()._get_reason_of(item)
        return super()._get_reason_of(item)

    def _get_rule_figures(self):
        """How many items would be written off, and how much: losses and gains added up.

        :return: tuple: int, float in company currency
        """
        self.ensure_one()
        Planned = self.env["ar.writeoff.planned"]
        candidates = as_engine(self.env["ar.writeoff.candidate"])
        sums = self.env["ar.writeoff.authority"]._read_sums(candidates, Planned._get_domain(self))
        return Planned._get_totals(self)["item_count"], sum(one.amount for one in sums)

    def _get_why_asked(self):
        """A rule may ask whatever the amount."""
        run = as_engine(self).rule_run_id
        if run.mode == "request" and run.state == "selecting":
            return self.env._("The rule “%s” always asks.", run.rule_id.name)
        return super()._get_why_asked()


class ArWriteoffCandidate(models.Model):
    _inherit = "ar.writeoff.candidate"

    def write(self, vals):
        if not self.env.su:
            self.batch_id._check_not_ruled()
        return super().write(vals)


class ArWriteoffChoice(models.AbstractModel):
    _inherit = "ar.writeoff.choice"

    @api.model
    def _include(self, batch, candidates):
        batch._check_not_ruled()
        return super()._include(batch, candidates)

    @api.model
    def _exclude(self, batch, candidates):
        batch._check_not_ruled()
        return super()._exclude(batch, candidates)


class ArWriteoffRule(models.Model):
    _inherit = "ar.writeoff.rule"

    def _prepare_batch_vals(self):
        """Values of the batch of a run. Extension point.

        :return: values for ``ar.writeoff.batch``
        """
        self.ensure_one()
        chosen = self.filter_id
        vals = {
            **chosen._prepare_criteria_vals(),
            "company_id": self.company_id.id,
            "filter_id": chosen.id,
            "comment": self.env._("Rule: %s", self.name),
        }
        if chosen.side != "credit":
            vals["reason_id"] = (self.reason_id or self._get_reasons(False)[:1]).id
        if chosen.side != "balance":
            vals["credit_reason_id"] = self._get_reasons(True).id
        # The head of a batch has a reason, whichever side it is about.
        vals.setdefault("reason_id", vals.get("credit_reason_id"))
        return vals

    def _get_cell(self, item):
        """The cell of the grid an open balance lies in.

        :param item: ``account.move.line``
        :return: ``ar.writeoff.rule.cell``, empty if it is in none
        """
        today = fields.Date.context_today(self)
        due = item.date_maturity or item.move_id.invoice_date or item.date
        own = item.move_id.line_ids.filtered(
            lambda line: (
                line.account_id == item.account_id
                and line.partner_id.commercial_partner_id == item.partner_id.commercial_partner_id
                and not line.reconciled
            )
        )
        amount = abs(sum(own.mapped("amount_residual")))
        return self.cell_ids.filtered(lambda cell: cell._contains((today - due).days, amount))[:1]
