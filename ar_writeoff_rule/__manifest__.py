{
    "name": "Receivable Write-Offs: Rules",
    "summary": "Batches that run by themselves: scheduled, with a brake, under an authority",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "author": "ar_writeoff contributors",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["ar_writeoff_approval"],
    "data": [
        "security/ir.model.access.csv",
        "security/ar_writeoff_rule_rules.xml",
        "data/ir_cron.xml",
        "views/ar_writeoff_rule_run_views.xml",
        "views/ar_writeoff_rule_views.xml",
        "views/ar_writeoff_batch_views.xml",
    ],
}
