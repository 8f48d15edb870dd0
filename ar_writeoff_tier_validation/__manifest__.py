{
    "name": "Receivable Write-Offs: Tier Validation",
    "summary": "Where a tier has to validate an entry, the write-off leaves it in draft",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "author": "ar_writeoff contributors",
    "license": "AGPL-3",
    "development_status": "Beta",
    "depends": ["ar_writeoff", "account_move_tier_validation"],
    "auto_install": True,
}
