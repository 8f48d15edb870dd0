from odoo import api, models

from ..line_states import LOOSE_STATES

# Refused because of another write-off: there is the remedy.
LINKED_CODES = ("reserved", "unmatched", "counterpart")


class ArWriteoffEligibility(models.AbstractModel):
    """The way on from what speaks against a write-off."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.eligibility"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _prepare_shown(self, problems):
        """Problems as core's ``actionable_errors`` widget shows them, in the same order.

        :param list problems: see ``problems``
        :return: dict, for a JSON field
        """
        return {
            f"{index}_{problem['code']}": {**problem, **self._get_remedy(problem)}
            for index, problem in enumerate(problems)
        }

    @api.model
    def _get_remedy(self, problem):
        """The way to what stands in the way, besides what the message says. Extension point.

        :param dict problem: see ``problems``
        :return: dict: ``action`` (window action) and ``action_text``; empty where there is none
        """
        items = self.env["account.move.line"].browse(problem["items"])
        if problem["code"] in LINKED_CODES:
            link = self._get_link(items)
        elif problem["code"] == "account":
            link = self._get_setup()
        else:
            link = self._get_way(problem["code"], items)
        return dict(zip(("action", "action_text"), link, strict=True)) if link else {}

    def _get_setup(self):
        """The way to the accounts, for who keeps them.

        :return: see ``_get_way``
        """
        if not self.env["ar.writeoff.setup"].has_access("create"):
            return ()
        return self.env["ar.writeoff.setup"]._open(), self.env._("Set Up Write-Offs")

    def _get_way(self, code, items):
        """The way to what a notice is about.

        :param str code: of the problem
        :param items: ``account.move.line`` records it concerns
        :return: tuple (window action, text of the button); empty if there is none
        """
        if code == "in_payment":
            found = [self._get_payments_in_process(item) for item in items]
            records, name = found[0].union(*found).sudo(False), self.env._("Open Payments")
        elif code == "draft_credit_note":
            records = self.env["account.move"].search(
                [("reversed_entry_id", "in", items.move_id.ids), ("state", "=", "draft")]
            )
            name = self.env._("Open Credit Notes")
        elif code == "payables":
            records = self.env["account.move.line"].search(self._get_payables_domain(items))
            name = self.env._("Open Payables")
        elif code in ("discount", "open_credit", "blocked"):
            records, name = items.move_id, self.env._("Open Documents")
        else:
            return ()
        # Who may not read it has no way to it.
        records = records.filtered(lambda record: record.has_access("read"))
        return records and (records._get_records_action(name=name, context={}), name)

    @api.model
    def _get_hindering(self, items):
        """The write-offs and batches that stand in the way of these items, as far as the user may
        see them.

        :param items: ``account.move.line`` records, refused by one of ``LINKED_CODES``
        :return: tuple: ``ar.writeoff``, ``ar.writeoff.batch``
        """
        # sudo: the links are found for whoever may see the write-off in the end
        lines = items.sudo().writeoff_line_id
        lines |= lines.search([("item_id", "in", items.ids), ("state", "in", LOOSE_STATES)])
        reservations = self.env["ar.writeoff.reservation"].sudo()  # sudo: as above
        reservations = reservations.search([("item_id", "in", items.ids)])
        writeoffs, batches = (
            self.env[holders._name].search([("id", "in", holders.ids)])
            for holders in (
                (lines | reservations.line_id).writeoff_id,
                reservations.candidate_id.batch_id,
            )
        )
        return writeoffs, batches

    @api.model
    def _get_link(self, items):
        """The way to what stands in the way of these items: write-offs, else batches.

        :param items: see ``_get_hindering``
        :return: tuple (window action, text of the button); empty if the user cannot see them
        """
        writeoffs, batches = self._get_hindering(items)
        if writeoffs:
            one = len(writeoffs) == 1
            name = self.env._("Open Write-Off") if one else self.env._("Open Write-Offs")
            return writeoffs._get_records_action(name=self.env._("Write-Offs"), context={}), name
        if batches:
            name = self.env._("Open Batch")
            return batches._get_records_action(name=self.env._("Batches"), context={}), name
        return ()
