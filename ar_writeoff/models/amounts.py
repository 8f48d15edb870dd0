"""The amounts of a share: document currency, company currency, base of a tax (company currency)."""

AMOUNTS = ("amount_currency", "balance", "tax_base_amount")


def get_currency(line, name):
    """The currency of one of the amounts of a share.

    :param line: ``ar.writeoff.line`` it is a share of
    :param str name: one of ``AMOUNTS``
    :return: ``res.currency``
    """
    return line.currency_id if name == "amount_currency" else line.company_currency_id


def round_share(line, name, amount):
    """One of the amounts of a share, in whole cents.

    :param line: ``ar.writeoff.line`` it is a share of
    :param str name: one of ``AMOUNTS``
    :param float amount: in the currency of that amount
    :return: float
    """
    return get_currency(line, name).round(amount)
