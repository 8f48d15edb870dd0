from odoo import api, models

BOOKED_AMOUNTS = ("amount_currency", "balance", "tax_base_amount")


class ArWriteoffBooked(models.AbstractModel):
    """What a document booked: its base lines, each with its pieces of the tax lines.

    Which taxes, bases, accounts and amounts there are is read from the journal items; the tax
    engine, which knows only the settings of today, is asked for one thing: how the amount of a tax
    line is spread over the base lines it was charged on.
    """

    _name = "ar.writeoff.booked"
    _description = "What a Document Booked"

    @api.model
    def _fetch(self, documents):
        """Read at once what ``_get_booked`` would read document by document.

        :param documents: ``account.move`` records
        """
        documents.line_ids.fetch(["tax_ids", "tax_tag_ids"])

    @api.model
    def _get_booked(self, document):
        """Every base line of a document, with its pieces of the booked tax lines.

        :param document: ``account.move``, an invoice, receipt or credit note
        :return: list of tuples: base line (``account.move.line``), list of its pieces: dicts with
            ``tax_item`` (``account.move.line``), ``amount_currency``, ``balance``,
            ``tax_base_amount``, signed as booked, and ``is_own`` (not booked on the account of the
            base). The pieces of a tax line add up to it
        """
        engine_lines, _tax_lines = document._get_rounded_base_and_tax_lines()
        pieces = {engine_line["record"]: [] for engine_line in engine_lines}
        for tax_item in document.line_ids.filtered("tax_repartition_line_id"):
            charged = self._filter_charged(tax_item, engine_lines)
            for engine_line, piece in self._get_pieces(tax_item, charged):
                pieces[engine_line["record"]].append(piece)
        return list(pieces.items())

    def _filter_charged(self, tax_item, engine_lines):
        """The base lines on which a tax line was charged.

        :param tax_item: ``account.move.line``
        :param list engine_lines: base lines of the tax engine
        :return: those of them; all, if somebody edited the taxes of a posted line
        """
        tax = tax_item.group_tax_id or tax_item.tax_line_id
        charged = [line for line in engine_lines if tax in line["record"].tax_ids] or engine_lines
        for name in ("account_id", "analytic_distribution"):
            # As core merges tax lines: those without an account of their own follow their base.
            alike = [line for line in charged if line["record"][name] == tax_item[name]]
            charged = alike if tax_item[name] and alike else charged
        return charged

    def _get_pieces(self, tax_item, charged):
        """A tax line, spread over the base lines it was charged on.

        :return: list of tuples (base line of the tax engine, piece)
        """
        weights = self._get_weights(tax_item, charged)
        is_own = tax_item.account_id not in [line["record"].account_id for line in charged]
        spread = {
            name: self._spread(tax_item[name], weights, currency)
            for name, currency in zip(
                BOOKED_AMOUNTS,
                (
                    tax_item.currency_id,
                    tax_item.company_currency_id,
                    tax_item.company_currency_id,
                ),
                strict=True,
            )
        }
        return [
            (
                engine_line,
                {
                    "tax_item": tax_item,
                    "is_own": is_own,
                    **{name: spread[name][index] for name in BOOKED_AMOUNTS},
                },
            )
            for index, engine_line in enumerate(charged)
        ]

    def _get_weights(self, tax_item, charged):
        """How a tax line is spread: as the engine would charge the tax, else as the bases are.

        :return: list of floats, not all of them zero
        """
        currency = tax_item.company_currency_id
        by_engine = [
            sum(
                data["tax_amount"]
                for data in line["tax_details"]["taxes_data"]
                if data["tax"] == tax_item.tax_line_id and not data["is_reverse_charge"]
            )
            for line in charged
        ]
        by_base = [line["record"].balance for line in charged]
        for weights in (by_engine, by_base):
            if not currency.is_zero(sum(weights)):
                return weights
        return [1.0] * len(charged)

    def _spread(self, amount, weights, currency):
        """Spread an amount in whole units of its currency.

        :param float amount: to spread
        :param list weights: floats, whose sum is not zero
        :param currency: ``res.currency``
        :return: list of floats; they add up to ``amount``
        """
        total = sum(weights)
        shares = [currency.round(amount * weight / total) for weight in weights]
        units = self.env["account.tax"]._distribute_delta_amount_smoothly(
            precision_digits=0,
            delta_amount=round((amount - sum(shares)) / currency.rounding),
            target_factors=[{"factor": weight} for weight in weights],
        )
        return [
            currency.round(share + number * currency.rounding)
            for share, number in zip(shares, units, strict=True)
        ]
