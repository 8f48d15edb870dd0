from odoo import models

from ..problems import blocker


class ArWriteoffReleaseMixin(models.AbstractModel):
    """Four eyes: see the fields and the button of ``ar.writeoff``."""

    _name = "ar.writeoff.release.mixin"
    _description = "Release of Entries in Draft"

    def _check_left_in_draft(self, lines):
        """Nobody passes their colleagues by posting at once what is to be left in draft."""
        if self.leave_draft:
            return
        for company in lines.company_id:
            is_enabled = company._is_writeoff_enabled
            if is_enabled("writeoff_leave_draft") and not is_enabled("writeoff_author_may_post"):
                yield blocker(
                    "leave_draft",
                    self.env._(
                        "In %s, entries of write-offs are left in draft for somebody else to post: "
                        "tick Leave Entries in Draft.",
                        company.name,
                    ),
                )
