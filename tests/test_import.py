"""A list of write-offs imported into a batch, through core's own import screen."""

from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .import_common import FIELDS, ImportCommon


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    def setUp(self):
        super().setUp()
        self.small = self.env.ref("ar_writeoff.reason_small_difference")
        self.unclaimed = self.env.ref("ar_writeoff.reason_unclaimed")
        self.company.writeoff_reason_id = self.bad_debt
        self.company.writeoff_credit_reason_id = self.unclaimed

    def _in_parts(self, *parts, **values):
        term = self._instalments(*parts)
        return self._invoice(100.0, invoice_payment_term_id=term.id, **values)

    # --- what a list becomes ---

    def test_columns_are_recognised(self):
        """By the names in the template, in both formats."""
        rows = [["INV/1", "10.50", "BAD", "gone"]]
        for file in (self._csv(rows), self._xlsx(rows)):
            self.assertEqual(
                self._preview(file)["matches"],
                {0: ["name"], 1: ["amount_currency"], 2: ["reason"], 3: ["comment"]},
            )

    def test_document_amount_reason_comment(self):
        one, two, three = (self._invoice(amount) for amount in (100.0, 200.0, 300.0))
        batch = self._import(
            (one.name,),
            (two.name, "50.25", "SMALL", "Dented"),
            (three.name, "", self.settlement.name.lower(), "=1+1"),
        )
        self.assertEqual(
            self._rows(batch),
            [
                (one.name, one.name, 100.0, "BAD", "", "planned"),
                (two.name, two.name, 50.25, "SMALL", "Dented", "planned"),
                (three.name, three.name, 300.0, "SETTLE", "=1+1", "planned"),
            ],
        )
        self.assertEqual((batch.state, batch.included_count, batch.amount), ("draft", 3, 450.25))
        self.assertFalse(self.env["ar.writeoff"].search([("batch_id", "=", batch.id)]))
        self.assertEqual((one | two | three).mapped("amount_residual"), [100.0, 200.0, 300.0])
        self.assertIn("3 documents, 3 open items", batch.message_ids[0].body)

    def test_the_same_as_xlsx(self):
        """Numbers are numbers there; 7 is no 7.0, and a formula is what it was worth."""
        one, two = self._invoice(100.0), self._invoice(200.0, ref="4711")
        batch = self._list_batch()
        file = self._xlsx([[one.name, 7, "SMALL", None], [4711, 12.5, None, "Dented"]])
        self.assertEqual(self._run_import(batch, file)["messages"], [])
        self.assertEqual(
            self._rows(batch),
            [
                (one.name, one.name, 7.0, "SMALL", "", "planned"),
                ("4711", two.name, 12.5, "BAD", "Dented", "planned"),
            ],
        )

    def test_dates_in_a_spreadsheet(self):
        """A cell that became a date is no amount, and no document."""
        invoice, batch = self._invoice(10.0), self._list_batch()
        day = datetime(2024, 1, 5)
        file = self._xlsx([[invoice.name, day, None, None], [day, None, None, None]])
        messages = self._run_import(batch, file)["messages"]
        self.assertEqual(
            [(one["record"], one["message"]) for one in messages],
            [
                (2, f"{invoice.name}: “2024-01-05 00:00:00” is no amount."),
                (3, "2024-01-05 00:00:00 is the number of no document."),
            ],
        )

    def test_instalments_oldest_due_first(self):
        """Of 20 due in March, 30 in January and 50 in February, 60 are the 30 and 30 of the 50."""
        invoice = self._in_parts((20.0, 60), (30.0, 0), (50.0, 30))
        batch = self._import((invoice.name, "60"))
        self.assertEqual(
            self._rows(batch),
            [
                (invoice.name, f"{invoice.name} (1 of 3)", 30.0, "BAD", "", "planned"),
                (invoice.name, f"{invoice.name} (2 of 3)", 30.0, "BAD", "", "planned"),
            ],
        )
        whole = self._import((invoice.name,))
        self.assertEqual(whole.candidate_ids.mapped("amount_currency"), [30.0, 50.0, 20.0])

    def test_credit_notes(self):
        """Negative, with the reason of the batch for credits."""
        one = self._invoice(10.0, move_type="out_refund")
        two = self._invoice(20.0, move_type="out_refund")
        batch = self._import((one.name,), (two.name, "-5", "UNCL"))
        self.assertEqual(
            self._rows(batch),
            [
                (one.name, one.name, -10.0, "UNCL", "", "planned"),
                (two.name, two.name, -5.0, "UNCL", "", "planned"),
            ],
        )

    def test_document_currency(self):
        """400 forints are a dollar: 2,000 of 8,000 are 5 of 20 dollars."""
        huf = self._currency("HUF", 400.0)
        invoice = self._invoice(8000.0, currency_id=huf.id)
        batch = self._import((invoice.name, "2000"))
        row = batch.candidate_ids
        self.assertEqual((row.amount_currency, row.amount), (2000.0, 5.0))

    def test_number_formats(self):
        """As the import screen says; with the currency of the document beside it, or without."""
        for text, thousand, decimal, amount in (
            ("1234.5", ",", ".", 1234.5),
            ("1,234.50", ",", ".", 1234.5),
            ("1.234,50", ".", ",", 1234.5),
            ("1.234", ".", ",", 1234.0),
            ("1.234", ",", ".", 1.234),
            ("1234,5", ".", ",", 1234.5),
            ("$ 1,234.50", ",", ".", 1234.5),
            ("1,234.50 USD", ",", ".", 1234.5),
            ("1.2345E3", ",", ".", 1234.5),
        ):
            with self.subTest(f"{text} {thousand}{decimal}"):
                batch, invoice = self._list_batch(), self._invoice(2000.0)
                result = self._run_import(
                    batch,
                    self._csv([[invoice.name, text, "", ""]]),
                    float_thousand_separator=thousand,
                    float_decimal_separator=decimal,
                )
                if amount == 1.234:
                    [message] = result["messages"]
                    self.assertIn("1.234 has more decimals than USD", message["message"])
                else:
                    self.assertEqual(result["messages"], [])
                    self.assertEqual(batch.candidate_ids.amount_currency, amount)

    def test_reason_by_code_or_name(self):
        """Whatever the case; a code is one before a name is."""
        self.env["ar.writeoff.reason"].create({"name": "SMALL", "code": "TRAP"})
        for text in ("small", " SMALL ", self.small.name.upper()):
            with self.subTest(text):
                batch = self._import((self._invoice(10.0).name, "", text))
                self.assertEqual(batch.candidate_ids.reason_id, self.small)

    def test_semicolons_without_some_columns(self):
        invoice, batch = self._invoice(10.0), self._list_batch()
        file = self._csv([["x", invoice.name]], columns=["Note", "Document"], separator=";")
        result = self._run_import(
            batch, file, columns=["Note", "Document"], names=[False, "name"], separator=";"
        )
        self.assertEqual(result["messages"], [])
        self.assertEqual(batch.candidate_ids.move_id, invoice)

    def test_test_imports_nothing(self):
        invoice, batch = self._invoice(10.0), self._list_batch()
        result = self._run_import(batch, self._csv([[invoice.name, "", "", ""]]), dryrun=True)
        self.assertTrue(result["ids"])
        self.assertEqual((result["messages"], batch.candidate_count), ([], 0))
        self.assertFalse(batch.imported_on)

    # --- errors of rows ---

    def test_every_error_at_once(self):
        """Of each row, where it stands in the file; what is fine is not imported either."""
        fine, closed, twice = (self._invoice(10.0) for _number in range(3))
        self._pay(closed, 10.0)
        one, two = self._invoice(10.0, ref="PO 1"), self._invoice(20.0, ref="PO 1")
        self.assertEqual(
            self._errors(
                (fine.name,),
                ("INV/9",),
                (closed.name,),
                ("PO 1",),
                (twice.name, "1"),
                (one.name, "10.01"),
                (two.name, "ten", "WHY"),
                ("", "5"),
                (twice.name, "2"),
            ),
            [
                (3, "INV/9 is the number of no document."),
                (4, f"{closed.name} is closed: nothing is open on it."),
                (
                    5,
                    f"PO 1 means several documents: {one.name} (Birch), {two.name} (Birch). Use "
                    "the number of the one that is meant, or choose it in the list of open items.",
                ),
                (6, f"{twice.name} stands in row 10, too: leave one of them."),
                (
                    7,
                    f"{one.name}: only $\xa010.00 is still open, $\xa010.01 cannot be written off.",
                ),
                (8, f"{two.name}: “ten” is no amount."),
                (8, f"{two.name}: “WHY” is neither the code nor the name of a reason."),
                (9, "Row 9 has no document: enter its number."),
                (10, f"{twice.name} stands in row 6, too: leave one of them."),
            ],
        )

    def test_row_numbers(self):
        """As the spreadsheet counts, from wherever the import starts."""
        self.assertEqual(self._errors(("A",), ("B",), skip=1)[0][0], 3)
        batch = self._list_batch()
        result = self._run_import(
            batch, self._csv([["B"]], columns=["A"]), names=["name"], columns=[], has_headers=False
        )
        self.assertEqual([one["record"] for one in result["messages"]], [1, 2])

    def test_amounts(self):
        invoice, credit = self._invoice(10.0), self._invoice(10.0, move_type="out_refund")
        for name, amount, message in (
            (invoice.name, "0", "the amount is zero. Leave it empty to write off all"),
            (invoice.name, "-1", "has the wrong sign; $\xa010.00 is open."),
            (credit.name, "1", "$\xa01.00 has the wrong sign;"),
            (credit.name, "(10.01)", "is still open"),
            (invoice.name, "0.005", "0.005 has more decimals than USD."),
            (invoice.name, "1.2.3", "“1.2.3” is no amount."),
            (invoice.name, "1e400", "“1e400” is no amount."),
            (invoice.name, "nan", "“nan” is no amount."),
            (invoice.name, "1e14", "is no amount."),
            (invoice.name, "9" * 400, "is no amount."),
            (invoice.name, "=1+1", "“=1+1” is no amount."),
            (invoice.name, "@SUM(A1)", "is no amount."),
            (invoice.name, "5 EUR", "“5 EUR” is in another currency; USD is open."),
            (invoice.name, "€ 5", "is in another currency; USD is open."),
        ):
            with self.subTest(amount):
                [(number, found)] = self._errors((name, amount))
                self.assertEqual(number, 2)
                self.assertIn(message, found)

    def test_texts_no_database_can_hold(self):
        invoice = self._invoice(10.0)
        for row in (
            ("a\x00b",),
            (invoice.name, "5\x00"),
            (invoice.name, "", "BAD\x00"),
            (invoice.name, "", "", "x\x00"),
        ):
            with self.subTest(row):
                self.assertIn("cannot be used here", self._errors(row)[0][1])

    def test_reasons(self):
        Reason = self.env["ar.writeoff.reason"]
        Reason.create({"name": "Twin", "code": "T1"})
        Reason.create({"name": "twin", "code": "T2"})
        self.small.active = False
        name = self._invoice(10.0).name
        for reason, message in (
            ("Twin", f"{name}: several reasons are called “Twin”: [T1] Twin, [T2] twin. Use the"),
            ("SMALL", f"{name}: “SMALL” is neither the code nor the name of a reason."),
            ("%", f"{name}: “%” is neither the code nor the name of a reason."),
        ):
            with self.subTest(reason):
                [(_number, found)] = self._errors((name, "", reason))
                self.assertIn(message, found)

    def test_no_reason_at_all(self):
        batch = self._list_batch()
        batch.credit_reason_id = False
        name = self._invoice(10.0, move_type="out_refund").name
        self.assertEqual(
            self._errors((name,), batch=batch),
            [(2, f"{name}: choose a reason, here or on the batch for all.")],
        )

    def test_not_posted(self):
        invoice = self._invoice(10.0)
        invoice.button_draft()
        self.assertEqual(
            self._errors((invoice.name,)),
            [(2, f"{invoice.name} is not posted: post it first.")],
        )

    def test_repeated_by_another_name(self):
        invoice = self._invoice(10.0, ref="PO 1")
        self.assertEqual(
            self._errors((invoice.name,), ("PO 1",)),
            [
                (2, f"{invoice.name} stands in row 3, too: leave one of them."),
                (3, f"{invoice.name} stands in row 2, too: leave one of them."),
            ],
        )

    def test_repeated_in_the_batch(self):
        """Another file adds to the batch; what is in it already is not taken twice."""
        one, two = self._invoice(10.0), self._invoice(20.0)
        batch = self._import((one.name, "5"))
        self.assertEqual(
            self._errors((two.name,), (one.name, "5"), batch=batch),
            [(3, f"{one.name} is in this batch already.")],
        )
        self._import((two.name,), batch=batch)
        self.assertEqual(batch.candidate_ids.sorted("id").move_id, one | two)

    def test_all_or_nothing_beyond_the_batch_limit_of_the_screen(self):
        """Core takes so many rows at a time and commits them: an error in the last would come too
        late, and what is repeated would not be seen."""
        names = [self._invoice(10.0).name for _number in range(4)]
        found = self._errors(*((name,) for name in [*names, names[0]]), limit=2)
        self.assertEqual([number for number, _message in found], [2, 6])
        batch = self._list_batch()
        file = self._csv(self._fill(names))
        result = self._run_import(batch, file, limit=2)
        self.assertEqual((len(result["ids"]), result["nextrow"]), (4, 0))
        self.assertEqual(batch.candidate_count, 4)

    def test_very_many_errors(self):
        """Nobody reads them all; how many there are is said."""
        path = "odoo.addons.ar_writeoff.models.batch.ar_writeoff_batch_row.MAX_ERRORS"
        with patch(path, 2):
            found = self._errors(("A",), ("B",), ("C",))
        self.assertEqual([number for number, _message in found], [2, 3, None])
        self.assertEqual(found[-1][1], "3 errors. The first 2 of them:")

    def test_too_many_rows(self):
        path = "odoo.addons.ar_writeoff.models.batch.ar_writeoff_batch_row.MAX_ROWS"
        with patch(path, 2):
            found = self._errors(("A",), ("B",), ("C",))
        self.assertEqual(
            found,
            [
                (
                    None,
                    "The file has 3 rows, of which 2 can be imported at once. Split it: every part "
                    "adds to the batch.",
                )
            ],
        )

    def test_columns(self):
        batch = self._list_batch()
        file = self._csv([["x"]], columns=["A"])
        missing = "Choose the column that has the number of the document."
        for names, text in (
            (["comment"], missing),
            (["id"], f"A list to write off has no such column: id. {missing}"),
        ):
            with self.subTest(names):
                result = self._run_import(batch, file, columns=["A"], names=names)
                self.assertEqual([one["message"] for one in result["messages"]], [text])
                self.assertFalse(result["ids"])

    # --- companies ---

    def test_another_company(self):
        sister = self.setup_other_company(name="Sister")["company"]
        foreign = self._invoice_of(sister, 10.0)
        foreign.name = "SIS/1"
        self.assertEqual(self._errors(("SIS/1",)), [(2, "SIS/1 is the number of no document.")])
        self.clerk.company_ids |= sister
        self.assertEqual(
            self._errors(("SIS/1",)), [(2, "SIS/1 is a document of Sister: write it off there.")]
        )

    def test_branches(self):
        """Those that are active belong to the batch; a reason of one is not for the other."""
        branch, other = self._branch("Branch", "Other")
        invoice = self._invoice_of(branch, 10.0)
        self.env["ar.writeoff.reason"].create(
            {"name": "Theirs", "code": "THEIRS", "company_id": other.id}
        )
        batch = self._list_batch().with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(
            self._errors((invoice.name,), batch=batch),
            [(2, f"{invoice.name} is a document of Branch: write it off there.")],
        )
        companies = (self.company | branch | other).ids
        batch = batch.with_context(allowed_company_ids=companies)
        self.assertEqual(
            self._errors((invoice.name, "", "THEIRS"), batch=batch),
            [(2, f"{invoice.name}: the reason “[THEIRS] Theirs” is not one of Branch.")],
        )
        self._import((invoice.name,), batch=batch)
        self.assertEqual(batch.candidate_ids.company_id, branch)

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

    # --- rights ---

    def _load(self, batch, names, user=None):
        Row = self.env["ar.writeoff.batch.row"].with_user(user or self.clerk)
        return Row.with_context(default_batch_id=batch.id).load(["name"], [[n] for n in names])

    def test_who_may_not(self):
        invoice, batch = self._invoice(10.0), self._list_batch()
        auditor = self._user("auditor", "account.group_account_readonly")
        for user in (auditor, self.biller, self._user("employee")):
            with self.subTest(user.login):
                for act in (
                    lambda user=user: self._load(batch, [invoice.name], user),
                    batch.with_user(user).action_import_list,
                    batch.with_user(user).action_check_again,
                    batch.with_user(user).action_remove_list,
                ):
                    with self.assertRaises(AccessError):
                        act()
        self.assertFalse(batch.candidate_ids)

    def test_a_batch_of_another_company(self):
        sister = self.setup_other_company(name="Sister")["company"]
        batch = self.env["ar.writeoff.batch"].with_company(sister).create({"company_id": sister.id})
        with self.assertRaises(AccessError):
            self._load(batch, ["INV/1"])

    def test_no_batch(self):
        Row = self.env["ar.writeoff.batch.row"].with_user(self.clerk)
        for context in ({}, {"default_batch_id": 2**31}, {"default_batch_id": "x"}):
            with self.subTest(context), self.assertRaisesRegex(UserError, "no batch is chosen"):
                Row.with_context(**context).load(["name"], [["INV/1"]])

    def test_what_core_never_sends(self):
        batch = self._list_batch()
        Row = self.env["ar.writeoff.batch.row"].with_user(self.clerk)
        for options in (None, 7, [1], {"skip": "x"}, {"skip": -(2**40)}):
            context = {"default_batch_id": batch.id, "import_options": options}
            with self.subTest(options):
                self.assertFalse(Row.with_context(**context).load(["name"], [["A"]])["ids"])
        Row = Row.with_context(default_batch_id=batch.id)
        for names, data in (
            ("name", [["A"]]),
            ([["name"]], [["A"]]),
            (["name"], [["A", "B"]]),
            (["name"], ["A"]),
            (["name"], {"A": 1}),
            (None, None),
        ):
            with (
                self.subTest(f"{names} {data}"),
                self.assertRaisesRegex(ValidationError, "is a list of rows"),
            ):
                Row.load(names, data)
        for value in (None, False, True, 7, 1.5, [1], {"a": 1}, "a\x00"):
            with self.subTest(value):
                self.assertFalse(Row.load(["name"], [[value]])["ids"])

    def test_other_models_are_imported_as_before(self):
        """Core's own import refuses a whole file for an amount it cannot read."""
        screen = self.env["base_import.import"].create(
            {
                "res_model": "res.partner",
                "file": b"Name,Latitude\nA,x\n",
                "file_type": "text/csv",
            }
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True}
        result = screen.execute_import(["name", "partner_latitude"], ["name", "x"], options)
        self.assertIn("contains incorrect values", result["messages"][0]["message"])

    # --- many ---

    def test_no_query_for_each_row(self):
        """Thirty-six rows more do not take thirty queries more."""
        customers = self.env["res.partner"].create([{"name": str(n)} for n in range(44)])
        invoices = [self._invoice(10.0, partner=customer) for customer in customers]
        counts = []
        for some in (invoices[:4], invoices[4:]):
            batch = self._list_batch()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._load(batch, [invoice.name for invoice in some])
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 30)

    def test_fields_of_the_screen(self):
        """It offers these four, and nothing else that would be ignored."""
        screen = self._screen(self._list_batch(), self._csv([]))
        tree = screen.get_fields_tree("ar.writeoff.batch.row")
        self.assertEqual([one["name"] for one in tree], ["id", *FIELDS])

    def test_template(self):
        """It is there, and core reads it and matches all of its columns."""
        [template] = self.env["ar.writeoff.batch.row"].get_import_templates()
        preview = self._preview(self._file(template["template"]))
        self.assertEqual(sorted(preview["matches"]), [0, 1, 2, 3])
        self.assertEqual(preview["num_rows"], 4)
