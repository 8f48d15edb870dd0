# Run in an Odoo shell: keeps the compiled bundles, so that no browser waits for them.
BUNDLES = (
    "web.assets_frontend_minimal",
    "web.assets_web",
    "web.assets_frontend",
    "web.assets_frontend_lazy",
    "web.report_assets_common",
    "web.report_assets_pdf",
    "web.assets_web_print",
)
for name in BUNDLES:
    bundle = env["ir.qweb"]._get_asset_bundle(name, css=True, js=True)  # noqa: F821
    bundle.js()
    bundle.css()
env.cr.commit()  # noqa: F821
