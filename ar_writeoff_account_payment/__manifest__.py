{
    "name": "Receivable Write-Offs: Online Payment",
    "summary": "In the portal, what was written off is adjusted, not paid",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "author": "ar_writeoff contributors",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["ar_writeoff", "account_payment"],
    "auto_install": True,
    "data": ["views/account_portal_templates.xml"],
}
