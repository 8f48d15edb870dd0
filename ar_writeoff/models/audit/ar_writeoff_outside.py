from odoo import api, fields, models
from odoo.tools import SQL

# Where accounts are configured that take losses and gains: table, column, and whether each company
# has its own.
CONFIGURED = (
    ("res_company", "writeoff_loss_account_id", False),
    ("res_company", "writeoff_gain_account_id", False),
    ("ar_writeoff_reason", "loss_account_id", True),
    ("ar_writeoff_reason", "gain_account_id", True),
    ("res_partner", "writeoff_account_id", True),
    ("product_category", "writeoff_account_id", True),
    ("product_template", "writeoff_account_id", True),
)


class ArWriteoffOutside(models.Model):
    """A receivable item that an entry on a loss, gain or allowance account closed, and no
    write-off: the difference of a payment dialog, an entry made by hand.

    The accounts are those configured for write-offs, and those that write-offs ever used.
    """

    _name = "ar.writeoff.outside"
    _description = "Closed outside the Register"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "entry_id"

    item_id = fields.Many2one("account.move.line", string="Open Item", readonly=True)
    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    entry_id = fields.Many2one("account.move", string="Journal Entry", readonly=True)
    is_payment = fields.Boolean(string="By a Payment", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    account_id = fields.Many2one("account.account", string="Loss Account", readonly=True)
    date = fields.Date(string="Accounting Date", readonly=True)
    matched = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="Closed by the entry, what was paid with it included.",
    )
    amount = fields.Monetary(
        string="Given Up",
        currency_field="company_currency_id",
        readonly=True,
        help="The share of it on the loss accounts of the entry; negative for a gain.",
    )
    user_id = fields.Many2one("res.users", string="Matched By", readonly=True)
    matched_on = fields.Datetime(readonly=True)

    @api.model
    def _get_accounts_query(self):
        """Every account that takes losses or gains. Extension point.

        :return: SQL with one column, ``account_id``
        """
        parts = [SQL("SELECT account_id FROM ar_writeoff_share WHERE kind = 'loss'")]
        for table, column, by_company in CONFIGURED:
            name = SQL.identifier(column)
            value, source = name, SQL.identifier(table)
            if by_company:
                value = SQL("one.value::int")
                source = SQL("%s, jsonb_each_text(%s) AS one", source, name)
            parts.append(SQL("SELECT %s FROM %s WHERE %s IS NOT NULL", value, source, value))
        return SQL(" UNION ").join(parts)

    def _get_pairs_query(self):
        """Each match from both of its sides.

        :return: SQL: match, the item it closes, and the item that closes it
        """
        return SQL(
            """
            SELECT match.id, match.amount, match.create_uid, match.create_date,
                   pair.item_id, pair.counter_id
              FROM account_partial_reconcile match,
                   LATERAL (VALUES (match.debit_move_id, match.credit_move_id),
                                   (match.credit_move_id, match.debit_move_id)
                           ) AS pair (item_id, counter_id)
            """
        )

    def _get_loss_query(self):
        """What of an entry is loss, where most of it lies, and what it closes on an account.

        :return: SQL, of ``entry`` and ``item``
        """
        own = SQL("FILTER (WHERE line.account_id IN (SELECT id FROM account))")
        return SQL(
            """
            SELECT SUM(line.balance) %(own)s AS balance,
                   (ARRAY_AGG(line.account_id ORDER BY ABS(line.balance) DESC) %(own)s)[1]
                       AS account_id,
                   SUM(ABS(line.balance)) FILTER (WHERE line.account_id = item.account_id) AS claims
              FROM account_move_line line
             WHERE line.move_id = entry.id
            """,
            own=own,
        )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH account(id) AS (%(accounts)s), side AS (%(pairs)s)
            SELECT MIN(side.id * 2 + (counter.id < item.id)::int) AS id,
                   item.id AS item_id, item.move_id, entry.id AS entry_id,
                   entry.origin_payment_id IS NOT NULL AS is_payment,
                   item.company_id, item.company_currency_id,
                   COALESCE(partner.commercial_partner_id, item.partner_id) AS partner_id,
                   loss.account_id, entry.date,
                   SUM(side.amount) AS matched,
                   loss.balance * SUM(side.amount) / loss.claims AS amount,
                   MIN(side.create_uid) AS user_id, MIN(side.create_date) AS matched_on
              FROM side
              JOIN account_move_line item ON item.id = side.item_id
              JOIN account_move_line counter ON counter.id = side.counter_id
              JOIN account_move entry ON entry.id = counter.move_id
              JOIN account_account receivable ON receivable.id = item.account_id
              JOIN LATERAL (%(loss)s) loss ON loss.balance != 0
         LEFT JOIN res_partner partner ON partner.id = item.partner_id
             WHERE receivable.account_type = 'asset_receivable'
               AND entry.move_type = 'entry' AND entry.state = 'posted'
               AND entry.writeoff_role IS NULL AND item.move_id != entry.id
          GROUP BY item.id, entry.id, partner.id, loss.balance, loss.account_id, loss.claims
            """,
            accounts=self._get_accounts_query(),
            pairs=self._get_pairs_query(),
            loss=self._get_loss_query(),
        )

    def action_open_document(self):
        """Open what was closed.

        :return: window action
        """
        self.ensure_one()
        return self.move_id._get_records_action(name=self.env._("Document"), context={})

    def action_open_entry(self):
        """Open the entry that closed it.

        :return: window action
        """
        self.ensure_one()
        return self.entry_id._get_records_action(name=self.env._("Journal Entry"), context={})
