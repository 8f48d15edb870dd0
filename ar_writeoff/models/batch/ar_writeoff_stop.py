from odoo import api, models
from odoo.exceptions import UserError


class ArWriteoffStopMixin(models.AbstractModel):
    """Runs that whatever stands in the way ends as a whole: selecting, and undoing.

    What becomes of what they did so far, ``_stop`` says.
    """

    _name = "ar.writeoff.stop.mixin"
    _description = "End of a Run before It Is Done"

    def _may_go_on(self, run):
        """Whether who started it still may do what it does to the batch; if not, it ends.

        :param run: ``ar.writeoff.run`` of a batch, in the environment of who started it
        :return: bool
        """
        try:
            run.batch_id._check_authority()
        except UserError as error:  # an AccessError is one
            self._stop_unauthorised(run, str(error))
            return False
        return True

    @api.model
    def _stop_unauthorised(self, run, message):
        """Nobody stands for it any more.

        :param run: ``ar.writeoff.run``
        :param str message: why, for the history
        """
        self._stop(run, message)

    @api.model
    def _stop_by_user(self, run):
        """Stop after the chunk that is under way.

        :param run: ``ar.writeoff.run``
        """
        self._stop(run, self.env._("stopped by %s.", self.env.user.name))

    @api.model
    def _fail_chunk(self, run, message):
        """Even the smallest chunk failed.

        :param run: ``ar.writeoff.run``
        :param str message: why
        :return: int, so that it is committed
        """
        self._stop(run, message)
        return 1

    def _stop(self, run, message):
        """End the run.

        :param run: ``ar.writeoff.run``
        :param str message: why, for the history
        """
        raise NotImplementedError
