{
    "name": "Receivable Write-Offs: Job Queue",
    "summary": "Many workers and servers write a batch off together",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "author": "ar_writeoff contributors",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["ar_writeoff", "queue_job"],
    "auto_install": True,
    "data": ["data/queue_job_data.xml", "views/res_config_settings_views.xml"],
}
