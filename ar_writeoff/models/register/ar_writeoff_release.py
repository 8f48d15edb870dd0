from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rights import as_engine


class ArWriteoff(models.Model):
    """Four eyes: where the author may not post what they left in draft, somebody else releases it.

    The author of an entry is who confirmed the write-off or started the run. The parameter is that
    of the entry's company.
    """

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff"  # pylint: disable=consider-merging-classes-inherited

    release_user_id = fields.Many2one(
        "res.users", string="Released By", readonly=True, copy=False, ondelete="restrict"
    )
    release_date = fields.Datetime(string="Released On", readonly=True, copy=False)
    is_release_awaited = fields.Boolean(
        compute="_compute_release", help="Whether the user must wait for somebody else's release."
    )
    can_release = fields.Boolean(compute="_compute_release")

    @api.depends("state", "release_user_id")
    @api.depends_context("uid")
    def _compute_release(self):
        for writeoff in self:
            held = writeoff._get_held_entries()
            is_author = self.env.user in writeoff._get_authors(held)
            writeoff.is_release_awaited = bool(held) and is_author
            writeoff.can_release = bool(held) and not is_author

    def _get_held_entries(self):
        """Entries in draft that nobody but a colleague of their author may post.

        :return: ``account.move``
        """
        # sudo: of branches that are not active, too
        drafts = self.sudo()._get_draft_entries()
        return drafts.filtered(lambda entry: self._is_held(entry))

    def _is_held(self, entry):
        """Tell whether the author of an entry in draft, or the system, may not post it.

        :param entry: draft ``account.move`` of this write-off
        :return: bool
        """
        company = entry.company_id
        if company._is_writeoff_enabled("writeoff_author_may_post"):
            return False
        is_left_in_draft = entry._is_waiting_writeoff() or company._is_writeoff_enabled(
            "writeoff_leave_draft"
        )
        released = self.release_user_id and self.release_user_id not in self._get_authors(entry)
        return is_left_in_draft and not released

    def _get_authors(self, entries):
        """Who decided on these entries; of a batch that was tried again, perhaps several.

        :param entries: ``account.move`` of this write-off
        :return: ``res.users``
        """
        return self.user_id | entries.create_uid

    def _check_may_post(self, entry):
        """Refuse the author, and the system in their place, until somebody else released it.

        :param entry: draft ``account.move`` of this write-off
        :raises UserError: naming the entry and its author
        """
        authors = self._get_authors(entry)
        user = self.env.user
        if self._is_held(entry) and (user in authors or user._is_superuser()):
            raise UserError(
                self.env._(
                    "%(entry)s, %(amount)s, was written off by %(authors)s, and in %(company)s "
                    "nobody posts their own write-offs. Somebody else has to post it, or to press "
                    "Release on write-off %(writeoff)s.",
                    entry=entry.display_name,
                    amount=entry.company_currency_id.format(abs(entry.amount_total_signed)),
                    authors=", ".join(authors.mapped("name")),
                    company=entry.company_id.name,
                    writeoff=self.name,
                )
            )

    def action_release(self):
        """Allow the author, or scheduled posting, to post the entries that wait in draft.

        :raises AccessError: if the user may not write off
        :raises UserError: if nothing waits, it is released already, or the user is the author
        """
        self._check_authority()
        for writeoff in self:
            writeoff._check_all_lines_visible()
            writeoff._check_can_release()
            as_engine(writeoff).write(
                {"release_user_id": self.env.uid, "release_date": fields.Datetime.now()}
            )
            as_engine(writeoff).message_post(
                body=self.env._(
                    "Released by %s: the draft entries may be posted.", self.env.user.name
                )
            )

    def _check_can_release(self):
        drafts = self._get_draft_entries()
        if not drafts or self.state != "entries_draft":
            raise UserError(self.env._("No entry of write-off %s waits in draft.", self.name))
        if self.release_user_id:
            raise UserError(
                self.env._(
                    "Write-off %(name)s was released by %(user)s already.",
                    name=self.name,
                    user=self.release_user_id.name,
                )
            )
        user = self.env.user
        if user in self._get_authors(drafts) or user._is_superuser():
            raise UserError(
                self.env._(
                    "Write-off %(name)s, %(amount)s, is your own: somebody else has to release it.",
                    name=self.name,
                    amount=self.currency_id.format(self.amount),
                )
            )
