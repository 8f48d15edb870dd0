from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from ..rights import as_engine
from .sent import get_fingerprint


class ArWriteoffCall(models.Model):
    """A call with a reference of whoever called: what was asked for once, and what came of it.

    A refused call leaves nothing behind, not even its reference.
    """

    _name = "ar.writeoff.call"
    _description = "Call from Outside"
    _order = "id desc"
    _rec_name = "external_reference"

    external_reference = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kind = fields.Selection(
        [
            ("write_off", "Write-Off"),
            ("undo", "Undo"),
            ("batch", "Batch"),
            ("start", "Start of a Batch"),
        ],
        required=True,
        readonly=True,
    )
    fingerprint = fields.Char(required=True, readonly=True, help="Of what was sent.")
    user_id = fields.Many2one(
        "res.users", string="Called By", required=True, readonly=True, ondelete="restrict"
    )
    called_on = fields.Datetime(required=True, readonly=True)
    writeoff_id = fields.Many2one(
        "ar.writeoff", string="Write-Off", readonly=True, index="btree_not_null"
    )
    batch_id = fields.Many2one(
        "ar.writeoff.batch", readonly=True, index="btree_not_null", ondelete="set null"
    )
    run_id = fields.Many2one("ar.writeoff.run", readonly=True, ondelete="set null")
    rows = fields.Json(readonly=True, help="What became of each item then.")

    # The database's own word: two calls at once make one.
    _reference_once = models.UniqueIndex(
        "(company_id, external_reference)", "This external reference is used already."
    )

    @api.model
    def _find_first(self, kind, plan):
        """The call that sent the same before, as far as the user sees it.

        :param str kind: see ``kind``
        :param dict plan: as it was sent, and checked
        :return: ``ar.writeoff.call``; empty if it is the first, or nobody will repeat it
        """
        if not plan.get("external_reference"):
            return self.browse()
        domain = [
            ("external_reference", "=", plan["external_reference"]),
            ("fingerprint", "=", get_fingerprint(kind, plan)),
        ]
        if plan.get("company_id"):
            domain.append(("company_id", "=", plan["company_id"]))
        return self.search(domain, limit=1)

    @api.model
    def _reserve(self, kind, plan, company):
        """Take the reference of a call, before anything is done.

        Whoever sends the same at the same time waits here for the first. Once that is done, this
        transaction is begun anew by the server, and finds it.

        :param str kind: see ``kind``
        :param dict plan: as it was sent, and checked
        :param company: ``res.company`` in which the reference is unique
        :return: ``ar.writeoff.call``, with the user's rights; empty if there is no reference
        :raises ValidationError: if it was used for something else
        """
        reference = plan.get("external_reference")
        if not reference:
            return self.browse()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ar_writeoff_call (external_reference, company_id, kind, fingerprint,
                       user_id, called_on, create_uid, write_uid, create_date, write_date)
                SELECT %(reference)s, %(company)s, %(kind)s, %(fingerprint)s, %(user)s, %(now)s,
                       %(user)s, %(user)s, %(now)s, %(now)s
           ON CONFLICT (company_id, external_reference) DO NOTHING
             RETURNING id
                """,
                reference=reference,
                company=company.id,
                kind=kind,
                fingerprint=get_fingerprint(kind, plan),
                user=self.env.uid,
                now=fields.Datetime.now(),
            ),
            log_exceptions=False,
        )
        if not (found := self.env.cr.fetchone()):
            self._refuse_reference(reference, company)
        return self.browse(found[0])

    @api.model
    def _check_unused(self, plan, company):
        """Refuse a reference that was used for something else, without taking it.

        :param dict plan: as it was sent, and checked, and not the same as any before
        :param company: ``res.company``
        :raises ValidationError: if there is such a call
        """
        reference = plan.get("external_reference")
        if reference and self._get_user_of(reference, company):
            self._refuse_reference(reference, company)

    def _get_user_of(self, reference, company):
        # sudo: whoever used it
        return self.sudo().search(
            [("external_reference", "=", reference), ("company_id", "=", company.id)], limit=1
        )

    def _refuse_reference(self, reference, company):
        """Say what a reference stands for already.

        :param str reference: as it was sent
        :param company: ``res.company``
        :raises ValidationError: always
        """
        first = self._get_user_of(reference, company)
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        raise ValidationError(
            self.env._(
                "External reference “%(reference)s” of %(company)s was used for something else: "
                "%(kind)s, by %(user)s on %(date)s. Send the same content again to hear what came "
                "of it, or another reference.",
                reference=reference,
                company=company.name,
                kind=kinds[first.kind],
                user=first.user_id.name,
                date=format_datetime(self.env, first.called_on),
            )
        )

    def _keep(self, outcome, rows):
        """Remember what came of it.

        :param outcome: what was made, see ``_prepare_link_vals``
        :param list rows: what became of each item, see ``_prepare_kept_row``
        """
        if self:
            as_engine(self).write({**self._prepare_link_vals(outcome), "rows": rows})

    @api.model
    def _prepare_link_vals(self, outcome):
        """The way to what came of a call. Extension point.

        :param outcome: ``ar.writeoff``, ``ar.writeoff.batch`` or ``ar.writeoff.run``; or what keeps
            it, see ``ar.writeoff.authority``
        :return: values for ``ar.writeoff.call``
        """
        names = {
            "ar.writeoff": "writeoff_id",
            "ar.writeoff.batch": "batch_id",
            "ar.writeoff.run": "run_id",
        }
        name = names.get(outcome._name)
        return {name: outcome.id} if name else {}

    def _get_outcome(self):
        """What came of it, as it is now. Extension point.

        :return: record that answers ``_prepare_outcome``; empty ``ar.writeoff`` if it is gone
        """
        self.ensure_one()
        return self.run_id or self.batch_id or self.writeoff_id

    def _get_writeoff(self):
        """The write-off a call made, or asked for. Extension point.

        :return: ``ar.writeoff``
        """
        return self.writeoff_id

    def _prepare_repeated(self):
        """The first result, with the states of now.

        :return: dict, as the first call returned
        """
        self.ensure_one()
        Outcome = self.env["ar.writeoff.outcome"]
        return {
            **Outcome._prepare_result(self._get_outcome(), self.rows or []),
            "external_reference": self.external_reference,
            "repeated": True,
        }
