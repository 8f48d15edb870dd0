import {registry} from "@web/core/registry";

const HEADER = "Document,Amount,Reason,Comment\n";

/** Drop a file on core's import screen, as its button does. */
function upload(name, rows) {
    return () => {
        const files = new DataTransfer();
        files.items.add(new File([HEADER + rows], name, {type: "text/csv"}));
        const input = document.querySelector(".o_control_panel input[type=file]");
        input.files = files.files;
        input.dispatchEvent(new Event("change"));
    };
}

/** A list with errors, the list put right, and the items it becomes. */
registry.category("web_tour.tours").add("ar_writeoff_import", {
    url: "/odoo/batch-write-off/new",
    steps: () => [
        {
            content: "the empty batch says how it is filled",
            trigger: ".alert:contains('import a list')",
        },
        {
            trigger: "button[name=action_import_list]",
            run: "click",
        },
        {
            content: "a template is offered",
            trigger: ".o_import_action a[href$='import_template.xlsx']",
        },
        {
            trigger: ".o_control_panel button.o_import_file",
            run: upload("wrong.csv", "INV/9,,BAD,\nINV/2024/00001,x,BAD,\n"),
        },
        {
            trigger: ".o_import_data_sidepanel:contains('wrong')",
        },
        {
            trigger: ".o_control_panel button:contains('Test')",
            run: "click",
        },
        {
            content: "every error with its row",
            trigger:
                ".o_import_data_content:contains('row 2'):contains('INV/9 is the number of no')" +
                ":contains('row 3'):contains('“x” is no amount')",
        },
        {
            trigger: ".o_control_panel button:contains('Load Data File')",
            run: upload("right.csv", "INV/2024/00001,50,SETTLE,Half of it\n"),
        },
        {
            trigger: ".o_import_data_sidepanel:contains('right')",
        },
        {
            trigger: ".o_control_panel button:contains('Test')",
            run: "click",
        },
        {
            trigger: ".o_import_data_content .alert-info:contains('Everything seems valid')",
        },
        {
            trigger: ".o_control_panel button.btn-primary:contains('Import')",
            run: "click",
        },
        {
            content: "the items of the batch, not a list of what was imported",
            trigger: ".o_writeoff_totals:contains('Included: 1 of 1')",
        },
        {
            trigger: ".o_data_row:contains('INV/2024/00001'):contains('50.00')",
        },
        {
            content: "the way back is the batch",
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            trigger: ".o_form_view:has(button[name=action_remove_list])",
        },
        {
            trigger: ".o_form_view:not(:has(button[name=action_select]))",
        },
    ],
});
