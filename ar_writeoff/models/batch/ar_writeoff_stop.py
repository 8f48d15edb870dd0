from odoo import api, models


class ArWriteoffStopMixin(models.AbstractModel):
    """Runs that whatever stands in the way ends as a whole: selecting, and undoing.

    What becomes of what they did so far, ``_stop`` says.
    """

    _name = "ar.writeoff.stop.mixin"
    _description = "End of a Run before It Is Done"

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
