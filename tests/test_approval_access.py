"""Who may do what with which record, asked over the external API as another program would.

Own company, another company, and a branch that the users have no access to.
"""

import xmlrpc.client

from odoo import Command
from odoo.tests import HttpCase, tagged

from .approval_common import ApprovalCommon

ROLES = ("employee", "biller", "clerk", "manager", "officer", "auditor")
ADDONS = ("ar_writeoff", "ar_writeoff_approval", "ar_writeoff_rule")
OPERATIONS = ("read", "write", "create", "unlink")
# Read, write, create, unlink, of each role in turn. What people write has its own rules besides: a
# batch in draft, a limit that is not their own, a rule that they do not switch on themselves.
TABLE = {
    "ar.writeoff": "---- ---- r--- r--- r--- r---",
    "ar.writeoff.line": "---- ---- r--- r--- r--- r---",
    "ar.writeoff.share": "---- ---- r--- r--- r--- r---",
    "ar.writeoff.batch": "---- ---- rwcu rwcu r--- r---",
    "ar.writeoff.candidate": "---- ---- rw-- rw-- r--- r---",
    "ar.writeoff.run": "---- ---- r--- r--- r--- r---",
    "ar.writeoff.reservation": "---- ---- r--- r--- r--- r---",
    "ar.writeoff.filter": "---- ---- rwcu rwcu r--- r---",
    "ar.writeoff.call": "---- ---- r--- r--- r--- r---",
    "ar.writeoff.summary": "---- ---- r--- r--- r--- r---",
    "ar.writeoff.ageing": "---- r--- r--- r--- r--- r---",
    "ar.writeoff.ageing.item": "---- r--- r--- r--- r--- r---",
    "ar.writeoff.outside": "---- ---- r--- r--- r--- r---",
    "ar.writeoff.request": "---- ---- r--- r--- r--- r---",
    "ar.writeoff.request.line": "---- ---- r--- r--- r--- r---",
    "ar.writeoff.limit": "---- ---- r--- r--- rwcu r---",
    "ar.writeoff.absence": "---- ---- rwcu rwcu rwcu r---",
    "ar.writeoff.day": "---- ---- r--- r--- r--- r---",
    "ar.writeoff.rule": "---- ---- r--- rwcu r--- r---",
    "ar.writeoff.rule.cell": "---- ---- r--- rwcu r--- r---",
    "ar.writeoff.rule.run": "---- ---- r--- r--- r--- r---",
    "ar.writeoff.reason": "---- ---- r--- rwcu r--- r---",
}
# They belong to the company a branch is a branch of.
OF_THE_ROOT = ("ar.writeoff.limit", "ar.writeoff.day", "ar.writeoff.reason")
NOTHING = " ".join(["----"] * len(ROLES))


