def post_init_hook(env):
    """Give every company that has a chart of accounts its write-off journal and default reason."""
    companies = env["res.company"].search([("chart_template", "!=", False)], order="parent_path")
    companies._ensure_writeoff_parameters()
