"""Set-based posting: the same books as in Odoo's way, and what goes Odoo's way."""

from collections import Counter
from unittest.mock import patch

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.orm.model_classes import add_to_registry
from odoo.tests import Form, tagged

from .batch_common import BatchCommon
from .bulk_common import BulkCommon


class BulkBooks(BulkCommon, BatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.writeoff_bulk = "yes"
        cls.gate = cls.env["ar.writeoff.bulk.gate"]

    def _run(self, **values):
        """A batch over all that is open, from its form to the end of the job."""
        batch = self._select(**values)
        self._process(batch, include_all=True)
        self._run_job()
        self.assertFalse(batch.candidate_ids.mapped("obstacle_message"))
        return sorted(batch.line_ids.mapped("state"))

    def _check_goes(self, done, bulk, **values):
        """So many items are written off in a batch, so many of them set-based.

        The books are those of Odoo's way, whichever way it went.
        """
        seen = Counter()
        with self._counted(seen):
            odoo, other = self._both_ways(lambda: self._run(**values))
        self.assertEqual(odoo, ["done"] * done)
        self.assertEqual(other, ["done"] * done)
        self.assertEqual(seen["set-based"], bulk)


@tagged("post_install", "-at_install")
class TestBulk(BulkBooks):
    def test_batch_of_invoices(self):
        """Four invoices of two customers, one partly paid, one in euros, one in two instalments."""
        euro = self._currency("EUR", 0.5)
        self._invoice(100.0)
        self._pay(self._invoice(80.0), 30.0)
        self._invoice(60.0, currency_id=euro.id)
        term = self._instalments((40.0, 0), (60.0, 30))
        self._invoice(50.0, partner=self.other_customer, invoice_payment_term_id=term.id)
        for grouping in ("partner", "one", "document"):
            with self.subTest(grouping=grouping):
                self._check_goes(5, 5, grouping=grouping)

    def test_the_entry(self):
        """Birch owes 100.00 and 50.00: one entry, a counterpart for each, the loss in one line."""
        hundred, fifty = self._invoice(100.0), self._invoice(50.0)
        batch = self._select()
        self._process(batch)
        self._run_job()
        self.assertEqual(
            sorted(self._ledger(batch.line_ids.entry_id)),
            [
                (self.receivable.code, "Birch", 0.0, 50.0),
                (self.receivable.code, "Birch", 0.0, 100.0),
                ("690100", "Birch", 150.0, 0.0),
            ],
        )
        for invoice, amount in ((hundred, 100.0), (fifty, 50.0)):
            item = self._items(invoice)
            match = item.matched_credit_ids
            self.assertEqual(match.amount, amount)
            self.assertEqual(match.credit_move_id.writeoff_target_id, item)
            self.assertEqual(item.full_reconcile_id.partial_reconcile_ids, match)
            self.assertEqual(invoice.status_in_payment, "written_off")
            self.assertRecordValues(
                invoice, [{"payment_state": "paid", "amount_residual": 0.0, "state": "posted"}]
            )

    def test_credits(self):
        """A credit note nobody claims: the counterpart is a debit."""
        self._invoice(70.0, move_type="out_refund")
        self._check_goes(1, 1, side="credit")

    def test_undo(self):
        """What was written set-based is undone as anything else."""
        invoice = self._invoice(100.0)
        batch = self._select()
        self._process(batch)
        self._run_job()
        self._undo_batch(batch.with_user(self.clerk), "2024-06-30")
        self._run_job()
        self.assertEqual(batch.line_ids.state, "reversed")
        self.assertEqual(invoice.amount_residual, 100.0)
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_wizard(self):
        """Not of batches alone: a plan of many items goes the same way."""
        invoices = self._invoice(100.0) | self._invoice(50.0, partner=self.other_customer)
        seen = Counter()
        with self._counted(seen):
            self._both_ways(lambda: self._write_off(invoices).state)
        self.assertEqual(seen["set-based"], 2)

    def test_others_hear_of_it(self):
        """Apps are told once a chunk which invoices are closed; as paid, if the reason settles."""
        settled, given_up = self._invoice(100.0), self._invoice(50.0)
        told = []
        Move = self.env.registry["account.move"]
        with patch.object(Move, "_invoice_paid_hook", lambda moves: told.append(moves)):
            self._write_off(settled, reason_id=self.settlement)
            self._write_off(given_up)
        self.assertEqual([moves.ids for moves in told if moves], [settled.ids])

    def test_entry_that_is_not_posted(self):
        """An addon keeps entries back: nothing is matched with a draft, and nothing half done."""
        invoice = self._invoice(100.0)
        Move = self.env.registry["account.move"]
        post = Move._post

        def keep_back(moves, soft=True):
            return post(moves.filtered(lambda move: not move.writeoff_role), soft)

        with (
            patch.object(Move, "_post", keep_back),
            self.assertRaisesRegex(UserError, "Set-Based Posting"),
            self.cr.savepoint(),
        ):
            self._write_off(invoice)
        self.assertEqual(invoice.amount_residual, 100.0)
        self.assertFalse(self.env["ar.writeoff"].search([("line_ids.move_id", "=", invoice.id)]))


@tagged("post_install", "-at_install")
class TestBulkPairs(BulkBooks):
    """Pairs of which something else would follow go Odoo's way, in the same entry as others."""

    def test_not_asked_for(self):
        self._invoice(100.0)
        seen = Counter()
        self.company.writeoff_bulk = False
        with self._counted(seen):
            self.assertEqual(self._run(), ["done"])
        self.assertEqual(seen["set-based"], 0)

    def test_payment_for_two(self):
        """A payment of two invoices that are open yet: they close together, or not at all."""
        self._invoice(10.0)
        both = self._invoice(100.0) | self._invoice(80.0)
        payment = self._payment(50.0)
        (self._items(payment.move_id) | self._items(both[0])).reconcile()
        payment = self._payment(100.0)
        (self._items(payment.move_id) | self._items(both)).reconcile()
        # 30.00 are left of one of them, nothing of the other: one item is open in the group.
        self._check_goes(2, 2)

    def test_two_open_in_a_group(self):
        """A payment of 60.00 that somebody applied to two invoices, 30.00 each."""
        self._invoice(10.0)
        first, second = self._items(self._invoice(100.0)), self._items(self._invoice(80.0))
        paid = self._items(self._payment(60.0).move_id)
        self.env["account.partial.reconcile"].create(
            [
                {
                    "debit_move_id": item.id,
                    "credit_move_id": paid.id,
                    "amount": 30.0,
                    "debit_amount_currency": 30.0,
                    "credit_amount_currency": 30.0,
                }
                for item in (first, second)
            ]
        )
        self._check_goes(3, 1)

    def test_part_paid_in_another_currency(self):
        """9 and 1 of 10 yen, at 150 for a dollar: 0.07 is left, in core's books in two matches."""
        yen = self._currency("JPY", 150.0)
        self._invoice(15.0)
        item = self._items(self._invoice(20.0, currency_id=yen.id))
        paid = self._payment(9.0, currency=yen)
        (self._items(paid.move_id) | item).reconcile()
        self._check_goes(2, 1)

    def test_credit_of_a_payment(self):
        """A payment nobody applied: it knows whether it is matched."""
        self._payment(40.0)
        self._invoice(15.0, partner=self.other_customer)
        self._check_goes(2, 1, side="both")

    def test_netting(self):
        """Birch's credit is matched with the invoice first, and the rest is given up."""
        self._invoice(100.0)
        self._invoice(30.0, move_type="out_refund")
        self._invoice(15.0, partner=self.other_customer)
        seen = Counter()
        with self._counted(seen):
            self._both_ways(lambda: self._run(side="both"))
        self.assertEqual(seen["set-based"], 1)

    def test_part(self):
        """40.00 of 100.00: the item stays open."""
        invoice = self._invoice(100.0)
        seen = Counter()
        with self._counted(seen):
            self._both_ways(lambda: self._write_off(invoice, [40.0]).state)
        self.assertEqual(seen["set-based"], 0)

    def test_left_in_draft(self):
        invoice = self._invoice(100.0)
        seen = Counter()
        self.company.writeoff_leave_draft = "yes"
        with self._counted(seen):
            self._both_ways(lambda: self._write_off(invoice).action_post_entries())
        self.assertEqual(seen["set-based"], 0)

    def test_analytic_accounts(self):
        """Of the reason: the loss of one invoice is distributed."""
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        project = self.env["account.analytic.account"].create(
            {"name": "Roof", "plan_id": plan.id, "company_id": self.company.id}
        )
        self.bad_debt.analytic_distribution = {str(project.id): 100.0}
        self._invoice(100.0)
        self._check_goes(1, 0)

    def test_on_payment_tax(self):
        """What was not collected is never due: the invoice's transition line is cleared."""
        transition = self._account("251900", "Transition", "liability_current")
        transition.reconcile = True
        self.company.tax_exigibility = True
        tax = self.env["account.tax"].create(
            {
                "name": "On payment",
                "amount": 10.0,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": transition.id,
            }
        )
        self._invoice(100.0, taxes=tax)
        self._invoice(15.0)
        self._check_goes(2, 1)


class ForeignPlan(models.Model):
    """An addon of somebody else that has a say in matching."""

    _module = None
    _inherit = "account.move.line"
    _name = "account.move.line"

    def _reconcile_plan(self, reconciliation_plan):
        return super()._reconcile_plan(reconciliation_plan)


class ForeignTotal(models.Model):
    """An addon of somebody else that adds up what customers were ever billed."""

    _module = "foreign_total"
    _inherit = "res.partner"
    _name = "res.partner"

    x_billed = fields.Float(compute="_compute_x_billed", store=True)
    line_ids = fields.One2many("account.move.line", "partner_id")

    @api.depends("line_ids.debit")
    def _compute_x_billed(self):
        for partner in self:
            partner.x_billed = sum(partner.line_ids.mapped("debit"))


class Automation(models.Model):
    """Odoo's automation rules, as far as they are looked at, where they are not installed."""

    _module = "base_automation"
    _name = "base.automation"
    _description = "Automation"
    _auto = False

    def search(self, domain, **_options):
        return self.new({"name": "Tell the boss"})

    name = fields.Char()


@tagged("post_install", "-at_install")
class TestBulkGate(BulkBooks):
    """Where something is there that the set-based way does not know, it is closed, and says so."""

    def _check_closed(self, *reasons):
        self.assertEqual(self.gate._get_reasons(self.company), list(reasons))
        self._invoice(100.0)
        seen = Counter()
        with self._counted(seen):
            self.assertEqual(self._run(), ["done"])
        self.assertEqual(seen["set-based"], 0)

    def _add(self, model, *more):
        names = [model._name, *more]
        self.addCleanup(self.registry._setup_models__, self.env.cr, names)
        if known := self.registry.models.get(model._name):
            self.addCleanup(setattr, known, "_base_classes__", known._base_classes__)
        else:
            self.addCleanup(self.registry.models.pop, model._name)
        add_to_registry(self.registry, model)
        self.registry._setup_models__(self.env.cr, names)
        self._forget()
        self.addCleanup(self._forget)

    def _forget(self):
        self.registry.clear_cache()

    def test_open(self):
        self.assertEqual(self.gate._get_reasons(self.company), [])
        self.assertTrue(self.gate._is_open(self.company))

    def test_method_of_an_addon(self):
        self._add(ForeignPlan)
        self._check_closed("The addon tests changes account.move.line._reconcile_plan.")

    def test_field_of_an_addon(self):
        self._add(ForeignTotal)
        self.assertEqual(
            self.gate._get_reasons(self.company),
            ["The addon foreign_total computes res.partner.x_billed from journal items."],
        )
        self.assertFalse(self.gate._is_open(self.company))

    def test_automation_rule(self):
        if "base.automation" in self.env:
            self.env["base.automation"].create(
                {
                    "name": "Tell the boss",
                    "model_id": self.env["ir.model"]._get_id("account.move.line"),
                    "trigger": "on_create_or_write",
                }
            )
        else:
            self._add(Automation)
        self._check_closed("An automation rule watches journal items: Tell the boss.")

    def test_trigger_of_the_database(self):
        self.cr.execute(
            """
            CREATE FUNCTION pg_temp.listen() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER listening BEFORE INSERT ON account_move_line
                FOR EACH ROW EXECUTE FUNCTION pg_temp.listen();
            """
        )
        self._check_closed("The database has a trigger on journal items: listening.")

    def test_hash(self):
        journal = self.company.writeoff_journal_id
        journal.restrict_mode_hash_table = True
        self._check_closed(f"Entries of the journal {journal.name} are secured with a hash.")

    def test_audit_trail(self):
        self.company.restrictive_audit_trail = True
        self._check_closed("The audit trail is restrictive.")

    def test_distribution_models(self):
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        project = self.env["account.analytic.account"].create({"name": "Roof", "plan_id": plan.id})
        self.env["account.analytic.distribution.model"].create(
            {"account_prefix": "9", "analytic_distribution": {str(project.id): 100.0}}
        )
        self._check_closed("There are analytic distribution models.")

    def test_settings_say_so(self):
        """The administrator reads whether it is on, and what stands in its way."""
        Settings = self.env["res.config.settings"]
        with Form(Settings) as form:
            self.assertEqual(form.writeoff_bulk, "yes")
            self.assertFalse(form.writeoff_bulk_reasons)
        self.company.restrictive_audit_trail = True
        with Form(Settings) as form:
            self.assertEqual(form.writeoff_bulk_reasons, "The audit trail is restrictive.")
            form.writeoff_bulk = "no"
            self.assertFalse(form.writeoff_bulk_reasons, "nobody asked for it")
