"""A preview tells nobody anything, although it matches credits to see what is left."""

from unittest.mock import patch

from odoo.tests import Form, tagged

from .common import WriteoffCommon


@tagged("post_install", "-at_install")
class TestSilence(WriteoffCommon):
    """An invoice of 40 is paid in full by a payment of 60; of the next one, 80 of 100 is left."""

    def setUp(self):
        super().setUp()
        self.invoices = self._invoice(40.0, date="2024-01-10") | self._invoice(100.0)
        self.payment = self._payment(60.0)
        self.told = []

    def _preview(self):
        wizard = self.customer.with_user(self.clerk).action_write_off()
        wizard = self.env[wizard["res_model"]].with_user(self.clerk).browse(wizard["res_id"])
        with Form(wizard) as form:
            form.net_credits = True
        form.record.action_preview()
        return form.record

    def _confirm(self, wizard):
        if wizard.has_warnings:
            wizard.warnings_confirmed = True
        wizard.action_confirm()

    def _listen(self):
        """What other apps do when an invoice is paid, or items are matched."""
        told = self.told
        paid = self.env.registry["account.move"]._invoice_paid_hook
        create = self.env.registry["account.partial.reconcile"].create
        action = self.env["ir.actions.server"].create(
            {
                "name": "tell",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "state": "code",
                "code": "record.write({'ref': 'told'})",
            }
        )

        def paid_hook(moves):
            told.extend(moves.mapped("amount_total"))
            return paid(moves)

        def create_and_tell(partials, vals_list):
            matches = create(partials, vals_list)
            if not matches:  # other apps try with nothing to match
                return matches
            move = matches[0].debit_move_id.move_id.sudo()
            move.message_post(
                body="matched", partner_ids=self.clerk.partner_id.ids, message_type="comment"
            )
            mail = self.env["mail.mail"].sudo()
            mail.create({"body_html": "x", "email_to": "x@example.com"}).send()
            self.clerk.partner_id._bus_send("told", {})
            action.sudo().with_context(active_model=move._name, active_id=move.id).run()
            told.append(move.ref or "silent")
            self.env.cr.precommit.add(lambda: told.append("before commit"))
            self.env.cr.postcommit.add(lambda: told.append("after commit"))
            return matches

        Move, Partial = (
            self.env.registry[name] for name in ("account.move", "account.partial.reconcile")
        )
        self.startPatcher(patch.object(Move, "_invoice_paid_hook", paid_hook))
        self.startPatcher(patch.object(Partial, "create", create_and_tell))

    def _count(self):
        return {
            name: self.env[name].sudo().search_count([])
            for name in ("mail.message", "mail.mail", "mail.notification", "bus.bus")
        }

    def test_preview(self):
        self._preview()  # once before: what a first time loads is not what is looked at
        kept = self.cr.postcommit
        kept.add(lambda: self.told.append("of somebody else"))
        self._flush_tracking()
        before, waiting = self._count(), len(kept)
        self._listen()
        with (
            patch.object(
                self.env.registry["ir.mail_server"],
                "send_email",
                side_effect=lambda *args, **kwargs: self.told.append("mailed"),
            ),
            patch.object(self.env.registry["ir.mail_server"], "_disable_send", lambda _self: False),
        ):
            wizard = self._preview()
        self.assertEqual(set(self.told), {"silent"})  # the match itself, and no more
        self.assertEqual(wizard.amount_loss, 80.0)
        self._flush_tracking()
        self.assertEqual(self._count(), before)
        self.assertIs(self.cr.postcommit, kept)
        self.assertEqual(len(kept), waiting)
        self.assertEqual(set(self.told), {"silent"})
        self.assertEqual(self._residuals(self.invoices), [(40.0, 40.0), (100.0, 100.0)])

    def test_confirmed(self):
        """Told once, when it is done: what the payment closed is paid."""
        wizard = self._preview()
        self._listen()
        self._confirm(wizard)
        self.assertEqual([told for told in self.told if told == 40.0], [40.0])
        self.assertNotIn(100.0, self.told)
        self.assertIn("told", self.told)
        self.assertEqual(self.invoices.mapped("amount_residual"), [0.0, 0.0])

    def test_left_in_draft(self):
        """Nothing is matched before the entry is posted; then it is told."""
        self.company.writeoff_leave_draft = "yes"
        wizard = self._preview()
        self._listen()
        self._confirm(wizard)
        self.assertEqual(set(self.told), {"silent"})
        self.told.clear()
        self.env["ar.writeoff"].search([], limit=1).entry_ids.action_post()
        self.assertEqual([told for told in self.told if told == 40.0], [40.0])

    def test_refused(self):
        """What breaks inside leaves the queues as they were."""
        self._listen()
        queues = self.cr.precommit, self.cr.postcommit, self.cr.postrollback
        wizard = self._preview()
        vals = wizard._prepare_writeoff_vals()
        Posting = self.env["ar.writeoff.posting"]
        with self.assertRaises(ZeroDivisionError), Posting._planned(vals):
            raise ZeroDivisionError
        self.assertEqual(queues, (self.cr.precommit, self.cr.postcommit, self.cr.postrollback))
