import {Component, onWillUnmount, useEffect} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const INTERVAL = 2000;

/** While something is done with a batch: how far it is, looked up again every two seconds. */
export class BatchProgress extends Component {
    static template = "ar_writeoff.BatchProgress";
    static props = {...standardFieldProps};

    setup() {
        useEffect(
            (isRunning) => {
                clearInterval(this.timer);
                if (isRunning) {
                    this.timer = setInterval(() => this.reload(), INTERVAL);
                }
            },
            () => [this.isRunning]
        );
        onWillUnmount(() => clearInterval(this.timer));
    }

    get isRunning() {
        return this.props.record.data.is_under_way;
    }

    get progress() {
        return this.props.record.data.progress;
    }

    get work() {
        return Math.min(this.props.record.data.progress_work, 100 - this.progress);
    }

    get text() {
        return this.props.record.data.progress_text;
    }

    async reload() {
        // Nobody's typing is thrown away, and one look waits for the other.
        if (this.isReloading || (await this.props.record.isDirty())) {
            return;
        }
        this.isReloading = true;
        try {
            await this.props.record.load();
        } finally {
            this.isReloading = false;
        }
    }
}

registry.category("fields").add("writeoff_progress", {
    component: BatchProgress,
    supportedTypes: ["selection"],
    fieldDependencies: [
        {name: "is_under_way", type: "boolean"},
        {name: "progress", type: "integer"},
        {name: "progress_work", type: "integer"},
        {name: "progress_text", type: "char"},
    ],
});
