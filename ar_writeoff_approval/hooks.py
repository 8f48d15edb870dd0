def uninstall_hook(env):
    """What waits for an approval is withdrawn: nobody could decide on it any more, and its items
    would be kept for ever. Who asked for it hears of it.
    """
    for request in env["ar.writeoff.request"].search([("state", "=", "waiting")]):
        request._lock()
        request._refuse("withdrawn", {"decided_by": env.uid})
