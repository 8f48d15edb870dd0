"""Write-offs, credit notes, payments, reclassified items and undos of one document in any order.

A book-keeper of its own reads nothing but journal items and matches: it says how much of a
document is taken, by whom, and whether a credit note may still come.
"""

from collections import Counter
from dataclasses import dataclass

from hypothesis import Phase, given, note
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged

from odoo.addons.ar_writeoff.models.problems import get_problems

from .property_common import examples
from .tax_common import TaxCommon

TAXES = ("none", "15", "5", "0", "inc20")
TOTAL = "total"
# Units of a currency for one dollar when invoiced, and after the rate changed.
RATES = {"EUR": (0.8765432, 0.7654321), "JPY": (151.37, 149.83)}
INVOICED, LATER = "2024-01-15", "2024-03-15"


@dataclass(frozen=True)
class Line:
    cents: int
    tax: str


@dataclass(frozen=True)
class Document:
    currency: str
    lines: tuple


@dataclass(frozen=True)
class Step:
    """Something done to the document; ``which`` picks, ``share`` is in percent."""

    kind: str
    which: int
    share: int
    separate: bool
    later: bool


documents = st.builds(
    Document,
    currency=st.sampled_from(("USD", "USD", "EUR", "JPY")),
    lines=st.lists(
        st.builds(Line, cents=st.integers(1000, 300_000), tax=st.sampled_from(TAXES)),
        min_size=1,
        max_size=3,
    ).map(tuple),
)
steps = st.builds(
    Step,
    kind=st.sampled_from(
        ("WO", "WO", "DRAFT", "POST", "LINKED", "LINKED", "HAND", "PAY", "EDIT", "UNDO", "UNDO")
    ),
    which=st.integers(0, 5),
    share=st.one_of(st.just(100), st.integers(1, 99), st.just(50)),
    separate=st.sampled_from((True, True, False)),
    later=st.booleans(),
)
SETTLED = (UserError, RedirectWarning)


