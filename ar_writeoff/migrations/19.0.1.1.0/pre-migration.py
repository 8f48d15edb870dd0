"""Boxes of the company become yes, no or as the parent: a branch can switch off what its parent
ticked."""

from odoo.tools import SQL, sql

BOXES = (
    "writeoff_leave_draft",
    "writeoff_separate_tax",
    "writeoff_credit_separate_tax",
    "writeoff_analytic_from_invoice",
    "writeoff_child_full_only",
)


def migrate(cr, version):
    """What held holds: an unticked box of a branch meant as its parent, of a root it meant no."""
    columns = sql.table_columns(cr, "res_company")
    for name in BOXES:
        if name in columns and columns[name]["udt_name"] == "bool":
            cr.execute(
                SQL(
                    "ALTER TABLE res_company ALTER COLUMN %(box)s TYPE varchar USING "
                    "CASE WHEN %(box)s THEN 'yes' WHEN parent_id IS NULL THEN 'no' END",
                    box=SQL.identifier(name),
                )
            )
