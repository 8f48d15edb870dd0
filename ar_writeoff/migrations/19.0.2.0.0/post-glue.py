from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Install what installs itself beside the addon: parts of it were split off.

    Odoo looks for such addons when something is installed, not when it is upgraded.
    """
    Module = api.Environment(cr, SUPERUSER_ID, {})["ir.module.module"]
    glue = Module.search(
        [
            ("auto_install", "=", True),
            ("state", "=", "uninstalled"),
            ("dependencies_id.name", "=", "ar_writeoff"),
        ]
    )
    there = {"installed", "to install", "to upgrade"}
    ready = glue.filtered(lambda addon: set(addon.dependencies_id.mapped("state")) <= there)
    ready.button_install()
