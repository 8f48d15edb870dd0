"""What must hold for any books and any sequence of write-offs, payments and undos.

Hypothesis builds the books; ``AR_WRITEOFF_EXAMPLES`` says how many (scripts/properties: 10,000).
"""

from collections import defaultdict
from dataclasses import dataclass

from hypothesis import given, note
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from .property_common import DATES, RandomBooks, documents, examples


@dataclass(frozen=True)
class Action:
    """Something done: ``which`` picks by position, ``share`` is in percent."""

    kind: str
    which: tuple
    share: int
    grouping: str
    draft: bool


actions = st.builds(
    Action,
    kind=st.sampled_from(("WO", "WO", "PAY", "UNDO", "WO", "POST")),
    which=st.one_of(st.just((True,) * 9), st.tuples(*[st.booleans()] * 9)),
    share=st.one_of(st.integers(10, 90), st.integers(1, 100), st.just(100)),
    grouping=st.sampled_from(("document", "partner", "one")),
    draft=st.sampled_from((False, False, True)),
)

ALL = (True,) * 9
POST = Action("POST", ALL, 100, "partner", False)
CLOSE = Action("WO", ALL, 100, "partner", False)


@tagged("post_install", "-at_install")
class TestProperties(RandomBooks):
    def test_any_books(self):
        @examples(200)
        @given(
            st.lists(documents, min_size=1, max_size=4),
            st.lists(actions, min_size=3, max_size=8),
        )
        def run(books, steps):
            savepoint = self.cr.savepoint()
            try:
                self._play(books, steps)
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

        run()

    # --- playing ---

    def _play(self, books, steps):
        self.items = self.env["account.move.line"].union(*(self._book(book) for book in books))
        self.writeoffs = self.env["ar.writeoff"]
        for step in steps:
            note(f"{step} with {self._residual_by_item()}")
            getattr(self, f"_step_{step.kind.lower()}")(step)
            self._check_nothing_orphaned()
        for step in (POST, CLOSE):  # in the end, what is left of everything
            getattr(self, f"_step_{step.kind.lower()}")(step)
            self._check_nothing_orphaned()
        self.assertFalse(self._open_items(), "all of it can be given up")

    def _pick(self, records, which):
        return records.browse(r.id for r, picked in zip(records, which, strict=False) if picked)

    def _open_items(self):
        reserved = self.writeoffs.line_ids.filtered(lambda line: line.state == "entry_draft")
        return (self.items - reserved.item_id).filtered(
            lambda item: (
                not item.reconciled and (item.amount_residual or item.amount_residual_currency)
            )
        )

    def _step_pay(self, step):
        """A payment of a share of one open invoice, reserved by a draft or not."""
        for item in self._pick(self.items.filtered(lambda i: not i.reconciled), step.which)[:1]:
            amount = item.currency_id.round(item.amount_residual_currency * step.share / 100)
            if amount <= 0:
                return
            date = DATES[step.share % 3]
            partner = item.partner_id
            payment = self._payment(amount, partner, item.currency_id, date)
            (self._items(payment.move_id) | item).reconcile()

    def _step_wo(self, step):
        items = self._pick(self._open_items(), step.which)
        if not items:
            return
        action = items.with_user(self.clerk).action_write_off()
        self.env.flush_all()
        wizard = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        wizard.write({"grouping": step.grouping, "leave_draft": step.draft})
        for line in wizard.line_ids:
            line.amount_currency = line.currency_id.round(line.residual_currency * step.share / 100)
        planned = {line.item_id: (line.amount, line.amount_currency) for line in wizard.line_ids}
        before, exchange = self._residual_by_item(), self._exchange_entries()
        balances = self._balances()
        wizard.action_preview()
        wizard.warnings_confirmed = True
        if wizard.has_blockers:
            with self.assertRaises(UserError), self.cr.savepoint():
                wizard.action_confirm()
            self.assertEqual(self._residual_by_item(), before)
            return
        wizard.action_confirm()
        writeoff = self.env["ar.writeoff"].search([], order="id desc", limit=1)
        self.writeoffs |= writeoff
        self._check_entries(writeoff)
        if step.draft:
            self.assertEqual(self._residual_by_item(), before)
            self.assertEqual(self._balances(), balances)
        else:
            self._check_residuals(before, planned, -1)
        self.assertEqual(self._exchange_entries(), exchange)

    def _step_post(self, step):
        """Somebody posts what waits in draft; payments meanwhile may have made it impossible."""
        for entry in self.writeoffs.entry_ids.filtered(lambda move: move.state == "draft"):
            lines = entry.line_ids.writeoff_line_id
            planned = {line.item_id: (line.amount, line.amount_currency) for line in lines}
            before, exchange = self._residual_by_item(), self._exchange_entries()
            try:
                with self.cr.savepoint():
                    entry.action_post()
            except UserError:
                self.assertEqual(self._residual_by_item(), before)
                entry.unlink()
                self.assertEqual(set(lines.mapped("state")), {"cancelled"})
                continue
            self._check_residuals(before, planned, -1)
            self.assertEqual(self._exchange_entries(), exchange)

    def _step_undo(self, step):
        """Any subset of what is written off, in whatever entries it stands."""
        for writeoff in self.writeoffs:
            live = writeoff.line_ids.filtered(lambda line: line.state == "done")
            lines = self._pick(live, step.which)
            if not lines:
                continue
            given_back = {line.item_id: (line.amount, line.amount_currency) for line in lines}
            before, exchange = self._residual_by_item(), self._exchange_entries()
            balances = self._balances()
            losses = defaultdict(float)
            for line in lines:
                losses[line.writeoff_account_id.code] -= line.amount
                losses[self.receivable.code] += line.amount
            self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date, lines=lines)
            self._check_residuals(before, given_back, 1)
            expected = {
                code: self.company.currency_id.round(balance + losses[code])
                for code, balance in balances.items()
            }
            self.assertEqual(self._balances(), expected)
            self.assertEqual(self._exchange_entries(), exchange)
            self._check_entries(writeoff)

    # --- what must hold ---

    def _residual_by_item(self):
        return {
            item: (
                item.company_currency_id.round(item.amount_residual),
                item.currency_id.round(item.amount_residual_currency),
            )
            for item in self.items
        }

    def _balances(self):
        return {account.code: self._balance(account) for account in self.watched}

    def _exchange_entries(self):
        return self.env["account.move"].search_count(
            [("journal_id", "=", self.company.currency_exchange_journal_id.id)]
        )

    def _check_residuals(self, before, amounts, sign):
        """Residual before, less what is given up, is the residual after: in both currencies."""
        for item, (residual, residual_currency) in self._residual_by_item().items():
            amount, amount_currency = amounts.get(item, (0.0, 0.0))
            company_currency, currency = item.company_currency_id, item.currency_id
            self.assertEqual(residual, company_currency.round(before[item][0] + sign * amount))
            self.assertEqual(
                residual_currency, currency.round(before[item][1] + sign * amount_currency)
            )
            if currency.is_zero(residual_currency) and item in amounts:
                self.assertEqual(residual, 0.0, "closed in its own currency, closed in ours")

    def _check_entries(self, writeoff):
        """Entries balance in each currency, and their parts add up to what was given up."""
        for entry in writeoff.entry_ids:
            for currency, lines in entry.line_ids.grouped("currency_id").items():
                self.assertTrue(currency.is_zero(sum(lines.mapped("amount_currency"))))
            self.assertTrue(
                entry.company_currency_id.is_zero(sum(entry.line_ids.mapped("balance")))
            )
        given_up = sum(
            -item.balance
            for item in self._items(writeoff.entry_ids)
            if item.move_id.writeoff_role == "entry"
        )
        planned = sum(writeoff.line_ids.mapped("amount"))
        self.assertTrue(self.company.currency_id.is_zero(given_up - planned))

    def _check_nothing_orphaned(self):
        """Every receivable line of a posted entry is linked and matched; documents follow."""
        for writeoff in self.writeoffs:
            for item in self._items(writeoff.entry_ids):
                line = item.writeoff_line_id
                self.assertEqual(line.writeoff_id, writeoff)
                if item.parent_state == "posted" and line.state in ("done", "reversed"):
                    self.assertTrue(item.reconciled, f"{item.name} of {writeoff.name} is open")
            states = set(writeoff.line_ids.mapped("state"))
            self.assertEqual(writeoff._get_derived_state(states), writeoff.state)
            done = sum(
                writeoff.line_ids.filtered(lambda line: line.state == "done").mapped("amount")
            )
            self.assertTrue(writeoff.currency_id.is_zero(writeoff.amount_net - done))
