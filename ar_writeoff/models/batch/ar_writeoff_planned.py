import hashlib
import json

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.ar_writeoff_preview import DECIDED_FIELDS, DECIDED_LINE_FIELDS
from ..line_states import TAKEN_STATES
from ..problems import warning
from ..rights import as_engine

# What the rules of a start look at; the rest of many rows is not read.
RULE_FIELDS = ("item_id", "move_id", "company_id", "reason_id", "item_date", "separate_tax")
ENTRY_FIELDS = ("company_id", "partner_id", "move_id")


class ArWriteoffPlanned(models.AbstractModel):
    """What a run would take: the planned candidates of a batch, added up and sent on their way in
    the database, however many there are."""

    _name = "ar.writeoff.planned"
    _description = "Planned Items of a Batch"

    @api.model
    def _get_domain(self, batch, state="planned"):
        """What the run takes.

        :param batch: ``ar.writeoff.batch``
        :param str state: ``queued`` once it was started, and nothing of it is done yet
        :return: domain on ``ar.writeoff.candidate``
        """
        return Domain("batch_id", "=", batch.id) & Domain("state", "=", state)

    @api.model
    def _get_rows(self, batch):
        """The same as records, of which no more is read than rules ask for.

        :param batch: ``ar.writeoff.batch``
        :return: ``ar.writeoff.candidate``, with the rights of the system
        """
        rows = as_engine(self.env["ar.writeoff.candidate"])
        return rows.search_fetch(self._get_domain(batch), RULE_FIELDS, order="id")

    # ------------------------------------------------------------------
    # In numbers
    # ------------------------------------------------------------------

    @api.model
    def _get_figures(self, batch, state="planned"):
        """What the run would write off, and what it would only match.

        :param batch: ``ar.writeoff.batch``
        :param str state: see ``_get_domain``
        :return: dict of values for the dialog; amounts in company currency, but where the name
            says otherwise
        """
        planned = self._get_domain(batch, state)
        netted_only = self._get_netted_only_domain()
        given_up = planned & ~netted_only
        return {
            **self._get_totals(batch, state),
            "amount_loss": self._sum(given_up & Domain("amount", ">", 0)),
            "amount_gain": -self._sum(given_up & Domain("amount", "<", 0)),
            "amounts_by_currency": ", ".join(
                currency.format(amount)
                for currency, amount in self._read(given_up, "currency_id", "amount_currency:sum")
            ),
            "entry_count": self._count_entries(batch, given_up),
            "accounts": self._get_accounts_text(batch, given_up),
            "matched": self._get_matched_text(planned & netted_only),
        }

    @api.model
    def _get_netted_only_domain(self):
        """Of what nothing is given up, for all of it is matched with other items.

        :return: domain on ``ar.writeoff.candidate``
        """
        return Domain("netted_currency", "!=", 0) & Domain("amount_currency", "=", 0)

    @api.model
    def _get_totals(self, batch, state="planned"):
        """How many items the run takes, and what is given up of them.

        :param batch: ``ar.writeoff.batch``
        :param str state: see ``_get_domain``
        :return: dict: ``item_count``; ``amount``, company currency
        """
        rows = as_engine(self.env["ar.writeoff.candidate"])
        [(count, amount)] = rows._read_group(
            self._get_domain(batch, state), aggregates=["__count", "amount:sum"]
        )
        return {"item_count": count, "amount": amount or 0.0}

    def _read(self, domain, group, aggregate):
        rows = as_engine(self.env["ar.writeoff.candidate"])
        return rows._read_group(domain, [group], [aggregate])

    def _sum(self, domain):
        rows = as_engine(self.env["ar.writeoff.candidate"])
        [(amount,)] = rows._read_group(domain, aggregates=["amount:sum"])
        return amount or 0.0

    def _count_entries(self, batch, domain):
        """How many journal entries the run makes: each chunk has its own.

        :param batch: ``ar.writeoff.batch``
        :param domain: on what is given up
        :return: int
        """
        size, room, chunk, keys = self.env["ar.writeoff.run"]._get_chunk_size(), 0, 0, set()
        plan, Entry = batch._get_plan(), self.env["ar.writeoff.entry"]
        rows = as_engine(self.env["ar.writeoff.candidate"]).search_fetch(domain, ENTRY_FIELDS)
        customers = rows.grouped(lambda row: (row.partner_id.id, row.company_id.id))
        for _customer, own in sorted(customers.items()):
            if len(own) > room:
                chunk, room = chunk + 1, size
            room -= len(own)
            keys |= {(chunk, Entry._get_entry_key(plan, row)) for row in own}
        return len(keys)

    def _get_accounts_text(self, batch, domain):
        """Where it lands, account by account, for people.

        :param batch: ``ar.writeoff.batch``
        :param domain: on what is given up
        :return: str
        """
        texts = []
        for account, amount in self._read(domain, "writeoff_account_id", "amount:sum"):
            name = account.display_name or self.env._("Accounts of the products")
            texts.append(f"{name}: {batch.currency_id.format(abs(amount))}")
        return "\n".join(sorted(texts))

    def _get_matched_text(self, domain):
        """What is closed by matching alone: nothing of it is written off.

        :param domain: on what is netted only
        :return: str, empty if there are none
        """
        count = as_engine(self.env["ar.writeoff.candidate"]).search_count(domain)
        if not count:
            return ""
        aggregate = "netted_currency:sum"
        debits = self._read(domain & Domain("netted_currency", ">", 0), "currency_id", aggregate)
        sums = debits or self._read(domain, "currency_id", aggregate)
        return self.env._(
            "Items: %(count)s, %(amounts)s, with other items of the same customers",
            count=count,
            amounts=", ".join(currency.format(abs(amount)) for currency, amount in sums),
        )

    @api.model
    def _get_unseen_warnings(self, batch):
        """Warnings about what was included in the background: there may be very many, so each kind
        is told once; the list says what each item's are.

        :param batch: ``ar.writeoff.batch``
        :return: list of problems
        """
        unseen = self._get_domain(batch) & Domain("is_unseen", "=", True)
        counts = {}
        for codes, count in self._read(unseen, "confirmed_codes", "__count"):
            for code in codes.split(","):
                counts[code] = counts.get(code, 0) + count
        obstacle = self.env["ar.writeoff.candidate"]._fields["obstacle"]
        labels = dict(obstacle._description_selection(self.env))
        return [
            warning(
                f"unseen_{code}",
                self.env._(
                    "%(kind)s: %(count)s items were included in spite of it. The list says more, "
                    "item by item, in the column “Confirmed”.",
                    kind=labels.get(code, code),
                    count=batch._format_count(count),
                ),
            )
            for code, count in sorted(counts.items())
        ]

    @api.model
    def _get_documents_total(self, batch):
        """What the run would write off and what is done already, document by document, as the
        limit of a run counts it.

        :param batch: ``ar.writeoff.batch``
        :return: float, company currency, positive
        """
        self.env.flush_all()
        [(total,)] = self.env.execute_query(
            SQL(
                """
                SELECT SUM(ABS(document.amount))
                  FROM (SELECT SUM(part.amount) AS amount
                          FROM (SELECT move_id, partner_id, account_id, amount
                                  FROM ar_writeoff_candidate
                                 WHERE batch_id = %(batch)s AND state = 'planned'
                                 UNION ALL
                                SELECT move_id, partner_id, account_id, amount
                                  FROM ar_writeoff_line
                                 WHERE batch_id = %(batch)s AND state IN %(taken)s) part
                      GROUP BY part.move_id, part.partner_id, part.account_id) document
                """,
                batch=batch.id,
                taken=TAKEN_STATES,
            )
        )
        return float(total or 0.0)

    @api.model
    def _get_fingerprint(self, batch, state="planned"):
        """What would be recorded, as one value that changes with any of it.

        :param batch: ``ar.writeoff.batch``
        :param str state: see ``_get_domain``
        :return: str
        """
        plan = batch._get_plan()
        head = json.dumps(
            [plan[name] for name in DECIDED_FIELDS],
            default=lambda value: getattr(value, "ids", None) or str(value),
        )
        self.env.flush_all()
        columns = SQL(", ").join(SQL.identifier("row", name) for name in DECIDED_LINE_FIELDS)
        [(rows,)] = self.env.execute_query(
            SQL(
                "SELECT string_agg(md5(ROW(%s)::text), '' ORDER BY row.id) "
                "FROM ar_writeoff_candidate AS row WHERE batch_id = %s AND state = %s",
                columns,
                batch.id,
                state,
            )
        )
        return hashlib.sha256(f"{head}{rows}".encode()).hexdigest()

    # ------------------------------------------------------------------
    # On their way
    # ------------------------------------------------------------------

    @api.model
    def _queue(self, batch):
        """Put them into the queue of the run, and keep their items for them.

        :param batch: ``ar.writeoff.batch``
        :return: int, how many there are
        :raises psycopg2.errors.UniqueViolation: if somebody else just reserved one of them
        """
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                """
                UPDATE ar_writeoff_candidate
                   SET state = 'queued', obstacle = NULL, obstacle_message = NULL
                 WHERE batch_id = %s AND state = 'planned'
             RETURNING id
                """,
                batch.id,
            )
        )
        rows = as_engine(self.env["ar.writeoff.candidate"]).browse(id_ for (id_,) in found)
        rows.invalidate_model(["state", "obstacle", "obstacle_message"], flush=False)
        self.env["ar.writeoff.reservation"]._reserve(rows)
        return len(rows)
