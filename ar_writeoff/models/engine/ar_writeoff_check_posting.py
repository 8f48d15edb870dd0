from odoo import fields, models
from odoo.tools.misc import format_date

from ..problems import blocker, warning


class ArWriteoffCheckMixin(models.AbstractModel):
    """What speaks against posting lines together: journal, dates, locks, analytic accounts."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.check.mixin"  # pylint: disable=consider-merging-classes-inherited

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
            return [blocker("date", self.env._("Enter the accounting date."))]
        return [
            *self._check_journal(lines, entry),
            *(() if entry else self._check_left_in_draft(lines)),
            *self._check_lock_dates(lines, date, entry),
            *self._check_analytic(lines),
            *self._check_accounting_date(lines, date),
            *self._check_deferred(lines, date),
        ]

    def _check_journal(self, lines, entry=None):
        for company, company_lines in lines.grouped("company_id").items():
            if not (entry or self.env["ar.writeoff.entry"]._get_journal(company)):
                yield blocker(
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
            yield blocker(
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

    def _check_analytic(self, lines):
        """A shared reason may name analytic accounts of another company."""
        groups = lines.grouped(lambda line: (line.reason_id, line.company_id))
        for (reason, company), group in groups.items():
            if strange := reason._get_strange_analytic_accounts(company):
                yield blocker(
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

    def _check_deferred(self, lines, date):
        """Revenue that is not recognised yet is not lost yet: it is a debt to be released."""
        for name in self._get_deferral_fields():
            deferred = self.env["account.move.line"].search(
                [("move_id", "in", lines.move_id.ids), (name, ">", date)]
            )
            for document, items in deferred.grouped("move_id").items():
                yield warning(
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

    def _check_accounting_date(self, lines, date):
        later = lines.filtered(lambda line: line.item_date and line.item_date > date)
        if later:
            yield warning(
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
            yield warning(
                "future",
                self.env._(
                    "The accounting date %(date)s is in the future.",
                    date=format_date(self.env, date),
                ),
            )
