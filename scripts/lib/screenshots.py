"""The main job, step by step, with a picture of each. Usage: screenshots.py URL FOLDER"""

import sys
import urllib.error
import urllib.request
from pathlib import Path
from time import monotonic, sleep

from playwright.sync_api import sync_playwright

BROWSER = "/usr/bin/chromium"
INVOICES = "/odoo/action-account.action_move_out_invoice"


class Camera:
    def __init__(self, page, url, folder):
        self.page, self.url, self.folder = page, url, folder

    def shoot(self, name):
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(900)
        self.page.screenshot(path=self.folder / f"{name}.png")

    def login(self, login):
        self.page.goto(f"{self.url}/web/session/logout")
        self.page.evaluate("localStorage.clear()")  # it would offer who was here before
        self.page.goto(f"{self.url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", login)
        self.page.click(".oe_login_form button[type=submit]")
        self.page.wait_for_selector(".o_web_client")
        # From the app itself, so that its own menu is on top.
        self.page.goto(f"{self.url}/odoo/action-account.open_account_journal_dashboard_kanban")
        self.page.wait_for_selector(".o_main_navbar")

    def call(self, model, method, *args):
        """What would take many clicks and is no picture."""
        answer = self.page.evaluate(
            """params => fetch("/web/dataset/call_kw", {
                method: "POST",
                headers: {"Content-Type": "application/json"},
                body: JSON.stringify({jsonrpc: "2.0", params}),
            }).then((response) => response.json())""",
            {"model": model, "method": method, "args": args, "kwargs": {}},
        )
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer.get("result")

    def open(self, path, wait):
        self.page.goto(self.url + path)
        self.page.wait_for_selector(wait)


def settings(camera):
    camera.login("admin")
    camera.open("/odoo/settings", ".settings_tab")
    camera.page.click(".settings_tab .tab[data-key=account]")
    camera.page.locator("#ar_writeoff_accounts").evaluate("element => element.scrollIntoView()")
    camera.shoot("settings")


def write_off(camera):
    page = camera.page
    camera.login("writeoff_user")
    camera.open(INVOICES, ".o_list_view")
    page.click(".o_data_row:has-text('Shelving') .o_list_char, .o_data_row:has-text('2,400.00')")
    page.click("button[name=action_write_off]")
    page.wait_for_selector(".modal button[name=action_preview]")
    camera.shoot("wizard")
    page.click(".modal button[name=action_preview]")
    page.wait_for_selector(".modal button[name=action_confirm]")
    camera.shoot("preview")
    page.click(".modal button[name=action_confirm]")
    page.wait_for_selector(".modal", state="detached")
    page.wait_for_selector(".ribbon:has-text('Written Off')")
    page.wait_for_timeout(5000)  # until the notification has gone
    camera.shoot("invoice")


def write_off_tax(camera):
    page = camera.page
    camera.open(INVOICES, ".o_list_view")
    page.click(".o_data_row:has-text('460.00') .o_list_char")
    page.click("button[name=action_write_off]")
    page.click(".modal .o_field_widget[name=separate_tax] input")
    page.click(".modal button[name=action_preview]")
    page.wait_for_selector(".modal button[name=action_confirm]")
    camera.shoot("preview_tax")
    page.click(".modal button[name=action_confirm]")
    page.wait_for_selector(".modal", state="detached")
    page.wait_for_timeout(5000)


def write_off_customer(camera):
    page = camera.page
    camera.open("/odoo/aged-receivables", ".o_data_row")
    camera.shoot("ageing")
    camera.open("/odoo/action-account.res_partner_action_customer", ".o_list_view")
    page.click(".o_data_row:has-text('noor@') .o_list_record_selector")
    page.click(".o_cp_action_menus button:has-text('Actions')")
    page.click(".o-dropdown-item:has-text('Write Off')")
    page.wait_for_selector(".modal button[name=action_preview]")
    camera.shoot("wizard_customer")
    page.click(".modal button[special=cancel]")


def write_off_many(camera):
    page = camera.page
    camera.open(INVOICES, ".o_list_view")
    for text in ("500.00 €", "3,000.00", "49.37", "22.90"):
        page.click(f".o_data_row:has-text('{text}') .o_list_record_selector")
    page.click(".o_cp_action_menus button:has-text('Actions')")
    page.click(".o-dropdown-item:has-text('Write Off')")
    page.wait_for_selector(".modal button[name=action_preview]")
    camera.shoot("wizard_many")
    page.click(".modal button[name=action_preview]")
    page.click(".modal button[name=action_confirm]")
    page.wait_for_selector(".modal", state="detached")
    page.wait_for_timeout(5000)


def write_off_lines(camera):
    page = camera.page
    camera.open("/odoo/action-ar_writeoff.action_open_items", ".o_list_view")
    for text in ("180.00", "640.50", "-100.00"):
        page.locator(f".o_data_row:has-text('{text}') .o_list_record_selector").first.click()
    page.click(".o_control_panel button[name=action_write_off]")
    page.wait_for_selector(".modal button[name=action_preview]")
    page.click(".modal .o_field_widget[name=distribution] label:has-text('Per line')")
    camera.shoot("wizard_lines")
    page.click(".modal button[special=cancel]")


