from odoo import models


class ArWriteoffItemMixin(models.AbstractModel):
    """An item as whoever called hears of it: amounts, entries, and its state of now."""

    # A room of its own: what a call tells stands together.
    _inherit = "ar.writeoff.item.mixin"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_outcome_item(self):
        """What is told of an item. Extension point.

        :return: dict that can be sent; amounts have the sign of what is or was open
        """
        self.ensure_one()
        return {
            "item_id": self.item_id.id,
            "document": self.item_name,
            "line_id": False,
            "amount_currency": self.amount_currency,
            "currency": self.currency_id.name,
            "amount": self.amount,
            "amount_tax": 0.0,
            "company_currency": self.company_currency_id.name,
            "matched_first": self.netted_currency,
            "reason_id": self.reason_id.id,
            "state": self._get_outcome_state(),
            "entry_id": False,
            "entry_name": False,
            "reversal_id": False,
            "reversal_name": False,
        }

    def _get_outcome_state(self):
        """Its state of now, in one word.

        :return: str
        """
        return self.state


class ArWriteoffLine(models.Model):
    # A room of its own: what a call tells stands together.
    _inherit = "ar.writeoff.line"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_outcome_item(self):
        reversals = self.sudo().entry_line_ids.move_id.filtered(  # sudo: as for the entry
            lambda move: move.writeoff_role == "reversal"
        )
        return {
            **super()._prepare_outcome_item(),
            "line_id": self.ids[0] if self.ids else False,
            "amount_tax": self.amount_tax,
            "entry_id": self.entry_id.id,
            "entry_name": self.entry_name,
            "reversal_id": reversals[:1].id,
            "reversal_name": reversals[:1].name,
        }


class ArWriteoffCandidate(models.Model):
    # A room of its own: what a call tells stands together.
    _inherit = "ar.writeoff.candidate"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_outcome_item(self):
        return {
            **super()._prepare_outcome_item(),
            "obstacle": self.obstacle,
            "message": self.obstacle_message,
        }
