import {MonetaryField, monetaryField} from "@web/views/fields/monetary/monetary_field";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** A figure of the aged receivables: a click opens the items it is made of. */
export class AgeingFigure extends MonetaryField {
    static template = "ar_writeoff.AgeingFigure";

    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
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

registry.category("fields").add("ageing_figure", {
    ...monetaryField,
    component: AgeingFigure,
});
