"""Which limit holds, what counts against it, and who may change it."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalLimits(ApprovalCommon):
    def _may(self, amount, user=None, **values):
        """Whether a user writes so much off without asking."""
        before = self._requests()
        invoice = self._invoice(amount)
        with freeze_time("2024-06-30"):
            self._ask(invoice, user, **values)
        return self._requests() == before

    def test_whose_limit_holds(self):
        """The user's own, else the highest of the groups, else everybody's."""
        group, higher = self.env["res.groups"].create([{"name": "Desk"}, {"name": "Key Desk"}])
        newcomer = self._user("newcomer", "ar_writeoff.group_writeoff_user")
        self.assertFalse(self._may(1.0, newcomer), "everybody's: always a request")
        self._limit(group, 30.0)
        self._limit(higher, 60.0)
        newcomer.group_ids |= group | higher
        self.assertTrue(self._may(60.0, newcomer))
        self.assertFalse(self._may(60.01, newcomer))
        self._limit(newcomer, 20.0)
        self.assertFalse(self._may(20.01, newcomer), "lower, and yet it holds")
        self.assertTrue(self._may(20.0, newcomer))

    def test_zero_is_nothing_and_empty_is_not_set(self):
        """A limit per day alone leaves the question of a single one to the next."""
        newcomer = self._user("newcomer", "ar_writeoff.group_writeoff_user")
        own = self._limit(newcomer, day=500.0)
        self.assertFalse(self._may(1.0, newcomer), "everybody's still holds")
        own.write({"amount_policy": "limited", "amount": 0.0})
        self.assertFalse(self._may(0.01, newcomer))
        own.amount_policy = "unlimited"
        self.assertTrue(self._may(498.99, newcomer), "with what was asked for, 500.00")

    def test_dates(self):
        newcomer = self._user("newcomer", "ar_writeoff.group_writeoff_user")
        self._limit(newcomer, 50.0, date_from="2024-07-01")
        self.assertFalse(self._may(50.0, newcomer))
        self._limit(newcomer, 50.0, date_from="2024-06-01", date_to="2024-06-30")
        self.assertTrue(self._may(50.0, newcomer), "inclusive")

    def test_two_at_the_same_time(self):
        with self.assertRaisesRegex(ValidationError, "another limit for the same"):
            self._limit(self.clerk, 5.0, date_from="2024-01-01")

    def test_a_day(self):
        """All that somebody confirmed: posted, in draft, asked for; an undo gives nothing back."""
        own = self.env["ar.writeoff.limit"].search([("user_id", "=", self.clerk.id)])
        own.with_user(self.officer).write({"day_policy": "limited", "day_amount": 250.0})
        writeoff = self._write_off(self._invoice(100.0))
        self._undo(writeoff, self.clerk)
        self.company.writeoff_leave_draft = "yes"
        self._write_off(self._invoice(90.0))
        self.company.writeoff_leave_draft = "no"
        self.assertTrue(self._may(60.0))
        self.assertFalse(self._may(0.01), "250.00 are used up")
        with freeze_time("2024-07-01"):
            self._write_off(self._invoice(100.0))
        self.assertEqual(len(self._requests()), 1)

    def test_a_request_counts_on_the_day(self):
        own = self.env["ar.writeoff.limit"].search([("user_id", "=", self.clerk.id)])
        own.with_user(self.officer).write({"day_policy": "limited", "day_amount": 150.0})
        request = self._ask(self._invoice(140.0))
        request.with_user(self.clerk).action_withdraw()
        self.assertFalse(self._may(11.0), "a withdrawal gives nothing back")

    def test_day_of_the_company(self):
        """On the last of June in Paris, when it is July in Auckland."""
        Day = self.env["ar.writeoff.day"]
        with freeze_time("2024-06-30 14:00:00"):
            self.assertEqual(str(Day._get_today(self.company)), "2024-06-30")
            self.company.partner_id.tz = "Pacific/Auckland"
            self.assertEqual(str(Day._get_today(self.company)), "2024-07-01")

    def test_approving_counts_on_the_day_of_the_approver(self):
        own = self.env["ar.writeoff.limit"].search([("user_id", "=", self.supervisor.id)])
        own.with_user(self.officer).write({"day_policy": "limited", "day_amount": 1000.0})
        first, second = self._ask(self._invoice(600.0)), self._ask(self._invoice(500.0))
        self._approve(first, self.supervisor)
        with self.assertRaisesRegex(AccessError, "above what you may approve"):
            self._approve(second, self.supervisor)

    def test_reason_in_addition(self):
        self._limit(self.director, 10.0, reason_id=self.settlement.id)
        self.assertTrue(self._may(5000.0, self.director))
        self.assertFalse(self._may(11.0, self.director, reason_id=self.settlement))
        self.assertIn(self.settlement.name, self._requests()[0].why)

    def test_side_in_addition(self):
        self._limit(self.director, 10.0, side="credit")
        self.assertTrue(self._may(5000.0, self.director))
        credit = self._payment(40.0)
        item = self._items(credit.move_id)
        unclaimed = self.env.ref("ar_writeoff.reason_unclaimed")
        engine = self.env["ar.writeoff"].with_user(self.director)
        engine.write_off({"items": [{"item_id": item.id}], "credit_reason_id": unclaimed.id})
        request = self._requests()[0]
        self.assertEqual(self._activities(request), self.clerk | self.supervisor)

    def test_losses_and_gains_do_not_offset(self):
        """60 lost and 60 gained are 120."""
        invoice, credit = self._invoice(60.0), self._payment(60.0, self.other_customer)
        items = self._items(invoice) | self._items(credit.move_id)
        engine = self.env["ar.writeoff"].with_user(self.clerk)
        result = engine.write_off(
            {
                "items": [{"item_id": item.id} for item in items],
                "reason_id": self.bad_debt.id,
                "credit_reason_id": self.env.ref("ar_writeoff.reason_unclaimed").id,
            }
        )
        request = self.env["ar.writeoff.request"].browse(result["request_id"])
        self.assertEqual(
            (request.amount, request.amount_loss, request.amount_gain), (120.0, 60.0, 60.0)
        )

    def test_currency_of_the_company(self):
        """Measured at the rate it is booked at: 150 units at two for a dollar are 75."""
        currency = self._currency("GBP", 2.0)
        self._write_off(self._invoice(150.0, currency_id=currency.id))
        self.assertFalse(self._requests())
        request = self._ask(self._invoice(220.0, currency_id=currency.id))
        self.assertEqual(request.amount, 110.0)

    def test_branches_count_together(self):
        branch = self._branch("Branch")
        own = self.env["ar.writeoff.limit"].search([("user_id", "=", self.clerk.id)])
        own.with_user(self.officer).write({"day_policy": "limited", "day_amount": 120.0})
        self.supervisor.sudo().company_ids |= branch
        companies = (self.company | branch).ids
        for company, amount in ((self.company, 70.0), (branch, 50.0), (branch, 1.0)):
            invoice = self._invoice_of(company, amount)
            user = invoice.with_user(self.clerk).with_context(allowed_company_ids=companies)
            engine = user.env["ar.writeoff"]
            result = engine.write_off({"items": [{"item_id": self._items(invoice).id}]})
        request = self.env["ar.writeoff.request"].browse(result["request_id"])
        self.assertEqual((request.amount, request.company_id), (1.0, branch))
        self.assertEqual(self._activities(request), self.supervisor, "who sees the branch")

    def test_branches_have_none_of_their_own(self):
        branch = self._branch("Branch")
        self.officer.sudo().company_ids |= branch
        with self.assertRaisesRegex(ValidationError, "is a branch"):
            self._limit(self.director, 1.0, company_id=branch.id)

    def test_without_limits_nothing_changes(self):
        other = self.env["res.company"].create({"name": "Free"})
        Limit = self.env["ar.writeoff.limit"]
        self.assertFalse(Limit._is_used(other))
        self.assertEqual(Limit._get_excess(self.clerk, []), [])

    # --- who sets them ---

    def test_not_ones_own(self):
        self.officer.group_ids |= self.env.ref("ar_writeoff.group_writeoff_user")
        own = self.assertRaisesRegex(AccessError, "may write off yourself")
        with own, self.cr.savepoint():
            self._limit(self.officer, 1e6)
        with own, self.cr.savepoint():
            self._limit(self.env.ref("ar_writeoff.group_writeoff_user"), 1e6)
        theirs = self._limit(self._user("other"), 5.0)
        with own, self.cr.savepoint():
            theirs.user_id = self.officer

    def test_only_who_sets_limits(self):
        limit = self.env["ar.writeoff.limit"].search([("user_id", "=", self.clerk.id)])
        for user in (self.clerk, self.director, self.auditor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                limit.with_user(user).amount = 1e6
        with self.assertRaisesRegex(UserError, "Let it end instead"):
            limit.with_user(self.officer).unlink()

    def test_history(self):
        """Old and new value, who and when."""
        limit = self.env["ar.writeoff.limit"].search([("user_id", "=", self.clerk.id)])
        self._flush_tracking()
        limit = limit.with_context(tracking_disable=False, mail_notrack=False)
        limit.with_user(self.officer).amount = 250.0
        self._flush_tracking()
        value = limit.sudo().message_ids.tracking_value_ids
        self.assertEqual((value.old_value_float, value.new_value_float), (100.0, 250.0))
        self.assertEqual(value.mail_message_id.author_id, self.officer.partner_id)

    def test_no_sense(self):
        for values, message in (
            ({}, "say how much"),
            ({"amount_policy": "limited", "amount": -1.0}, "amounts_positive"),
            (
                {"amount_policy": "unlimited", "date_from": "2024-02-01", "date_to": "2024-01-01"},
                "dates_in_order",
            ),
        ):
            refused = self.assertRaisesRegex(Exception, message)
            with self.subTest(message), refused, self.cr.savepoint():
                self._limit(self._user(f"u{len(message)}"), **values)

    # --- absence ---

    def _absence(self, user, delegate, by=None, **values):
        return (
            self.env["ar.writeoff.absence"]
            .with_user(by or user)
            .create(
                {
                    "user_id": user.id,
                    "delegate_id": delegate.id,
                    "date_from": "2024-06-24",
                    "date_to": "2024-06-30",
                    **values,
                }
            )
        )

    def test_in_the_place_of(self):
        request = self._ask(self._invoice(5000.0))
        self.assertEqual(self._activities(request), self.director)
        self._absence(self.director, self.supervisor)
        self.assertEqual(self._activities(request), self.director | self.supervisor)
        self._approve(request, self.supervisor)
        self.assertEqual(
            (request.decided_by, request.in_place_of), (self.supervisor, self.director)
        )
        self.assertEqual(request.result_id.approved_in_place_of, self.director)

    def test_not_passed_on(self):
        third = self._user("third", "ar_writeoff.group_writeoff_user")
        self._absence(self.director, self.supervisor)
        self._absence(self.supervisor, third)
        request = self._ask(self._invoice(5000.0))
        self.assertEqual(self._activities(request), self.director | self.supervisor)

    def test_neither_own_nor_of_who_is_absent(self):
        self._absence(self.director, self.supervisor)
        second = self._user("second", "ar_writeoff.group_writeoff_user")
        self._limit(second, amount_policy="unlimited")
        request = self._ask(self._invoice(2000.0), self.supervisor)
        self.assertEqual(self._activities(request), self.director | second)
        self._limit(self.director, 10.0, reason_id=self.settlement.id)
        request = self._ask(self._invoice(20.0), self.director, reason_id=self.settlement)
        self.assertNotIn(self.supervisor, self._activities(request))

    def test_over_again(self):
        self._absence(self.director, self.supervisor, date_to="2024-06-29")
        request = self._ask(self._invoice(5000.0))
        self.assertEqual(self._activities(request), self.director)

    def test_who_gives_authority_away(self):
        refused = self.assertRaisesRegex(AccessError, "not yours to give")
        with refused, self.cr.savepoint():
            self._absence(self.director, self.supervisor, by=self.supervisor)
        self.officer.group_ids |= self.env.ref("ar_writeoff.group_writeoff_user")
        with refused, self.cr.savepoint():
            self._absence(self.director, self.officer, by=self.officer)
        self.assertTrue(self._absence(self.director, self.supervisor, by=self.officer))
        with self.assertRaisesRegex(ValidationError, "may not write off"):
            self._absence(self.supervisor, self.biller, by=self.officer)

    # --- the auditor's page ---

    def test_who_may_how_much(self):
        self._limit(self.clerk, 10.0, reason_id=self.settlement.id)
        self._absence(self.director, self.supervisor)
        May = self.env["ar.writeoff.may"].with_user(self.auditor)
        rows = May.search(May.action_open()["domain"])
        own = rows.filtered(lambda row: row.user_id in self.clerk | self.supervisor | self.director)
        self.assertEqual(
            sorted(
                (
                    row.user_id.login,
                    row.per_writeoff.replace("\N{NO-BREAK SPACE}", ""),
                    row.reason_id.name or "",
                    row.in_place_of or "",
                )
                for row in own
            ),
            [
                ("clerk_test", "$10.00", self.settlement.name, ""),
                ("clerk_test", "$100.00", "", ""),
                ("director_test", "Unlimited", "", ""),
                ("supervisor_test", "$1,000.00", "", self.director.name),
            ],
        )
        with self.assertRaises(AccessError):
            May.with_user(self.clerk).action_open()
