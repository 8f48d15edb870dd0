import {registry} from "@web/core/registry";

/** Aged receivables: zero is blank, columns without content are away, a row opens its items. */
registry.category("web_tour.tours").add("ar_writeoff_ageing_screen", {
    url: "/odoo/aged-receivables",
    steps: () => [
        {
            content: "the button says which date it is",
            trigger: "button[name=action_as_of]:contains('As of '):contains('/')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=date] button",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=date] input",
            run: "edit 01/31/2024",
        },
        {
            trigger: ".modal button[name=action_open]",
            run: "click",
        },
        {
            trigger: "button[name=action_as_of]:contains('As of 01/31/2024')",
        },
        {
            content: "one bucket has a figure",
            trigger: ".o_data_row:contains('Birch') td[name=amount_1]:contains('1,000.00')",
        },
        {
            content: "the others are blank",
            trigger: ".o_data_row:contains('Birch') td[name=amount_older]:not(:contains('0'))",
        },
        {
            content: "so is a total of nothing",
            trigger: "tfoot:contains('1,000.00'):not(:contains('\\$ 0.00'))",
        },
        {
            content: "nobody sells to them, one company, one currency: no columns for that",
            trigger:
                ".o_list_table:not(:has(th[data-name=user_id], th[data-name=company_id]))" +
                ":not(:has(th[data-name=amount_total_currency]))",
        },
        {
            trigger: ".o_data_row:contains('Birch') .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "the items behind the row are there without another click",
            trigger: ".o_group_header:contains('1–30 (1)')",
        },
        {
            trigger: ".o_data_row:contains('INV/2024/00001'):contains('1,000.00')",
        },
    ],
});

/** Analysis: from a figure of the pivot to its rows, to the document and the write-off. */
registry.category("web_tour.tours").add("ar_writeoff_analysis_screen", {
    url: "/odoo/write-off-analysis",
    steps: () => [
        {
            content: "the year is there without a click, by reason",
            trigger:
                ".o_pivot tbody tr:contains('Bad debt') .o_pivot_cell_value:contains('1,070.00')",
            run: "click",
        },
        {
            content: "the rows behind the figure add up to it",
            trigger: ".o_list_view:has(.o_data_row:contains('Cave')) tfoot:contains('1,070.00')",
        },
        {
            trigger: ".o_data_row:contains('1,000.00') button[name=action_open_document]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name]:contains('INV/')",
        },
        {
            trigger: ".o_breadcrumb .breadcrumb-item:last-child a, .o_back_button a",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('70.00') .o_data_cell[name=writeoff_id]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name]:contains('WO/')",
        },
    ],
});
