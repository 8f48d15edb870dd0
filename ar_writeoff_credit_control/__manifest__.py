{
    "name": "Receivable Write-Offs: Credit Control",
    "summary": "Reminders prepared for what is written off are told before, and withdrawn after",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "author": "ar_writeoff contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/credit-control",
    "license": "AGPL-3",
    "depends": ["ar_writeoff", "account_credit_control"],
    "auto_install": True,
}
