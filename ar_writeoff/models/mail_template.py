from copy import deepcopy

from lxml import etree, html

from odoo import api, models

PAID_BRANCH = "//*[(@t-if | @t-elif)[contains(., 'object.payment_state')][contains(., \"'paid'\")]]"
NOTICE = "object._get_adjustment_notice()"


def _text_slots(node):
    """Places in a branch that hold visible text: (element, "text" or "tail")."""
    for element in node.iter():
        if isinstance(element.tag, str) and (element.text or "").strip():
            yield element, "text"
        if element is not node and (element.tail or "").strip():
            yield element, "tail"


def add_adjustment_branches(source):
    """Put, before each branch that says an invoice is paid, one for invoices written off.

    The branch keeps its look: it is a copy whose last sentence gives way to a neutral notice.
    Done when a mail is rendered, because templates are the users' to edit and to reset.

    :param str source: QWeb source of a mail
    :return: str, unchanged if no branch mentions paid invoices
    """
    if "payment_state" not in source:
        return source
    root = html.fragment_fromstring(source, create_parent="div")
    branches = root.xpath(PAID_BRANCH)
    if not branches:
        return source
    for branch in branches:
        slots = list(_text_slots(branch))
        if not slots:
            continue
        notice = deepcopy(branch)
        notice.tail = None
        notice.set("t-if" if "t-if" in branch.attrib else "t-elif", NOTICE)
        element, place = list(_text_slots(notice))[-1]
        output = etree.Element("t", {"t-out": NOTICE})
        setattr(element, place, None)
        if place == "text":
            element.insert(0, output)
        else:
            element.addnext(output)
        branch.addprevious(notice)
        if "t-if" in branch.attrib:
            branch.set("t-elif", branch.attrib.pop("t-if"))
    markup = etree.tostring(root, encoding="unicode", method="html")
    return markup.removeprefix("<div>").removesuffix("</div>")


class MailTemplate(models.Model):
    _inherit = "mail.template"

    @api.model
    def _render_template_qweb(self, template_src, model, res_ids, add_context=None, options=None):
        if model == "account.move" and template_src:
            template_src = add_adjustment_branches(template_src)
        return super()._render_template_qweb(
            template_src, model, res_ids, add_context=add_context, options=options
        )
