from odoo import Command, api, fields, models

from ..amounts import AMOUNTS

# What a plan says and a row keeps; boxes, taxes of the entry, label and analytic distribution are
# the carrier's.
LINKS = ("account_id", "product_id", "tax_id", "tax_repartition_line_id", "group_tax_id")
TAXES = ("kept_tax_ids", "base_tax_ids")
KEPT = ("kind", "treatment", "key", "signature", *LINKS)


class ArWriteoffShare(models.Model):
    """What a line is written off against: one row for each line and source of its document.

    Merged journal items are not split by line; the rows say how much of each is whose. Undoing
    adds rows with the opposite sign, so that what is taken of a document is the sum of its rows.
    """

    _name = "ar.writeoff.share"
    _description = "Share of a Write-Off Line"
    _order = "id"
    _rec_name = "account_id"

    line_id = fields.Many2one(
        "ar.writeoff.line",
        string="Write-Off Line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    kind = fields.Selection(
        [("loss", "Loss or Gain"), ("tax", "Tax Given Back"), ("transition", "Tax Never Due")],
        required=True,
        readonly=True,
    )
    treatment = fields.Selection(
        [
            ("gross", "Tax in the Loss"),
            ("separated", "Tax Separated"),
            ("relief", "Relief for Some Taxes"),
        ],
        string="Tax Treatment",
        readonly=True,
        help="How the taxes of the document were treated; empty where its lines did not matter. "
        "Shares of a document that were treated alike add up to its lines.",
    )
    kept_tax_ids = fields.Many2many(
        "account.tax",
        "ar_writeoff_share_kept_tax_rel",
        string="Taxes in the Loss",
        readonly=True,
        ondelete="restrict",
        help="With relief: the taxes of the document for which there is none.",
    )
    key = fields.Char(
        readonly=True,
        help="What part of the document it is a share of: a hash of facts of the document alone.",
    )
    signature = fields.Char(
        readonly=True,
        help="Taxes and boxes as planned, as a hash: by it, edited drafts are told from others.",
    )
    account_id = fields.Many2one(
        "account.account",
        compute="_compute_account_id",
        store=True,
        readonly=True,
        ondelete="restrict",
        help="Where it stands; as planned, as long as the entry is in draft.",
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="restrict")
    tax_id = fields.Many2one(
        "account.tax",
        readonly=True,
        ondelete="restrict",
        help="The tax of the document that it takes back, whatever relief tax does so.",
    )
    base_tax_ids = fields.Many2many(
        "account.tax",
        "ar_writeoff_share_base_tax_rel",
        string="Base of Taxes",
        readonly=True,
        ondelete="restrict",
        help="The taxes of the document whose base it takes back.",
    )
    tax_repartition_line_id = fields.Many2one(
        "account.tax.repartition.line",
        string="Tax Distribution",
        readonly=True,
        ondelete="restrict",
    )
    group_tax_id = fields.Many2one(
        "account.tax", string="Group of Taxes", readonly=True, ondelete="restrict"
    )
    amount_currency = fields.Monetary(
        string="Amount in Currency", readonly=True, help="Document currency, debit positive."
    )
    balance = fields.Monetary(
        string="Amount",
        currency_field="company_currency_id",
        readonly=True,
        help="Company currency, debit positive.",
    )
    tax_base_amount = fields.Monetary(
        string="Base Amount", currency_field="company_currency_id", readonly=True
    )
    target_id = fields.Many2one(
        "account.move.line",
        string="Closes",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The journal item of the document that it clears: tax in transition.",
    )
    carrier_id = fields.Many2one(
        "account.move.line",
        string="Journal Item",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Carries it, perhaps with shares of other lines. Taxes, boxes, label and analytic "
        "distribution stand there. Empty where shares of several lines cancelled each other.",
    )

    reversed_id = fields.Many2one(
        "ar.writeoff.share",
        string="Undoes",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The share that was given back by this one, of the opposite sign.",
    )

    @api.depends("carrier_id.account_id")
    def _compute_account_id(self):
        """What is posted is where it was reclassified to; a draft is compared with the plan."""
        for share in self:
            carrier = share.carrier_id
            is_posted = carrier.parent_state == "posted"
            share.account_id = carrier.account_id if is_posted else share.account_id

    # ------------------------------------------------------------------
    # Written by the engine
    # ------------------------------------------------------------------

    @api.model
    def _prepare_vals(self, line, part, carrier_id):
        """Values of the row that keeps a part of a plan.

        :param line: ``ar.writeoff.line``
        :param dict part: see ``ar.writeoff.breakdown._prepare_breakdown``
        :param carrier_id: id of the ``account.move.line`` that carries it, or False
        :return: dict
        """
        return {
            "line_id": line.id,
            "move_id": line.move_id.id,
            "company_id": line.company_id.id,
            "currency_id": line.currency_id.id,
            "carrier_id": carrier_id,
            "target_id": part.get("target_id", False),
            **{name: [Command.set(part[name])] for name in TAXES if part.get(name)},
            **{name: part.get(name, False) for name in KEPT},
            **{name: part.get(name, 0.0) for name in AMOUNTS},
        }

    def _prepare_reversed_vals(self, carrier):
        """Values of the row that takes this one back.

        :param carrier: ``account.move.line`` of the reversal entry, empty if none carries it
        :return: dict
        """
        self.ensure_one()
        names = ("line_id", "move_id", "company_id", "currency_id", "target_id", *LINKS)
        vals = {
            **{name: self[name].id for name in names},
            **{name: self[name] for name in ("kind", "treatment", "key", "signature")},
            **{name: [Command.set(self[name].ids)] for name in TAXES if self[name]},
            **{name: -self[name] for name in AMOUNTS},
            "carrier_id": carrier.id,
            "reversed_id": self.id,
        }
        if carrier:
            vals["account_id"] = carrier.account_id.id
        return vals

    @api.model
    def _detach(self, carriers):
        """Items of an entry in draft are deleted, perhaps to be made anew: their shares stay.

        :param carriers: ``account.move.line``
        """
        # sudo: the register follows the ledger, whoever changes the ledger
        own = carriers.sudo().filtered(lambda item: item.move_id.writeoff_role)
        if own:
            self.sudo().search([("carrier_id", "in", own.ids)]).carrier_id = False

    def _get_loss_accounts(self):
        """Where loss or gain landed; not where an undo gave it back in its place.

        :return: ``account.account``
        """
        losses = self.filtered(lambda share: share.kind == "loss" and not share.reversed_id)
        return losses.account_id

    @api.model
    def _delete_of(self, entries):
        """An entry in draft is deleted: what it planned to take is free again.

        :param entries: ``account.move``, about to be deleted
        """
        # sudo: the register follows the ledger, whoever changes the ledger
        own = entries.sudo().filtered("writeoff_role").line_ids
        if own:
            shares = self.sudo().search([("carrier_id", "in", own.ids)])
            (shares | own.writeoff_line_id.share_ids).unlink()
