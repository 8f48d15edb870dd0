from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo is judged by eye; what it is meant to show must be in it."""

    def _demo(self, name):
        return self.env.ref(f"ar_writeoff.demo_{name}")

    def _open(self, *names):
        moves = self.env["account.move"].union(*(self._demo(f"invoice_{n}") for n in names))
        return moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )

    def test_invoices(self):
        self.assertEqual(self._open("cave_partly_paid").amount_residual, 400.0)
        self.assertEqual(self._open("duval_small").amount_residual, 0.37)
        self.assertEqual(self._open("meier_eur").currency_id.name, "EUR")
        self.assertEqual(len(self._open("long_instalments")), 2)
        self.assertTrue(self._demo("invoice_noor_tax").amount_tax)
        self.assertEqual(self._demo("credit_note").amount_residual, 60.0)
        unapplied = self._demo("payment_birch_unapplied").move_id.line_ids
        self.assertIn(-100.0, unapplied.mapped("amount_residual"))

    def test_a_dozen_are_overdue(self):
        invoices = self.env["account.move"].search(
            [
                ("partner_id.email", "=like", "%@example.com"),
                ("move_type", "=", "out_invoice"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("invoice_date_due", "<", "today"),
            ]
        )
        ours = invoices.filtered(lambda move: move.get_external_id()[move.id].startswith("ar_wr"))
        self.assertGreaterEqual(len(ours), 12)
        self.assertGreaterEqual(len(ours.partner_id), 5)

    def test_users(self):
        groups = {
            "administrator": "ar_writeoff.group_writeoff_manager",
            "user": "ar_writeoff.group_writeoff_user",
            "biller": "account.group_account_invoice",
            "auditor": "account.group_account_readonly",
        }
        for name, group in groups.items():
            self.assertTrue(self._demo(f"user_{name}").has_group(group))
        for name in ("biller", "auditor"):
            self.assertFalse(
                self._demo(f"user_{name}").has_group("ar_writeoff.group_writeoff_user")
            )

    def test_an_overdue_invoice_can_be_written_off_at_once(self):
        invoice = self._demo("invoice_cave_1").with_user(self._demo("user_user"))
        action = invoice.action_write_off()
        wizard = self.env[action["res_model"]].with_user(self._demo("user_user"))
        wizard.browse(action["res_id"]).action_confirm()
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_analysis_is_not_empty(self):
        """Nine losses and a gain of the past months, one of them undone."""
        company = self.env.ref("base.main_company")
        rows = self.env["ar.writeoff.analysis"].with_company(company)
        months, amount, undone, count = rows._read_group(
            [
                ("entry_id.company_id", "=", company.id),
                ("user_id", "=", self._demo("user_user").id),
            ],
            [],
            [
                "date:array_agg_distinct",
                "amount:sum",
                "amount_reversed:sum",
                "writeoff_count:count_distinct",
            ],
        )[0]
        self.assertGreaterEqual(len(months), 8)
        self.assertGreater(amount, 3000.0)
        self.assertEqual((undone, count), (1875.0, 10))