def batch(camera):
    """After the others: what it writes off they would miss."""
    page = camera.page
    camera.open("/odoo/batch-write-off", ".o_list_button_add")
    page.click(".o_list_button_add")
    page.click("label:has-text('Both, Netted')")
    page.fill(".o_field_widget[name=limit_document] input", "1000")
    page.keyboard.press("Tab")
    page.click("button[name=action_select]")
    page.wait_for_selector(".o_writeoff_totals")
    page.click(".o_searchview_facet:has-text('Included') .o_facet_remove")
    page.locator(".o_data_row:has-text('96.40') .o_boolean_toggle input").click()
    page.wait_for_selector(".o_data_row:has-text('Excluded by')")
    camera.shoot("batch_items")
    page.click(".o_writeoff_totals button:has-text('Process'):not(:has-text('All'))")
    page.click(".modal button[name=action_run]")
    page.wait_for_selector(".o_arrow_button_current:has-text('Posted')")
    page.click(".nav-link[name=result]")
    summary = page.locator(".o_field_widget[name=summary_ids]")
    summary.evaluate("element => element.scrollIntoView({block: 'end'})")
    camera.shoot("batch_result")


def undo(camera):
    page = camera.page
    camera.open("/odoo/action-ar_writeoff.action_ar_writeoff", ".o_list_view")
    page.click(".o_data_row:has-text('Cave') .o_data_cell")
    page.click("button[name=action_open_undo]")
    page.wait_for_selector(".modal button[name=action_undo]")
    camera.shoot("undo")
    page.click(".modal button[name=action_undo]")
    page.wait_for_selector(".o_arrow_button_current:has-text('Reversed')")
    camera.open("/odoo/action-ar_writeoff.action_ar_writeoff", ".o_list_view")
    camera.shoot("register")


def set_limits(camera):
    """As who is new does it last: after it, not everybody may write off everything."""
    camera.login("admin")
    group = camera.call(
        "ir.model.data", "check_object_reference", "ar_writeoff_approval", "group_limits"
    )[1]
    admin, clerk, boss = (
        camera.call("res.users", "search", [["login", "=", login]])[0]
        for login in ("admin", "writeoff_user", "writeoff_admin")
    )
    camera.call("res.users", "write", [admin], {"group_ids": [[4, group]]})
    for user, amount in ((clerk, 500), (boss, 10_000)):
        vals = {"user_id": user, "amount_policy": "limited", "amount": amount}
        camera.call("ar.writeoff.limit", "create", [vals])
    camera.call("ar.writeoff.limit", "create", [{"amount_policy": "request"}])


def request(camera):
    page = camera.page
    camera.login("writeoff_user")
    camera.open(INVOICES, ".o_list_view")
    page.click(".o_data_row:has-text('2,400.00') .o_list_char")
    page.click("button[name=action_write_off]")
    page.click(".modal button[name=action_preview]")
    page.click(".modal button[name=action_confirm]")
    page.wait_for_selector(".o_notification:has-text('Nothing is posted before')")
    camera.login("writeoff_admin")
    camera.open("/odoo/write-off-requests", ".o_data_row")
    page.click(".o_data_cell[name=name]")
    page.wait_for_selector("button[name=action_open_approve]")
    camera.shoot("../../../ar_writeoff_approval/static/description/request")


def rule(camera):
    page = camera.page
    reasons = {
        code: camera.call("ar.writeoff.reason", "search", [["code", "=", code]])[0]
        for code in ("SMALL", "BAD")
    }
    vals = {"name": "Small and old balances", "limit_document": 1000, "reason_id": reasons["BAD"]}
    chosen = camera.call("ar.writeoff.filter", "create", [vals])[0]
    cells = (
        {"amount_to": 10, "reason_id": reasons["SMALL"]},
        {"age_from": 365, "amount_from": 10, "amount_to": 100, "reason_id": reasons["BAD"]},
    )
    vals = {
        "name": "Small and old balances",
        "filter_id": chosen,
        "mode": "post",
        "brake_amount": 500,
        "brake_month": 1000,
        "brake_share": 2,
        "cell_ids": [[0, 0, cell] for cell in cells],
    }
    rule_id = camera.call("ar.writeoff.rule", "create", [vals])[0]
    camera.call("ar.writeoff.rule", "action_start_reporting", [rule_id])
    camera.open(f"/odoo/action-ar_writeoff_rule.action_rule/{rule_id}", ".o_form_view")
    page.wait_for_selector("button[name=action_switch_on]")
    camera.shoot("../../../ar_writeoff_rule/static/description/rule")


def first_steps(camera):
    """The page on which everything is set up, and what the analysis shows of the past months."""
    camera.login("admin")
    camera.open("/odoo/action-ar_writeoff.action_setup", ".modal .o_form_view")
    camera.shoot("setup")
    camera.open("/odoo/action-ar_writeoff.action_analysis", ".o_pivot table")
    camera.shoot("analysis")


def banner(camera):
    """The picture of the addon in a list of apps, of the pictures taken before."""
    camera.page.set_viewport_size({"width": 1120, "height": 560})
    camera.page.goto(Path(__file__).with_name("banner.html").resolve().as_uri())
    camera.shoot("banner")


def wait_for(url):
    end = monotonic() + 60
    while monotonic() < end:
        try:
            urllib.request.urlopen(f"{url}/web/login", timeout=10)  # noqa: S310
        except (urllib.error.URLError, OSError):
            sleep(0.5)
        else:
            return
    sys.exit(f"No Odoo answers at {url}")


def main(url, folder):
    wait_for(url)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 760})
        camera = Camera(page, url, Path(folder))
        try:
            for scene in (
                settings,
                write_off,
                write_off_customer,
                write_off_tax,
                write_off_many,
                write_off_lines,
                undo,
                batch,
                set_limits,
                request,
                rule,
                first_steps,
                banner,
            ):
                scene(camera)
        except Exception:
            camera.shoot("../../../failed")
            raise
        finally:
            browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
