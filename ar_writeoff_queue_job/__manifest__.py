{
    "name": "Receivable Write-Offs: Job Queue",
    "summary": "Many workers and servers write a batch off together",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "author": "ar_writeoff contributors, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/credit-control",
    "license": "LGPL-3",
    "depends": ["ar_writeoff", "queue_job"],
    "auto_install": True,
    "data": ["data/queue_job_data.xml", "views/res_config_settings_views.xml"],
}