@tagged("post_install", "-at_install")
class TestApprovalAccess(ApprovalCommon, HttpCase):
    FROZEN = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            "employee": cls._user("employee"),
            "biller": cls.biller,
            "clerk": cls.clerk,
            "manager": cls._user("manager", "ar_writeoff.group_writeoff_manager"),
            "officer": cls.officer,
            "auditor": cls.auditor,
        }
        for user in cls.users.values():
            user.password = user.login
        cls._limit(cls.env.user, amount_policy="unlimited")
        other = cls.setup_other_company(name="Other")["company"]
        branch = cls.env["res.company"].create({"name": "Branch", "parent_id": cls.company.id})
        cls.cr.precommit.run()
        cls.env.user.company_ids |= other | branch
        cls.records = {company: cls._make(company) for company in (cls.company, other, branch)}
        cls.records[cls.company]["ar.writeoff.absence"] = cls.env["ar.writeoff.absence"].create(
            {
                "user_id": cls.env.uid,
                "delegate_id": cls.supervisor.id,
                "date_from": "2030-01-01",
                "date_to": "2030-01-02",
            }
        )
        cls.env.flush_all()

    @classmethod
    def _make(cls, company):
        """A record of each model in a company.

        :return: dict: name of a model → record
        """
        env = cls.env(context={"allowed_company_ids": company.ids}, su=True)
        root = company.root_id
        if not root.writeoff_loss_account_id:
            root.writeoff_loss_account_id = env["account.account"].create(
                {
                    "code": "690100",
                    "name": "Bad Debt",
                    "account_type": "expense",
                    "company_ids": [Command.set(root.ids)],
                }
            )
        invoices = [cls._invoice_of(company, amount) for amount in (10.0, 20.0, 30.0, 40.0)]
        items = [
            move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
            for move in invoices
        ]
        reason = env.ref("ar_writeoff.reason_bad_debt")
        plan = {"items": [{"item_id": items[0].id}], "reason_id": reason.id}
        plan["external_reference"] = "once"
        writeoff = env["ar.writeoff"].browse(env["ar.writeoff"].write_off(plan)["writeoff_id"])
        batch = env["ar.writeoff.batch"].create(
            {"company_id": company.id, "limit_document": 25.0, "reason_id": reason.id}
        )
        batch.action_select()
        asking = {"items": [{"item_id": items[2].id}]}
        always = env["ar.writeoff.reason"].create(
            {"name": "Asks", "code": f"ASK{company.id}", "company_id": root.id}
        )
        always.needs_approval = True
        asking["reason_id"] = always.id
        if company == root and company != cls.company:
            cls._more_limits(company)
        cls.supervisor.company_ids |= company
        request = env["ar.writeoff.request"].browse(
            env["ar.writeoff"].write_off(asking)["request_id"]
        )
        chosen = env["ar.writeoff.filter"].create(
            {"name": "F", "company_id": company.id, "limit_document": 1.0, "reason_id": reason.id}
        )
        rule = env["ar.writeoff.rule"].create(
            {
                "name": "R",
                "company_id": company.id,
                "filter_id": chosen.id,
                "brake_amount": 5.0,
                "user_id": cls.supervisor.id,
                "cell_ids": [Command.create({"age_to": 5, "reason_id": reason.id})],
            }
        )
        run = env["ar.writeoff.run"].create(
            {"kind": "select", "state": "done", "batch_id": batch.id, "company_id": company.id}
        )
        env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices[3].ids
        ).create(
            {
                "amount": 35.0,
                "payment_difference_handling": "reconcile",
                "writeoff_account_id": root.writeoff_loss_account_id.id,
            }
        )._create_payments()
        env.flush_all()
        own = [("company_id", "=", company.id)]

        def find(model, domain=own):
            return env[model].search(domain, limit=1)

        limits = [("company_id", "=", root.id)]
        return {
            "ar.writeoff": writeoff,
            "ar.writeoff.line": writeoff.line_ids,
            "ar.writeoff.share": writeoff.line_ids.share_ids[:1],
            "ar.writeoff.batch": batch,
            "ar.writeoff.candidate": batch.candidate_ids[:1],
            "ar.writeoff.run": run,
            "ar.writeoff.reservation": find(
                "ar.writeoff.reservation", [("item_id.company_id", "=", company.id)]
            ),
            "ar.writeoff.filter": chosen,
            "ar.writeoff.call": find("ar.writeoff.call"),
            "ar.writeoff.summary": find("ar.writeoff.summary"),
            "ar.writeoff.ageing": find("ar.writeoff.ageing"),
            "ar.writeoff.ageing.item": find("ar.writeoff.ageing.item"),
            "ar.writeoff.outside": find("ar.writeoff.outside"),
            "ar.writeoff.request": request,
            "ar.writeoff.request.line": request.line_ids,
            "ar.writeoff.limit": find("ar.writeoff.limit", limits),
            "ar.writeoff.day": find("ar.writeoff.day", limits),
            "ar.writeoff.rule": rule,
            "ar.writeoff.rule.cell": rule.cell_ids,
            "ar.writeoff.rule.run": env["ar.writeoff.rule.run"].create(
                {"rule_id": rule.id, "date": "2024-01-01", "mode": "report", "state": "done"}
            ),
            "ar.writeoff.reason": always,
        }

    @classmethod
    def _more_limits(cls, company):
        cls.env["ar.writeoff.limit"].sudo().create(
            {"company_id": company.id, "user_id": cls.supervisor.id, "amount_policy": "unlimited"}
        )

    def _call(self, user, model, method, *args):
        """A call over the wire.

        :return: the answer; or the fault, as text
        """
        try:
            return self.xmlrpc_object.execute(
                self.env.cr.dbname, user.id, user.login, model, method, *args
            )
        except xmlrpc.client.Fault as fault:
            return fault.faultString

    def _letters(self, user, record):
        """What a user may do with a record, a letter each."""
        found = self._call(user, record._name, "search_count", [("id", "in", record.ids)])
        may = {"read": found == 1}
        for operation in OPERATIONS[1:]:
            answer = self._call(user, record._name, "has_access", record.ids, operation)
            may[operation] = answer is True
        return "".join(operation[0] if may[operation] else "-" for operation in OPERATIONS)

    def _get_matrix(self, company):
        return {
            model: " ".join(self._letters(self.users[role], record) for role in ROLES)
            for model, record in self.records[company].items()
        }

    def test_own_company(self):
        self.assertEqual(self._get_matrix(self.company), TABLE)

    def test_other_company_and_branch(self):
        """Nobody sees or changes anything where they are not at home."""
        for company in self.records:
            if company != self.company:
                found = self._get_matrix(company)
                for model in OF_THE_ROOT if company.parent_id else ():
                    del found[model]
                with self.subTest(company.name):
                    self.assertEqual(found, dict.fromkeys(found, NOTHING))

    def test_it_is_refused_indeed(self):
        """Not only by what is said of it: each call is made, is refused, and changes nothing."""
        calls = {
            "r": ("read", lambda ids: [ids, ["display_name"]]),
            "w": ("write", lambda ids: [ids, {}]),
            "c": ("create", lambda ids: [{}]),
            "u": ("unlink", lambda ids: [ids]),
        }
        for model, row in TABLE.items():
            record = self.records[self.company][model]
            for role, letters in zip(ROLES, row.split(), strict=True):
                for letter in set("rwcu") - set(letters):
                    method, prepare = calls[letter]
                    with self.subTest(f"{role} {method} {model}"):
                        answer = self._call(self.users[role], model, method, *prepare(record.ids))
                        self.assertIsInstance(answer, str, "a fault")
                        self.assertRegex(answer, "not allowed|You may not|not yours")
            self.assertTrue(record.exists())

    def test_every_model_is_in_the_table(self):
        """Those of the wizards apart, which are their owner's alone."""
        models = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("ar.writeoff")
            and not model._abstract
            and not model._transient
            and model._module in ADDONS
        }
        # What a summary or a list of what was left out tells is the batch's.
        self.assertEqual(models - set(TABLE), {"ar.writeoff.left.out"})

    def test_dialogs_are_their_owners(self):
        """Deciding, and the list of who may how much."""
        request = self.records[self.company]["ar.writeoff.request"]
        dialog = self._dialog_of(request, self.supervisor)
        rows = self.env["ar.writeoff.may"].with_user(self.auditor).action_open()["domain"]
        for user, model, ids in (
            (self.users["clerk"], "ar.writeoff.decide", dialog.ids),
            (self.officer, "ar.writeoff.may", rows[0][2][:1]),
        ):
            with self.subTest(model):
                answer = self._call(user, model, "read", ids, ["display_name"])
                self.assertIsInstance(answer, str, "a fault")
