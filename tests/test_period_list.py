"""The list of write-offs of a period, on paper."""

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .analysis_common import AnalysisCommon

REPORT = "ar_writeoff.report_period_list_document"


@tagged("post_install", "-at_install")
class TestPeriodList(AnalysisCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._user("auditor", "account.group_account_readonly")
        cls.vat = cls._tax("15", 15.0)

    def _dialog(self, user=None, **values):
        Dialog = self.env["ar.writeoff.period.list"].with_user(user or self.clerk)
        Dialog = Dialog.with_context(allowed_company_ids=self.company.ids)
        with Form(Dialog) as form:
            for name, value in values.items():
                setattr(form, name, value)
        return form.record

    def _paper(self, dialog):
        """The rows of the paper, each as its texts."""
        self.env.flush_all()
        action = dialog.action_print()
        self.assertEqual(action["report_name"], REPORT)
        Report = dialog.env["ir.actions.report"]
        page, _kind = Report._render_qweb_html(REPORT, dialog.ids)
        rows = html.fromstring(page).xpath("//tr")
        return [
            [
                " ".join(cell.text_content().replace("\ufeff", "").split())
                for cell in row.xpath("./th|./td")
            ]
            for row in rows
        ]

    def _june(self, **values):
        return self._dialog(**{"date_from": "2024-06-01", "date_to": "2024-06-30", **values})

    def test_last_month_is_proposed(self):
        dialog = self._dialog()
        self.assertEqual((str(dialog.date_from), str(dialog.date_to)), ("2024-05-01", "2024-05-31"))
        self.assertEqual(dialog.company_id, self.company)

    def test_by_reason(self):
        """230 of tax separated, 70 of small differences, 50 of May undone in June."""
        may = self._write_off(self._invoice(50.0), accounting_date="2024-05-31")
        bad = self._invoice(100.0, partner=self.other_customer)
        taxed = self._taxed_invoice((200.0, self.vat))
        first = self._separate(taxed | bad)
        second = self._write_off(self._invoice(70.0), reason_id=self.settlement)
        self._undo_on(may, "2024-06-15")
        undone = may.line_ids.item_name
        self.assertEqual(
            self._paper(self._june()),
            [
                [
                    "Write-Off",
                    "Date",
                    "Customer",
                    "Document",
                    "Written Off",
                    "Tax",
                    "Net Loss",
                ],
                ["[BAD] Bad debt"],
                [f"{may.name} undone", "06/15/2024", "Birch", undone, "$ -50.00", "$ 0.00",
                 "$ -50.00"],
                [first.name, "06/30/2024", "Cave", bad.name, "$ 100.00", "$ 0.00", "$ 100.00"],
                [first.name, "06/30/2024", "Birch", taxed.name, "$ 230.00", "$ 30.00", "$ 200.00"],
                ["Total [BAD] Bad debt", "$ 280.00", "$ 30.00", "$ 250.00"],
                ["[SETTLE] Negotiated settlement"],
                [second.name, "06/30/2024", "Birch", second.line_ids.item_name, "$ 70.00",
                 "$ 0.00", "$ 70.00"],
                ["Total [SETTLE] Negotiated settlement", "$ 70.00", "$ 0.00", "$ 70.00"],
                ["Total (write-offs: 2)", "$ 350.00", "$ 30.00", "$ 320.00"],
                ["Of which undone", "$ -50.00", "$ 0.00", "$ -50.00"],
            ],
        )  # fmt: skip
        self.assertEqual(self._months()["2024-06"], 350.0)

    def test_by_customer(self):
        self._write_off(self._invoice(10.0) | self._invoice(20.0, partner=self.other_customer))
        rows = self._paper(self._june(group_by="partner_id"))
        self.assertEqual([row[0] for row in rows if len(row) == 1], ["Birch", "Cave"])
        self.assertEqual(rows[2][3:5], ["Bad debt", "$ 10.00"])
        self.assertEqual(rows[-1], ["Total (write-offs: 1)", "$ 30.00", "$ 0.00", "$ 30.00"])

    def test_customers_of_one_name_stay_apart(self):
        twin = self.customer.copy({"name": "Birch"})
        self._write_off(self._invoice(10.0) | self._invoice(20.0, partner=twin))
        rows = self._paper(self._june(group_by="partner_id"))
        self.assertEqual([row[0] for row in rows if len(row) == 1], ["Birch", "Birch"])

    def test_nothing(self):
        dialog = self._june()
        page, _kind = dialog.env["ir.actions.report"]._render_qweb_html(REPORT, dialog.ids)
        self.assertIn("Nothing was written off or undone in this period", page.decode())
        self.assertNotIn("<table", page.decode())

    def test_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.bad_debt.with_context(lang="de_DE").name = "Uneinbringlich"
        self._write_off(self._invoice(10.0))
        dialog = self._june().with_context(lang="de_DE")
        self.assertIn(["[BAD] Uneinbringlich"], self._paper(dialog))

    def test_on_the_screen(self):
        self._write_off(self._invoice(10.0))
        self._write_off(self._invoice(20.0), accounting_date="2024-05-31")
        action = self._june().action_open()
        self.assertEqual(action["views"][0][1], "list")
        rows = self._analysis().search(action["domain"])
        self.assertEqual(rows.mapped("amount"), [10.0])

    def test_period_the_wrong_way_round(self):
        with self.assertRaisesRegex(ValidationError, "ends on 05/31/2024, before it begins"):
            self._june(date_to="2024-05-31")

    def test_branches(self):
        branch = self._branch("Branch")
        self._write_off(self._invoice(10.0))
        self._write_off(self._invoice_of(branch, 5.0))
        dialog = self._june()
        self.assertEqual(self._paper(dialog)[-1][1], "$ 10.00", "only the one is active")
        both = dialog.with_context(allowed_company_ids=(self.company | branch).ids)
        self.assertEqual(self._paper(both)[-1][1], "$ 15.00")

    # --- whose it is ---

    def test_dialog_is_gone(self):
        dialog = self._june()
        dialog.unlink()
        with self.assertRaisesRegex(UserError, "Open Write-Off List again"):
            self.env[f"report.{REPORT}"]._get_report_values(dialog.ids)

    def test_others_do_not_print_it(self):
        self._write_off(self._invoice(10.0))
        dialog = self._june()
        self.assertTrue(self._paper(dialog))
        self.assertTrue(self._paper(self._june(user=self.auditor)))
        for user in (self.auditor, self.biller):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.env[f"report.{REPORT}"].with_user(user)._get_report_values(dialog.ids)

    def test_other_company(self):
        """A dialog that names a company of others shows nothing of it."""
        other = self.setup_other_company(name="Other")["company"]
        dialog = self.env["ar.writeoff.period.list"].with_user(self.clerk)
        dialog = dialog.with_context(allowed_company_ids=self.company.ids).create(
            {"company_id": other.id, "date_from": fields.Date.to_date("2024-01-01")}
        )
        with self.assertRaises(AccessError):
            dialog.env[f"report.{REPORT}"]._get_report_values(dialog.ids)
