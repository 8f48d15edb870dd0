from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ..models.configuration.account_account import WRITEOFF_ACCOUNT_DOMAIN
from ..models.undo_request import UndoRequest

# A browser loads the ids of all, and nobody reads more.
LIST_SIZE = 2000


class ArWriteoffUndoWizard(models.TransientModel):
    _name = "ar.writeoff.undo"
    _description = "Undo a Write-Off"
    _inherit = "ar.writeoff.values.mixin"

    writeoff_id = fields.Many2one("ar.writeoff", string="Write-Off", readonly=True)
    batch_id = fields.Many2one("ar.writeoff.batch", readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.Many2many(
        "ar.writeoff.line",
        string="Items to Undo",
        domain="[('batch_id', '=?', batch_id), ('writeoff_id', '=?', writeoff_id), "
        "('state', 'in', ('done', 'partly_matched', 'unmatched'))]",
    )
    is_whole = fields.Boolean(
        readonly=True, help="All that is left of it, which is too much for a list."
    )
    item_count = fields.Integer(string="Items", compute="_compute_amount")
    amount = fields.Monetary(string="Amount Given Back", compute="_compute_amount")
    date = fields.Date(
        string="Reversal Date",
        required=True,
        compute="_compute_date",
        store=True,
        precompute=True,
        readonly=False,
        help="Accounting date of the reversal entry.",
    )
    has_netting = fields.Boolean(compute="_compute_has_netting")
    with_netting = fields.Boolean(
        string="Take the Matching Back",
        default=True,
        help="The customer's own credits, which were matched with their balances before the rest "
        "was written off, are open again as well.",
    )
    account_ids = fields.One2many(
        "ar.writeoff.undo.account",
        "undo_id",
        string="Archived Accounts",
        compute="_compute_account_ids",
        store=True,
        readonly=False,
        help="What stands on them cannot be given back there.",
    )
    comment = fields.Char(help="Why it is undone; kept in the history of the write-off.")

    @api.model
    def _open(self, lines, target):
        """Open the dialog on those of these lines that can be undone.

        :param lines: ``ar.writeoff.line`` records
        :param dict target: the write-off or the batch they belong to, as values
        :return: window action
        """
        undo = self.new(target)
        all_lines = undo._get_live_lines()
        live = all_lines & lines
        is_whole = live == all_lines and len(live) > self._get_list_size()
        listed = live.browse() if is_whole else live
        undo = self.create({**target, "is_whole": is_whole, "line_ids": [Command.set(listed.ids)]})
        return undo._get_records_action(name=self.env._("Undo Write-Off"), target="new", context={})

    def _get_list_size(self):
        """How many items are listed, to keep some of them written off. Extension point.

        :return: int
        """
        return LIST_SIZE

    def _get_live_lines(self):
        return self.env["ar.writeoff.undo.runner"]._get_live_lines(self._get_target())

    def _get_lines(self):
        """What is to be undone.

        :return: ``ar.writeoff.line``
        """
        return self._get_live_lines() if self.is_whole else self.line_ids._origin

    @api.constrains("writeoff_id", "batch_id")
    def _check_target(self):
        for wizard in self:
            if bool(wizard.writeoff_id) == bool(wizard.batch_id):
                raise ValidationError(
                    self.env._("Write-Off: say which one is undone, or which batch, not both.")
                )

    def _get_target(self):
        return self.batch_id or self.writeoff_id

    @api.depends("writeoff_id", "batch_id")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard._get_target().company_id

    @api.depends("line_ids", "is_whole")
    def _compute_date(self):
        for wizard in self:
            wizard.date = self.env["ar.writeoff.reversal"]._get_open_date(wizard._get_lines())

    @api.depends("writeoff_id", "batch_id")
    def _compute_has_netting(self):
        for wizard in self:
            wizard.has_netting = bool(wizard._get_target()._get_netting())

    @api.depends("line_ids", "is_whole")
    def _compute_account_ids(self):
        Archived = self.env["ar.writeoff.archived.account"]
        for wizard in self:
            chosen = wizard._get_replacements()
            archived = Archived._get_archived_accounts(wizard._get_lines())
            wizard.account_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {"account_id": old.id, "replacement_id": chosen.get(old, old.browse()).id}
                    )
                    for old in archived
                ),
            ]

    def _get_replacements(self):
        """What was chosen instead of archived accounts.

        :return: dict archived ``account.account`` → ``account.account``, chosen ones only
        """
        return {
            row.account_id: row.replacement_id for row in self.account_ids if row.replacement_id
        }

    @api.depends("line_ids", "is_whole")
    def _compute_amount(self):
        for wizard in self:
            lines = wizard._get_lines()
            [(amount, count)] = lines._read_group(
                [("id", "in", lines.ids)], aggregates=["amount:sum", "__count"]
            )
            wizard.amount, wizard.item_count = amount, count

    def action_undo(self):
        """Undo the write-off on the chosen date.

        :return: action that closes the dialog, and tells the outcome if there is more to it
        :raises AccessError, UserError: see ``ar.writeoff.undo.runner._start``
        """
        self.ensure_one()
        request = UndoRequest(
            date=self.date,
            comment=self.comment,
            with_netting=self.with_netting,
            replacements=self._get_replacements(),
        )
        Runner = self.env["ar.writeoff.undo.runner"]
        return Runner._start(self._get_target(), self._get_lines(), request)._get_outcome_action()


class ArWriteoffUndoAccount(models.TransientModel):
    _name = "ar.writeoff.undo.account"
    _description = "Archived Account of a Write-Off to Undo"
    _check_company_auto = True

    undo_id = fields.Many2one("ar.writeoff.undo", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="undo_id.company_id")
    account_id = fields.Many2one("account.account", string="Archived Account", required=True)
    replacement_id = fields.Many2one(
        "account.account",
        string="Give Back On",
        check_company=True,
        domain=WRITEOFF_ACCOUNT_DOMAIN,
    )
