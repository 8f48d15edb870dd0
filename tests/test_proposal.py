"""What a batch proposes, on paper: the figures, the spreadsheet, who reads it, and large ones."""

import base64
from io import BytesIO
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .batch_common import BatchCommon
from .tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestProposal(BatchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._user("auditor", "account.group_account_readonly")

    def _print(self, batch):
        """Press Proposal: the paper that was kept."""
        self.action = batch.action_print_proposal()
        return batch.proposal_ids[:1]

    def _sheets(self, proposal):
        """The spreadsheet as it is opened: name of a sheet → its rows."""
        book = load_workbook(BytesIO(base64.b64decode(proposal.xlsx)))
        return {sheet.title: [list(row) for row in sheet.values] for sheet in book}

    def _cells(self, proposal, sheet, *labels):
        """A table of the spreadsheet, some columns of it."""
        head, *rows = self._sheets(proposal)[sheet]
        return [tuple(row[head.index(label)] for label in labels) for row in rows]

    def _paper(self, proposal):
        """The paper as it is read: in tests, core renders no PDF but what it is made of."""
        return " ".join(base64.b64decode(proposal.pdf).decode().split())

    def test_ties_to_the_dialog(self):
        """Number, amount and code are those of the dialog; nothing is written off."""
        self._invoice(30.0)
        self._invoice(12.5, partner=self.other_customer)
        batch = self._select()
        proposal = self._print(batch)
        dialog = self._dialog(batch, batch.action_process())
        self.assertEqual(
            (proposal.item_count, proposal.amount, proposal.fingerprint, proposal.occasion),
            (dialog.item_count, dialog.amount, dialog.fingerprint, "look"),
        )
        self.assertEqual((proposal.item_count, proposal.amount), (2, 42.5))
        self.assertEqual(
            (batch.state, batch.name, self._states(batch)), ("draft", "/", ["planned", "planned"])
        )
        self.assertEqual((proposal.user_id, proposal.state), (self.clerk, "made"))
        self.assertIn("Simulation: nothing is written off by this paper.", self._paper(proposal))
        self.assertIn(proposal.code, self._paper(proposal))
        self.assertIn(self.clerk.name, self._paper(proposal))
        self.assertIn(f"/ar.writeoff.proposal/{proposal.id}/pdf/", self.action["url"])

    def test_sheets(self):
        """Customers, dates and amounts as text, dates and numbers; loss against receivables."""
        invoice = self._invoice(30.0, due="2024-02-15")
        left_out = self._invoice(2000.0, partner=self.other_customer)
        proposal = self._print(self._select())
        labels = ("Customer", "Document", "Due Date", "Open", "To Write Off", "Reason", "Account")
        [row] = self._cells(proposal, "Items", *labels)
        self.assertEqual(
            (row[:2], str(row[2].date()), row[3:]),
            (
                ("Birch", invoice.name),
                "2024-02-15",
                (30, 30, self.bad_debt.name, self.bad_debt_account.display_name),
            ),
        )
        self.assertEqual(
            self._cells(proposal, "Accounts", "Account", "Debit (USD)", "Credit (USD)"),
            [
                (f"{self.receivable.code} {self.receivable.name}", None, 30),
                ("690100 Bad Debt", 30, None),
                ("Total", 30, 30),
            ],
        )
        self.assertEqual(
            self._cells(proposal, "Left Out", "Document", "Open", "Left Out Because"),
            [(left_out.name, 2000, "Above the Limit per Document")],
        )
        summary = self._sheets(proposal)["Summary"]
        self.assertIn(["Total to Write Off", 30], [row[:2] for row in summary])
        self.assertIn(["Above the Limit per Document", None, 1, "USD", 2000], summary)
        self.assertIn(["Limit per Document", "$\xa01,000.00"], [row[:2] for row in summary])

    def test_both_sides_and_netting(self):
        """Balances and credits apart; what is only matched is given up by nobody."""
        self._invoice(100.0)
        self._payment(40.0)
        self._payment(7.0, partner=self.other_customer)
        batch = self._select(side="both")
        proposal = self._print(batch)
        summary = {row[0]: row[1] for row in self._sheets(proposal)["Summary"] if row[0]}
        self.assertEqual(
            {
                name: summary[name]
                for name in (
                    "Items",
                    "Journal Entries",
                    "Balances Given Up",
                    "Credits Given Up",
                    "Total to Write Off",
                    "Tax in It, Not Lost",
                    "Loss",
                    "Gain",
                )
            },
            {
                "Items": 3,
                "Journal Entries": 2,
                "Balances Given Up": 60,
                "Credits Given Up": 7,
                "Total to Write Off": 53,
                "Tax in It, Not Lost": 0,
                "Loss": 60,
                "Gain": 7,
            },
        )
        self.assertIn("Items: 1", summary["Only Matched"])
        self.assertEqual(
            self._cells(proposal, "Accounts", "Account", "Debit (USD)", "Credit (USD)"),
            [
                (f"{self.receivable.code} {self.receivable.name}", 7, 60),
                ("490100 Gain", None, 7),
                ("690100 Bad Debt", 60, None),
                ("Total", 67, 67),
            ],
        )
        self.assertEqual(self._residuals(batch.candidate_ids.move_id)[0], (100.0, 100.0))

    def test_no_formula(self):
        """A customer's name is text, whatever it begins with."""
        self.customer.name = '=HYPERLINK("http://example.com","x")'
        self._invoice(5.0)
        proposal = self._print(self._select())
        book = load_workbook(BytesIO(base64.b64decode(proposal.xlsx)))
        cell = book["Items"]["A2"]
        self.assertEqual((cell.data_type, cell.value), ("s", self.customer.name))

    def test_readers_language(self):
        """Whoever asks reads it in their language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.clerk.lang = "fr_FR"
        self.bad_debt.with_context(lang="fr_FR").name = "Créance douteuse"
        self._invoice(5.0)
        batch = self._select().with_context(lang="fr_FR")
        self.assertIn("Créance douteuse", self._paper(self._print(batch)))

    # --- kept with the batch ---

    def test_kept_at_the_start(self):
        """What was confirmed is kept unasked; its code is that of the look before."""
        self._invoice(30.0)
        batch = self._select()
        look = self._print(batch)
        self._process(batch)
        start = batch.proposal_ids - look
        self.assertEqual(
            (start.occasion, start.state, start.item_count, start.amount, start.code),
            ("start", "made", 1, 30.0, look.code),
        )
        self.assertIn(batch.name, self._paper(start))
        self.assertEqual(
            self._cells(start, "Accounts", "Account", "Debit (USD)", "Credit (USD)")[:2],
            [
                (
                    line.account_id.code + " " + line.account_id.name,
                    line.debit or None,
                    line.credit or None,
                )
                for line in batch.writeoff_ids.entry_ids.line_ids.sorted("debit")
            ],
        )

    def test_confirmed_warnings(self):
        """What somebody confirmed to start it stands on the paper."""
        self._discounted()
        batch = self._select()
        self._process(batch, include_all=True)
        self.assertIn("To confirm:", self._paper(batch.proposal_ids))

    def test_nobody_changes_it(self):
        """The auditor reads it with its files; nobody writes, replaces or deletes them."""
        self._invoice(30.0)
        batch = self._select()
        proposal = self._print(batch)
        self.assertTrue(proposal.with_user(self.auditor).xlsx)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", proposal._name), ("res_field", "in", ("pdf", "xlsx"))]
        )
        self.assertEqual(len(files), 2)
        for user in (self.clerk, self.auditor, self.biller, self.env.ref("base.user_admin")):
            user.company_ids |= self.company
            with self.assertRaises(AccessError), self.cr.savepoint():
                proposal.with_user(user).write({"xlsx": False})
            with self.assertRaises(AccessError), self.cr.savepoint():
                files.with_user(user).write({"raw": b"another"})
            with self.assertRaises(AccessError), self.cr.savepoint():
                files.with_user(user).unlink()
        with self.assertRaises(AccessError), self.cr.savepoint():
            proposal.with_user(self.biller).read(["amount"])
        with self.assertRaises(AccessError), self.cr.savepoint():
            batch.with_user(self.auditor).action_print_proposal()

    def test_goes_with_a_draft(self):
        """A batch that was never run takes its papers with it, and leaves no file behind."""
        self._invoice(30.0)
        batch = self._select()
        proposal = self._print(batch)
        files = [("res_model", "=", proposal._name), ("res_id", "=", proposal.id)]
        files += [("res_field", "!=", False)]
        self.assertEqual(self.env["ir.attachment"].search_count(files), 2)
        batch.unlink()
        self.assertFalse(proposal.exists())
        self.assertFalse(self.env["ir.attachment"].search_count(files))

    # --- refusals ---

    def test_nothing_to_propose(self):
        self._invoice(2000.0)
        batch = self._select()
        with self.assertRaisesRegex(UserError, "proposes nothing yet"), self.cr.savepoint():
            batch.action_print_proposal()
        self.assertFalse(batch.proposal_ids)

    def test_not_after_it_ran(self):
        self._invoice(30.0)
        batch = self._select()
        self._process(batch)
        with self.assertRaisesRegex(UserError, "no batch in draft"), self.cr.savepoint():
            batch.action_print_proposal()

    def test_a_paper_keeps_no_batch_from_running(self):
        """Whatever goes wrong with the paper is said on it; the batch runs."""
        self._invoice(30.0)
        batch = self._select()
        Sheet = self.env.registry["ar.writeoff.proposal.sheet"]
        with patch.object(Sheet, "_write", side_effect=ValueError("no room")):
            self._process(batch)
        self.assertEqual(batch.status, "posted")
        self.assertEqual(
            (batch.proposal_ids.state, batch.proposal_ids.note), ("failed", "ValueError: no room")
        )

    def test_without_the_program_for_pdf(self):
        """The spreadsheet is kept where the server cannot make the paper."""
        self._invoice(30.0)
        batch = self._select()
        Report = self.env.registry["ir.actions.report"]
        with patch.object(Report, "_render_qweb_pdf", side_effect=UserError("Not installed")):
            proposal = self._print(batch)
        self.assertEqual((proposal.state, proposal.note), ("made", "Not installed"))
        self.assertFalse(proposal.pdf)
        self.assertEqual(len(self._cells(proposal, "Items", "Customer")), 1)
        self.assertIn("/xlsx/", self.action["url"])

    # --- large ones ---

    def test_many_in_the_background(self):
        """Of more than a user waits for, the job makes it; what was decided is told by account."""
        for _number in range(3):
            self._invoice(10.0)
        batch = self._select()
        Run = self.env.registry["ar.writeoff.run"]
        with patch.object(Run, "_get_select_size", lambda run: 2), self._chunks_of(2):
            proposal = self._print(batch)
            self.assertEqual(proposal.state, "waiting")
            self._run_job()
        self.assertEqual((proposal.state, proposal.item_count), ("made", 3))
        self.assertEqual(batch.state, "draft")
        self.assertEqual(
            self._cells(proposal, "Accounts", "Account", "Debit (USD)", "Credit (USD)")[:3],
            [
                (f"{self.receivable.code} {self.receivable.name}", None, 30),
                ("690100 Bad Debt", 30, None),
                ("Total", 30, 30),
            ],
        )
        self.assertIn("tax is separated as they are posted", self._paper(proposal))

    def test_job_makes_it_before_the_first_chunk(self):
        """A large run is proposed whole, before any of it is written off."""
        for _number in range(3):
            self._invoice(10.0)
        batch = self._select()
        look = self._print(batch)
        with self._chunks_of(1):
            self._process(batch)
            start = batch.proposal_ids - look
            self.assertEqual((start.state, batch.state), ("waiting", "running"))
            self._run_job()
        self.assertEqual(batch.status, "posted")
        self.assertEqual(
            (start.state, start.item_count, start.amount, start.code), ("made", 3, 30.0, look.code)
        )
        self.assertEqual(len(self._cells(start, "Items", "Customer")), 3)

    def test_many_are_not_listed_on_paper(self):
        """The paper lists some hundred items, and says where the others are."""
        for _number in range(3):
            self._invoice(10.0)
        batch = self._select()
        path = "odoo.addons.ar_writeoff.models.batch.ar_writeoff_proposal_content.PAPER_ITEMS"
        with patch(path, 2):
            proposal = self._print(batch)
        text = self._paper(proposal)
        self.assertIn("the spreadsheet that is kept with this paper has them all", text)
        self.assertEqual(text.count("Birch"), 2)
        self.assertEqual(len(self._cells(proposal, "Items", "Customer")), 3)


@tagged("post_install", "-at_install")
class TestProposalTax(TaxCommon, BatchCommon):
    def test_tax(self):
        """120 with 20 % in it: 20 of tax go back, 100 are lost, as it is posted afterwards."""
        self.company.writeoff_separate_tax = "yes"
        self._invoice(100.0, taxes=self._tax("V", 20.0))
        batch = self._select()
        batch.action_print_proposal()
        proposal = batch.proposal_ids
        book = load_workbook(BytesIO(base64.b64decode(proposal.xlsx)))
        summary = {row[0]: row[1] for row in book["Summary"].values if row[0]}
        self.assertEqual(
            (summary["Balances Given Up"], summary["Tax in It, Not Lost"], summary["Loss"]),
            (120, 20, 100),
        )
        self._process(batch)
        posted = {
            f"{line.account_id.code} {line.account_id.name}": (
                line.debit or None,
                line.credit or None,
            )
            for line in batch.writeoff_ids.entry_ids.line_ids
        }
        shown = {row[1]: row[2:4] for row in list(book["Accounts"].values)[1:-1]}
        self.assertEqual(shown, posted)
        self.assertEqual(len(posted), 3)
