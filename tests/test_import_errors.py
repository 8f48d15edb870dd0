"""What is wrong with a list is told row by row, and nothing of it is imported."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportErrors(ImportCommon):
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

    # --- rights ---

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
