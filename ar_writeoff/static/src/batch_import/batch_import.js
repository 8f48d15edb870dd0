import {_t} from "@web/core/l10n/translation";
import {ImportAction} from "@base_import/import_action/import_action";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";

/** Core's import screen for a list of write-offs: it leads to the items of the batch. */
export class ImportListAction extends ImportAction {
    static path = "import-write-offs";
    static displayName = _t("Import a List");

    setup() {
        super.setup();
        this.ormService = useService("orm");
        this.env.config.setDisplayName(ImportListAction.displayName);
        // After the page was loaded again, the batch stands in its address alone.
        const {context} = this.props.action;
        this.model.context = {default_batch_id: context?.active_id, ...this.model.context};
    }

    async openRecords() {
        const batchId = this.model.context.default_batch_id;
        const action = await this.ormService.call("ar.writeoff.batch", "action_open_candidates", [
            [batchId],
        ]);
        await this.actionService.doAction(action, {stackPosition: "replaceCurrentAction"});
    }
}

registry.category("actions").add("ar_writeoff_import_list", ImportListAction);
