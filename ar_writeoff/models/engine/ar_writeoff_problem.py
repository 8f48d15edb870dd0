from odoo import api, fields, models

from ..problems import get_warnings
from .ar_writeoff_eligibility import LINKED_CODES


class ArWriteoffProblemMixin(models.AbstractModel):
    """Problems as data, of a write-off and of a batch alike: shown, raised, confirmed, kept."""

    _name = "ar.writeoff.problem.mixin"
    _description = "Problems of a Write-Off"

    warnings_confirmed = fields.Text(
        readonly=True, copy=False, help="The warnings that were shown and confirmed before posting."
    )
    confirmed_problems = fields.Json(
        readonly=True, copy=False, help="The same by code and items: see _prepare_confirmed."
    )

    @api.model
    def _prepare_shown(self, checks):
        """Problems as core's ``actionable_errors`` widget shows them, in the same order.

        :param list checks: see ``_problem``
        :return: dict, for a JSON field
        """
        return {
            f"{index}_{check['code']}": {**check, **self._prepare_link(check)}
            for index, check in enumerate(checks)
        }

    def _prepare_link(self, check):
        """The way to the write-off that stands in the way, where it is one that does.

        :param dict check: see ``_problem``
        :return: dict: ``action`` and ``action_text``, or empty
        """
        if check["code"] not in LINKED_CODES:
            return {}
        items = self.env["account.move.line"].browse(check["items"])
        return dict(
            zip(
                ("action", "action_text"),
                self.env["ar.writeoff.eligibility"]._get_link(items),
                strict=False,  # nothing, where there is nothing to see
            )
        )

    @api.model
    def _prepare_confirmed(self, shown):
        """What a user confirms who was shown these problems: the warnings among them.

        :param dict shown: see ``_prepare_shown``; whatever else somebody put there over the API
            confirms nothing
        :return: list of dicts with ``code`` and ``items``
        """
        problems = shown.values() if isinstance(shown, dict) else ()
        return [
            {"code": problem["code"], "items": problem["items"]}
            for problem in problems
            if isinstance(problem, dict)
            and problem.get("level") == "warning"
            and isinstance(problem.get("code"), str)
            and isinstance(problem.get("items"), list)
            and all(isinstance(item, int) for item in problem["items"])
        ]

    def _prepare_confirmed_vals(self, checks):
        """What is kept of warnings that were confirmed, besides those that were kept before.

        :param list checks: see ``_problem``; none of them is open any more
        :return: values of this record
        """
        known = self.confirmed_problems or []
        confirmed = self._prepare_confirmed(self._prepare_shown(checks))
        texts = dict.fromkeys((self.warnings_confirmed or "").splitlines())
        texts.update(dict.fromkeys(check["message"] for check in get_warnings(checks)))
        return {
            "confirmed_problems": [*known, *(one for one in confirmed if one not in known)],
            "warnings_confirmed": "\n".join(texts),
        }

    @api.model
    def _get_short_list(self, names, separator=", "):
        """Names for a message, however many there are.

        :param list names: str
        :param str separator: between them
        :return: str
        """
        names = list(dict.fromkeys(names))
        if len(names) > 10:
            more = self.env._("and %s more", len(names) - 10)
            names = [*names[:10], more]
        return separator.join(names)
