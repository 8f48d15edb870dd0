import base64
import logging
from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import format_datetime

from ..rights import as_engine
from .ar_writeoff_proposal_content import get_code

_logger = logging.getLogger(__name__)

REPORT = "ar_writeoff.report_proposal"


class ArWriteoffProposal(models.Model):
    """What a batch proposed to write off, on paper: kept with it, and changed by nobody.

    One is made whenever somebody asks for it, and one when the batch is started. Many items are
    left to the scheduled job, before it takes the first of them.
    """

    _name = "ar.writeoff.proposal"
    _description = "Proposal of a Batch Write-Off"
    _order = "id desc"

    batch_id = fields.Many2one(
        "ar.writeoff.batch", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="batch_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="set null")
    made_on = fields.Datetime(string="On", readonly=True)
    occasion = fields.Selection(
        [("look", "Simulation"), ("start", "At the Start")],
        required=True,
        readonly=True,
        help="Simulation: nothing was started. At the start: what was confirmed.",
    )
    state = fields.Selection(
        [("waiting", "Being Made"), ("made", "Made"), ("failed", "Failed")],
        string="Status",
        required=True,
        readonly=True,
        default="waiting",
    )
    note = fields.Text(readonly=True, help="What could not be made, and why.")
    problems = fields.Json(readonly=True, help="What spoke against it and was confirmed.")
    fingerprint = fields.Char(
        readonly=True, help="Two proposals with the same one take the same items, amounts, accounts"
    )
    code = fields.Char(
        compute="_compute_code",
        help="Printed on the paper. The same code: the same items, amounts, reasons and accounts.",
    )
    item_count = fields.Integer(string="Items", readonly=True)
    amount = fields.Monetary(
        string="Total to Write Off", readonly=True, help="Credits count against balances."
    )
    pdf = fields.Binary(string="PDF", readonly=True, attachment=True)
    pdf_name = fields.Char(compute="_compute_names")
    xlsx = fields.Binary(string="Excel", readonly=True, attachment=True)
    xlsx_name = fields.Char(compute="_compute_names")

    @api.depends("fingerprint")
    def _compute_code(self):
        for proposal in self:
            proposal.code = get_code(proposal.fingerprint)

    @api.depends("batch_id", "made_on")
    def _compute_names(self):
        for proposal in self:
            title = proposal._get_title().replace("/", "-")
            proposal.pdf_name, proposal.xlsx_name = f"{title}.pdf", f"{title}.xlsx"

    @api.depends("batch_id", "made_on")
    def _compute_display_name(self):
        for proposal in self:
            proposal.display_name = proposal._get_title()

    def _get_title(self):
        made = self.made_on and format_datetime(self.env, self.made_on, dt_format="y-MM-dd HH.mm")
        return self.env._("Proposal %(batch)s %(date)s", batch=self._get_number(), date=made or "")

    def _get_number(self):
        """Its batch; one that was never run has no number yet.

        :return: str
        """
        name = self.batch_id.name
        return f"#{self.batch_id.id}" if name in ("/", False) else name

    # ------------------------------------------------------------------
    # What is asked for
    # ------------------------------------------------------------------

    @api.model
    def _ask(self, batch, occasion, problems=()):
        """Note that a proposal is wanted; who asks is whose language and companies it has.

        :param batch: ``ar.writeoff.batch``
        :param str occasion: see ``occasion``
        :param list problems: that were confirmed, see ``problems``
        :return: the proposal, in the user's environment
        """
        proposal = as_engine(self).create(
            {
                "batch_id": batch.id,
                "user_id": self.env.uid,
                "occasion": occasion,
                "problems": list(problems),
            }
        )
        return proposal.with_env(self.env)

    @api.model
    def _keep_at_start(self, batch, problems):
        """What is about to be written off, for the auditor: made at once where few items are taken.

        Nothing of it keeps the batch from being run.

        :param batch: ``ar.writeoff.batch`` whose planned items are about to be queued
        :param list problems: that were confirmed, see ``problems``
        """
        proposal = self._ask(batch, "start", problems)
        count = self.env["ar.writeoff.planned"]._get_totals(batch)["item_count"]
        if count <= self.env["ar.writeoff.run"]._get_at_once_size():
            proposal._make("planned")

    # ------------------------------------------------------------------
    # Making it
    # ------------------------------------------------------------------

    def _make(self, state):
        """Fill it in; what fails is said on it, and stops nobody.

        :param str state: of the candidates it takes, see ``ar.writeoff.planned._get_domain``
        """
        self.ensure_one()
        savepoint = self.env.cr.savepoint()
        try:
            vals = self._prepare_made(state)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # a paper is not worth a run
            _logger.info("Proposal %s", self.id, exc_info=True)
            vals = {"state": "failed", "note": self._get_failure_message(error)}
        finally:
            savepoint.close(rollback=True)  # it is a look: nothing of it stays
            self.env.invalidate_all(flush=False)
        as_engine(self).write({**vals, "made_on": self.env.cr.now()})

    def _get_failure_message(self, error):
        if isinstance(error, UserError):
            return str(error)
        return f"{type(error).__name__}: {error}"

    def _prepare_made(self, state):
        """The papers, and what the list says of them.

        :param str state: see ``_make``
        :return: values of this record
        """
        problems = self.problems or []
        if self.occasion == "look":
            self.batch_id._check_is_draft()
            Start = self.env["ar.writeoff.start"]
            warnings = Start._prepare(self.batch_id, "included")
            problems = [*Start._get_problems(self.batch_id), *warnings]
        content = self.env["ar.writeoff.proposal.content"]._collect(self, state, problems)
        if not content["figures"]["item_count"]:
            raise UserError(self.env._("Nothing of it was left to be written off."))
        pdf, note = self._render_pdf(content)
        return {
            "state": "made",
            "note": note,
            "problems": problems,
            "fingerprint": content["fingerprint"],
            "item_count": content["figures"]["item_count"],
            "amount": content["figures"]["amount"],
            "xlsx": base64.b64encode(self.env["ar.writeoff.proposal.sheet"]._write(content)),
            "pdf": pdf,
        }

    def _render_pdf(self, content):
        """The paper itself; where the server has no program for it, the other file is enough.

        :param dict content: see ``ar.writeoff.proposal.content``
        :return: tuple: base64, or False; what is said of it
        """
        Report = self.env["ir.actions.report"]
        try:
            # None of the report's own data is asked for by number: it is all in the content.
            data, _kind = Report._render_qweb_pdf(REPORT, self.ids, data={"content": content})
        except UserError as error:
            return False, str(error)
        return base64.b64encode(data), False

    # ------------------------------------------------------------------
    # In the background
    # ------------------------------------------------------------------

    @api.model
    def _make_waiting(self, domain):
        """Make those that were left to the scheduled job, as who asked for them would read them.

        :param domain: which of them, on this model
        :return: int, how many were made
        """
        waiting = as_engine(self).search([("state", "=", "waiting"), *domain], order="id")
        made = 0
        for proposal in waiting:
            if proposal.try_lock_for_update():
                proposal._make_as_user()
                made += 1
        return made

    def _make_as_user(self):
        user = self.user_id
        if not user:
            self.write({"state": "failed", "note": self.env._("Who asked for it is gone.")})
            return
        companies = self.batch_id.company_id | self.batch_id._get_line_companies()
        own = self.with_user(user).with_context(
            lang=user.lang,
            tz=user.tz,
            allowed_company_ids=(companies & user.company_ids).ids,
        )
        own._make("queued" if self.occasion == "start" else "planned")
        if self.occasion == "start":
            return
        user._bus_send(
            "simple_notification",
            {
                "title": own.display_name,
                "message": own.note or own.env._("It stands on the batch, under Proposals."),
                "type": "danger" if own.state == "failed" else "success",
                "sticky": True,
            },
        )

    def _get_download_action(self):
        """Fetch the paper; the spreadsheet where there is none.

        :return: action
        """
        name = "pdf" if self.pdf else "xlsx"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/{name}/{quote(self[f'{name}_name'])}"
            "?download=true",
            "target": "new",  # the form behind it is read anew, and shows what was kept
        }
