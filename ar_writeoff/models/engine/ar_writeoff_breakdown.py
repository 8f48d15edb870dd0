from odoo import models

from .ar_writeoff_image_tax import GROSS

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


class ArWriteoffBreakdownMixin(models.AbstractModel):
    """What an open item is written off against: the loss, the tax given back, the tax never due.

    Shares are cumulative: what all live write-offs of a document should have taken together, less
    what they took already. So no cent stays on any account, in whatever order they come and go.
    """

    _name = "ar.writeoff.breakdown.mixin"
    _description = "Breakdown of a Write-Off Line"

    def _prepare_breakdowns(self):
        """What each line is written off against, as it would be posted now.

        :return: dict line → list of parts, see ``_prepare_breakdown``
        """
        transition_items = self.env["ar.writeoff.image"]._get_transition_items(
            self._filter_invoiced().move_id
        )
        split = self._filter_split(transition_items)
        breakdowns = {line: line._prepare_breakdown() for line in self - split}
        taken = self.env["ar.writeoff.share"]._get_taken_parts(split.move_id, without=self)
        self.env["ar.writeoff.booked"]._fetch(split.move_id)
        corrections = self.env["ar.writeoff.credit.note"]._get_corrections(split.move_id)
        images = {}
        for document, lines in split.grouped("move_id").items():
            targets = transition_items.get(document.id, ())
            corrected = corrections.get(document, ())
            for line in lines:
                parts = line._prepare_split_breakdown(
                    taken[document.id], targets, images, corrected
                )
                taken[document.id] += [(line, part) for part in parts]
                breakdowns[line] = parts
        return {line: breakdowns[line] for line in self}

    def _prepare_breakdown(self):
        """The breakdown of a line that lands on one account, whole. Extension point.

        :return: list of dicts with ``kind`` (see ``ar.writeoff.image``), ``account_id``,
            ``balance`` (company currency) and ``amount_currency`` (document currency), both with
            the sign of the residual (debit for a loss); they add up to the line's amounts. Each
            becomes a share in the register
        """
        self.ensure_one()
        part = {
            "kind": "loss",
            "account_id": self.writeoff_account_id.id,
            "balance": self.amount,
            "amount_currency": self.amount_currency,
        }
        if self.reason_id.analytic_distribution:
            part["analytic_distribution"] = self.reason_id.analytic_distribution
        return [part]

    # ------------------------------------------------------------------
    # Which lines need more than one part
    # ------------------------------------------------------------------

    def _filter_split(self, transition_items):
        """The lines for which the lines of their document matter.

        :param dict transition_items: document id → uncollected tax
        :return: ``ar.writeoff.line``
        """
        invoiced = self._filter_invoiced()
        separated = self.env["ar.writeoff.image"]._get_separated_documents(invoiced)
        return invoiced.filtered(
            lambda line: (
                line.move_id.id in transition_items
                or (line.separate_tax and line.move_id.id in separated)
                or line._is_split_by_product()
                or line._is_split_by_analytic()
            )
        )

    def _is_split_by_product(self):
        return not self.writeoff_account_id and not self.item_id._is_writeoff_credit()

    def _is_split_by_analytic(self):
        company = self.company_id
        return (
            not self.reason_id.analytic_distribution
            and company._is_writeoff_enabled("writeoff_analytic_from_invoice")
            and any(self.move_id.invoice_line_ids.mapped("analytic_distribution"))
        )

    # ------------------------------------------------------------------
    # Shares of a document
    # ------------------------------------------------------------------

    def _prepare_split_breakdown(self, taken, targets, images, corrections=()):
        """The breakdown of a line by the lines of its document. Extension point.

        :param list taken: what was taken of the document before: tuples (line, part)
        :param targets: ``account.move.line`` of the document: uncollected tax
        :param dict images: those made so far, for the next line of the same document
        :param corrections: of its document, see ``ar.writeoff.credit.note._get_corrections``
        :return: list of parts
        """
        self.ensure_one()
        relief = self._get_relief()
        transition = self._prepare_transition_parts(taken, targets, relief)
        left = {
            "amount_currency": self.amount_currency - sum(p["amount_currency"] for p in transition),
            "balance": self.amount - sum(p["balance"] for p in transition),
        }
        key = self.move_id, self.separate_tax, relief
        if key not in images:
            images[key] = self.env["ar.writeoff.image"]._get_image(*key, corrections)
        given_up = self._get_share_given_up(images[key], taken, corrections)
        shares = self._get_shares(images[key], [part for _line, part in taken], left, given_up)
        return [
            *(self._prepare_share_part(key, *share) for key, share in shares.items()),
            *transition,
        ]

    def _get_share_given_up(self, image, taken, corrections):
        """How much of its document all write-offs with such an image give up, this one included.

        Uncollected tax counts on both sides: what of it stands on the transition account says
        nothing about what was declared.

        :param dict image: see ``ar.writeoff.image._get_image``
        :param list taken: see ``_prepare_split_breakdown``
        :param corrections: see ``_prepare_split_breakdown``
        :return: float, from 0 to 1: never more goes back than was declared
        """
        treatment = self._get_treatment(image)
        given_up = {line for line, part in taken if self._is_treated(part, treatment)}
        amount = self.amount_currency + sum(
            part["amount_currency"] for line, part in taken if line in given_up
        )
        receivables = self.env["ar.writeoff.image"]._get_receivables(self.move_id)
        claim = sum(receivables.mapped("amount_currency"))
        claim -= sum(correction["corrected"] for correction in corrections)
        if self.currency_id.is_zero(claim):
            return 0.0
        if not self.currency_id.compare_amounts(amount, claim):
            return 1.0
        return min(max(amount / claim, 0.0), 1.0)

    def _get_treatment(self, image):
        """How the taxes of an image are treated, see ``ar.writeoff.image``.

        :return: tuple
        """
        part = next(iter(image.values()), None)
        return (part["treatment"], tuple(part["kept_tax_ids"])) if part else GROSS

    def _is_treated(self, part, treatment):
        """Tell whether a part is a share of an image with such a treatment.

        :param dict part: taken before
        :param tuple treatment: see ``_get_treatment``
        :return: bool
        """
        return bool(part.get("key")) and treatment == (
            part["treatment"],
            tuple(part["kept_tax_ids"]),
        )

    def _get_relief(self):
        """The fiscal position that maps taxes to relief taxes, if the reason has one.

        :return: ``account.fiscal.position``, possibly empty
        """
        return self.company_id._get_writeoff_property(self.reason_id, "relief_position_id")

    def _prepare_share_part(self, key, source, amounts):
        """A share of one part of the document. Extension point.

        :param str key: what identifies the part
        :param dict source: the part of the image; an earlier share, if it is not there
        :param dict amounts: the share, by ``AMOUNTS``
        :return: dict, see ``_prepare_breakdown``
        """
        product = self.env["product.product"].browse(source.get("product_id"))
        part = {name: source[name] for name in COPIED if name in source}
        part.update(amounts, key=key)
        part["account_id"] = source.get("account_id") or self._get_loss_account(product).id
        if "invoice_analytic" in source:
            part.update(self._get_analytic(source))
        return part

    def _get_loss_account(self, product):
        """Where the share of a product lands.

        :param product: ``product.product``, possibly empty
        :return: ``account.account``, empty if nothing is configured
        """
        if self.writeoff_account_id or self.item_id._is_writeoff_credit():
            return self.writeoff_account_id
        return self.item_id._get_product_writeoff_account(product)

    def _get_analytic(self, source):
        """Analytic distribution of a part; nothing where the distribution models decide.

        :param dict source: part of an image
        :return: dict with ``analytic_distribution``, or empty
        """
        if not source["takes_analytic"]:
            return {"analytic_distribution": False}
        analytic = self.reason_id.analytic_distribution
        if not analytic and self.company_id._is_writeoff_enabled("writeoff_analytic_from_invoice"):
            analytic = source["invoice_analytic"]
        if not analytic and source["kind"] == "loss":
            return {}
        return {"analytic_distribution": analytic or False}

    def _get_currency(self, name):
        return self.currency_id if name == "amount_currency" else self.company_currency_id

    def _round(self, name, amount):
        return self._get_currency(name).round(amount)
