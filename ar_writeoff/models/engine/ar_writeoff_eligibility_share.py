from odoo import models

from ..problems import blocker


class ArWriteoffEligibility(models.AbstractModel):
    """Whether what lines are written off against is fit: accounts, credit notes, taxes."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.eligibility"  # pylint: disable=consider-merging-classes-inherited

    def _check_share_accounts(self, plan):
        Account = self.env["account.account"]
        breakdowns = self.env["ar.writeoff.breakdown"]._get_breakdowns(plan.fit)
        for line, parts in breakdowns.items():
            losses = {part["account_id"] for part in parts if part["kind"] == "loss"}
            if losses != {line.writeoff_account_id.id or None}:  # what was chosen is known
                yield from self._check_accounts(line, [Account.browse(id_) for id_ in losses])
            others = {part["account_id"] for part in parts if part["kind"] != "loss"}
            for account in Account.browse(others).filtered(lambda account: not account.active):
                message = self.env._(
                    "%(item)s: its tax would go to %(account)s, which is archived; unarchive it.",
                    item=line.item_name,
                    account=account.display_name,
                )
                yield blocker("account", message, line.item_id)

    def _check_over_credited(self, plan):
        """What a credit note took back is not given up once more."""
        Correction, lines = self.env["ar.writeoff.correction"], plan.fit
        breakdowns = self.env["ar.writeoff.breakdown"]._get_breakdowns(lines)
        excess = Correction._get_excess(lines.move_id, planned=breakdowns)
        for line in lines.filtered(lambda line: line.move_id in excess):
            notes, _figures = excess[line.move_id]
            own = {line.move_id: excess[line.move_id]}
            message = self.env._(
                "%(document)s: with its credit notes (%(notes)s), more would be taken back than "
                "was invoiced.\n%(figures)s\nMatch the credit notes with it first, or write off "
                "less.",
                document=line.move_id.display_name,
                notes=", ".join(notes.mapped("display_name")),
                figures=Correction._get_figures_text(own),
            )
            yield blocker("over_credited", message, line.item_id)

    def _check_relief(self, plan):
        """A relief tax claims what was declared: no other amount, and not on payment."""
        Contra = self.env["ar.writeoff.contra"]
        for line in plan.fit.filtered("separate_tax"):
            relief = self.env["ar.writeoff.breakdown"]._get_relief(line)
            for tax, group in self._get_charged_taxes(line) if relief.tax_ids else ():
                mapped = Contra._get_relief_taxes(relief, tax, group)
                if mapped == tax or Contra._is_fit_relief(tax, mapped):
                    continue
                message = self.env._(
                    "%(item)s: the relief taxes “%(relief)s” replace %(tax)s by %(mapped)s. It "
                    "must be one tax of the same kind and amount, due on the invoice; correct the "
                    "fiscal position, or choose another reason.",
                    item=line.item_name,
                    relief=relief.display_name,
                    tax=tax.display_name,
                    mapped=", ".join((mapped or relief.map_tax(group)).mapped("display_name")),
                )
                yield blocker("relief", message, line.item_id)

    def _get_charged_taxes(self, line):
        """The taxes on a document that are due on the invoice.

        :param line: ``ar.writeoff.line``
        :return: list of tuples: ``account.tax``, and the group it was charged by, or empty
        """
        taxes = line.move_id.invoice_line_ids.tax_ids
        pairs = []
        for tax in taxes:
            group = tax if tax.amount_type == "group" else tax.browse()
            pairs += [(leaf, group) for leaf in tax.flatten_taxes_hierarchy()]
        return [pair for pair in pairs if pair[0].tax_exigibility == "on_invoice"]

    # ------------------------------------------------------------------
    # Entries that were left in draft
    # ------------------------------------------------------------------

    def _check_planned_taxes(self, plan):
        """What a draft entry planned to give back of taxes must still be what is to go back."""
        lines = plan.fit.filtered("separate_tax") if plan.entry else plan.fit.browse()
        planned = self.env["ar.writeoff.breakdown"]._get_breakdowns(lines)
        for document, group in lines.grouped("move_id").items():
            stored = [part for line in group for part in planned[line]]
            if self._is_tax_outdated(group, stored):
                message = self.env._(
                    "%s: the tax in it changed since it was planned, perhaps by a credit note. "
                    "Delete the draft entry and write off again.",
                    document.display_name,
                )
                yield blocker("tax", message, group.item_id)

    def _is_tax_outdated(self, lines, stored):
        """Whether more than rounding lies between the tax planned and that to give back now."""
        breakdowns = self.env["ar.writeoff.breakdown"]._prepare_breakdowns(lines)
        again = [part for parts in breakdowns.values() for part in parts]
        before, now = (
            [part["balance"] for part in parts if part["kind"] == "tax"]
            for parts in (stored, again)
        )
        currency = lines.company_currency_id[:1]
        # In the order planned then and now, each share may round to the other side.
        tolerance = currency.rounding * len(before + now)
        before, now = sum(before), sum(now)
        return currency.compare_amounts(abs(before - now), tolerance) > 0

    def _check_planned_transition(self, plan):
        """Uncollected tax must still be there as a draft entry planned to clear it."""
        lines = plan.fit if plan.entry else plan.fit.browse()
        Transition = self.env["ar.writeoff.transition"]
        planned = self.env["ar.writeoff.breakdown"]._get_breakdowns(lines)
        for document, group in lines.grouped("move_id").items():
            stored = [part for line in group for part in planned[line] if "target_id" in part]
            if stored and Transition._is_transition_outdated(group, stored):
                message = self.env._(
                    "%s: the uncollected tax on it changed since it was planned. Delete the draft "
                    "entry and write off again.",
                    document.display_name,
                )
                yield blocker("transition", message, group.item_id)
