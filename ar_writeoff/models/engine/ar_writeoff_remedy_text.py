from odoo import api, models


class ArWriteoffEligibility(models.AbstractModel):
    """What to do about each kind of problem, for whoever has no screen to find it out on."""

    # A room of its own: the file of the model would be one too long to read.
    _inherit = "ar.writeoff.eligibility"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_remedy_text(self, problem):
        """What to do about a problem.

        :param dict problem: see ``problems``
        :return: str; of a code that nobody explains, that the message says it
        """
        texts = self._get_remedy_texts()
        return texts.get(problem["code"]) or self.env._("The message says what to do.")

    @api.model
    def _get_remedy_texts(self):
        """What to do about each kind of problem. Extension point: an addon with a rule of its own
        adds its codes.

        :return: dict: code → text
        """
        return {
            **self._get_remedies_of_items(),
            **self._get_remedies_of_decisions(),
            **self._get_remedies_of_postings(),
            **self._get_remedies_of_notices(),
            **self._get_remedies_of_batches(),
        }

    def _get_remedies_of_items(self):
        return {
            "not_receivable": self.env._("Send an item on a receivable account."),
            "not_posted": self.env._("Post the document first."),
            "closed": self.env._("Nothing is to be done: nothing is open on it."),
            "deleted": self.env._("Leave it out."),
            "policy": self.env._(
                "Change the customer's rule for write-offs, or leave the item out."
            ),
            "counterpart": self.env._("Undo the write-off that made it."),
            "unmatched": self.env._("Undo that write-off, or match it with its item again."),
            "on_payment_tax": self.env._("Write off the invoice, or reverse the entry."),
            "blocked": self.env._("Take the block off the document, or leave it out."),
            "reserved": self.env._(
                "Finish, undo or withdraw what keeps it, or leave the item out."
            ),
            "not_found": self.env._("Leave it out; its company or customer looks for none such."),
            "child": self.env._("Write off all of it, from all of the items of the document."),
            "reference_unknown": self.env._("Check the document number, and the company."),
            "reference_ambiguous": self.env._(
                "Send item_id instead of the reference, or the company_id."
            ),
            "reference_foreign_company": self.env._(
                "Send company_id, or call as who sees that company."
            ),
            "reference_not_posted": self.env._("Post the document first, or leave it out."),
            "reference_closed": self.env._("Nothing is to be done: nothing is open on it."),
            "not_written_off": self.env._("Leave it out of item_ids."),
            "nothing_left": self.env._("Nothing is to be done: all of it is undone."),
        }

    def _get_remedies_of_decisions(self):
        return {
            "reason": self.env._(
                "Send the reason_id of an active reason that fits the item's side."
            ),
            "account": self.env._(
                "Send writeoff_account_id, or set an account on the reason or company."
            ),
            "amount": self.env._(
                "Send an amount between zero and what is open, or none for all of it."
            ),
            "twice": self.env._("Send each item once."),
            "grid": self.env._("Leave it out, or change the grid of the rule."),
            "over_credited": self.env._(
                "Undo what is written off or credited of the document first."
            ),
            "credit_note": self.env._("Look at the credit notes of the document."),
            "relief": self.env._("Set the account and the taxes by which tax is given back."),
            "tax": self.env._("Send separate_tax false, or set up the tax as the message says."),
            "transition": self.env._("Write off the tax with the document, as the message says."),
            "archived": self.env._("Send replacements, or unarchive the account."),
            "authority": self.env._("Ask somebody whose limit covers it, or write off less."),
            "no_approver": self.env._("Write off less, or ask for a limit."),
        }

    def _get_remedies_of_postings(self):
        return {
            "nothing": self.env._("Send at least one item that can be written off."),
            "companies": self.env._("Make a call for each company."),
            "date": self.env._("Send the accounting_date."),
            "journal": self.env._(
                "Have an administrator set the write-off journal of the company."
            ),
            "leave_draft": self.env._("Send leave_draft true."),
            "lock_date": self.env._(
                "Send an accounting_date that is open; the message names the first."
            ),
            "analytic": self.env._("Send another reason_id."),
            "deferred": self.env._("Recognise the revenue first, or confirm the warning."),
            "before_document": self.env._("Send a later accounting_date, or confirm the warning."),
            "future": self.env._("Send an earlier accounting_date, or confirm the warning."),
        }

    def _get_remedies_of_notices(self):
        return {
            "in_payment": self.env._("Wait for the payment, or confirm the warning."),
            "discount": self.env._("Wait until the discount ends, or confirm the warning."),
            "draft_credit_note": self.env._(
                "Post or delete the credit note, or confirm the warning."
            ),
            "payables": self.env._(
                "Net what is owed to the customer first, or confirm the warning."
            ),
            "open_credit": self.env._("Match the credit first, or send it with net_credits."),
            "reminder": self.env._("Send or cancel the reminder."),
            "nothing_to_separate": self.env._("Nothing is to be done."),
            "moved_date": self.env._("Confirm the date, or reject the request."),
            "paid": self.env._("Confirm that it is left out."),
            "shrunk": self.env._("Confirm the smaller amount."),
            "skipped": self.env._("Confirm that they are skipped."),
            "undone": self.env._("Confirm that it is left out."),
        }

    def _get_remedies_of_batches(self):
        return {
            "limit": self.env._("Send a limit: limit_document, limit_customer or limit_run."),
            "limit_run": self.env._("Raise limit_run, or leave it to the next batch."),
            "limit_document": self.env._("Raise limit_document, or write it off by itself."),
            "limit_customer": self.env._("Raise limit_customer, or write it off by itself."),
            "limit_own": self.env._("Raise the customer's own limit, or write it off by itself."),
            "imported": self.env._("Make a new batch, or remove the list first."),
            "outdated": self.env._("Select the open items again."),
            "outside_criteria": self.env._("Check the item and the criteria, or leave it out."),
            "left_out": self.env._("Include what is left out, or send all_or_nothing false."),
            "selecting": self.env._("Call start_batch once its state is draft."),
            "netted_with": self.env._("See to what it is netted with."),
            "user": self.env._("Include it in the list of the batch."),
            "changed": self.env._("Retry the batch, or write it off by itself."),
            "busy": self.env._("Retry the batch, or write it off by itself."),
            "stopped": self.env._("Retry the batch."),
        }
