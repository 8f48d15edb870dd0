from odoo import api, models
from odoo.fields import Domain

from ..problems import blocker, get_short_list


class ArWriteoffArchivedAccount(models.AbstractModel):
    """Accounts that were archived since: nothing can be given back on them."""

    _name = "ar.writeoff.archived.account"
    _description = "Archived Accounts of a Write-Off"

    @api.model
    def _get_archived_accounts(self, lines):
        """The archived accounts on which an undo of these lines would have to post.

        :param lines: ``ar.writeoff.line`` records, posted
        :return: ``account.account``
        """
        return self._get_archived_items(lines).account_id.sorted()

    def _get_archived_items(self, lines):
        """What an undo of these lines has to give back on archived accounts.

        :param lines: ``ar.writeoff.line`` records, posted
        :return: ``account.move.line`` of their entries
        """
        entries = self.env["ar.writeoff.reversal"]._get_entries_domain(lines)
        archived = self.env["account.move.line"].search(
            entries & Domain("account_id.active", "=", False)
        )
        if not archived:
            return archived  # the rule: nothing more is looked at
        given_back = self.env["ar.writeoff.reversal.entry"]._get_given_back(lines)
        carriers = {carrier.id for _line, _part, carrier in given_back}
        return archived.filtered(lambda item: item.id in carriers)

    @api.model
    def _check_archived_accounts(self, lines, replacements):
        """An account that takes no postings needs one that does in its place.

        :param lines: ``ar.writeoff.line`` records to undo
        :param dict replacements: archived ``account.account`` → the one to post on instead
        :return: iterator of problems
        """
        for account, items in self._get_archived_items(lines).grouped("account_id").items():
            writeoff = get_short_list(self.env, items.move_id.writeoff_id.mapped("name"))
            if items.writeoff_line_id:
                yield blocker("archived", self._get_unarchive_message(account, writeoff))
            elif account not in replacements:
                message = self.env._(
                    "%(account)s, on which %(writeoff)s stands, is archived. Choose the account to "
                    "give it back on in the undo dialog, or unarchive it.",
                    account=account.display_name,
                    writeoff=writeoff,
                )
                yield blocker("archived", message)
            elif not self._is_fit_replacement(replacements[account], items.company_id):
                message = self.env._(
                    "%(account)s cannot take the place of %(archived)s: it is archived, belongs to "
                    "another company, or its type takes no loss or gain. Choose another.",
                    account=replacements[account].display_name,
                    archived=account.display_name,
                )
                yield blocker("archived", message)

    def _get_unarchive_message(self, account, writeoff):
        return self.env._(
            "%(account)s, on which %(writeoff)s stands, is archived. What is given back there is "
            "matched, which no other account can take over: unarchive it, undo, and archive it "
            "again.",
            account=account.display_name,
            writeoff=writeoff,
        )

    def _is_fit_replacement(self, account, companies):
        """Tell whether what stood on an archived account may be given back on this one.

        :param account: ``account.account``
        :param companies: ``res.company`` of the entries
        :return: bool
        """
        # sudo: whose account it is; a branch may use its parents' accounts
        account, companies = account.sudo(), companies.sudo()
        return (
            account.active
            and account._is_writeoff_account()
            and all(account.company_ids & company.parent_ids for company in companies)
        )
