from odoo.exceptions import UserError


def migrate(cr, version):
    """Refuse while a run or an undo is under way: what it still has to do would be lost.

    :raises UserError: naming what is under way; nothing is changed then
    """
    cr.execute(
        """
        SELECT writeoff.name, COUNT(line.id)
          FROM ar_writeoff writeoff
     LEFT JOIN ar_writeoff_line line
            ON line.writeoff_id = writeoff.id AND (line.state = 'queued' OR line.undo_queued)
         WHERE writeoff.state = 'running' OR line.id IS NOT NULL
      GROUP BY writeoff.id
      ORDER BY writeoff.id
        """
    )
    if under_way := cr.fetchall():
        names = ", ".join(f"{name} ({count} items)" for name, count in under_way)
        raise UserError(
            "Receivable Write-Offs cannot be upgraded while a run or an undo is under way: "
            f"{names}. With the former version, let it finish or press Stop; then upgrade again."
        )
