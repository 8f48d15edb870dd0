"""What becomes of a list: rules, limits, netting, the run, another list."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportBatch(ImportCommon):
    # --- the rules ---

    def test_rules_leave_out(self):
        """What could not be selected is not included from a list either, and says why."""
        blocked, reserved, mine = (self._invoice(10.0) for _number in range(3))
        blocked.payment_state = "blocked"
        refused = self._invoice(10.0, partner=self.other_customer)
        self.other_customer.sudo().writeoff_policy = "refused"
        discounted = self._discounted()
        self._process_reserved(reserved)
        self.settlement.allow_partial = False
        batch = self._import(
            (blocked.name,),
            (reserved.name,),
            (refused.name,),
            (discounted.name,),
            (mine.name, "5", "SETTLE"),
        )
        self.assertEqual(
            [row[-1] for row in self._rows(batch)],
            ["blocked", "reserved", "policy", "discount", "amount"],
        )
        self.assertIn(
            "allows no partial amounts", batch.candidate_ids.sorted("id")[-1].obstacle_message
        )

    def _process_reserved(self, invoice):
        """Let the entry of another write-off wait in draft."""
        batch = self._import((invoice.name,), leave_draft=True)
        self._process(batch)
        self.assertEqual(batch.status, "entries_draft")

    def test_policy_of_the_reason(self):
        self.small.min_days_overdue = 400
        invoice = self._invoice(10.0)
        batch = self._import((invoice.name, "", "SMALL"))
        self.assertEqual(self._rows(batch)[0][-1], "reason")

    def test_limits_of_the_batch(self):
        """Inclusive: 60 and 40 are 100; the run takes what is due first."""
        ash, beech = self.env["res.partner"].create([{"name": "Ash"}, {"name": "Beech"}])
        moves = [
            self._invoice(amount, partner=partner, due=due)
            for amount, partner, due in (
                (60.0, ash, "2024-03-01"),
                (40.0, ash, "2024-01-01"),
                (90.0, beech, "2024-02-01"),
            )
        ]
        rows = [(move.name,) for move in moves]
        for limits, expected in (
            ({}, ["planned", "planned", "planned"]),
            ({"limit_document": 60.0}, ["planned", "planned", "limit_document"]),
            ({"limit_customer": 99.0}, ["limit_customer", "limit_customer", "planned"]),
            ({"limit_customer": 100.0}, ["planned", "planned", "planned"]),
            ({"limit_run": 130.0}, ["limit_run", "planned", "planned"]),
        ):
            with self.subTest(limits):
                batch = self._import(*rows, **limits)
                self.assertEqual([row[-1] for row in self._rows(batch)], expected)

    def test_a_second_file_pushes_nothing_out(self):
        one, two = self._invoice(60.0), self._invoice(50.0)
        batch = self._import((one.name,), limit_customer=100.0)
        self._import((two.name,), batch=batch)
        self.assertEqual([row[-1] for row in self._rows(batch)], ["planned", "limit_customer"])

    def test_netting(self):
        """Where the batch nets, the customer's credit in the list goes first."""
        invoice = self._invoice(100.0)
        credit_note = self._invoice(30.0, move_type="out_refund")
        batch = self._import((invoice.name,), (credit_note.name,), side="both")
        self.assertEqual(
            [(row.netted_currency, row.amount_currency) for row in batch.candidate_ids],
            [(30.0, 70.0), (-30.0, 0.0)],
        )

    # --- until it is processed ---

    def test_process(self):
        """Posted and matched with the amounts of the list, one entry for the customer."""
        whole, part = self._invoice(100.0), self._in_parts((40.0, 0), (60.0, 30))
        credit_note = self._invoice(20.0, move_type="out_refund")
        batch = self._import(
            (whole.name, "", "SMALL", "Dented"), (part.name, "50.00"), (credit_note.name, "-5")
        )
        self._process(batch)
        self.assertEqual(batch.state, "done")
        self.assertEqual(
            self._residuals(whole | part | credit_note),
            [(0.0, 0.0), (0.0, 0.0), (50.0, 50.0), (-15.0, -15.0)],
        )
        lines = batch.line_ids.sorted("id")
        self.assertEqual(
            [(line.move_id, line.amount, line.reason_id.code, line.comment) for line in lines],
            [
                (whole, 100.0, "SMALL", "Dented"),
                (part, 40.0, "BAD", False),
                (part, 10.0, "BAD", False),
                (credit_note, -5.0, "UNCL", False),
            ],
        )
        self.assertEqual(set(lines.mapped("state")), {"done"})
        entries = batch.writeoff_ids.entry_ids
        self.assertEqual(set(entries.mapped("state")), {"posted"})
        self.assertEqual(self._balance(self.bad_debt_account), 150.0)
        self.assertEqual(self._balance(self.gain_account), -5.0)

    def test_paid_between_import_and_run(self):
        """What is open by then is the most; the amount of the list stays while it can."""
        one, two = self._invoice(100.0), self._invoice(100.0)
        batch = self._import((one.name, "80"), (two.name, "80"))
        self._pay(one, 30.0)
        self._pay(two, 10.0)
        self.assertEqual(self._process(batch).item_count, 2)
        states = [(row.move_id, row.state) for row in batch.candidate_ids]
        self.assertEqual(states, [(one, "skipped"), (two, "skipped")])
        self._retry(batch)
        self.assertEqual(
            [(line.move_id, line.amount) for line in batch.line_ids.sorted("id")],
            [(one, 70.0), (two, 80.0)],
        )

    def test_process_all(self):
        """Includes what only wanted a second look, as everywhere."""
        discounted = self._discounted()
        batch = self._import((discounted.name, "4"))
        self.assertEqual(self._rows(batch)[0][-1], "discount")
        self._process(batch, include_all=True)
        self.assertEqual(batch.line_ids.amount, 4.0)
        self.assertEqual(discounted.amount_residual, 6.0)

    def test_select_does_not_lose_the_list(self):
        invoice = self._invoice(10.0)
        batch = self._import((invoice.name, "5"))
        with self.assertRaisesRegex(UserError, "come from a list, which would be lost"):
            batch.action_select()
        self.assertEqual(batch.candidate_ids.amount_currency, 5.0)
        batch.action_remove_list()
        self.assertFalse(batch.candidate_ids or batch.imported_on)
        batch.limit_document = 100.0
        batch.action_select()
        self.assertEqual(batch.candidate_ids.amount_currency, 10.0)
        self.assertFalse(batch.candidate_ids.imported_as)

    def test_no_list_beside_selected_items(self):
        invoice = self._invoice(10.0)
        batch = self._select()
        self.assertTrue(batch.candidate_ids)
        with self.assertRaisesRegex(UserError, "import the list into a new batch"):
            batch.action_import_list()
        with self.assertRaisesRegex(UserError, "import the list into a new batch"):
            self._load(batch, [invoice.name])

    def test_a_limit_is_needed_by_filters_alone(self):
        batch = self._import((self._invoice(10.0).name,))
        self._process(batch)
        self.assertEqual(batch.state, "done")
        other = self._list_batch()
        with self.assertRaisesRegex(UserError, "A batch needs a limit"):
            other.action_select()

    def test_check_again(self):
        """Reason and limits changed: what had a reason of its own keeps it."""
        one, two, three = (self._invoice(amount) for amount in (10.0, 20.0, 300.0))
        batch = self._import((one.name,), (two.name, "15", "SETTLE"), (three.name,))
        batch.candidate_ids.sorted("id")[1].is_included = False
        batch.write({"limit_document": 100.0, "reason_id": self.small.id})
        self.assertTrue(batch.is_outdated)
        with self.assertRaisesRegex(UserError, "Press Check Again"):
            self._process(batch)
        batch.action_check_again()
        self.assertFalse(batch.is_outdated)
        self.assertEqual(
            [row[2:4] + row[5:] for row in self._rows(batch)],
            [
                (10.0, "SMALL", "planned"),
                (15.0, "SETTLE", "user"),
                (300.0, "SMALL", "limit_document"),
            ],
        )
        self._process(batch)
        self.assertEqual(batch.line_ids.reason_id, self.small)

    def test_nothing_to_check_or_remove(self):
        batch = self._select()
        for action in ("action_check_again", "action_remove_list"):
            with self.subTest(action), self.assertRaisesRegex(UserError, "No list was imported"):
                getattr(batch, action)()

    def test_a_batch_that_ran_takes_no_list(self):
        batch = self._import((self._invoice(10.0).name,))
        self._process(batch)
        for act in (
            batch.action_import_list,
            batch.action_check_again,
            batch.action_remove_list,
            lambda: self._load(batch, [self._invoice(5.0).name]),
        ):
            with self.assertRaisesRegex(UserError, "is no batch in draft"):
                act()

    def test_a_list_is_not_thrown_away_overnight(self):
        """As what was never selected is: it has been worked on."""
        batch = self._import((self._invoice(10.0).name,))
        empty = self._list_batch()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE ar_writeoff_batch SET write_date = '2024-06-20' WHERE id = ANY(%s)",
            [(batch | empty).ids],
        )
        self.env.invalidate_all()
        self.env["ar.writeoff.batch"]._gc_drafts()
        self.assertEqual((batch | empty).exists(), batch)

    def test_the_screen_after_it(self):
        """All of the list, what is left out as well, and what the list calls it."""
        batch = self._import((self._invoice(10.0).name,))
        context = batch.action_open_candidates()["context"]
        self.assertTrue(context["is_list"])
        self.assertNotIn("search_default_included", context)
        selected = self._select().action_open_candidates()["context"]
        self.assertFalse(selected["is_list"])
        self.assertTrue(selected["search_default_included"])
