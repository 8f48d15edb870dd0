import {deserializeDate, formatDate, today} from "@web/core/l10n/dates";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {ListController} from "@web/views/list/list_controller";
import {ListRenderer} from "@web/views/list/list_renderer";
import {_t} from "@web/core/l10n/translation";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";

/** Columns that not every page needs, and whether these rows do. */
const NEEDED = {
    user_id: (rows) => rows.some((row) => row.user_id),
    company_id: (rows) => new Set(rows.map((row) => row.company_id?.id)).size > 1,
    amount_total_currency: hasForeignCurrency,
    residual_currency: hasForeignCurrency,
};

function hasForeignCurrency(rows) {
    return rows.some((row) => row.currency_id.id !== row.company_currency_id.id);
}

/** The button that asks for another date says which one is shown. */
function nameDate(buttons, context) {
    const date = context.ageing_date ? deserializeDate(context.ageing_date) : today();
    const string = _t("As of %s", formatDate(date));
    return buttons.map((button) =>
        button.clickParams.name === "action_as_of" ? {...button, string} : button
    );
}

export class AgeingListController extends ListController {
    setup() {
        super.setup();
        const headerButtons = nameDate(this.archInfo.headerButtons, this.props.context);
        this.archInfo = {...this.archInfo, headerButtons};
    }
}

export class AgeingListRenderer extends ListRenderer {
    getActiveColumns() {
        const rows = this.props.list.records.map((record) => record.data);
        return super.getActiveColumns().filter(({name}) => NEEDED[name]?.(rows) ?? true);
    }
}

export class AgeingKanbanController extends KanbanController {
    setup() {
        super.setup();
        this.headerButtons = nameDate(this.headerButtons, this.props.context);
    }
}

registry.category("views").add("ageing_list", {
    ...listView,
    Controller: AgeingListController,
    Renderer: AgeingListRenderer,
});
registry.category("views").add("ageing_kanban", {
    ...kanbanView,
    Controller: AgeingKanbanController,
});
