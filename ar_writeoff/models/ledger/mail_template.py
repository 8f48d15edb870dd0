from copy import deepcopy

from lxml import etree, html

from odoo import api, models

from .mail_condition import says_paid, with_payment_state

CONDITIONS = ("t-if", "t-elif")
BRANCHES = "//*[(@t-if | @t-elif)[contains(., 'object.payment_state')]]"
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

    The branch keeps its look: it is a copy whose last sentence gives way to a neutral notice. A
    branch for invoices that are not paid is kept from those written off; what stands otherwise
    in its place says that they are paid.
    Done when a mail is rendered, because templates are the users' to edit and to reset.

    :param str source: QWeb source of a mail
    :return: str, unchanged if no branch tells paid invoices from others
    """
    if "payment_state" not in source:
        return source
    root = html.fragment_fromstring(source, create_parent="div")
    is_changed = False
    for branch in root.xpath(BRANCHES):
        name = next(name for name in CONDITIONS if name in branch.attrib)
        condition = branch.get(name)
        is_paid = says_paid(condition)
        if is_paid:
            asked = with_payment_state(condition, "paid")
            is_changed |= _insert_notice(branch, f"{NOTICE} and ({asked})")
        elif is_paid is False:
            branch.set(name, f"not {NOTICE} and ({condition})")
            otherwise = _get_otherwise(branch)
            if otherwise is not None:
                _insert_notice(otherwise, NOTICE)
            is_changed = True
    if not is_changed:
        return source
    markup = etree.tostring(root, encoding="unicode", method="html")
    return markup.removeprefix("<div>").removesuffix("</div>")


def _get_otherwise(branch):
    """What stands in the mail if neither this branch nor the others of its chain do."""
    for sibling in branch.itersiblings(etree.Element):
        if "t-else" in sibling.attrib:
            return sibling
        if "t-elif" not in sibling.attrib:
            break
    return None


def _insert_notice(branch, condition):
    """Put a copy of a branch before it, with the neutral notice as its last sentence.

    :param branch: element with ``t-if``, ``t-elif`` or ``t-else``
    :param str condition: when the copy stands instead of the branch
    :return: bool, whether there was a sentence to replace
    """
    if not list(_text_slots(branch)):
        return False
    notice = deepcopy(branch)
    notice.tail = None
    notice.attrib.pop("t-else", None)
    notice.set("t-if" if "t-if" in branch.attrib else "t-elif", condition)
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
    return True


class MailTemplate(models.Model):
    _inherit = "mail.template"

    @api.model
    def _render_template_qweb(self, template_src, model, res_ids, add_context=None, options=None):
        if model == "account.move" and template_src:
            template_src = add_adjustment_branches(template_src)
        return super()._render_template_qweb(
            template_src, model, res_ids, add_context=add_context, options=options
        )
