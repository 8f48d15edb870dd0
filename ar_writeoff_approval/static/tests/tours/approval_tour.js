import {registry} from "@web/core/registry";

// Each step names its screen, by something that no other screen has.
const list = (column) => `.o_action_manager > .o_list_view:has(th[data-name=${column}])`;
const form = (field) => `.o_action_manager > .o_form_view:has(.o_field_widget[name=${field}])`;
const INVOICES = list("status_in_payment");
const INVOICE = form("invoice_date");
const REQUESTS = list("why");
const REQUEST = form("item_count");
const patient = (steps) => () => steps().map((step) => ({timeout: 60000, ...step}));
const status = (value) =>
    `${REQUEST} .o_statusbar_status button[data-value=${value}].o_arrow_button_current`;

/** Above the limit: the clerk asks, and finds the request again on the invoice. */
registry.category("web_tour.tours").add("ar_writeoff_request", {
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
            content: "look at the entry",
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
        {
            content: "it says that it will be a request",
            trigger: ".modal .alert-info:contains('is above the limit of')",
        },
        {
            content: "ask",
            trigger: ".modal button[name=action_confirm]:contains('Request')",
            run: "click",
        },
        {
            content: "it was sent",
            trigger: ".o_notification:contains('Nothing is posted before')",
        },
        {
            content: "the invoice leads to the request",
            trigger: `body:not(:has(.modal)) ${INVOICE} button[name=action_open_writeoff_request]`,
            run: "click",
        },
        {
            content: "which waits",
            trigger: status("waiting"),
        },
        {
            content: "and is not the clerk's to approve",
            trigger: `${REQUEST}:not(:has(button[name=action_open_approve]))`,
        },
    ]),
});

/** Whoever may approve it does, and it is posted. */
registry.category("web_tour.tours").add("ar_writeoff_approve", {
    url: "/odoo/action-ar_writeoff_approval.action_request",
    steps: patient(() => [
        {
            content: "open what waits",
            trigger: `${REQUESTS} .o_data_row:contains('Birch') td[name=name]`,
            run: "click",
        },
        {
            content: "approve it",
            trigger: `${REQUEST} button[name=action_open_approve]`,
            run: "click",
        },
        {
            content: "look at it once more",
            trigger: ".modal .o_field_widget[name=summary]:contains('1,000.00')",
        },
        {
            trigger: ".modal button[name=action_decide]:contains('Approve and Post')",
            run: "click",
        },
        {
            content: "it is approved",
            trigger: status("approved"),
        },
        {
            content: "and leads to the write-off",
            trigger: `${REQUEST} button[name=action_open_target]`,
            run: "click",
        },
        {
            content: "which says who approved it",
            trigger: `${form("approved_by")} .o_field_widget[name=approved_by]:contains('supervisor')`,
        },
    ]),
});

/** Whoever may approve it says no, and why. */
registry.category("web_tour.tours").add("ar_writeoff_reject", {
    url: "/odoo/action-ar_writeoff_approval.action_request",
    steps: patient(() => [
        {
            content: "open what waits",
            trigger: `${REQUESTS} .o_data_row:contains('Birch') td[name=name]`,
            run: "click",
        },
        {
            content: "reject it",
            trigger: `${REQUEST} button[name=action_open_reject]`,
            run: "click",
        },
        {
            content: "say why",
            trigger: ".modal .o_field_widget[name=answer] textarea",
            run: "edit Call him first",
        },
        {
            trigger: ".modal button[name=action_decide]:contains('Reject')",
            run: "click",
        },
        {
            content: "it is rejected, and says why",
            trigger: `${REQUEST} .alert-danger:contains('Call him first')`,
        },
    ]),
});
