from typing import NamedTuple

from odoo import api, models

STRICTEST_FIRST = ("refused", "limited", "allowed")


class CustomerRule(NamedTuple):
    """What may be written off of a customer, and on whom it stands."""

    policy: str  # of STRICTEST_FIRST
    limit: float  # of a document, company currency; counts where the policy is "limited"
    partner: models.BaseModel  # with the rights of the system

    def get_rank(self):
        return STRICTEST_FIRST.index(self.policy), self.limit


class ArWriteoffCustomerRule(models.AbstractModel):
    """The rule that holds for an open item: the strictest of those of all whom it concerns."""

    _name = "ar.writeoff.customer.rule"
    _description = "Rules of Customers for Write-Offs"

    @api.model
    def _get_rules(self, items):
        """What may be written off of these items.

        :param items: ``account.move.line`` records
        :return: dict item → ``CustomerRule``
        """
        rules, owners = {}, self._get_owners(items)
        for company, own in items.grouped("company_id").items():
            partners = self.env["res.partner"].union(*(owners[item] for item in own))
            known = self._get_partner_rules(partners, company)
            for item in own:
                found = [known[partner] for partner in owners[item]]
                nobody = CustomerRule("allowed", 0.0, item.partner_id)
                rules[item] = min(found, key=CustomerRule.get_rank, default=nobody)
        return rules

    def _get_owners(self, items):
        """Whose rules count: those of the item's partner and of the document's.

        When a customer becomes a contact of somebody else, core hands their journal items over; the
        document keeps their name. Where no document does, all contacts of the new one count.

        :param items: ``account.move.line`` records
        :return: dict item → ``res.partner``, with the rights of the system
        """
        # sudo: a rule holds whether or not the user may see on whom it stands
        items = items.sudo()
        nameless = items.filtered(lambda item: item.partner_id and not item.move_id.partner_id)
        contacts = self._get_contacts(nameless.partner_id)
        nobody = self.env["res.partner"]
        return {
            item.sudo(False): item.partner_id
            | item.move_id.partner_id
            | (contacts.get(item.partner_id, nobody) if item in nameless else nobody)
            for item in items
        }

    def _get_contacts(self, partners):
        """The contacts of customers that are not customers of their own.

        :param partners: ``res.partner`` records
        :return: dict partner → ``res.partner``
        """
        if not partners:
            return {}
        contacts = partners.with_context(active_test=False).search(
            [("commercial_partner_id", "in", partners.ids), ("parent_id", "!=", False)]
        )
        return contacts.with_env(partners.env).grouped("commercial_partner_id")

    def _get_partner_rules(self, partners, company):
        """The strictest of what stands on each partner and on their parents, up to the root.

        :param partners: ``res.partner`` records, with the rights of the system
        :param company: ``res.company``; a branch without a rule takes its parent's
        :return: dict partner → ``CustomerRule``
        """
        everybody = partners
        while parents := everybody.parent_id - everybody:
            everybody |= parents
        own = {partner: self._get_own_rule(partner, company) for partner in everybody}
        rules = {}
        for partner in partners:
            chain = [partner]
            while parent := chain[-1].parent_id:
                chain.append(parent)
            rules[partner] = min((own[one] for one in chain), key=CustomerRule.get_rank)
        return rules

    def _get_own_rule(self, partner, company):
        policy = company._get_writeoff_property(partner, "writeoff_policy") or "allowed"
        limit = company._get_writeoff_property(partner, "writeoff_limit") or 0.0
        return CustomerRule(policy, limit if policy == "limited" else 0.0, partner)