@tagged("post_install", "-at_install")
class TestCorrectionProperties(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.taxes = {
            "none": cls.env["account.tax"],
            "15": cls._tax("15", 15.0),
            "5": cls._tax("5", 5.0),
            "0": cls._tax("0", 0.0),
            "inc20": cls._tax("inc20", 20.0, price_include_override="tax_included"),
        }
        cls.currencies = {"USD": cls.company.currency_id}
        for name, (rate, later) in RATES.items():
            currency = cls._currency(name, rate)
            cls.env["res.currency.rate"].create(
                {
                    "currency_id": currency.id,
                    "company_id": cls.company.id,
                    "name": "2024-03-01",
                    "rate": later,
                }
            )
            cls.currencies[name] = currency
        cls.currencies["JPY"].rounding = 1.0
        cls.reason = cls.env.ref("ar_writeoff.reason_small_difference")

    def test_any_order(self):
        @examples(25, phases=(Phase.explicit, Phase.generate))
        @given(documents, st.lists(steps, min_size=2, max_size=7))
        def run(document, actions):
            savepoint = self.cr.savepoint()
            try:
                self._play(document, actions)
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

        run()

    # --- playing ---

    def _play(self, document, actions):
        self.currency = self.currencies[document.currency]
        unit = self.currency.rounding
        self.document = self._taxed_invoice(
            *((line.cents * unit, self.taxes[line.tax]) for line in document.lines),
            currency_id=self.currency.id,
            date=INVOICED,
        )
        self.item = self._items(self.document)
        self.writeoffs = self.env["ar.writeoff"]
        self.credit_notes = self.env["account.move"]
        self.is_pure = True  # neither paid, nor given up without its tax
        self.is_revalued = False  # by a credit note at another rate, after the last write-off
        for action in actions:
            note(f"{action} with {self._residuals(self.document)}")
            getattr(self, f"_step_{action.kind.lower()}")(action)
            self._check_never_more_than_invoiced()
        self._post_drafts()
        self._write_off_share(100, separate=True)
        self._check_never_more_than_invoiced()
        self._check_closed()
        for writeoff in reversed(self.writeoffs):
            self._undo(writeoff)
        self.assertEqual(self._get_effect(), {}, "undone, they have left no trace")

    def _step_wo(self, action):
        self._write_off_share(action.share, action.separate)

    def _step_draft(self, action):
        self._write_off_share(action.share, action.separate, leave_draft=True)

    def _write_off_share(self, share, separate, leave_draft=False):
        """Give up a share of what is open, unless a draft already holds the item."""
        amount = self.currency.round(self.item.amount_residual_currency * share / 100)
        value = self.item._get_writeoff_amount(amount)
        if not amount or not self.company.currency_id.round(value) or self._drafts():
            return
        try:
            with self.cr.savepoint():
                writeoff = self._give_up(amount, separate, leave_draft)
        except UserError as error:
            # Cents that rounding left of a tax of which credit notes took too much by themselves.
            codes = {problem["code"] for problem in get_problems(error)}
            self.assertEqual((codes, self._is_over_credited()), ({"over_credited"}, True), error)
            writeoff = self._give_up(amount, False, leave_draft)
        self.writeoffs |= writeoff
        self.is_pure = self.is_pure and separate
        self.is_revalued = False

    def _give_up(self, amount, separate, leave_draft):
        vals = self.item._prepare_writeoff_line_vals(amount, self.reason, separate_tax=separate)
        return (
            self.env["ar.writeoff.posting"]
            .with_user(self.clerk)
            ._write_off(
                {
                    "company_id": self.company.id,
                    "reason_id": self.reason.id,
                    "accounting_date": "2024-06-30",
                    "leave_draft": leave_draft,
                    "line_ids": [Command.create(vals)],
                }
            )
        )

    def _drafts(self):
        return self.writeoffs.entry_ids.filtered(lambda entry: entry.state == "draft")

    def _step_post(self, action):
        self._post_drafts()

    def _post_drafts(self):
        """What waits is posted, or thrown away where a payment or credit note came before."""
        drafts = self._drafts()
        if not drafts:
            return
        try:
            with self.cr.savepoint():
                drafts.action_post()
        except SETTLED:
            drafts.unlink()

    def _step_linked(self, action):
        """Core's own credit note for a share of one line or of all of them."""
        credit_note = self.document._reverse_moves([self._credit_dates(action)])
        lines = credit_note.invoice_line_ids
        if action.which < len(lines):
            (lines - lines[action.which]).unlink()
        credit_note.invoice_line_ids.quantity = action.share / 100
        self._issue(credit_note, self._post_move)

    def _step_hand(self, action):
        """A credit note without a link, applied to the document as far as that is open."""
        credit_note = self.document.copy({"move_type": "out_refund", **self._credit_dates(action)})
        lines = credit_note.invoice_line_ids
        if action.which < len(lines):
            (lines - lines[action.which]).unlink()
        credit_note.invoice_line_ids.quantity = action.share / 100
        if credit_note.amount_total > self.item.amount_residual_currency:
            credit_note.unlink()  # its excess would be a payment
        elif not self.currency.is_zero(credit_note.amount_total):
            credit_note.action_post()  # never refused
            self._issue(credit_note, self._match)

    def _credit_dates(self, action):
        date = LATER if action.later else INVOICED
        return {"invoice_date": date, "date": date, "invoice_date_due": date}

    def _post_move(self, credit_note):
        credit_note.action_post()

    def _match(self, credit_note):
        (self._items(credit_note) | self.item).reconcile()

    def _issue(self, credit_note, act):
        """It goes through if nothing is given back twice, and changes nothing if it would be."""
        if self.currency.is_zero(credit_note.amount_total):
            credit_note.unlink()
            return
        fits = not self._get_excess(credit_note)
        before = self._residuals(self.document)
        try:
            with self.cr.savepoint():
                act(credit_note)
        except SETTLED as error:
            self.assertFalse(fits, f"refused without need: {error}")
            self.assertEqual(self._residuals(self.document), before)
            if credit_note.state == "posted":
                credit_note.button_draft()
            credit_note.unlink()  # in draft each write-off would warn of it
            return
        self.assertTrue(fits, f"gives back too much: {self._get_excess(credit_note)}")
        self.credit_notes |= credit_note
        if credit_note.date != self.document.date:
            self.is_revalued = self.currency != self.company.currency_id

    def _step_pay(self, action):
        amount = self.currency.round(self.item.amount_residual_currency * action.share / 100)
        if amount > 0:
            payment = self._payment(amount, currency=self.currency, date=INVOICED)
            (self._items(payment.move_id) | self.item).reconcile()
            self.is_pure = False

    def _step_edit(self, action):
        """An accountant reclassifies what stands booked, in core's list of journal items."""
        live = self.writeoffs.filtered(lambda writeoff: writeoff.state == "posted")
        lines = live.entry_ids.line_ids.filtered(
            lambda line: line.account_id == self.bad_debt_account and not line.reconciled
        )
        if lines and not action.which % 2:
            lines[action.which % len(lines)].account_id = self.other_account

    def _step_undo(self, action):
        done = self.writeoffs.filtered(lambda writeoff: writeoff.state == "posted")
        if done:
            self._undo(done[action.which % len(done)])

    def _undo(self, writeoff):
        if writeoff.state == "posted":
            self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date)

    # --- the book-keeper ---

    def _get_taken(self, moves):
        """What moves book: total and each box.

        :return: Counter key → amount in document currency; of an invoice positive
        """
        taken = Counter()
        for line in moves.line_ids:
            for tag in line.tax_tag_ids:
                taken[tag.name] -= line.amount_currency
            if line.account_id == self.receivable:
                taken[TOTAL] += line.amount_currency
        return taken

    def _get_live_entries(self):
        return self.writeoffs.entry_ids.filtered(lambda entry: entry.state in ("draft", "posted"))

    def _get_excess(self, more=()):
        """Keys of which more is taken than was invoiced, once this credit note counts too.

        Without a write-off core's books are core's affair.
        """
        invoiced = self._get_taken(self.document)
        written = self._get_taken(self._get_live_entries())
        corrections = self.credit_notes.union(more) if more else self.credit_notes
        credited = self._get_taken(corrections)
        excess = {}
        if self.currency.is_zero(written[TOTAL]):
            return excess
        for key, amount in invoiced.items():
            # Not in company currency, where what is credited later has another value. Of what no
            # write-off gave back, credit notes took too much by themselves.
            left = self.currency.round(amount + written[key] + credited[key])
            if left < 0.0 and not self.currency.is_zero(written[key]):
                excess[key] = (amount, written[key], credited[key])
        return excess

    def _get_effect(self):
        """What write-offs and their reversals did: (account, box) → balance."""
        effect = Counter()
        for line in self._get_live_entries().line_ids:
            effect[line.account_id.code, ""] += line.balance
            for tag in line.tax_tag_ids:
                effect["", tag.name] += line.balance
        round_ = self.company.currency_id.round
        return {key: round_(amount) for key, amount in effect.items() if round_(amount)}

    # --- what must hold ---

    def _check_never_more_than_invoiced(self):
        self.assertEqual(self._get_excess(), {})

    def _check_closed(self):
        """All given up, paid or credited: what was declared has gone back, if that is all."""
        if self.item.amount_residual_currency:
            return  # worth nothing in company currency
        self.assertEqual(self.item.amount_residual, 0.0)
        if self.is_revalued or not self.is_pure or self._is_over_credited():
            return
        if self.writeoffs:
            self.assertEqual(self._report(), {})

    def _is_over_credited(self):
        """Whether credit notes alone took more of something than was invoiced: the excess counts
        as payment of the rest, whose tax then stays.
        """
        credited = self._get_sold(self.credit_notes)
        return any(
            self.currency.round(amount + credited[taxes]) < 0.0
            for taxes, amount in self._get_sold(self.document).items()
        )

    def _get_sold(self, moves):
        """What moves book by taxes, those of none included.

        :return: Counter ``account.tax`` → amount in document currency; of an invoice positive
        """
        sold = Counter()
        for line in moves.invoice_line_ids:
            sold[line.tax_ids] -= line.amount_currency
        return sold
