import {registry} from "@web/core/registry";

const CARD = ".o_kanban_record:contains('INV/2024/00001')";

/** On a phone: the batch, its items as cards, one of them left out and taken in again. */
registry.category("web_tour.tours").add("ar_writeoff_phone", {
    steps: () => [
        {
            trigger: ".o_control_panel button:has(.fa-bolt)",
            run: "click",
        },
        {
            trigger:
                ".o_bottom_sheet button[name=action_open_candidates], button[name=action_open_candidates]",
            run: "click",
        },
        {
            content: "customer and amount side by side",
            trigger: `${CARD}:contains('1,000.00')`,
        },
        {
            trigger: `${CARD} .o_field_boolean_toggle input:checked`,
            run: "click",
        },
        {
            content: "it says who left it out",
            trigger: `${CARD}:contains('Excluded by')`,
        },
        {
            trigger: `${CARD} .o_field_boolean_toggle input:not(:checked)`,
            run: "click",
        },
        {
            trigger: `${CARD}:not(:contains('Excluded by')) .o_field_boolean_toggle input:checked`,
        },
    ],
});
