from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_datetime

from ..problems import BLOCKS, WANTS_CONFIRMATION
from ..rights import as_engine

# As many items as somebody reads on paper; the spreadsheet has all.
PAPER_ITEMS = 300
ITEM_ORDER = "partner_name, date_maturity, id"
LEFT_OUT_STATES = ("left_out", "skipped", "failed")


def get_code(fingerprint):
    """What people compare of a fingerprint.

    :param str fingerprint: see ``ar.writeoff.planned._get_fingerprint``; or empty
    :return: str
    """
    return (fingerprint or "")[:12].upper()


class ArWriteoffProposalContent(models.AbstractModel):
    """What a proposal says, once for the paper and the spreadsheet: the figures are those of the
    dialog that starts the batch, the entries those that are posted."""

    _name = "ar.writeoff.proposal.content"
    _description = "Content of a Proposal"

    @api.model
    def _collect(self, proposal, state, problems):
        """Look at what a run would take.

        :param proposal: ``ar.writeoff.proposal``
        :param str state: of the candidates, see ``ar.writeoff.planned._get_domain``
        :param list problems: what speaks against it, or was confirmed; see ``problems``
        :return: dict: ``proposal``, ``batch``, ``currency`` (of the company), ``printed`` and
            ``decision``, ``criteria`` (lists of tuples: label, text), ``figures`` (see
            ``ar.writeoff.planned``), ``warnings`` (list of str), ``left_out`` (list of dicts),
            ``accounts`` (see ``_get_accounts``), ``items`` and ``others`` (domains on
            ``ar.writeoff.candidate``: what is taken, what is left out), ``fingerprint``, ``sums``
            (list of tuples: label; int, or float in company currency), ``is_foreign`` (bool:
            whether other currencies are in it)
        """
        batch, Planned = proposal.batch_id, self.env["ar.writeoff.planned"]
        items = Planned._get_domain(batch, state)
        figures = Planned._get_figures(batch, state)
        fingerprint = Planned._get_fingerprint(batch, state)
        accounts = self._get_accounts(batch, items)
        return {
            "proposal": proposal,
            "batch": batch,
            "number": proposal._get_number(),
            "currency": batch.currency_id,
            "printed": format_datetime(self.env, self.env.cr.now()),
            "user": self.env.user.name,
            "decision": self._get_decision(batch),
            "criteria": self.env["ar.writeoff.proposal.criteria"]._get_texts(batch),
            "figures": figures,
            "sums": self._get_sums(figures, accounts),
            "is_foreign": batch.currency_id.format(figures["amount"])
            != figures["amounts_by_currency"],
            "warnings": self._get_warnings(problems),
            "left_out": self._get_left_out(batch),
            "fingerprint": fingerprint,
            "code": get_code(fingerprint),
            "items": items,
            "paper_items": as_engine(self.env["ar.writeoff.candidate"]).search(
                items, order=ITEM_ORDER, limit=PAPER_ITEMS
            ),
            "others": Domain("batch_id", "=", batch.id) & Domain("state", "in", LEFT_OUT_STATES),
            **accounts,
        }

    def _get_sums(self, figures, accounts):
        """What is added up, with the names the dialog gives it.

        :param dict figures: see ``ar.writeoff.planned._get_figures``
        :param dict accounts: see ``_get_accounts``
        :return: list of tuples, see ``_collect``
        """
        rows = [
            (self.env._("Items"), figures["item_count"]),
            (self.env._("Journal Entries"), figures["entry_count"]),
            (self.env._("Balances Given Up"), figures["amount_loss"]),
            (self.env._("Credits Given Up"), figures["amount_gain"]),
            (self.env._("Total to Write Off"), figures["amount"]),
        ]
        if accounts["tax"] is None:
            return rows
        return [
            *rows,
            (self.env._("Tax in It, Not Lost"), accounts["tax"]),
            (self.env._("Loss"), accounts["loss"]),
            (self.env._("Gain"), accounts["gain"]),
        ]

    # ------------------------------------------------------------------
    # What was decided
    # ------------------------------------------------------------------

    def _get_decision(self, batch):
        names = (
            "side",
            "reason_id",
            "credit_reason_id",
            "date",
            "accounting_date",
            "grouping",
            "leave_draft",
            "comment",
        )
        Criteria = self.env["ar.writeoff.proposal.criteria"]
        rows = Criteria._get_rows(batch, names)
        if batch.evidence_ids:
            label = batch._fields["evidence_ids"]._description_string(self.env)
            rows.append((label, ", ".join(batch.evidence_ids.mapped("name"))))
        return rows

    def _get_warnings(self, problems):
        """What was to be confirmed, and what stands in the way; each once.

        :param list problems: see ``problems``
        :return: list of str
        """
        levels = {
            BLOCKS: self.env._("Stands in the way: %s"),
            WANTS_CONFIRMATION: self.env._("To confirm: %s"),
        }
        texts = (levels.get(one["level"], "%s") % one["message"] for one in problems)
        return list(dict.fromkeys(texts))

    def _get_left_out(self, batch):
        """What is left out, by reason and currency.

        :param batch: ``ar.writeoff.batch``
        :return: list of dicts: ``why``, ``count``, ``currency``, ``amount_currency``, ``amount``
        """
        groups = self.env["ar.writeoff.summary"].search(
            [("batch_id", "=", batch.id), ("state", "in", LEFT_OUT_STATES)]
        )
        labels = dict(groups._fields["obstacle"]._description_selection(self.env))
        found = {}
        for group in groups:
            key = labels.get(group.obstacle, ""), group.currency_id
            row = found.setdefault(
                key,
                {
                    "why": key[0],
                    "currency": key[1],
                    "count": 0,
                    "amount_currency": 0.0,
                    "amount": 0.0,
                },
            )
            row["count"] += group.item_count
            row["amount_currency"] += group.amount_currency
            row["amount"] += group.amount
        return list(found.values())

    # ------------------------------------------------------------------
    # Where it lands
    # ------------------------------------------------------------------

    def _get_accounts(self, batch, items):
        """What would be posted, account by account; of few items to the cent, tax and all.

        :param batch: ``ar.writeoff.batch``
        :param items: domain on ``ar.writeoff.candidate``
        :return: dict: ``accounts`` (list of tuples: company, account, debit, credit; company
            currency), ``tax``, ``loss``, ``gain`` (company currency; None where they are not
            known), ``accounts_note``
        """
        given_up = items & ~self.env["ar.writeoff.planned"]._get_netted_only_domain()
        rows = as_engine(self.env["ar.writeoff.candidate"])
        limit = self.env["ar.writeoff.run"]._get_at_once_size()
        if rows.search_count(items, limit=limit + 1) <= limit:
            try:
                return self._get_exact_accounts(batch, rows.search(items, order="id"))
            except UserError as error:
                note = self.env._("Tax is not separated here: %s", error)
        else:
            note = self.env._(
                "As decided, tax included: of so many items, tax is separated as they are posted."
            )
        return {
            "accounts": self._get_decided_accounts(given_up),
            "accounts_note": note,
            **dict.fromkeys(("tax", "loss", "gain")),
        }

    def _get_exact_accounts(self, batch, candidates):
        """The entries as they would be posted, added up.

        :param batch: ``ar.writeoff.batch``
        :param candidates: ``ar.writeoff.candidate`` records
        :return: see ``_get_accounts``
        :raises UserError: if something speaks against the matching that comes first
        """
        sums, tax = {}, {True: 0.0, False: 0.0}
        given_up = {True: 0.0, False: 0.0}
        for company, own in candidates.grouped("company_id").items():
            company = company.with_env(self.env)
            vals = batch._prepare_writeoff_vals(company)
            vals["line_ids"] = [Command.create(row._prepare_line_vals()) for row in own]
            with self.env["ar.writeoff.posting"]._planned(vals) as writeoff:
                lines = writeoff._get_given_up_lines()
                for is_credit, side in lines.grouped(
                    lambda line: line.item_id._is_writeoff_credit()
                ).items():
                    Preview = self.env["ar.writeoff.preview"]
                    tax[is_credit] += Preview._get_planned_tax(writeoff, side)
                    given_up[is_credit] += sum(side.mapped("amount"))
                self._add_entries(sums, writeoff, lines)
        return {
            "accounts": self._prepare_account_rows(sums, batch.currency_id),
            "accounts_note": "",
            "tax": sum(tax.values()),
            "loss": given_up[False] - tax[False],
            "gain": tax[True] - given_up[True],
        }

    def _add_entries(self, sums, writeoff, lines):
        Entry = self.env["ar.writeoff.entry"]
        for vals in Entry._prepare_entries_vals(writeoff, lines):
            for _command, _id, item in vals["line_ids"]:
                key = writeoff.company_id.id, item["account_id"]
                debit, credit = sums.get(key, (0.0, 0.0))
                balance = item["balance"]
                sums[key] = debit + max(balance, 0.0), credit + max(-balance, 0.0)

    def _get_decided_accounts(self, given_up):
        """The receivable accounts and those it was decided to land on.

        :param given_up: domain on ``ar.writeoff.candidate``
        :return: list of tuples, see ``_get_accounts``
        """
        rows, sums = as_engine(self.env["ar.writeoff.candidate"]), {}
        for name, sign in (("account_id", -1), ("writeoff_account_id", 1)):
            for side in (">", "<"):
                for company, account, amount in rows._read_group(
                    given_up & Domain("amount", side, 0), ["company_id", name], ["amount:sum"]
                ):
                    key = company.id, account.id
                    debit, credit = sums.get(key, (0.0, 0.0))
                    balance = sign * amount
                    sums[key] = debit + max(balance, 0.0), credit + max(-balance, 0.0)
        return self._prepare_account_rows(sums, self.env.company.currency_id)

    def _prepare_account_rows(self, sums, currency):
        """Sums by account as rows, by company and code.

        :param dict sums: (company id, account id) → (debit, credit)
        :param currency: ``res.currency`` of the company
        :return: list of tuples, see ``_get_accounts``
        """
        rows = []
        for (company_id, account_id), (debit, credit) in sums.items():
            # sudo: names, whoever may see the branch
            company = self.env["res.company"].sudo().browse(company_id)
            account = self.env["account.account"].sudo().with_company(company).browse(account_id)
            name = f"{account.code or ''} {account.name or ''}".strip()
            rows.append(
                (
                    company.name,
                    name or self.env._("Accounts of the products"),
                    currency.round(debit),
                    currency.round(credit),
                )
            )
        return sorted(rows)
