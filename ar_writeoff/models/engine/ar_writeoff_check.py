from odoo import models

from ..problems import blocker, info, raise_open, warning


class ArWriteoffCheckMixin(models.AbstractModel):
    """What speaks against a write-off, as data: the wizard lists it, posting raises it."""

    _name = "ar.writeoff.check.mixin"
    _description = "Checks of a Write-Off"
    _inherit = "ar.writeoff.problem.mixin"

    def _get_checks(self):
        """Everything that blocks this write-off or should be confirmed first.

        :return: list of dicts with ``code``, ``level`` (``danger`` blocks, ``warning`` wants a
            confirmation, ``info`` only tells), ``message`` and ``items`` (ids it concerns)
        """
        self.ensure_one()
        lines = self._get_given_up_lines()
        return [
            *self._check_has_lines(lines),
            *self._check_one_company(lines),
            *self._check_lines(lines),
            *self._get_posting_checks(lines),
            *self._check_warnings(lines),
            *self._inform_nothing_to_separate(lines),
            *self._inform_credit_notes(lines),
        ]

    def _raise_obstacles(self):
        """Refuse while something blocks, or a warning was not confirmed.

        :raises UserError: with every blocking message, or every unconfirmed warning
        """
        raise_open(self.env, self._get_checks(), self.confirmed_problems)

    def _get_line_companies(self):
        """The companies its lines belong to, whether or not the user sees them.

        :return: ``res.company``, with the rights of the system
        """
        # sudo: to see what is hidden
        AllLines = self.env["ar.writeoff.line"].sudo()
        groups = AllLines._read_group(
            [("writeoff_id", "in", self.ids)], aggregates=["company_id:recordset"]
        )
        return groups[0][0]

    def _check_planned_taxes(self, lines):
        """What a draft entry planned to do with taxes must still be what is to be done.

        :param lines: ``ar.writeoff.line`` records of the entry, in draft
        """
        planned = lines._get_breakdowns()
        for document, group in lines.filtered("separate_tax").grouped("move_id").items():
            stored = [part for line in group for part in planned[line]]
            if self._is_tax_outdated(group, stored):
                yield blocker(
                    "tax",
                    self.env._(
                        "%s: the tax in it changed since it was planned, perhaps by a credit "
                        "note. Delete the draft entry and write off again.",
                        document.display_name,
                    ),
                    group.item_id,
                )
        for document, group in lines.grouped("move_id").items():
            stored = [part for line in group for part in planned[line] if "target_id" in part]
            if stored and group._is_transition_outdated(stored):
                yield blocker(
                    "transition",
                    self.env._(
                        "%s: the uncollected tax on it changed since it was planned. Delete the "
                        "draft entry and write off again.",
                        document.display_name,
                    ),
                    group.item_id,
                )

    def _is_tax_outdated(self, lines, stored):
        """Whether more than rounding lies between the tax planned and that to give back now."""
        again = [part for parts in lines._prepare_breakdowns().values() for part in parts]
        before, now = (
            [part["balance"] for part in parts if part["kind"] == "tax"]
            for parts in (stored, again)
        )
        # In the order planned then and now, each share may round to the other side.
        tolerance = self.currency_id.rounding * len(before + now)
        before, now = sum(before), sum(now)
        return self.currency_id.compare_amounts(abs(before - now), tolerance) > 0

    def _check_has_lines(self, lines):
        if not lines:
            yield blocker(
                "nothing", self.env._("Nothing is selected: tick at least one open item.")
            )

    def _check_one_company(self, lines):
        roots = lines.company_id.root_id
        if roots - self.company_id.root_id or len(roots) > 1:
            yield blocker(
                "companies",
                self.env._(
                    "One write-off belongs to one company and its branches, but these items belong "
                    "to %(companies)s. Write them off company by company.",
                    companies=", ".join((roots | self.company_id.root_id).mapped("name")),
                ),
                lines.item_id,
            )

    def _check_lines(self, lines):
        for item, item_lines in lines.grouped("item_id").items():
            if item and len(item_lines) > 1:
                message = self.env._("%s is listed twice.", item_lines[0].item_name)
                yield blocker("twice", message, item)
        for _line, check in self._get_line_checks(lines):
            yield check

    def _get_line_checks(self, lines):
        """What speaks against each line.

        :param lines: ``ar.writeoff.line`` records
        :return: iterator of tuples (line, check)
        """
        Eligibility = self.env["ar.writeoff.eligibility"]
        blockers = Eligibility._get_blockers(lines.item_id, own=lines._origin)
        eligible = lines.filtered(lambda line: line.item_id and line.item_id not in blockers)
        breakdowns = eligible._get_breakdowns()
        split = eligible._get_split_child_invoices()
        excess = self.env["ar.writeoff.correction"]._get_excess(
            eligible.move_id, planned={line: breakdowns.get(line, []) for line in eligible}
        )
        for line in lines:
            checks = line._get_checks(breakdowns.get(line, []), split)
            if line.item_id in blockers:
                checks = [blocker(*blockers[line.item_id], line.item_id)]
            elif line.move_id in excess:
                checks = [*checks, self._get_over_credited_blocker(line, excess)]
            for check in checks:
                yield line, check

    def _get_over_credited_blocker(self, line, excess):
        """What a credit note took back is not given up once more.

        :param line: ``ar.writeoff.line``
        :param dict excess: see ``ar.writeoff.correction._get_excess``
        :return: dict, see ``_problem``
        """
        notes, _figures = excess[line.move_id]
        own = {line.move_id: excess[line.move_id]}
        message = self.env._(
            "%(document)s: with its credit notes (%(notes)s), more would be taken back than was "
            "invoiced.\n%(figures)s\nMatch the credit notes with it first, or write off less.",
            document=line.move_id.display_name,
            notes=", ".join(notes.mapped("display_name")),
            figures=self.env["ar.writeoff.correction"]._get_figures_text(own),
        )
        return blocker("over_credited", message, line.item_id)

    def _check_warnings(self, lines):
        Eligibility = self.env["ar.writeoff.eligibility"]
        for code, message, items in Eligibility._get_warnings(lines.item_id):
            yield warning(code, message, items)

    def _inform_nothing_to_separate(self, lines):
        """Where tax was to be separated and there is none: nobody should look for it."""
        separate = lines.filtered("separate_tax")
        documents = separate._get_separated_documents()
        documents |= self.env["ar.writeoff.image"]._get_on_payment_documents(separate.move_id)
        plain = separate.filtered(lambda line: line.move_id.id not in documents)
        if plain:
            yield info(
                "nothing_to_separate",
                self.env._(
                    "No taxable lines on %(items)s: there is no tax to separate, all of it is "
                    "loss or gain.",
                    items=self._get_short_list(plain.mapped("item_name")),
                ),
                plain.item_id,
            )

    def _inform_credit_notes(self, lines):
        """Which credit notes correct the documents, and which count as payment."""
        CreditNote = self.env["ar.writeoff.credit.note"]
        lines = lines._filter_invoiced()
        for document, corrections in CreditNote._get_corrections(lines.move_id).items():
            own = lines.filtered(lambda line, own=document: line.move_id == own)
            for correction in corrections:
                explanation = CreditNote._get_explanation(document, correction)
                items = own.item_id | correction["credit_note"].line_ids.filtered(
                    lambda item, account=own.account_id: item.account_id in account
                )
                yield info("credit_note", explanation, items)
