import {registry} from "@web/core/registry";

// A step starts as soon as its trigger is there, and one that stands on the screen before as well
// starts too early: so each names its screen, by something that no other screen has.
const list = (column) => `.o_action_manager > .o_list_view:has(th[data-name=${column}])`;
const form = (field) => `.o_action_manager > .o_form_view:has(.o_field_widget[name=${field}])`;
const INVOICES = list("status_in_payment");
const INVOICE = form("invoice_date");
const CUSTOMERS = list("complete_name");
const CUSTOMER = form("vat");
const OPEN_ITEMS = list("amount_residual");
const AGEING = list("amount_older");
const AGEING_ITEMS = list("residual");
const REGISTER = list("partner_names");
const WRITEOFF = form("partner_names");
const BATCH = form("limit_document");
const CANDIDATES = list("is_included");

// Odoo gives a step ten seconds, too few for the first page on a machine that does other things.
const patient = (steps) => () => steps().map((step) => ({timeout: 60000, ...step}));

const CONFIRM = ".modal button[name=action_confirm]:not(.d-none)";
const UNDO = ".o_form_statusbar button[name=action_open_undo]";
const BACK = ".o_breadcrumb .o_back_button a, .breadcrumb-item.o_back_button a";

/** The main job: an overdue invoice, its write-off, and the way back. */
registry.category("web_tour.tours").add("ar_writeoff_invoice", {
    url: "/odoo/action-account.action_move_out_invoice_type",
    steps: patient(() => [
        {
            content: "open the overdue invoice",
            trigger: `${INVOICES} .o_data_row:contains('Birch') .o_list_char`,
            run: "click",
        },
        {
            content: "press Write Off",
            trigger: `${INVOICE} button[name=action_write_off]`,
            run: "click",
        },
        {
            content: "the whole balance is proposed",
            trigger: ".modal .o_field_widget[name=amount_total]:contains('1,000.00')",
        },
        {
            content: "give up a part of it only",
            trigger: ".modal .o_data_row td[name=amount_currency]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row td[name=amount_currency] input",
            run: "edit 250",
        },
        {
            content: "the total follows",
            trigger: ".modal h4, .modal .modal-title",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=amount_total]:contains('$ 250.00')",
        },
        {
            content: "see the entry before anything is recorded",
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=preview] td:contains('690100 Bad Debt')",
        },
        {
            trigger: ".modal .o_field_widget[name=preview] td:contains('$ 250.00')",
        },
        {
            content: "go back and take all of it",
            trigger: ".modal button[name=action_back]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row td[name=amount_currency]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row td[name=amount_currency] input",
            run: "edit 1000",
        },
        {
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            content: "the button names the amount",
            trigger: `${CONFIRM}:contains('Write Off'):contains('$ 1,000.00')`,
            run: "click",
        },
        {
            content: "the invoice is written off, and does not say paid",
            trigger: `${INVOICE} .ribbon span:contains('Written Off')`,
        },
        {
            trigger: `${INVOICE}:not(:has(.ribbon span:contains('Paid')))`,
        },
        {
            content: "what closed it was no payment",
            trigger: `${INVOICE}:not(:has(.o_payment_label)) .o_adjustment_label:contains('Written off on')`,
        },
        {
            content: "find the write-off again",
            trigger: `${INVOICE} button[name=action_open_writeoffs]`,
            run: "click",
        },
        {
            trigger: `${WRITEOFF} ${UNDO}`,
            run: "click",
        },
        {
            trigger: ".modal button[name=action_undo]",
            run: "click",
        },
        {
            content: "it is reversed and still there",
            trigger: `${WRITEOFF} .o_arrow_button_current:contains('Reversed')`,
        },
        {
            content: "the invoice is open again",
            trigger: `${WRITEOFF} button[name=action_open_documents]`,
            run: "click",
        },
        {
            trigger: `${INVOICE} button[name=action_write_off]`,
        },
    ]),
});

/** An invoice with tax: separated, shown as loss and tax, recorded as both. */
registry.category("web_tour.tours").add("ar_writeoff_tax", {
    url: "/odoo/action-account.action_move_out_invoice_type",
    steps: patient(() => [
        {
            trigger: `${INVOICES} .o_data_row:contains('460.00') .o_list_char`,
            run: "click",
        },
        {
            trigger: `${INVOICE} button[name=action_write_off]`,
            run: "click",
        },
        {
            content: "give the tax back",
            trigger: ".modal .o_field_widget[name=separate_tax] input",
            run: "check",
        },
        {
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            content: "loss and tax apart, and the boxes they go to",
            trigger: ".modal .o_field_widget[name=amount_loss]:contains('400.00')",
        },
        {
            trigger: ".modal .o_field_widget[name=amount_tax]:contains('$ 60.00')",
        },
        {
            trigger: ".modal .o_field_widget[name=preview] th:contains('Tax Grids')",
        },
        {
            trigger: ".modal .o_field_widget[name=preview] td:contains('box base')",
        },
        {
            trigger: `${CONFIRM}:contains('$ 460.00')`,
            run: "click",
        },
        {
            trigger: `${INVOICE} button[name=action_open_writeoffs]`,
            run: "click",
        },
        {
            content: "the register keeps both",
            trigger: `${WRITEOFF} .o_field_widget[name=amount_tax]:contains('$ 60.00')`,
        },
    ]),
});

