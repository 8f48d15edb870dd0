"""What lines are written off against becomes rows: ``ar.writeoff.share``.

Until 19.0.1.1.0 it was kept as JSON on the line: parts of a journal item, in each the shares of
what it belonged to, and the journal item, if it was known.
"""

import json
import logging
from ast import literal_eval

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, split_every, sql

from odoo.addons.ar_writeoff.models.engine.ar_writeoff_carrier import MATCHED_FIELDS

_logger = logging.getLogger(__name__)

CHUNK = 200  # entries
AMOUNTS = ("amount_currency", "balance", "tax_base_amount")
SOME_TAXES = "separate without "


def migrate(cr, version):
    """Write the rows of entries, then those of the reversal entries that undid them."""
    if not sql.column_exists(cr, "ar_writeoff_line", "breakdown"):
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(SQL("SELECT 1 FROM ar_writeoff_share LIMIT 1"))
    if cr.fetchone():
        return  # carried over before
    for role, carry_over in (("entry", _carry_over), ("reversal", _carry_over_reversals)):
        entries = env["account.move"].search([("writeoff_role", "=", role)], order="id")
        for ids in split_every(CHUNK, entries.ids):
            carry_over(env["account.move"].browse(ids))
            env.flush_all()
            env.invalidate_all()
    cr.execute(SQL("SELECT count(*) FROM ar_writeoff_share"))
    _logger.info("Write-offs: %s shares became rows", cr.fetchone()[0])


# ----------------------------------------------------------------------
# Entries
# ----------------------------------------------------------------------


def _carry_over(entries):
    lines = entries.line_ids.writeoff_line_id
    if not lines:
        return
    stored = _read_stored(lines)
    items = set(entries.line_ids.ids)
    existing = _get_existing(lines.env, stored)
    breakdowns = {
        line: [
            part
            for old in stored[line.id] or [_get_whole(line)]
            for part in _split_part(line, old, items, existing)
        ]
        for line in lines
    }
    lines.env["ar.writeoff.carrier"]._create_shares(entries, breakdowns)
    _log_loose(entries, lines)


def _read_stored(lines):
    """The former JSON.

    :return: dict line id → list of parts, or None
    """
    lines.env.cr.execute(
        SQL("SELECT id, breakdown FROM ar_writeoff_line WHERE id IN %s", tuple(lines.ids))
    )
    return dict(lines.env.cr.fetchall())


def _get_whole(line):
    """A line without stored parts landed on one account, whole."""
    return {
        "kind": "loss",
        "account_id": line.writeoff_account_id.id,
        "amount_currency": line.amount_currency,
        "balance": line.amount,
    }


def _get_existing(env, stored):
    """What of that which the JSON names is still there: it was no foreign key.

    :return: dict name → set of ids
    """
    parts = [part for parts in stored.values() for part in parts or ()]
    products = {
        _get_product_id(json.loads(key)) for part in parts for key in part.get("shares", {})
    }
    ids = {
        "account_id": ("account.account", {part["account_id"] for part in parts}),
        "target_id": ("account.move.line", {part.get("target_id") for part in parts}),
        "product_id": ("product.product", products),
    }
    return {
        name: set(env[model].browse(found - {None, False}).exists().ids)
        for name, (model, found) in ids.items()
    }


def _split_part(line, old, items, existing):
    """The shares of a part, in the shape of a plan; what it names is left out if it is gone.

    :param line: ``ar.writeoff.line``
    :param dict old: part as it was stored
    :param set items: ids of the journal items of the entries
    :param dict existing: see ``_get_existing``
    :return: list of dicts, see ``ar.writeoff.breakdown._prepare_breakdown``
    """
    Item = line.env["account.move.line"]
    part = {name: value for name, value in old.items() if name not in ("shares", "carrier_id")}
    if old.get("carrier_id") in items:
        part["carrier_id"] = old["carrier_id"]
    if part["account_id"] not in existing["account_id"]:  # merged into another one since
        part["account_id"] = Item.browse(part.get("carrier_id")).account_id.id
    if "target_id" in part:
        target = Item.browse(
            part["target_id"] if part["target_id"] in existing["target_id"] else ()
        )
        part.update(target_id=target.id, tax_id=target.tax_line_id.id)
    return [
        {
            **part,
            **_get_facts(line, json.loads(key), existing),
            **dict(zip(AMOUNTS, amounts, strict=True)),
        }
        for key, amounts in old.get("shares", {}).items()
    ] or [part]


def _get_facts(line, former, existing):
    """What a former key said of a share.

    :param list former: how taxes were treated, then facts of the document
    :param dict existing: see ``_get_existing``
    :return: dict
    """
    text, fact, *facts = former
    treatment = "gross" if text == "gross" else "separated", ()
    if text.startswith(SOME_TAXES):
        treatment = "relief", tuple(literal_eval(text.removeprefix(SOME_TAXES)))
    product_id = _get_product_id(former)
    return {
        "treatment": treatment[0],
        "kept_tax_ids": list(treatment[1]),
        "key": line.env["ar.writeoff.contra"]._get_key(treatment, [fact, *facts]),
        "tax_id": fact if isinstance(fact, int) else False,
        "base_tax_ids": facts[0] if fact == "base" else [],
        "product_id": product_id if product_id in existing["product_id"] else False,
    }


def _get_product_id(former):
    """The product that told shares apart, last but one of the facts.

    :param list former: see ``_get_facts``
    :return: int or False
    """
    _text, fact, *facts = former
    has_product = fact == "base" or (isinstance(fact, int) and len(facts) == 5)
    return has_product and facts[-2]


def _log_loose(entries, lines):
    """Name what no journal item was found for: it is given back as it was stored."""
    loose = lines.share_ids.filtered(lambda share: not share.carrier_id)
    for share in loose:
        _logger.warning(
            "Write-off %s, %s: no journal item of %s carries %s of it for certain; an undo gives "
            "it back on %s",
            share.line_id.writeoff_id.name,
            share.line_id.item_name,
            share.line_id.entry_name,
            share.company_currency_id.format(share.balance),
            share.account_id.display_name,
        )


# ----------------------------------------------------------------------
# Reversal entries
# ----------------------------------------------------------------------


def _carry_over_reversals(reversals):
    for reversal_entry in reversals:
        lines = reversal_entry.line_ids.writeoff_line_id
        given_back = lines.env["ar.writeoff.reversal.entry"]._get_given_back(lines)
        _link_items(reversal_entry, given_back)
        lines.env["ar.writeoff.carrier"]._create_reversed_shares(reversal_entry, given_back)


def _link_items(reversal_entry, given_back):
    """Link the items of a reversal entry with those they give back, as undoing does it now.

    :param reversal_entry: ``account.move``
    :param list given_back: see ``ar.writeoff.reversal.entry._get_given_back``
    """
    writeoff, items = reversal_entry.writeoff_id, reversal_entry.line_ids
    ReversalEntry = reversal_entry.env["ar.writeoff.reversal.entry"]
    planned = {
        carrier: vals
        for carrier, vals in ReversalEntry._prepare_reversal_items(
            given_back, writeoff.currency_id
        ).items()
        if carrier in writeoff.entry_ids.line_ids and carrier not in items.writeoff_target_id
    }
    free = items.filtered(lambda item: not item.writeoff_target_id)
    values = free.read(MATCHED_FIELDS, load="")
    Carrier = writeoff.env["ar.writeoff.carrier"]
    found = Carrier._match_alike(writeoff.currency_id, planned, values, {})
    for carrier, item_id in found.items():
        items.browse(item_id).writeoff_target_id = carrier
