"""The pages of the portal, read as the customer reads them."""

from lxml import html

from odoo.tests import HttpCase

from .common import WriteoffCommon


class PortalCommon(WriteoffCommon, HttpCase):
    SECRETS = ("Bad debt", "Owner in jail", "690100", "Write-off", "Written off", "WO/")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user = cls.env["res.users"].create(
            {
                "name": "Birch's bookkeeper",
                "login": "birch_portal",
                "password": "birch_portal",
                "group_ids": [(6, 0, [cls.env.ref("base.group_portal").id])],
                "partner_id": cls.env["res.partner"]
                .create({"name": "Bookkeeper", "parent_id": cls.customer.id, "email": "b@x.com"})
                .id,
                "company_id": cls.company.id,
                "company_ids": [(6, 0, cls.company.ids)],
            }
        )
        cls.customer.email = "birch@example.com"

    def _text(self, markup):
        return " ".join(html.fromstring(markup).text_content().split())

    def assertNeutral(self, text):
        for word in (*self.SECRETS, "Paid", "paid"):
            self.assertNotIn(word, text)

    def _portal(self, url):
        self.authenticate("birch_portal", "birch_portal")
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        document = html.fromstring(response.content)
        return " ".join(document.xpath("string(//main)").split())

    def _badges(self, invoice):
        """Everything the page says of the status, as the customer reads it."""
        self.authenticate("birch_portal", "birch_portal")
        document = html.fromstring(self.url_open(f"/my/invoices/{invoice.id}").content)
        badges = document.find_class("o_portal_invoice_sidebar")[0].find_class("badge")
        return [" ".join(badge.text_content().split()) for badge in badges]
