from odoo import api, fields, models

from ..models.problems import BLOCKS, WANTS_CONFIRMATION, prepare_confirmed


class ArWriteoffBatchConfirm(models.TransientModel):
    """The last look before a batch runs."""

    _name = "ar.writeoff.batch.confirm"
    _description = "Run a Batch Write-Off"
    _inherit = "ar.writeoff.values.mixin"

    batch_id = fields.Many2one("ar.writeoff.batch", required=True, readonly=True)
    currency_id = fields.Many2one(related="batch_id.currency_id")
    mode = fields.Selection(
        [("included", "Included"), ("all", "All"), ("retry", "Retry")],
        required=True,
        readonly=True,
    )
    item_count = fields.Integer(string="Items", readonly=True)
    more_count = fields.Integer(string="Included in Addition", readonly=True)
    amount = fields.Monetary(
        string="Total to Write Off", readonly=True, help="Credits count against balances."
    )
    amount_loss = fields.Monetary(
        string="Loss", readonly=True, help="Balances given up, the tax in them included."
    )
    amount_gain = fields.Monetary(
        string="Gain", readonly=True, help="Credits given up, the tax in them included."
    )
    amounts_by_currency = fields.Char(string="By Currency", readonly=True)
    entry_count = fields.Integer(
        string="Journal Entries",
        readonly=True,
        help="More of them where a customer has more items than a chunk takes, or items fail.",
    )
    accounts = fields.Text(readonly=True)
    matched = fields.Text(string="Only Matched", readonly=True)
    left_out = fields.Text(readonly=True)
    problems = fields.Json(readonly=True)
    has_blockers = fields.Boolean(readonly=True)
    has_warnings = fields.Boolean(readonly=True)
    fingerprint = fields.Char(readonly=True, help="Of the plan that was shown.")
    warnings_confirmed = fields.Boolean(string="I have read the warnings and want to go on")

    @api.model
    def _open(self, batch, mode):
        """Say what a run would do: it is prepared for a look, and that is taken back.

        :param batch: ``ar.writeoff.batch``
        :param str mode: see ``ar.writeoff.start``
        :return: window action
        """
        savepoint = self.env.cr.savepoint()
        try:
            before = batch.included_count
            lines, warnings = self.env["ar.writeoff.start"]._prepare(batch, mode)
            vals = {
                **self._prepare_confirm_vals(batch, lines, warnings),
                "mode": mode,
                "more_count": len(lines) - before,
            }
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
        wizard = self.create({"batch_id": batch.id, **vals})
        return wizard._get_records_action(
            name=self.env._("Process Batch"), target="new", context={}
        )

    def _prepare_confirm_vals(self, batch, lines, warnings):
        Start = self.env["ar.writeoff.start"]
        problems = [*Start._get_problems(batch, lines), *warnings]
        levels = {problem["level"] for problem in problems}
        matched = lines.filtered(lambda line: line._is_netted_only())
        given_up = lines - matched
        amounts = given_up.mapped("amount")
        return {
            "item_count": len(lines),
            "amount": sum(amounts),
            "amount_loss": sum(amount for amount in amounts if amount > 0),
            "amount_gain": -sum(amount for amount in amounts if amount < 0),
            "amounts_by_currency": ", ".join(
                currency.format(sum(own.mapped("amount_currency")))
                for currency, own in given_up.grouped("currency_id").items()
            ),
            "entry_count": self._count_entries(batch, given_up),
            "accounts": self._get_accounts_text(given_up),
            "matched": self._get_matched_text(matched),
            "left_out": self._get_left_out_text(batch),
            "problems": self.env["ar.writeoff.eligibility"]._prepare_shown(problems),
            "has_blockers": BLOCKS in levels,
            "has_warnings": WANTS_CONFIRMATION in levels,
            "fingerprint": Start._get_fingerprint(batch, lines),
        }

    def _count_entries(self, batch, lines):
        """How many journal entries the run makes: each chunk has its own.

        :param batch: ``ar.writeoff.batch``
        :param lines: ``ar.writeoff.candidate`` records to write off
        :return: int
        """
        size, room, chunk, keys = self.env["ar.writeoff.run"]._get_chunk_size(), 0, 0, set()
        plan, Entry = batch._get_plan(), self.env["ar.writeoff.entry"]
        customers = lines.grouped(lambda line: (line.company_id.id, line.partner_id.id))
        for _customer, own in sorted(customers.items()):
            if len(own) > room:
                chunk, room = chunk + 1, size
            room -= len(own)
            keys |= {(chunk, Entry._get_entry_key(plan, line)) for line in own}
        return len(keys)

    def _get_accounts_text(self, lines):
        """Where it lands, account by account, for people.

        :param lines: ``ar.writeoff.candidate`` records to write off
        :return: str
        """
        currency = lines.company_currency_id[:1]
        texts = []
        for account, own in lines.grouped("writeoff_account_id").items():
            name = account.display_name or self.env._("Accounts of the products")
            texts.append(f"{name}: {currency.format(abs(sum(own.mapped('amount'))))}")
        return "\n".join(sorted(texts))

    def _get_matched_text(self, lines):
        """What is closed by matching alone: nothing of it is written off.

        :param lines: ``ar.writeoff.candidate`` records
        :return: str, empty if there are none
        """
        if not lines:
            return ""
        debits = lines.filtered(lambda line: line.netted_currency > 0) or lines
        amounts = ", ".join(
            currency.format(abs(sum(own.mapped("netted_currency"))))
            for currency, own in debits.grouped("currency_id").items()
        )
        return self.env._(
            "Items: %(count)s, %(amounts)s, with other items of the same customers",
            count=len(lines),
            amounts=amounts,
        )

    def _get_left_out_text(self, batch):
        rows = self.env["ar.writeoff.summary"].search(
            [("batch_id", "=", batch.id), ("state", "in", ("left_out", "skipped", "failed"))]
        )
        labels = dict(rows._fields["obstacle"]._description_selection(self.env))
        return "\n".join(
            f"{row.item_count} × {labels.get(row.obstacle, '')}: "
            f"{row.currency_id.format(row.amount_currency)}"
            for row in rows
        )

    def action_run(self):
        """Run the batch.

        :return: window action: the batch, with its result or its progress
        :raises AccessError, UserError: see ``ar.writeoff.start``
        """
        self.ensure_one()
        batch = self.batch_id
        confirmed = prepare_confirmed(self.problems) if self.warnings_confirmed else []
        self.env["ar.writeoff.start"]._start(
            batch,
            self.mode,
            confirmed,
            self.item_count,
            self.amount,
            fingerprint=self.fingerprint,
        )
        return batch._get_batch_action()
