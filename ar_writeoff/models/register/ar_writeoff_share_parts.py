from collections import defaultdict

from odoo import api, models

from ..amounts import AMOUNTS
from .ar_writeoff_share import LINKS, TAXES


class ArWriteoffShare(models.Model):
    """Rows of the register in the shape of a plan, for the engine to read."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.share"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_booked_parts(self, lines):
        """What these lines were written off against, given back since or not.

        :param lines: ``ar.writeoff.line``
        :return: see ``_to_parts``
        """
        domain = [("line_id", "in", lines._origin.ids), ("reversed_id", "=", False)]
        return self.search(domain)._to_parts()

    def _to_parts(self):
        """Rows in the shape of a plan; what only the carrier knows is not in it.

        :return: dict ``ar.writeoff.line`` id → list of dicts, see
            ``ar.writeoff.breakdown._prepare_breakdown``
        """
        names = ("line_id", "kind", "treatment", "key", "signature", "carrier_id", "target_id")
        parts = defaultdict(list)
        rows = self.read([*names, *AMOUNTS, *LINKS, *TAXES], load="")
        distribution_ids = {vals["tax_repartition_line_id"] for vals in rows} - {False}
        Distribution, Tax = self.env["account.tax.repartition.line"], self.env["account.tax"]
        given_by = {rep.id: rep.tax_id for rep in Distribution.browse(distribution_ids)}
        for vals in rows:
            tax = given_by.get(vals["tax_repartition_line_id"]) or Tax.browse(vals["tax_id"])
            part = {**vals, "share_id": vals.pop("id"), "name": tax.name}
            if part["kind"] != "transition":
                del part["target_id"]
            parts[part["line_id"]].append(part)
        return parts

    @api.model
    def _get_taken_domain(self, documents, without):
        """The rows that count as taken of documents: those of entries in draft or posted.

        Reversed ones need no exception: the rows of the undo are there as well.

        :param documents: ``account.move``
        :param without: ``ar.writeoff.line`` records that are left aside
        :return: domain
        """
        return [
            ("move_id", "in", documents.ids),
            ("line_id", "not in", without._origin.ids),
            ("line_id.state", "!=", "cancelled"),
        ]

    @api.model
    def _get_taken_parts(self, documents, without):
        """What write-offs took of these documents, line by line and source by source.

        :param documents: ``account.move``
        :param without: ``ar.writeoff.line`` records that are left aside
        :return: dict document id → list of tuples (``ar.writeoff.line``, part)
        """
        taken = defaultdict(list)
        if not documents:
            return taken
        # sudo: what other write-offs took counts, whoever may see them
        groups = self.sudo()._read_group(
            self._get_taken_domain(documents, without),
            ["move_id", "line_id", "kind", "treatment", "key", "target_id"],
            ["id:min", *(f"{name}:sum" for name in AMOUNTS)],
            order="id:min",
        )
        for document, line, kind, treatment, key, target, share_id, *amounts in groups:
            if any(amounts):  # or it was undone
                share = self.sudo().browse(share_id)  # sudo: as above
                part = {
                    "share_id": share_id,
                    "kind": kind,
                    "treatment": treatment,
                    "kept_tax_ids": share.kept_tax_ids.ids if treatment == "relief" else [],
                    "key": key,
                    "target_id": target.id,
                    **dict(zip(AMOUNTS, amounts, strict=True)),
                }
                taken[document.id].append((line, part))
        return taken

    def _prepare_source(self):
        """The part of the document this was a share of, as it stands booked.

        :return: dict, see ``ar.writeoff.contra._prepare_part``
        """
        (part,) = self._to_parts()[self.line_id.id]
        carrier = self.carrier_id
        if not carrier:
            return part
        return {
            **part,
            "account_id": carrier.account_id.id,
            "tax_ids": carrier.tax_ids.ids,
            "tax_tag_ids": carrier.tax_tag_ids.ids,
            "analytic_distribution": carrier.analytic_distribution or False,
        }
