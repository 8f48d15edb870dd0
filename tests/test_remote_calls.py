from odoo.exceptions import AccessError
from odoo.tests import tagged

from .batch_common import BatchCommon

# Whatever the screen offers, a call from outside reaches these: they decide, so they ask first.
DECIDING = {
    "ar.writeoff": {
        "write_off",
        "preview_write_off",
        "undo_write_off",
        "action_cancel_entries",
        "action_release",
        "action_open_undo",
    },
    "ar.writeoff.line": {"action_open_undo"},
    "ar.writeoff.batch": {
        "write_off_batch",
        "start_batch",
        "action_select",
        "action_process",
        "action_process_all",
        "action_retry",
        "action_stop",
        "action_close",
        "action_cancel_entries",
        "action_release",
        "action_open_undo",
    },
    "ar.writeoff.candidate": {"action_include", "action_exclude"},
}
CALLS = ("write_off", "preview_write_off", "undo_write_off", "write_off_batch", "start_batch")
ARGUMENTS = {name: [{}] for name in CALLS}
# These show what whoever may read it sees anyway; posting a draft entry asks what core asks.
SHOWING = {
    "ar.writeoff": {
        "action_post_entries",
        "action_open_entries",
        "action_open_documents",
        "action_open_batch",
    },
    "ar.writeoff.line": set(),
    "ar.writeoff.share": set(),
    "ar.writeoff.run": set(),
    "ar.writeoff.reservation": set(),
    "ar.writeoff.left.out": set(),
    "ar.writeoff.call": set(),
    "ar.writeoff.summary": {"action_open"},
    "ar.writeoff.batch": {
        "action_save_filter",
        "action_post_entries",
        "action_open_writeoffs",
        "action_open_entries",
        "action_open_candidates",
        "action_open_lines",
        "get_batch_totals",
    },
    "ar.writeoff.candidate": {"action_open_document"},
}
OWN = "odoo.addons.ar_writeoff."
OF_THE_FRAMEWORK = {"create", "write", "unlink", "default_get"}


@tagged("post_install", "-at_install")
class TestRemoteCalls(BatchCommon):
    """Methods without an underscore can be called from outside by everybody who may log in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls._user("auditor", "account.group_account_readonly")

    def _get_records(self):
        writeoff = self._write_off(self._invoice(100.0))
        self._invoice(50.0)
        batch = self._select()
        return {
            record._name: record
            for record in (writeoff, writeoff.line_ids, batch, batch.candidate_ids[:1])
        }

    def test_authority_comes_first(self):
        """Who may read all of it and decide on none of it is refused, and nothing changes."""
        for name, record in self._get_records().items():
            for method in sorted(DECIDING[name]):
                with self.subTest(f"{name}.{method}"), self.assertRaises(AccessError):
                    getattr(record.with_user(self.auditor), method)(*ARGUMENTS.get(method, ()))
            self.env.invalidate_all()
        self.assertEqual(record.batch_id.state, "draft")
        self.assertEqual(record.state, "planned")

    def test_no_method_is_forgotten(self):
        """A new public method is put on one of the lists above, or this fails."""
        for name in SHOWING:
            known = SHOWING[name] | DECIDING.get(name, set())
            found = {
                method
                for cls in type(self.env[name]).mro()
                if cls.__module__.startswith(OWN)
                for method, value in vars(cls).items()
                if callable(value) and not method.startswith("_")
            }
            with self.subTest(name):
                self.assertEqual(found - OF_THE_FRAMEWORK, known)
