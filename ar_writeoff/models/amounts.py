"""The amounts of a share: document currency, company currency, base of a tax (company currency)."""

AMOUNTS = ("amount_currency", "balance", "tax_base_amount")
