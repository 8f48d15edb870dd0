"""What kind of document an open item stands on."""

ITEM_KINDS = [
    ("invoice", "Invoice"),
    ("credit_note", "Credit Note"),
    ("payment", "Payment"),
    ("entry", "Journal Entry"),
]
