from odoo import api, fields, models
from odoo.exceptions import ValidationError

# As many as one journal's numbers let work at a time, and more.
MOST = 32


class ResCompany(models.Model):
    _inherit = "res.company"

    writeoff_queue_workers = fields.Integer(
        string="Workers for Batch Write-Offs",
        help="How many jobs of the queue work on a batch at a time. 0: as the parent company, else "
        "none; the scheduled job does it.",
    )

    @api.constrains("writeoff_queue_workers")
    def _check_writeoff_queue_workers(self):
        for company in self:
            if not 0 <= company.writeoff_queue_workers <= MOST:
                raise ValidationError(
                    self.env._(
                        "%(company)s: %(count)s workers for batch write-offs; enter a number from "
                        "0 to %(most)s.",
                        company=company.name,
                        count=company.writeoff_queue_workers,
                        most=MOST,
                    )
                )

    def _get_writeoff_queue_workers(self):
        """How many jobs of the queue work on a batch of this company.

        :return: int, 0 where the scheduled job does it
        """
        # sudo: parents decide for branches, whether or not the user may read them
        for company in reversed(self.sudo().parent_ids):
            if company.writeoff_queue_workers:
                return company.writeoff_queue_workers
        return 0
