"""What somebody attaches to a decision stands on it: whoever reads the one reads the other."""


def keep_evidence(record, attachments):
    """Hang attachments on a record, as far as they hang on nothing else yet.

    :param record: write-off, batch, or what keeps a plan; saved
    :param attachments: ``ir.attachment`` records that the user gave
    :raises AccessError: if the user may not read one of them
    """
    attachments = attachments.with_env(record.env).sudo(False)  # sudo: not what the engine may read
    attachments.check_access("read")
    # sudo: only the dialog it was uploaded in, or nothing, had it; and nobody has write access on
    # the register
    loose = attachments.sudo().filtered(
        lambda one: not one.res_id or one.res_model == "ar.writeoff.wizard"
    )
    loose.write({"res_model": record._name, "res_id": record.id})
