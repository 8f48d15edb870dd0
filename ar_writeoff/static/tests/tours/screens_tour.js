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

/** First use: from the card of the journal to the page, and back to a card that asks no more. */
registry.category("web_tour.tours").add("ar_writeoff_first_use", {
    url: "/odoo/accounting",
    steps: () => [
        {
            trigger:
                ".o_kanban_record:contains('Written Off This Month') a:contains('Set Up Write-Offs')",
            run: "click",
        },
        {
            content: "an account is chosen",
            trigger: ".modal .o_field_widget[name=writeoff_loss_account_id] input",
            run: "edit 690100",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('690100 Bad Debt')",
            run: "click",
        },
        {
            content: "the reasons are there, and stay there",
            trigger:
                ".modal .o_field_widget[name=reason_ids]:not(:has(.o_list_record_remove)) .o_data_row:contains('BAD')",
        },
        {
            content: "so are the roles",
            trigger: ".modal .o_field_widget[name=user_ids]:contains('clerk_test')",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_kanban_record:contains('Written Off This Month')" +
                ":not(:contains('Set Up Write-Offs'))",
        },
    ],
});

/** A batch in preparation: its proposal is kept, and can be fetched from the page. */
registry.category("web_tour.tours").add("ar_writeoff_proposal", {
    steps: () => [
        {
            trigger: "button[name=action_print_proposal]",
            run: "click",
        },
        {
            trigger: "a.nav-link[name=proposals]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=proposal_ids] .o_data_row:contains('.pdf'):contains('.xlsx')",
        },
    ],
});
