from odoo import api, models

from .ar_writeoff_contra import GROSS


class ArWriteoffContra(models.AbstractModel):
    """Which taxes of an invoice line are given back, by which taxes, accounts and boxes."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.contra"  # pylint: disable=consider-merging-classes-inherited

    def _get_charged_taxes(self, base_item, pieces):
        """The taxes that were declared with an invoice line, in their order.

        :param base_item: ``account.move.line``
        :param list pieces: see ``ar.writeoff.booked._get_booked``
        :return: dict of tuples (tax, group it was charged by, perhaps empty), used as a set
        """
        items = [piece["tax_item"] for piece in pieces]
        charged = {(item.tax_line_id, item.group_tax_id): True for item in items}
        for tax in base_item.tax_ids:
            group = tax if tax.amount_type == "group" else tax.browse()
            for child in tax.flatten_taxes_hierarchy():
                # A group may have other taxes since; of those of 0 % there is no tax line.
                if not group or not child.amount:
                    charged[child, group] = True
        waiting = {item.tax_line_id for item in items if self._is_due_on_payment(item)}
        declared = {item.tax_line_id for item in items} - waiting
        return {
            (tax, group): True
            for tax, group in charged
            if tax in declared or (tax not in waiting and tax.tax_exigibility == "on_invoice")
        }

    @api.model
    def _is_due_on_payment(self, tax_item):
        """Tell whether a tax line was booked to become due when it is paid.

        :param tax_item: ``account.move.line`` with a tax
        :return: bool
        """
        tax, account = tax_item.tax_line_id, tax_item.account_id
        return account.reconcile and (
            tax.tax_exigibility == "on_payment" or account == tax.cash_basis_transition_account_id
        )

    def _get_given_taxes(self, charged, treatment, relief):
        """By which tax each tax is given back.

        :param dict charged: see ``_get_charged_taxes``
        :param tuple treatment: see ``_get_treatment``
        :param relief: see ``_get_contra``
        :return: dict (tax, group) → the tax itself, or the relief tax
        """
        given = {}
        if treatment == GROSS:
            return given
        for tax, group in charged:
            mapped = self._get_relief_taxes(relief, tax, group)
            if mapped and not self._is_fit_relief(tax, mapped):
                mapped = tax  # refused when it is checked
            if mapped:
                given[tax, group] = mapped
        return given

    def _get_base_taxes(self, base_item, given):
        """What stands as taxes on the line that takes back a base.

        :param base_item: ``account.move.line``
        :param dict given: see ``_get_given_taxes``
        :return: ``account.tax``; a group if all of its taxes are given back unchanged
        """
        result = base_item.tax_ids.browse()
        for (tax, group), mapped in given.items():
            of_group = {child: by for (child, other), by in given.items() if other == group}
            is_whole = group in base_item.tax_ids and all(
                of_group.get(child) == child for child in group.flatten_taxes_hierarchy()
            )
            result |= group if group and mapped == tax and is_whole else mapped
        return result

    @api.model
    def _get_relief_taxes(self, relief, tax, group):
        """The taxes in whose boxes relief for a tax is claimed.

        :param relief: ``account.fiscal.position``, or empty: the tax itself
        :param tax: ``account.tax`` that was charged
        :param group: ``account.tax``, the group it was charged by, or empty
        :return: ``account.tax``: itself unless it is mapped, several or none as mapped
        """
        mapped = relief.map_tax(tax)
        if mapped != tax or not group:
            return mapped
        mapped_group = relief.map_tax(group)
        if mapped_group == group:
            return mapped
        # Of several alike, the first takes the place of the first, and so on.
        alike = group.flatten_taxes_hierarchy().filtered(lambda t: self._is_fit_relief(t, tax))
        fit = mapped_group.flatten_taxes_hierarchy().filtered(
            lambda child: self._is_fit_relief(tax, child)
        )
        position = alike.ids.index(tax.id) if tax in alike else 0
        return fit[position : position + 1]

    @api.model
    def _is_fit_relief(self, tax, mapped):
        """Tell whether a tax can carry the relief for another: of the same amount, on invoice.

        :param tax: ``account.tax`` that was charged
        :param mapped: ``account.tax`` it is mapped to
        :return: bool
        """
        return (
            len(mapped) == 1
            and mapped.amount_type == tax.amount_type
            and mapped.amount == tax.amount
            and mapped.include_base_amount == tax.include_base_amount
            and mapped.is_base_affected == tax.is_base_affected
            and mapped.has_negative_factor == tax.has_negative_factor
            and mapped.tax_exigibility == "on_invoice"
        )

    # ------------------------------------------------------------------
    # Where they come back from
    # ------------------------------------------------------------------

    def _get_distribution(self, tax_item, mapped):
        """The distribution lines that take back a tax line, with the share of each.

        :param tax_item: ``account.move.line``
        :param mapped: ``account.tax``: the tax itself, or the relief tax
        :return: list of tuples (``account.tax.repartition.line``, float)
        """
        booked = tax_item.tax_repartition_line_id
        is_refund = tax_item.move_id.move_type != "out_refund"
        reps = mapped[f"{'refund' if is_refund else 'invoice'}_repartition_line_ids"]
        if mapped == booked.tax_id:
            return [(reps[self._get_position(booked)], 1.0)]
        alike = reps.filtered(
            lambda rep: rep.repartition_type == "tax" and (rep.factor < 0) == (booked.factor < 0)
        )
        total = sum(alike.mapped("factor"))
        return [(rep, rep.factor / total) for rep in alike]

    def _get_tax_account(self, piece, rep):
        """The account a tax comes back from: where it stands, unless refunds have another.

        :param dict piece: see ``ar.writeoff.booked._get_booked``
        :param rep: ``account.tax.repartition.line`` that takes it back
        :return: ``account.account``, empty if it follows the base
        """
        tax_item = piece["tax_item"]
        booked = tax_item.tax_repartition_line_id
        if rep.tax_id == booked.tax_id and rep.account_id == booked.account_id:
            return tax_item.account_id if piece["is_own"] else rep.account_id.browse()
        return rep.account_id

    def _get_tags(self, item, charged, taxes, rep):
        """The boxes a booked item is taken back in: its own, unless refunds have others.

        :param item: ``account.move.line``
        :param charged: ``account.tax`` whose base it was declared as
        :param taxes: ``account.tax`` as whose base it is taken back
        :param rep: ``account.tax.repartition.line`` that takes a tax line back, or empty
        :return: ``account.account.tag``
        """
        is_refund = item.move_id.move_type != "out_refund"
        booked_rep, bases = item.tax_repartition_line_id, taxes.flatten_taxes_hierarchy()
        here = booked_rep.tag_ids | bases.get_tax_tags(not is_refund, "base")
        there = rep.tag_ids | bases.get_tax_tags(is_refund, "base")
        if here == there and charged == bases and rep.tax_id == booked_rep.tax_id:
            return item.tax_tag_ids
        # sudo: core, too, reads the boxes of a product whoever may see it
        return there | (item.product_id.sudo().account_tag_ids & item.tax_tag_ids)

    def _get_position(self, rep):
        """Place among the distribution lines of its tax: the same for invoices and refunds.

        :param rep: ``account.tax.repartition.line``
        :return: int
        """
        siblings = rep.tax_id.invoice_repartition_line_ids
        if rep.document_type == "refund":
            siblings = rep.tax_id.refund_repartition_line_ids
        return siblings.ids.index(rep.id)
