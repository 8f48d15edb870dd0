import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const CONFIRM = ".modal button[name=action_confirm]:not(.d-none)";

/** The main job: an overdue invoice, its write-off, and the way back. */
registry.category("web_tour.tours").add("ar_writeoff_invoice", {
    url: "/odoo/action-account.action_move_out_invoice_type",
    steps: () => [
        {
            content: "open the overdue invoice",
            trigger: ".o_data_row:contains('Birch') .o_list_char",
            run: "click",
        },
        {
            content: "press Write Off",
            trigger: ".o_form_view button[name=action_write_off]",
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
            trigger: ".modal .o_field_widget[name=amount_total]:contains('250.00')",
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
            trigger: ".o_form_view .ribbon span:contains('Written Off')",
        },
        {
            trigger: ".o_form_view:not(:has(.ribbon span:contains('Paid')))",
        },
        {
            content: "find the write-off again",
            trigger: "button[name=action_open_writeoffs]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_open_undo]",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_undo]",
            run: "click",
        },
        {
            content: "it is reversed and still there",
            trigger: ".o_arrow_button_current:contains('Reversed')",
        },
        {
            content: "the invoice is open again",
            trigger: "button[name=action_open_documents]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_write_off]",
        },
    ],
});

/** An invoice with tax: separated, shown as loss and tax, recorded as both. */
registry.category("web_tour.tours").add("ar_writeoff_tax", {
    url: "/odoo/action-account.action_move_out_invoice_type",
    steps: () => [
        {
            trigger: ".o_data_row:contains('460.00') .o_list_char",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_write_off]",
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
            trigger: ".modal .o_field_widget[name=amount_tax]:contains('60.00')",
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
            trigger: "button[name=action_open_writeoffs]",
            run: "click",
        },
        {
            content: "the register keeps both",
            trigger: ".o_form_view .o_field_widget[name=amount_tax]:contains('60.00')",
        },
    ],
});

/** From the customer: his credit is netted, the rest is given up, the matching is taken back. */
registry.category("web_tour.tours").add("ar_writeoff_customer", {
    url: "/odoo/action-account.res_partner_action_customer",
    steps: () => [
        {
            trigger: ".o_data_row td[name=complete_name]:contains(/^Birch$/)",
            run: "click",
        },
        {
            trigger:
                ".o_form_view .o_cp_action_menus button, .o_control_panel .o_cp_action_menus button",
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
            trigger: "button[name=action_open_writeoffs]:contains('960.00')",
            run: "click",
        },
        {
            trigger: ".o_group_header:contains('Posted')",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('960.00') td[name=name]",
            run: "click",
        },
        {
            trigger: "button[name=action_open_undo]",
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
            trigger: ".o_arrow_button_current:contains('Reversed')",
        },
    ],
});

/** From the ageing list: two customers, marked and written off. */
registry.category("web_tour.tours").add("ar_writeoff_ageing", {
    url: "/odoo/aged-receivables",
    steps: () => [
        {
            content: "a figure opens the items behind it",
            trigger: ".o_data_row:contains('Birch') td[name=amount_older] a",
            run: "click",
        },
        {
            trigger: ".o_breadcrumb .active:contains('Birch')",
        },
        {
            trigger: ".o_data_row:contains('1,000.00')",
        },
        {
            trigger: ".o_breadcrumb .o_back_button a, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Birch') .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Cave') .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name=action_write_off]",
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
            trigger: ".o_list_view:not(:has(.o_data_row:contains('Birch')))",
        },
    ],
});

/** An invoice and a payment nobody applied, from the list of open items, account per line. */
registry.category("web_tour.tours").add("ar_writeoff_open_items", {
    url: "/odoo/action-ar_writeoff.action_open_items",
    steps: () => [
        {
            trigger: ".o_data_row:contains('1,000.00') .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('-40.00') .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name=action_write_off]",
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
            trigger: ".o_list_view:not(:has(.o_data_row:contains('1,000.00')))",
        },
    ],
});

/** Several invoices of several customers, marked in the list. */
registry.category("web_tour.tours").add("ar_writeoff_list", {
    url: "/odoo/action-account.action_move_out_invoice_type",
    steps: () => [
        {
            trigger: ".o_data_row:contains('Birch') .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Cave') .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel .o_cp_action_menus button:contains('Actions')",
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
        stepUtils.goToAppSteps("account.menu_finance", "to Invoicing")[0],
        {
            trigger: ".o_app[data-menu-xmlid='account.menu_finance']",
            run: "click",
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
            trigger: ".o_data_row:contains('Birch, Cave'):contains('1,070.00'):contains('Posted')",
        },
    ],
});

/** A batch: limit, look, choose from the list, run, undo the whole. */
registry.category("web_tour.tours").add("ar_writeoff_batch", {
    url: "/odoo/batch-write-off",
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "without a limit nothing is selected",
            trigger: "button[name=action_select]",
            run: "click",
        },
        {
            trigger: ".modal:contains('A batch needs a limit') .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=limit_document] input",
            run: "edit 1000",
        },
        {
            trigger: "button[name=action_select]",
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
            trigger: ".o_data_row:contains('2,000.00'):contains('is above')",
        },
        {
            content: "a toggle takes a row out, and the totals follow",
            trigger: ".o_data_row:contains('Cave') .o_boolean_toggle input",
            run: "click",
        },
        {
            trigger: ".o_writeoff_totals:contains('Included: 1 of 3')",
        },
        {
            content: "marked rows are included again",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name=action_include]",
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
            trigger: ".o_form_view .o_arrow_button_current:contains('Posted')",
        },
        {
            trigger: ".nav-link[name=result]",
            run: "click",
        },
        {
            content: "how much was written off, and what was left out",
            trigger:
                ".o_field_widget[name=summary_ids] .o_data_row:contains('Done'):contains('1,070.00')",
        },
        {
            content: "with the way to it",
            trigger:
                ".o_field_widget[name=summary_ids] .o_data_row:contains('Left Out') button[name=action_open]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('2,000.00')",
        },
        {
            trigger: ".o_breadcrumb .o_back_button a, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            trigger: "button[name=action_open_undo]",
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
            trigger: ".o_arrow_button_current:contains('Reversed')",
        },
    ],
});
