from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..problems import blocker, get_short_list, warning


class ArWriteoffEligibility(models.AbstractModel):
    """Whether items may be posted together: company, journal, dates, locks, analytic accounts.

    Of a batch that is about to start, the rows are its candidates: they know the same of their
    items as lines do.
    """

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.eligibility"  # pylint: disable=consider-merging-classes-inherited

    def _check_has_rows(self, plan):
        if not plan.rows and not plan.entry:
            yield blocker(
                "nothing", self.env._("Nothing is selected: tick at least one open item.")
            )

    def _check_one_company(self, plan):
        root = plan.writeoff.company_id.root_id
        roots = plan.rows.company_id.root_id
        if roots - root or len(roots) > 1:
            yield blocker(
                "companies",
                self.env._(
                    "One write-off belongs to one company and its branches, but these items belong "
                    "to %(companies)s. Write them off company by company.",
                    companies=", ".join((roots | root).mapped("name")),
                ),
                plan.rows.item_id,
            )

    def _check_twice(self, plan):
        for item, rows in plan.rows.grouped("item_id").items():
            if item and len(rows) > 1:
                message = self.env._("%s is listed twice.", rows[0].item_name)
                yield blocker("twice", message, item)

    def _check_date(self, plan):
        if not plan.date:
            yield blocker("date", self.env._("Enter the accounting date."))

    def _check_journal(self, plan):
        for company, rows in plan.rows.grouped("company_id").items():
            if not (plan.entry or self.env["ar.writeoff.entry"]._get_journal(company)):
                yield blocker(
                    "journal",
                    self.env._(
                        "%(company)s has no write-off journal. An administrator sets it in "
                        "Invoicing › Configuration › Settings › Write-Offs.",
                        company=company.name,
                    ),
                    rows.item_id,
                )

    def _check_left_in_draft(self, plan):
        """Nobody passes their colleagues by posting at once what is to be left in draft."""
        if plan.writeoff.leave_draft or plan.entry:
            return
        for company in plan.rows.company_id:
            is_enabled = company._is_writeoff_enabled
            if is_enabled("writeoff_leave_draft") and not is_enabled("writeoff_author_may_post"):
                yield blocker(
                    "leave_draft",
                    self.env._(
                        "In %s, entries of write-offs are left in draft for somebody else to post: "
                        "tick Leave Entries in Draft.",
                        company.name,
                    ),
                )

    def _check_lock_dates(self, plan):
        for company, rows in plan.rows.grouped("company_id").items() if plan.date else ():
            if plan.entry:
                has_tax, journal = plan.entry._affect_tax_report(), plan.entry.journal_id
            else:
                has_tax = bool(self.env["ar.writeoff.contra"]._get_separated_documents(rows))
                journal = self.env["ar.writeoff.entry"]._get_journal(company)
            yield from self._check_lock_dates_of(company, plan.date, journal, has_tax, rows.item_id)

    @api.model
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

    def _check_analytic(self, plan):
        """A shared reason may name analytic accounts of another company."""
        groups = plan.rows.grouped(lambda row: (row.reason_id, row.company_id))
        for (reason, company), rows in groups.items():
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
                    rows.item_id,
                )

    def _check_deferred(self, plan):
        """Revenue that is not recognised yet is not lost yet: it is a debt to be released."""
        for name in self._get_deferral_fields() if plan.date else ():
            deferred = self.env["account.move.line"].search(
                [("move_id", "in", plan.rows.move_id.ids), (name, ">", plan.date)]
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
                    plan.rows.filtered(lambda row, own=document: row.move_id == own).item_id,
                )

    def _get_deferral_fields(self):
        """Dates until which other apps defer the revenue of a line. Extension point.

        :return: list of names of fields on ``account.move.line`` that are there: of Enterprise's
            deferred revenues, of the OCA's cut-offs
        """
        fields_ = self.env["account.move.line"]._fields
        return [name for name in ("deferred_end_date", "end_date") if name in fields_]

    def _check_accounting_date(self, plan):
        date = plan.date
        if not date:
            return
        later = plan.rows.filtered(lambda row: row.item_date and row.item_date > date)
        if later:
            yield warning(
                "before_document",
                self.env._(
                    "The accounting date %(date)s is before the date of %(items)s: between the "
                    "two, the books show less than the customer owed.",
                    date=format_date(self.env, date),
                    items=get_short_list(self.env, later.mapped("item_name")),
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
