import {registry} from "@web/core/registry";

/** The main job without a mouse: from the open invoice to the ribbon, by keys alone. */
registry.category("web_tour.tours").add("ar_writeoff_keyboard", {
    steps: () => [
        {
            content: "Alt+Shift+W: Write Off",
            trigger: "button[name=action_write_off]:enabled",
            run: "press alt+shift+w",
        },
        {
            content: "the reason has the focus",
            trigger: ".modal .o_field_widget[name=reason_id] input:focus",
            run: "press alt+q",
        },
        {
            content: "the preview is there; Alt+Q again: Write Off",
            trigger: ".modal button[name=action_confirm]:visible:enabled",
            run: "press alt+q",
        },
        {
            trigger: "body:not(:has(.modal)) .ribbon:contains('Written Off'):visible",
        },
    ],
});
