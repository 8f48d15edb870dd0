from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date


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

    def _get_posting_checks(self, lines, entry=None):
        """What speaks against posting these lines together, each of them being fit for it.

        Asked on every path: for the preview and the posting of a wizard, when a batch starts and in
        each of its chunks, when an entry is posted that waited in draft. Extension point: return
        what ``super()`` does, and your own.

        :param lines: ``ar.writeoff.line`` records, saved or new; of a batch that is about to start,
            its ``ar.writeoff.candidate`` records, which know the same of their items
        :param entry: draft ``account.move`` they wait in, whose date and journal count; none while
            there is no entry
        :return: list of problems, see ``_problem``
        """
        date = entry.date if entry else self.accounting_date
        if not date:
            return [self._blocker("date", self.env._("Enter the accounting date."))]
        return [
            *self._check_journal(lines, entry),
            *(() if entry else self._check_left_in_draft(lines)),
            *self._check_lock_dates(lines, date, entry),
            *self._check_analytic(lines),
            *self._check_accounting_date(lines, date),
            *self._check_deferred(lines, date),
        ]

    def _raise_obstacles(self):
        """Refuse while something blocks, or a warning was not confirmed.

        :raises UserError: with every blocking message, or every unconfirmed warning
        """
        self._raise_obstacles_of(self._get_checks(), self.confirmed_problems)

    def _check_all_lines_visible(self):
        """Half of a write-off, because the rest is hidden, would surprise everybody.

        :raises UserError: naming the companies that must be activated
        """
        self.ensure_one()
        hidden = self._get_line_companies() - self.env.companies
        if hidden:
            raise UserError(
                self.env._(
                    "Write-off %(name)s concerns %(companies)s as well: activate all of its "
                    "companies first.",
                    name=self.name,
                    companies=", ".join(hidden.mapped("name")),
                )
            )

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
                yield self._blocker(
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
                yield self._blocker(
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
            yield self._blocker(
                "nothing", self.env._("Nothing is selected: tick at least one open item.")
            )

    def _check_one_company(self, lines):
        roots = lines.company_id.root_id
        if roots - self.company_id.root_id or len(roots) > 1:
            yield self._blocker(
                "companies",
                self.env._(
                    "One write-off belongs to one company and its branches, but these items belong "
                    "to %(companies)s. Write them off company by company.",
                    companies=", ".join((roots | self.company_id.root_id).mapped("name")),
                ),
                lines.item_id,
            )

    def _check_journal(self, lines, entry=None):
        for company, company_lines in lines.grouped("company_id").items():
            if not (entry or self.env["ar.writeoff.entry"]._get_journal(company)):
                yield self._blocker(
                    "journal",
                    self.env._(
                        "%(company)s has no write-off journal. An administrator sets it in "
                        "Invoicing › Configuration › Settings › Write-Offs.",
                        company=company.name,
                    ),
                    company_lines.item_id,
                )

    def _check_lock_dates(self, lines, date, entry=None):
        for company, company_lines in lines.grouped("company_id").items():
            if entry:
                has_tax, journal = entry._affect_tax_report(), entry.journal_id
            else:
                has_tax = bool(company_lines._get_separated_documents())
                journal = self.env["ar.writeoff.entry"]._get_journal(company)
            items = company_lines.item_id
            yield from self._check_lock_dates_of(company, date, journal, has_tax, items)

    def _check_lock_dates_of(self, company, date, journal, has_tax=False, items=()):
        """Refuse a date inside a lock: core would move it to another period without a word.

        :param company: ``res.company``, whose parents' locks count as well
        :param date date: accounting date of the entry
        :param journal: ``account.journal`` of the entry: sales journals have a lock of their own
        :param bool has_tax: whether the entry carries tax, which has a lock of its own
        :param items: ``account.move.line`` records the entry closes
        """
        locks = company._get_violated_lock_dates(date, has_tax, journal)
        if locks:
            yield self._blocker(
                "lock_date",
                self.env._(
                    "%(date)s lies in a closed period of %(company)s: %(locks)s. The first open "
                    "date is %(open_date)s.",
                    date=format_date(self.env, date),
                    company=company.name,
                    locks=company._format_lock_dates(locks),
                    open_date=format_date(
                        self.env, company._get_first_open_date(date, journal, has_tax)
                    ),
                ),
                items,
            )

    def _check_lines(self, lines):
        for item, item_lines in lines.grouped("item_id").items():
            if item and len(item_lines) > 1:
                message = self.env._("%s is listed twice.", item_lines[0].item_name)
                yield self._blocker("twice", message, item)
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
                checks = [self._blocker(*blockers[line.item_id], line.item_id)]
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
        return self._blocker("over_credited", message, line.item_id)

    def _check_analytic(self, lines):
        """A shared reason may name analytic accounts of another company."""
        groups = lines.grouped(lambda line: (line.reason_id, line.company_id))
        for (reason, company), group in groups.items():
            if strange := reason._get_strange_analytic_accounts(company):
                yield self._blocker(
                    "analytic",
                    self.env._(
                        "The reason “%(reason)s” distributes to %(accounts)s, which belongs to "
                        "another company than %(company)s. Choose another reason.",
                        reason=reason.name,
                        accounts=", ".join(strange.mapped("display_name")),
                        company=company.name,
                    ),
                    group.item_id,
                )

    def _check_warnings(self, lines):
        Eligibility = self.env["ar.writeoff.eligibility"]
        for code, message, items in Eligibility._get_warnings(lines.item_id):
            yield self._warning(code, message, items)

    def _check_deferred(self, lines, date):
        """Revenue that is not recognised yet is not lost yet: it is a debt to be released."""
        for name in self._get_deferral_fields():
            deferred = self.env["account.move.line"].search(
                [("move_id", "in", lines.move_id.ids), (name, ">", date)]
            )
            for document, items in deferred.grouped("move_id").items():
                yield self._warning(
                    "deferred",
                    self.env._(
                        "%(document)s: revenue is deferred until %(end)s, past the accounting "
                        "date. Recognise it or take it back first, or loss and revenue fall into "
                        "different periods.",
                        document=document.display_name,
                        end=format_date(self.env, max(items.mapped(name))),
                    ),
                    lines.filtered(lambda line, own=document: line.move_id == own).item_id,
                )

    def _get_deferral_fields(self):
        """Dates until which other apps defer the revenue of a line. Extension point.

        :return: list of names of fields on ``account.move.line`` that are there: of Enterprise's
            deferred revenues, of the OCA's cut-offs
        """
        fields_ = self.env["account.move.line"]._fields
        return [name for name in ("deferred_end_date", "end_date") if name in fields_]

    def _inform_nothing_to_separate(self, lines):
        """Where tax was to be separated and there is none: nobody should look for it."""
        separate = lines.filtered("separate_tax")
        documents = separate._get_separated_documents()
        documents |= self.env["ar.writeoff.image"]._get_on_payment_documents(separate.move_id)
        plain = separate.filtered(lambda line: line.move_id.id not in documents)
        if plain:
            yield self._info(
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
                yield self._info("credit_note", explanation, items)

    def _check_accounting_date(self, lines, date):
        later = lines.filtered(lambda line: line.item_date and line.item_date > date)
        if later:
            yield self._warning(
                "before_document",
                self.env._(
                    "The accounting date %(date)s is before the date of %(items)s: between the "
                    "two, the books show less than the customer owed.",
                    date=format_date(self.env, date),
                    items=self._get_short_list(later.mapped("item_name")),
                ),
                later.item_id,
            )
        if date > fields.Date.context_today(self):
            yield self._warning(
                "future",
                self.env._(
                    "The accounting date %(date)s is in the future.",
                    date=format_date(self.env, date),
                ),
            )
