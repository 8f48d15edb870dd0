"""The calls as they come over the network: with a key, named arguments, and errors of their own."""

import json
from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .api_common import ApiCommon

METHODS = {
    "ar.writeoff/write_off": {"items": []},
    "ar.writeoff/preview_write_off": {"items": []},
    "ar.writeoff/undo_write_off": {"writeoff_id": 1},
    "ar.writeoff.batch/write_off_batch": {"criteria": {"limit_document": 1.0}},
    "ar.writeoff.batch/start_batch": {"batch_id": 1},
}
# As a program may send them by mistake: JSON knows all of them, Python's even those at the end.
STRANGE = (
    "null",
    "true",
    "5",
    '"x"',
    "[]",
    "{}",
    '{"items": null}',
    '{"items": [null]}',
    '{"items": [{"item_id": "5"}]}',
    '{"items": [{"item_id": 1e400}]}',
    '{"items": [{"item_id": [1]}]}',
    '{"items": [{"reference": {"a": 1}}]}',
    '{"items": [{"reference": "a\\u0000b"}]}',
    '{"items": [{"reference": "\\ud800"}]}',
    '{"items": [{"item_id": %s, "amount_currency": NaN}]}',
    '{"items": [{"item_id": %s, "amount_currency": Infinity}]}',
    '{"items": [{"item_id": %s, "amount_currency": 1e308}]}',
    '{"items": [{"item_id": %s, "comment": "a\\u0000b"}]}',
    '{"items": [{"item_id": %s, "\\ud800": 1}]}',
    '{"items": [{"item_id": %s}], "a\\ud800": 1}',
    '{"items": [{"item_id": %s}], "net_credits": "\\ud800"}',
    '{"items": [{"item_id": 1, "reference": "\\ud800"}]}',
    '{"items": [{"item_id": "\\ud800"}]}',
    '{"items": [{"item_id": %s}], "accounting_date": "2024-02-30"}',
    '{"items": [{"item_id": %s}], "accounting_date": 5}',
    '{"items": [{"item_id": %s}], "external_reference": {}}',
    '{"items": [{"item_id": %s}], "all_or_nothing": "false"}',
    '{"items": [{"item_id": %s}], "evidence_ids": "x"}',
    '{"items": [{"item_id": %s}], "company_id": 2147483648}',
    '{"items": [{"item_id": %s}], "confirmed": {"code": "future"}}',
)


@tagged("post_install", "-at_install")
class TestApiRemote(ApiCommon, HttpCase):
    FROZEN = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = {user: cls._make_key(user) for user in (cls.clerk, cls.biller)}
        cls.clerk.password = cls.clerk.login

    @classmethod
    def _make_key(cls, user):
        keys = cls.env["res.users.apikeys"].with_user(user)
        return keys._generate("rpc", "test", datetime.now() + timedelta(days=1))

    def _post(self, path, body, key=None):
        """What a program hears.

        :return: tuple: status of HTTP; answer
        """
        headers = {"Content-Type": "application/json"}
        if key:
            headers["Authorization"] = f"bearer {key}"
        answer = self.url_open(f"/json/2/{path}", data=body.encode(), headers=headers)
        return answer.status_code, answer.json()

    def _send(self, path, user, **arguments):
        return self._post(path, json.dumps(arguments), self.keys[user])

    def test_with_a_key(self):
        invoice = self._invoice(100.0)
        plan = {"items": [{"reference": invoice.name}], "external_reference": "DUN-7"}
        status, told = self._send("ar.writeoff/write_off", self.clerk, plan=plan)
        self.assertEqual((status, told["status"], told["state"]), (200, "written_off", "posted"))
        writeoff = self.env["ar.writeoff"].browse(told["writeoff_id"])
        self.assertEqual((writeoff.user_id, writeoff.external_reference), (self.clerk, "DUN-7"))
        status, again = self._send("ar.writeoff/write_off", self.clerk, plan=plan)
        self.assertEqual((status, again["repeated"]), (200, True))

    def test_with_the_callers_own_rights(self):
        """No key, a wrong one, and the key of who may not write off."""
        for path, plan in METHODS.items():
            body = json.dumps({"plan": plan})
            with self.subTest(path), mute_logger("odoo.http"):
                self.assertEqual(self._post(path, body)[0], 401)
                self.assertEqual(self._post(path, body, "wrong")[0], 401)
                status, told = self._post(path, body, self.keys[self.biller])
                self.assertEqual((status, told["name"]), (403, "odoo.exceptions.AccessError"))
                self.assertIn("may not write off receivables", told["message"])

    def test_strange_values(self):
        """Each is an error of the caller's by name, or a refusal as data; never one of ours."""
        item, before = self._items(self._invoice(100.0)), self._count()
        for sent in STRANGE:
            plan = sent % item.id if "%s" in sent else sent
            with self.subTest(plan), mute_logger("odoo.http"):
                body = f'{{"plan": {plan}}}'
                status, told = self._post("ar.writeoff/write_off", body, self.keys[self.clerk])
                self.assertEqual((status, told["name"]), (422, "odoo.exceptions.ValidationError"))
                self.assertTrue(told["message"])
        self.assertEqual((self._count(), item.amount_residual), (before, 100.0))

    def test_arguments(self):
        """The plan has its name; ids are none of these methods'."""
        for arguments in ({}, {"items": []}, {"plan": {"items": []}, "ids": [1]}):
            with self.subTest(arguments=arguments), mute_logger("odoo.http"):
                status, _told = self._send("ar.writeoff/write_off", self.clerk, **arguments)
                self.assertEqual(status, 422)

    def test_over_xmlrpc(self):
        """As before, and with the same answer."""
        invoice = self._invoice(100.0)
        plan = {"items": [{"reference": invoice.name}], "external_reference": "DUN-7"}
        first, again = (
            self.xmlrpc_object.execute(
                self.env.cr.dbname,
                self.clerk.id,
                self.clerk.login,
                "ar.writeoff",
                "write_off",
                plan,
            )
            for _number in range(2)
        )
        self.assertEqual((first["status"], again["repeated"]), ("written_off", True))
        self.assertEqual({**again, "repeated": False}, first)
        _status, told = self._send("ar.writeoff/write_off", self.clerk, plan=plan)
        self.assertEqual(told, again)