/** From the customer: their credit is netted, the rest is given up, the matching is taken back. */
registry.category("web_tour.tours").add("ar_writeoff_customer", {
    url: "/odoo/action-account.res_partner_action_customer",
    steps: patient(() => [
        {
            trigger: `${CUSTOMERS} .o_data_row td[name=complete_name]:contains(/^Birch$/)`,
            run: "click",
        },
        {
            trigger: `${CUSTOMER} .o_cp_action_menus button`,
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains('Write Off')",
            run: "click",
        },
        {
            content: "the credit is netted with the balance",
            trigger: ".modal .o_field_widget[name=amount_total]:contains('960.00')",
        },
        {
            trigger: ".modal .o_data_row:contains('-40.00')",
        },
        {
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=netting]:contains('$ 40.00')",
        },
        {
            trigger: `${CONFIRM}:contains('$ 960.00')`,
            run: "click",
        },
        {
            content: "the customer shows it",
            trigger: `${CUSTOMER} button[name=action_open_writeoffs]:contains('960.00')`,
            run: "click",
        },
        {
            trigger: `${REGISTER} .o_group_header:contains('Posted')`,
            run: "click",
        },
        {
            trigger: `${REGISTER} .o_data_row:contains('960.00') td[name=name]`,
            run: "click",
        },
        {
            trigger: `${WRITEOFF} ${UNDO}`,
            run: "click",
        },
        {
            content: "the matching goes back as well",
            trigger: ".modal .o_field_widget[name=with_netting] input:checked",
        },
        {
            trigger: ".modal button[name=action_undo]",
            run: "click",
        },
        {
            trigger: `${WRITEOFF} .o_arrow_button_current:contains('Reversed')`,
        },
    ]),
});

/** From the ageing list: two customers, marked and written off. */
registry.category("web_tour.tours").add("ar_writeoff_ageing", {
    url: "/odoo/aged-receivables",
    steps: patient(() => [
        {
            content: "a figure opens the items behind it",
            trigger: `${AGEING} .o_data_row:contains('Birch') td[name=amount_older] a`,
            run: "click",
        },
        {
            trigger: `${AGEING_ITEMS} .o_breadcrumb .active:contains('Birch')`,
        },
        {
            trigger: `${AGEING_ITEMS} .o_data_row:contains('1,000.00')`,
        },
        {
            trigger: BACK,
            run: "click",
        },
        {
            trigger: `${AGEING} .o_data_row:contains('Birch') .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: `${AGEING} .o_data_row:contains('Cave') .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: `${AGEING} .o_control_panel button[name=action_write_off]`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=amount_total]:contains('1,070.00')",
        },
        {
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            trigger: `${CONFIRM}:contains('$ 1,070.00')`,
            run: "click",
        },
        {
            content: "they are gone from the list",
            trigger: `${AGEING}:not(:has(.o_data_row:contains('Birch')))`,
        },
    ]),
});

/** An invoice and a payment nobody applied, from the list of open items, account per line. */
registry.category("web_tour.tours").add("ar_writeoff_open_items", {
    url: "/odoo/action-ar_writeoff.action_open_items",
    steps: patient(() => [
        {
            trigger: `${OPEN_ITEMS} .o_data_row:contains('1,000.00') .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: `${OPEN_ITEMS} .o_data_row:contains('-40.00') .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: `${OPEN_ITEMS} .o_control_panel button[name=action_write_off]`,
            run: "click",
        },
        {
            content: "both sides have their reason and account",
            trigger: ".modal .o_field_widget[name=gain_account_id] input:value('Gain')",
        },
        {
            trigger: ".modal .o_field_widget[name=amount_total]:contains('960.00')",
        },
        {
            content: "account, reason and comment line by line",
            trigger: ".modal .o_field_widget[name=distribution] input[data-value='line']",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains('1,000.00') td[name=comment]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row td[name=comment] input",
            run: "edit Shop is closed",
        },
        {
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=preview] td:contains('490100 Gain')",
        },
        {
            trigger: `${CONFIRM}:contains('$ 960.00')`,
            run: "click",
        },
        {
            content: "nothing is left to write off",
            trigger: `${OPEN_ITEMS}:not(:has(.o_data_row:contains('1,000.00')))`,
        },
    ]),
});

