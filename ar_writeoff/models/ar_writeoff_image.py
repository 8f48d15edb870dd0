import json

from odoo import api, models


class ArWriteoffImage(models.AbstractModel):
    """What would undo a whole document: its mirror image, with the taxes given back or kept.

    Core's tax engine makes it once for the whole document; a write-off takes a share of it. The
    amounts are those that were booked, whatever became of prices and rates since.
    """

    _name = "ar.writeoff.image"
    _description = "Mirror Image of a Document"

    @api.model
    def _get_image(self, document, separate, relief):
        """Mirror image of a document, less what its own credit notes took back already.

        On-payment taxes are not in it: what was not collected stands on a transition account,
        and is cleared from there.

        :param document: posted ``account.move``, an invoice, receipt or credit note
        :param bool separate: whether taxes are given back, or stay in the loss
        :param relief: ``account.fiscal.position`` that maps the taxes to relief taxes, or empty
        :return: dict key → part, see ``_prepare_part``; the keys depend on the document alone, so
            that shares taken at different times can be compared
        """
        base_lines, _tax_lines = document._get_rounded_base_and_tax_lines()
        stream = self._get_stream(base_lines, separate, relief)
        image = self._get_document_image(document, base_lines, stream, relief)
        for credit_note, factor in self._get_credited_factors(document).items():
            base_lines, _tax_lines = credit_note._get_rounded_base_and_tax_lines()
            credited = self._get_document_image(credit_note, base_lines, stream, relief)
            self._net(image, credited, factor, document)
        return image

    def _get_document_image(self, document, base_lines, stream, relief):
        image = {}
        for base_line in base_lines:
            kept = self._keep_taxes(base_line, stream != "gross", relief)
            base_line["is_refund"] = not base_line["is_refund"]
            self.env["account.tax"]._add_accounting_data_to_base_line_tax_details(
                base_line, document.company_id
            )
            for key, part in self._get_parts(base_line, kept, stream):
                self._add(image, key, part)
        return image

    def _add(self, image, key, part):
        if key not in image:
            image[key] = part
            return
        for name in ("amount_currency", "balance", "tax_base_amount"):
            image[key][name] += part[name]

    def _get_stream(self, base_lines, separate, relief):
        """What shares of a document must have in common to be counted together.

        :return: str: with all taxes given back, with some of them, or with none
        """
        if not separate:
            return "gross"
        taxes_data = [data for line in base_lines for data in line["tax_details"]["taxes_data"]]
        kept = {
            data["tax"].id
            for data in taxes_data
            if data["tax"].tax_exigibility == "on_invoice"
            and not self._get_relief_taxes(relief, data["tax"], data["group"])
        }
        return f"separate without {sorted(kept)}" if kept else "separate"

    # ------------------------------------------------------------------
    # Which taxes are given back
    # ------------------------------------------------------------------

    def _keep_taxes(self, base_line, separate, relief):
        """Leave in a base line the taxes to give back, in the shape of their relief.

        :param dict base_line: of the tax engine, changed in place
        :param bool separate: see ``_get_image``
        :param relief: see ``_get_image``
        :return: tuple (document currency, company currency): tax that stays in the loss, with
            the sign of the document's total
        """
        details = base_line["tax_details"]
        given, kept, kept_currency = [], 0.0, 0.0
        reliefs = self.env["account.tax"]
        for tax_data in details["taxes_data"]:
            tax = tax_data["tax"]
            if tax.tax_exigibility == "on_payment":
                continue  # cleared from its transition account
            mapped = self._get_relief_taxes(relief, tax, tax_data["group"])
            if mapped and not self._is_fit_relief(tax, mapped):
                mapped = tax  # refused when it is checked
            if separate and mapped:
                given.append(self._relieve(tax_data, relief, mapped))
                reliefs |= mapped if mapped != tax or not tax_data["group"] else tax_data["group"]
            else:
                kept_currency += tax_data["tax_amount_currency"]
                kept += tax_data["tax_amount"]
        base_line["original_tax_ids"] = sorted(base_line["tax_ids"].ids) if separate else []
        base_line["tax_ids"] = self._drop_incomplete_groups(reliefs, given)
        details["taxes_data"] = given
        return kept_currency, kept

    def _relieve(self, tax_data, relief, mapped):
        """The tax amounts as they were declared, with the distribution of the relief tax.

        :return: a copy of ``tax_data``
        """
        subsequent = tax_data["taxes"].filtered(lambda tax: tax.tax_exigibility != "on_payment")
        mapped_subsequent = self.env["account.tax"].union(
            *(self._get_relief_taxes(relief, tax, tax.browse())[:1] for tax in subsequent)
        )
        return {
            **tax_data,
            "tax": mapped,
            "original_tax": tax_data["tax"],
            "original_taxes": tax_data["taxes"],
            "original_group": tax_data["group"],
            "taxes": mapped_subsequent,
            "group": tax_data["group"] if mapped == tax_data["tax"] else mapped.browse(),
        }

    def _drop_incomplete_groups(self, taxes, given):
        """A group of which only some taxes are given back is replaced by those.

        :param taxes: ``account.tax`` of a base line
        :param list given: tax data that are given back
        :return: ``account.tax``
        """
        result = nothing = taxes.browse()
        for tax in taxes:
            children = nothing.union(*(data["tax"] for data in given if data["group"] == tax))
            is_complete = tax.amount_type != "group" or not tax.children_tax_ids - children
            result |= tax if is_complete else children
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
        position = alike.ids.index(tax.id)
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
    # Parts
    # ------------------------------------------------------------------

    def _get_parts(self, base_line, kept, stream):
        """The parts a base line consists of: what is lost, and each tax that is given back.

        :param dict base_line: of the tax engine, with accounting data
        :param tuple kept: what ``_keep_taxes`` returned
        :param str stream: see ``_get_stream``
        :return: iterator of tuples (key, part)
        """
        yield self._get_loss_part(base_line, kept, stream)
        for tax_data in base_line["tax_details"]["taxes_data"]:
            for tax_rep_data in tax_data["tax_reps_data"]:
                yield self._get_tax_part(base_line, tax_data, tax_rep_data, stream)

    def _get_loss_part(self, base_line, kept, stream):
        # Booked amounts, not the engine's: prices may have changed their meaning since.
        item, sign = base_line["record"], base_line["sign"]
        part = self._prepare_part(
            base_line,
            "loss",
            amount_currency=-item.amount_currency - sign * kept[0],
            balance=-item.balance - sign * kept[1],
            tax_ids=base_line["tax_ids"].ids,
            tax_tag_ids=base_line["tax_tag_ids"].ids if stream != "gross" else [],
        )
        return self._get_key(stream, base_line, "base", base_line["original_tax_ids"]), part

    def _get_tax_part(self, base_line, tax_data, tax_rep_data, stream):
        tax, rep, sign = tax_data["tax"], tax_rep_data["tax_rep"], base_line["sign"]
        account = rep._get_aml_target_tax_account()
        takes_analytic = tax.analytic or not rep.use_in_tax_closing
        part = self._prepare_part(
            base_line,
            "tax" if account else "loss",  # without an account of its own it follows the base
            amount_currency=-sign * tax_rep_data["tax_amount_currency"],
            balance=-sign * tax_rep_data["tax_amount"],
            tax_base_amount=-sign * tax_data["base_amount"],
            account_id=account.id,
            tax_ids=tax_rep_data["taxes"].ids,
            tax_tag_ids=tax_rep_data["tax_tags"].ids,
            tax_repartition_line_id=rep.id,
            group_tax_id=tax_data["group"].id,
            name=tax.name,
        )
        part["takes_analytic"] = bool(takes_analytic or not account)
        facts = (
            tax_data["original_tax"].id,
            self._get_position(rep),
            tax_data["original_group"].id,
            tax_data["original_taxes"].ids,
        )
        per_line = base_line if part["takes_analytic"] else None
        return self._get_key(stream, per_line, *facts), part

    def _prepare_part(self, base_line, kind, amount_currency, balance, **values):
        """A part of an image, or of a share of it. Extension point.

        :param dict base_line: of the tax engine
        :param str kind: ``loss``, ``tax`` (given back) or ``transition`` (never due)
        :param float amount_currency: document currency, debit positive
        :param float balance: company currency, debit positive
        :return: dict
        """
        return {
            "kind": kind,
            "amount_currency": amount_currency,
            "balance": balance,
            "tax_base_amount": 0.0,
            "account_id": False,
            "product_id": base_line["product_id"].id,
            "takes_analytic": True,
            "invoice_analytic": base_line["analytic_distribution"] or False,
            **values,
        }

    def _get_position(self, rep):
        """Place among the distribution lines of its tax: the same for invoices and refunds.

        :param rep: ``account.tax.repartition.line``
        :return: int
        """
        siblings = rep.tax_id.invoice_repartition_line_ids
        if rep.document_type == "refund":
            siblings = rep.tax_id.refund_repartition_line_ids
        return siblings.ids.index(rep.id)

    def _get_key(self, stream, base_line, *facts):
        """What identifies a part for ever: facts of the document, no settings of today.

        :param str stream: see ``_get_stream``
        :param dict base_line: whose product and analytic distribution tell parts apart, or None
        :return: str
        """
        if base_line:
            facts = (*facts, base_line["product_id"].id, base_line["analytic_distribution"] or 0)
        return json.dumps([stream, *facts], sort_keys=True)

    # ------------------------------------------------------------------
    # Credit notes
    # ------------------------------------------------------------------

    def _get_credited_factors(self, document):
        """Credit notes that correct this document, as far as they are matched with it.

        :param document: ``account.move``
        :return: dict credit note → factor that makes its amounts those credited here, in the
            document's currency
        """
        factors = {}
        if document.move_type not in ("out_invoice", "out_receipt"):
            return factors
        for credit_note in document.reversal_move_ids.filtered(lambda m: m.state == "posted"):
            items = self._get_receivables(credit_note)
            total = sum(items.mapped("amount_currency"))
            matched = sum(
                match.debit_amount_currency
                for match in items.matched_debit_ids
                if match.debit_move_id.move_id == document
            )
            if total and matched:
                factors[credit_note] = -matched / total
        return factors

    def _net(self, image, credited, factor, document):
        """Net a credit note into the image, at the rate of the document it corrects.

        :param dict image: changed in place
        :param dict credited: image of the credit note, whose amounts have the other sign
        :param float factor: see ``_get_credited_factors``
        :param document: ``account.move`` that is corrected
        """
        rate = self._get_rate(document)
        for key, part in credited.items():
            amount_currency = part["amount_currency"] * factor
            scaled = {
                **part,
                "amount_currency": amount_currency,
                "balance": amount_currency * rate,
                "tax_base_amount": part["tax_base_amount"] * factor,
            }
            self._add(image, key, scaled)
            if document.currency_id.is_zero(image[key]["amount_currency"]):
                # Credited in full: a cent of company currency would be nobody's tax.
                image[key].update(amount_currency=0.0, balance=0.0, tax_base_amount=0.0)

    def _get_rate(self, document):
        """Company currency for one unit of the document's currency, as it is booked."""
        items = self._get_receivables(document)
        total = sum(items.mapped("amount_currency"))
        return sum(items.mapped("balance")) / total if total else 0.0

    # ------------------------------------------------------------------
    # Facts of documents, read for many at once
    # ------------------------------------------------------------------

    @api.model
    def _get_transition_items(self, documents):
        """Tax that is due on payment and was not collected yet.

        :param documents: ``account.move`` records
        :return: dict document id → its ``account.move.line`` on transition accounts, open ones
        """
        items = self.env["account.move.line"].search(
            [
                ("move_id", "in", documents.ids),
                ("tax_line_id.tax_exigibility", "=", "on_payment"),
                ("account_id.reconcile", "=", True),
                ("reconciled", "=", False),
            ],
            order="id",
        )
        return {move.id: group for move, group in items.grouped("move_id").items()}

    @api.model
    def _get_on_payment_documents(self, documents):
        """Which documents have taxes that are due on payment, collected or not.

        :param documents: ``account.move`` records
        :return: set of ids
        """
        return self._get_ids_with(documents, "tax_line_id.tax_exigibility", "on_payment")

    def _get_ids_with(self, documents, path, value):
        if not documents:
            return set()
        groups = self.env["account.move.line"]._read_group(
            [("move_id", "in", documents.ids), (path, "=", value)], ["move_id"]
        )
        return {move.id for (move,) in groups}

    @api.model
    def _get_taxed_documents(self, documents):
        """Which documents have taxes on their lines.

        :param documents: ``account.move`` records
        :return: set of ids
        """
        return self._get_ids_with(documents, "tax_ids.tax_exigibility", "on_invoice")

    @api.model
    def _get_receivables(self, document):
        """The lines by which a document claims its total.

        :return: ``account.move.line``
        """
        return document.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
