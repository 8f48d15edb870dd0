{
    "name": "Receivable Write-Offs: Credit Control",
    "summary": "Reminders prepared for what is written off are told before, and withdrawn after",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "author": "ar_writeoff contributors",
    "license": "AGPL-3",
    "development_status": "Beta",
    "depends": ["ar_writeoff", "account_credit_control"],
    "auto_install": True,
}
