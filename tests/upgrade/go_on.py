"""Goes on where the former version stopped: drafts are run, failed items retried, a new one made.

Behind ``facts.py`` and ``facts_batch.py``. Nothing of it stays.
"""

LEDGER = ("documents", "items", "balances", "boxes", "customers")


def process(made, door):
    action = getattr(made.with_user(clerk), door)()
    dialog = env[action["res_model"]].with_user(clerk).browse(action["res_id"])
    dialog.warnings_confirmed = True
    dialog.action_run()


batches = get_batches()
process(batches["new 0"], "action_process")
batches["new 1"].with_user(clerk).action_select()
if batches["new 1"].included_count:
    process(batches["new 1"], "action_process")
skipped = [made for made in batches.values() if made.name != "/" and made.failed_count]
for made in skipped:
    try:
        with env.cr.savepoint():
            process(made, "action_retry")
    except UserError:  # paid meanwhile
        continue
domain = [("move_type", "=", "out_invoice"), ("payment_state", "=", "not_paid")]
fresh = env["account.move"].search([*domain, ("partner_id.name", "=", "finished 2")])
action = fresh.with_user(clerk).action_write_off()
wizard = env[action["res_model"]].with_user(clerk).browse(action["res_id"])
wizard.action_preview()
wizard.warnings_confirmed = True
wizard.action_confirm()
write_facts("further", LEDGER)
env.cr.rollback()
