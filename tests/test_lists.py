"""Lists: empty ones say what they are, and lead on; on a phone they are cards."""

from lxml import html

from odoo.tests import tagged

from .common import WriteoffCommon

ADDONS = ("ar_writeoff", "ar_writeoff_approval", "ar_writeoff_rule")


@tagged("post_install", "-at_install")
class TestLists(WriteoffCommon):
    def _actions(self):
        data = self.env["ir.model.data"].search(
            [("module", "in", ADDONS), ("model", "=", "ir.actions.act_window")]
        )
        actions = self.env["ir.actions.act_window"].browse(data.mapped("res_id"))
        return actions.filtered(lambda action: "list" in action.view_mode)

    def _links(self, action):
        """The actions that the text of an empty list leads to."""
        names = html.fromstring(action.help or "<p/>").xpath("//a[@type='action']/@name")
        return [self.env.ref(name) for name in names]

    def test_every_empty_list_leads_on(self):
        """Each says what it is and has a link that leads on."""
        self.assertGreater(len(self._actions()), 10)
        for action in self._actions():
            with self.subTest(action.xml_id):
                self.assertIn("o_view_nocontent_smiling_face", action.help or "")
                self.assertTrue(self._links(action))

    def test_links_are_for_their_readers(self):
        """Whoever reads the list may open what its text leads to."""
        auditor = self._user("list_auditor", "account.group_account_readonly")
        for user in (self.clerk, auditor):
            for action in self._actions():
                if not self.env[action.res_model].with_user(user).has_access("read"):
                    continue
                for link in self._links(action):
                    if link.group_ids and not link.group_ids & user.all_group_ids:
                        continue  # of a list that stands in the menu of administrators alone
                    with self.subTest(f"{user.login}: {action.xml_id}"):
                        Model = self.env[link.res_model].with_user(user)
                        self.assertTrue(Model.has_access("read"))

    def test_cards_on_a_phone(self):
        """A list of many columns would have to be pushed about."""
        for action in self._actions():
            with self.subTest(action.xml_id):
                self.assertIn(action.mobile_view_mode, action.view_mode.split(","))
                view = self.env[action.res_model].get_view(view_type=action.mobile_view_mode)
                self.assertNotIn("default", view["arch"][:20])
                if action.mobile_view_mode == "kanban":
                    fields = html.fromstring(view["arch"]).xpath("//t[@t-name='card']//field")
                    self.assertGreater(len(fields), 2)
