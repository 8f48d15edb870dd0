from odoo import models
from odoo.exceptions import UserError

from ..line_states import LIVE_STATES, MATCHED_STATES


class ArWriteoffLine(models.Model):
    """What stands written off is undone before its document goes another way."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.line"  # pylint: disable=consider-merging-classes-inherited

    def _check_none_matched(self):
        """Refuse what would take the write-off off the documents of these lines.

        :raises UserError: naming the first document, what of it is written off, and by what
        """
        matched = self.filtered(lambda line: line.state in MATCHED_STATES)
        for document, lines in matched.grouped("move_id").items():
            raise UserError(
                self.env._(
                    "%(amount)s of %(document)s is written off. Undo the write-off "
                    "(%(writeoffs)s) first: open it from the invoice and press Undo.",
                    amount=lines._format_amounts("matched_currency"),
                    document=document.display_name,
                    writeoffs=", ".join(lines.writeoff_id.mapped("name")),
                )
            )

    def _check_none_stands(self):
        """Refuse what would leave an entry in the books without the item it was made for.

        :raises UserError: naming the first document or item, and its write-off
        """
        self._check_none_matched()
        for line in self.filtered(lambda line: line.state in LIVE_STATES):
            raise UserError(line._get_unmatched_message())

    def _get_unmatched_message(self):
        """What to do about an entry that stands, but was unreconciled from its item.

        :return: str
        """
        self.ensure_one()
        if self.state == "partly_matched":
            return self.env._(
                "%(item)s: only %(matched)s of %(amount)s that write-off %(writeoff)s gave up are "
                "matched with it: match the rest again, or undo that write-off first.",
                item=self.item_name,
                matched=self._format_amounts("matched_currency"),
                amount=self._format_amounts(),
                writeoff=self.writeoff_id.name,
            )
        return self.env._(
            "%(item)s was unreconciled from write-off %(writeoff)s, whose entry still stands: "
            "match them again, or undo that write-off first.",
            item=self.item_name,
            writeoff=self.writeoff_id.name,
        )

    def _format_amounts(self, name="amount_currency"):
        """What these lines give up, currency by currency.

        :param str name: of a field in document currency
        :return: str
        """
        return " + ".join(
            currency.format(abs(sum(group.mapped(name))))
            for currency, group in self.grouped("currency_id").items()
        )
