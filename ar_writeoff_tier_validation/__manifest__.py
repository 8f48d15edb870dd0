{
    "name": "Receivable Write-Offs: Tier Validation",
    "summary": "Where a tier has to validate an entry, the write-off leaves it in draft",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "author": "ar_writeoff contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/credit-control",
    "license": "AGPL-3",
    "depends": ["ar_writeoff", "account_move_tier_validation"],
    "auto_install": True,
}
