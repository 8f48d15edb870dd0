"""Numbers are given late, so that what never happens leaves no gap."""


def give_numbers(records, code):
    """Give numbers to those that have none, in the row of the year they were decided in.

    :param records: with ``name``, ``company_id`` and ``date``
    :param str code: of the sequence
    """
    for record in records.filtered(lambda record: record.name == "/"):
        sequence = record.env["ir.sequence"].with_company(record.company_id)
        # Core reads the prefix's year from here alone, not from the argument for the row.
        sequence = sequence.with_context(ir_sequence_date=record.date)
        record.name = sequence.next_by_code(code) or "/"
