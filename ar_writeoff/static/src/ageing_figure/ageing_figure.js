import {MonetaryField, monetaryField} from "@web/views/fields/monetary/monetary_field";
import {formatMonetary} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** Figures of many columns: none rather than zero, and the currency is said by the total. */
function formatFigure(value, options) {
    return value ? formatMonetary(value, {...options, noSymbol: true}) : "";
}

/** A figure of the aged receivables: a click opens the items it is made of. */
export class AgeingFigure extends MonetaryField {
    static template = "ar_writeoff.AgeingFigure";

    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get formattedValue() {
        return formatFigure(this.value, {currencyId: this.currencyId});
    }

    async open() {
        const {record, name} = this.props;
        const action = await this.orm.call(
            record.resModel,
            "action_open_figure",
            [[record.resId], name],
            {context: record.context}
        );
        this.action.doAction(action);
    }
}

registry.category("formatters").add("ageing_figure", formatFigure); // Of groups and totals
registry.category("fields").add("ageing_figure", {
    ...monetaryField,
    component: AgeingFigure,
});
