import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";
import {onWillStart, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** The candidates of a batch: its totals above the list, and the buttons that run it. */
export class CandidatesController extends ListController {
    static template = "ar_writeoff.CandidatesView";

    setup() {
        super.setup();
        this.actionService = useService("action");
        this.ormService = useService("orm");
        this.totals = useState({text: "", can_process: false, is_tied: false});
        onWillStart(() => this.loadTotals());
    }

    get batchId() {
        return this.props.context.active_id;
    }

    get modelParams() {
        const params = super.modelParams;
        const {onRootLoaded} = params.hooks;
        params.hooks.onRootLoaded = async (root) => {
            await onRootLoaded?.(root);
            this.loadTotals();
        };
        params.hooks.onSavedMulti = () => this.loadTotals();
        return params;
    }

    async loadTotals() {
        if (this.batchId) {
            const totals = await this.ormService.call("ar.writeoff.batch", "get_batch_totals", [
                [this.batchId],
            ]);
            Object.assign(this.totals, totals);
        }
    }

    async onRecordSaved(record) {
        await super.onRecordSaved(record);
        if (this.totals.is_tied) {
            // By netting, or a limit of the customer, one choice changes other rows.
            await this.model.load();
        } else {
            await this.loadTotals();
        }
    }

    async runBatch(name) {
        await this.model.root.leaveEditMode();
        const reload = () => this.model.load();
        await this.actionService.doActionButton({
            type: "object",
            name,
            resModel: "ar.writeoff.batch",
            resId: this.batchId,
            onClose: reload,
        });
    }
}

registry.category("views").add("writeoff_candidates", {
    ...listView,
    Controller: CandidatesController,
});