/** Several invoices of several customers, marked in the list. */
registry.category("web_tour.tours").add("ar_writeoff_list", {
    url: "/odoo/action-account.action_move_out_invoice_type",
    steps: patient(() => [
        {
            trigger: `${INVOICES} .o_data_row:contains('Birch') .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: `${INVOICES} .o_data_row:contains('Cave') .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: `${INVOICES} .o_cp_action_menus button:contains('Actions')`,
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains('Write Off')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=amount_total]:contains('1,070.00')",
        },
        {
            content: "deselect all in one click",
            trigger: ".modal .o_field_widget[name=select_all] input",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name=amount_total]:contains('0.00'):not(:contains('70'))",
        },
        {
            content: "and select all again",
            trigger: ".modal .o_field_widget[name=select_all] input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=amount_total]:contains('1,070.00')",
        },
        {
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            trigger: `${CONFIRM}:contains('$ 1,070.00')`,
            run: "click",
        },
        {
            content: "the notification leads to the write-off",
            trigger: ".o_notification a:contains('WO/')",
        },
        {
            content: "to Invoicing",
            trigger: ".o_navbar_apps_menu button:enabled",
            run: "click",
        },
        {
            trigger: ".o_app[data-menu-xmlid='account.menu_finance']",
            run: "click",
        },
        {
            content: "the app has opened its first screen: that of before had no search of its own",
            trigger: `${INVOICES} .o_searchview_facet`,
        },
        {
            trigger: "button[data-menu-xmlid='account.menu_finance_receivables']",
            run: "click",
        },
        {
            trigger: ".dropdown-item[data-menu-xmlid='ar_writeoff.menu_ar_writeoff']",
            run: "click",
        },
        {
            content: "the register lists it",
            trigger: `${REGISTER} .o_data_row:contains('Birch, Cave'):contains('1,070.00'):contains('Posted')`,
        },
    ]),
});

/** A batch: limit, look, choose from the list, run, undo the whole. */
registry.category("web_tour.tours").add("ar_writeoff_batch", {
    url: "/odoo/batch-write-off",
    steps: patient(() => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "without a limit nothing is selected",
            trigger: `${BATCH} button[name=action_select]`,
            run: "click",
        },
        {
            trigger: ".modal:contains('A batch needs a limit') .btn-primary",
            run: "click",
        },
        {
            trigger: `${BATCH} .o_field_widget[name=limit_document] input`,
            run: "edit 1000",
        },
        {
            trigger: `${BATCH} button[name=action_select]`,
            run: "click",
        },
        {
            content: "the list says what is included",
            trigger: ".o_writeoff_totals:contains('Included: 2 of 3')",
        },
        {
            content: "it opens on that; the rest is there without the filter",
            trigger: ".o_searchview_facet:contains('Included') .o_facet_remove",
            run: "click",
        },
        {
            content: "and why something is left out",
            trigger: `${CANDIDATES} .o_data_row:contains('2,000.00'):contains('is above')`,
        },
        {
            content: "a toggle takes a row out, and the totals follow",
            trigger: `${CANDIDATES} .o_data_row:contains('Cave') .o_boolean_toggle input`,
            run: "click",
        },
        {
            trigger: ".o_writeoff_totals:contains('Included: 1 of 3')",
        },
        {
            content: "marked rows are included again",
            trigger: `${CANDIDATES} thead .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: `${CANDIDATES} .o_control_panel button[name=action_include]`,
            run: "click",
        },
        {
            trigger: ".o_notification:contains('1 stay left out')",
        },
        {
            trigger: ".o_writeoff_totals:contains('Included: 2 of 3'):contains('1,070.00')",
        },
        {
            trigger: ".o_writeoff_totals button:contains('Process'):not(:contains('All'))",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name=left_out]:contains('Above the Limit per Document')",
        },
        {
            trigger: ".modal .o_field_widget[name=amount]:contains('1,070.00')",
        },
        {
            trigger: ".modal button[name=action_run]",
            run: "click",
        },
        {
            trigger: `${BATCH} .o_arrow_button_current:contains('Posted')`,
        },
        {
            trigger: `${BATCH} .nav-link[name=result]`,
            run: "click",
        },
        {
            content: "how much was written off, and what was left out",
            trigger: `${BATCH} .o_field_widget[name=summary_ids] .o_data_row:contains('Done'):contains('1,070.00')`,
        },
        {
            content: "with the way to it",
            trigger: `${BATCH} .o_field_widget[name=summary_ids] .o_data_row:contains('Left Out') button[name=action_open]`,
            run: "click",
        },
        {
            trigger: `${OPEN_ITEMS} .o_data_row:contains('2,000.00')`,
        },
        {
            trigger: BACK,
            run: "click",
        },
        {
            trigger: `${BATCH} ${UNDO}`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=amount]:contains('1,070.00')",
        },
        {
            trigger: ".modal button[name=action_undo]",
            run: "click",
        },
        {
            trigger: `${BATCH} .o_arrow_button_current:contains('Reversed')`,
        },
    ]),
});
