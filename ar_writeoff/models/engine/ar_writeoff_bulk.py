from odoo import Command, api, models
from odoo.exceptions import UserError

from ..rights import as_engine

# What differs between the counterparts of one sum; all else they have in common.
OWN = (
    "name",
    "partner_id",
    "amount_currency",
    "balance",
    "writeoff_line_id",
    "writeoff_target_id",
)


class ArWriteoffBulk(models.AbstractModel):
    """Posting at the database's own cost, where a company asks for it.

    Odoo creates and posts the entries, with one receivable line for the sum of many ordinary items;
    then the database splits it into their counterparts and matches these with the items. No column
    differs from what Odoo's own way leaves behind.
    """

    _name = "ar.writeoff.bulk"
    _description = "Set-Based Posting of Write-Offs"

    # ------------------------------------------------------------------
    # One line for the sum of many
    # ------------------------------------------------------------------

    @api.model
    def _sum_up(self, vals_list, lines):
        """Take the counterparts of ordinary items out of their entries, and put sums in.

        :param list vals_list: values for ``account.move``, changed in place
        :param lines: ``ar.writeoff.line`` records, see ``_filter_ordinary``
        :return: dict id of the first item of a sum → values of the counterparts it stands for
        """
        ids, sums = set(lines.ids), {}
        for vals in vals_list if ids else ():
            groups, others = {}, []
            for command in vals["line_ids"]:
                if command[2].get("writeoff_line_id") in ids:
                    groups.setdefault(self._get_sum_key(command[2]), []).append(command[2])
                else:
                    others.append(command)
            summed = [Command.create(self._prepare_sum_vals(own)) for own in groups.values()]
            vals["line_ids"] = summed + others
            sums.update({own[0]["writeoff_target_id"]: own for own in groups.values()})
        return sums

    def _get_sum_key(self, vals):
        """What counterparts must share to be split from one sum: all but what is their own.

        :param dict vals: values of a counterpart
        :return: hashable
        """
        common = tuple((name, repr(vals[name])) for name in sorted(vals) if name not in OWN)
        return *common, vals["balance"] > 0

    def _prepare_sum_vals(self, vals_list):
        """Values of the line that stands for these counterparts until they are there.

        :param list vals_list: values of counterparts
        :return: values for ``account.move.line``; no link to the register, which knows counterparts
            alone
        """
        first = vals_list[0]
        item = self.env["account.move.line"].browse(first["writeoff_target_id"])
        partners = {vals["partner_id"] for vals in vals_list}
        return {
            **first,
            "partner_id": first["partner_id"] if len(partners) == 1 else False,
            "amount_currency": item.currency_id.round(
                sum(vals["amount_currency"] for vals in vals_list)
            ),
            "balance": item.company_currency_id.round(sum(vals["balance"] for vals in vals_list)),
            "writeoff_line_id": False,
        }

    @api.model
    def _get_counterparts(self, entries, sums):
        """The lines that stand for sums.

        :param entries: ``account.move`` records that were just created
        :param dict sums: see ``_sum_up``
        :return: dict ``account.move.line`` → values of the counterparts it stands for
        """
        # sudo: who posts need not see the links to the register
        return {
            line.sudo(False): sums[line.writeoff_target_id.id]
            for line in (entries.sudo().line_ids if sums else ())
            if line.writeoff_target_id and not line.writeoff_line_id
        }

    @api.model
    def _get_lines(self, counterparts):
        """What the register says of these counterparts, entry by entry.

        :param dict counterparts: see ``_get_counterparts``
        :return: dict ``account.move`` → ``ar.writeoff.line``
        """
        found = {}
        for line, vals_list in counterparts.items():
            ids = [vals["writeoff_line_id"] for vals in vals_list]
            own = self.env["ar.writeoff.line"].browse(ids)
            found[line.move_id] = found.get(line.move_id, own.browse()) | own
        return found

    # ------------------------------------------------------------------
    # Splitting, matching, and who hears of it
    # ------------------------------------------------------------------

    @api.model
    def _close(self, lines, counterparts):
        """Write the counterparts of entries that were just posted, and match them with their items.

        :param lines: ``ar.writeoff.line`` records these counterparts are for, being settled
        :param dict counterparts: see ``_get_counterparts``
        """
        if not lines:
            return
        AccountMoveLine = self.env["account.move.line"].with_context(
            tracking_disable=True,  # one note per document is logged instead
            mail_notrack=True,
        )
        sums = AccountMoveLine.union(*counterparts)
        self._check_posted(sums.move_id)
        items = AccountMoveLine.browse(lines.item_id.ids)
        told = (items | sums)._reconcile_pre_hook()
        told["unsettled_invoices"] |= lines._get_unsettled_documents()
        self.env.flush_all()
        closing = self.env["ar.writeoff.bulk.ledger"]._write_counterparts(counterparts)
        as_engine(lines)._write_done()
        self.env.invalidate_all(flush=False)
        self._follow(items.move_id)
        (items | AccountMoveLine.browse(closing))._reconcile_post_hook(told)

    def _check_posted(self, entries):
        """Sums in an entry that somebody keeps back would stand for counterparts for ever.

        :param entries: ``account.move`` records that were to be posted
        :raises UserError: naming them
        """
        if kept := entries.filtered(lambda entry: entry.state != "posted"):
            raise UserError(
                self.env._(
                    "%(entries)s: another app keeps entries from being posted. Nothing was "
                    "changed; switch Set-Based Posting off in the settings of %(company)s.",
                    entries=", ".join(kept.mapped("display_name")),
                    company=kept.company_id[0].name,
                )
            )

    def _follow(self, documents):
        """What hangs on the residuals of documents follows, in Odoo's own way.

        :param documents: ``account.move`` records, in a context without tracking
        """
        documents.modified(["amount_residual", "amount_residual_signed"])
        documents._follow_matches()
        documents.env.flush_all()  # all of it is computed in this context
