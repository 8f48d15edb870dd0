from odoo import models

from ..rights import as_engine
from .ar_writeoff_contra import GROSS

# What a share has in common with the part of the document it is a share of.
COPIED = (
    "kind",
    "treatment",
    "kept_tax_ids",
    "name",
    "product_id",
    "tax_id",
    "base_tax_ids",
    "tax_ids",
    "tax_tag_ids",
    "tax_repartition_line_id",
    "group_tax_id",
    "analytic_distribution",
)


class ArWriteoffBreakdown(models.AbstractModel):
    """What an open item is written off against: the loss, the tax given back, the tax never due.

    Shares are cumulative: what all live write-offs of a document should have taken together, less
    what they took already. So no cent stays on any account, in whatever order they come and go.
    """

    _name = "ar.writeoff.breakdown"
    _description = "Breakdown of Write-Off Lines"

    def _get_breakdowns(self, lines):
        """What each line is written off against: as booked, or as it would be posted now.

        :param lines: ``ar.writeoff.line`` records, saved or new
        :return: dict line → list of dicts, see ``_prepare_breakdown`` and
            ``ar.writeoff.share._to_parts``
        """
        settled = lines.filtered("is_settled")  # the others have no shares in the register yet
        booked = self.env["ar.writeoff.share"]._get_booked_parts(settled) if settled else {}
        found = {line: booked.get(line._origin.id) or line.plan for line in lines}
        unknown = lines.filtered(lambda line: not found[line])
        return {**found, **self._prepare_breakdowns(unknown)}

    def _keep_plans(self, lines):
        """Find out once what each line is written off against, with the tax in it.

        :param lines: ``ar.writeoff.line`` records, saved or new, without an entry
        """
        for line, parts in self._prepare_breakdowns(lines).items():
            tax = sum(part["balance"] for part in parts if part["kind"] != "loss")
            as_engine(line).write(
                {
                    "plan": parts,
                    "amount_tax": tax,
                    "amount_untaxed": line.amount - tax,
                }
            )

    def _prepare_breakdowns(self, lines):
        """What each line is written off against, as it would be posted now.

        :param lines: ``ar.writeoff.line`` records, saved or new
        :return: dict line → list of parts, see ``_prepare_breakdown``
        """
        transition_items = self.env["ar.writeoff.contra"]._get_transition_items(
            lines._filter_invoiced().move_id
        )
        split = self._filter_split(lines, transition_items)
        breakdowns = {line: self._prepare_breakdown(line) for line in lines - split}
        taken = self.env["ar.writeoff.share"]._get_taken_parts(split.move_id, without=lines)
        self.env["ar.writeoff.booked"]._fetch(split.move_id)
        corrections = self.env["ar.writeoff.credit.note"]._get_corrections(split.move_id)
        contras = {}
        for document, own in split.grouped("move_id").items():
            targets = transition_items.get(document.id, ())
            corrected = corrections.get(document, ())
            for line in own:
                parts = self._prepare_split_breakdown(
                    line, taken[document.id], targets, contras, corrected
                )
                taken[document.id] += [(line, part) for part in parts]
                breakdowns[line] = parts
        return {line: breakdowns[line] for line in lines}

    def _prepare_breakdown(self, line):
        """The breakdown of a line that lands on one account, whole. Extension point.

        :param line: ``ar.writeoff.line``, saved or new
        :return: list of dicts with ``kind`` (see ``ar.writeoff.contra``), ``account_id``,
            ``balance`` (company currency) and ``amount_currency`` (document currency), both with
            the sign of the residual (debit for a loss); they add up to the line's amounts. Each
            becomes a share in the register
        """
        line.ensure_one()
        part = {
            "kind": "loss",
            "account_id": line.writeoff_account_id.id,
            "balance": line.amount,
            "amount_currency": line.amount_currency,
        }
        if line.reason_id.analytic_distribution:
            part["analytic_distribution"] = line.reason_id.analytic_distribution
        return [part]

    # ------------------------------------------------------------------
    # Which lines need more than one part
    # ------------------------------------------------------------------

    def _filter_split(self, lines, transition_items):
        """The lines for which the lines of their document matter.

        :param lines: ``ar.writeoff.line``
        :param dict transition_items: document id → uncollected tax
        :return: ``ar.writeoff.line``
        """
        invoiced = lines._filter_invoiced()
        separated = self.env["ar.writeoff.contra"]._get_separated_documents(invoiced)
        return invoiced.filtered(
            lambda line: (
                line.move_id.id in transition_items
                or (line.separate_tax and line.move_id.id in separated)
                or self._is_split_by_product(line)
                or self._is_split_by_analytic(line)
            )
        )

    def _is_split_by_product(self, line):
        return not line.writeoff_account_id and not line.item_id._is_writeoff_credit()

    def _is_split_by_analytic(self, line):
        company = line.company_id
        return (
            not line.reason_id.analytic_distribution
            and company._is_writeoff_enabled("writeoff_analytic_from_invoice")
            and any(line.move_id.invoice_line_ids.mapped("analytic_distribution"))
        )

    # ------------------------------------------------------------------
    # Shares of a document
    # ------------------------------------------------------------------

    def _prepare_split_breakdown(self, line, taken, targets, contras, corrections=()):
        """The breakdown of a line by the lines of its document. Extension point.

        :param line: ``ar.writeoff.line``, saved or new
        :param list taken: what was taken of the document before: tuples (line, part)
        :param targets: ``account.move.line`` of the document: uncollected tax
        :param dict contras: those made so far, for the next line of the same document
        :param corrections: of its document, see ``ar.writeoff.credit.note._get_corrections``
        :return: list of parts
        """
        line.ensure_one()
        relief = self._get_relief(line)
        transition = self.env["ar.writeoff.transition"]._prepare_transition_parts(
            line, taken, targets, relief
        )
        left = {
            "amount_currency": line.amount_currency - sum(p["amount_currency"] for p in transition),
            "balance": line.amount - sum(p["balance"] for p in transition),
        }
        key = line.move_id, line.separate_tax, relief
        if key not in contras:
            contras[key] = self.env["ar.writeoff.contra"]._get_contra(*key, corrections)
        given_up = self._get_share_given_up(line, contras[key], taken, corrections)
        shares = self._get_shares(
            line, contras[key], [part for _line, part in taken], left, given_up
        )
        return [
            *(self._prepare_share_part(line, key, *share) for key, share in shares.items()),
            *transition,
        ]

    def _get_share_given_up(self, line, contra, taken, corrections):
        """How much of a document all write-offs with such a contra entry give up, this included.

        Uncollected tax counts on both sides: what of it stands on the transition account says
        nothing about what was declared.

        :param line: ``ar.writeoff.line``
        :param dict contra: see ``ar.writeoff.contra._get_contra``
        :param list taken: see ``_prepare_split_breakdown``
        :param corrections: see ``_prepare_split_breakdown``
        :return: float, from 0 to 1: never more goes back than was declared
        """
        treatment = self._get_treatment(contra)
        given_up = {line for line, part in taken if self._is_treated(part, treatment)}
        amount = line.amount_currency + sum(
            part["amount_currency"] for line, part in taken if line in given_up
        )
        receivables = self.env["ar.writeoff.contra"]._get_receivables(line.move_id)
        claim = sum(receivables.mapped("amount_currency"))
        claim -= sum(correction["corrected"] for correction in corrections)
        if line.currency_id.is_zero(claim):
            return 0.0
        if not line.currency_id.compare_amounts(amount, claim):
            return 1.0
        return min(max(amount / claim, 0.0), 1.0)

    def _get_treatment(self, contra):
        """How the taxes of a contra entry are treated, see ``ar.writeoff.contra``.

        :return: tuple
        """
        part = next(iter(contra.values()), None)
        return (part["treatment"], tuple(part["kept_tax_ids"])) if part else GROSS

    def _is_treated(self, part, treatment):
        """Tell whether a part is a share of a contra entry with such a treatment.

        :param dict part: taken before
        :param tuple treatment: see ``_get_treatment``
        :return: bool
        """
        return bool(part.get("key")) and treatment == (
            part["treatment"],
            tuple(part["kept_tax_ids"]),
        )

    def _get_relief(self, line):
        """The fiscal position that maps taxes to relief taxes, if the reason has one.

        :param line: ``ar.writeoff.line``
        :return: ``account.fiscal.position``, possibly empty
        """
        return line.company_id._get_writeoff_property(line.reason_id, "relief_position_id")

    def _prepare_share_part(self, line, key, source, amounts):
        """A share of one part of the document. Extension point.

        :param line: ``ar.writeoff.line`` that takes it
        :param str key: what identifies the part
        :param dict source: the part of the contra entry; an earlier share, if it is not there
        :param dict amounts: the share, by ``AMOUNTS``
        :return: dict, see ``_prepare_breakdown``
        """
        product = self.env["product.product"].browse(source.get("product_id"))
        part = {name: source[name] for name in COPIED if name in source}
        part.update(amounts, key=key)
        part["account_id"] = source.get("account_id") or self._get_loss_account(line, product).id
        if "invoice_analytic" in source:
            part.update(self._get_analytic(line, source))
        return part

    def _get_loss_account(self, line, product):
        """Where the share of a product lands.

        :param line: ``ar.writeoff.line``
        :param product: ``product.product``, possibly empty
        :return: ``account.account``, empty if nothing is configured
        """
        if line.writeoff_account_id or line.item_id._is_writeoff_credit():
            return line.writeoff_account_id
        return line.item_id._get_product_writeoff_account(product)

    def _get_analytic(self, line, source):
        """Analytic distribution of a part; nothing where the distribution models decide.

        :param line: ``ar.writeoff.line``
        :param dict source: part of a contra entry
        :return: dict with ``analytic_distribution``, or empty
        """
        if not source["takes_analytic"]:
            return {"analytic_distribution": False}
        analytic = line.reason_id.analytic_distribution
        if not analytic and line.company_id._is_writeoff_enabled("writeoff_analytic_from_invoice"):
            analytic = source["invoice_analytic"]
        if not analytic and source["kind"] == "loss":
            return {}
        return {"analytic_distribution": analytic or False}
