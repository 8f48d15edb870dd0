"""Invoices that are written off and credited, in whatever order."""

from odoo.exceptions import UserError

from .tax_common import TaxCommon

VAT, LOW, NONE = "vat", "low", None
FULL = ((1000.0, VAT), (1000.0, NONE))  # 2,150.00, of which 150.00 are tax
TAXED_HALF = ((934.78, VAT),)  # 1,075.00, of which 140.22 are tax
HALF = ((500.0, VAT), (500.0, NONE))  # 1,075.00, of which 75.00 are tax
MIXED = ((100.0, VAT), (200.0, LOW))  # 115.00 + 210.00


class CreditNoteCommon(TaxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls._tax("15", 15.0)
        cls.low = cls._tax("5", 5.0)
        cls.gain_account = cls._account("490100", "Gain", "income_other")
        cls.company.writeoff_gain_account_id = cls.gain_account

    def _lines(self, lines):
        return [(amount, {VAT: self.vat, LOW: self.low, NONE: None}[tax]) for amount, tax in lines]

    def _book(self, lines, paid=0.0, written_off=None, **values):
        """An invoice, partly paid and written off: invoice, write-off."""
        invoice = self._taxed_invoice(*self._lines(lines), **values)
        if paid:
            self._pay(invoice, paid)
        if not written_off:
            return invoice, self.env["ar.writeoff"]
        amount, separate = written_off
        write_off = self._separate if separate else self._write_off
        return invoice, write_off(invoice, [amount])

    def _credit(self, invoice, lines, linked=True, date="2024-02-15", **values):
        """A credit note in draft, made for an invoice or for none."""
        return self._taxed_invoice(
            *self._lines(lines),
            move_type="out_refund",
            date=date,
            post=False,
            partner=invoice.partner_id,
            reversed_entry_id=invoice.id if linked else False,
            **{"currency_id": invoice.currency_id.id, **values},
        )

    def _match(self, *moves):
        items = self._items(self.env["account.move"].union(*moves))
        return items.filtered(lambda item: not item.reconciled).reconcile()

    def _get_refusal(self, do, *args):
        """What is said against it; nothing if it is done."""
        try:
            with self.cr.savepoint():
                do(*args)
        except UserError as error:
            self.env.invalidate_all(flush=False)
            return str(error)
        return ""

    def _undo(self, writeoff):
        self._reverse(writeoff.with_user(self.clerk), writeoff.accounting_date)

    def assertRefused(self, message, figures):
        """All of these figures, and no others."""
        names = {"total": "total:", "base": "base of tax 15:", "tax": "tax 15:"}
        self.assertEqual(bool(message), bool(figures), message)
        for kind, name in names.items():
            name = f", {name}"
            if kind not in figures:
                self.assertNotIn(name, message)
                continue
            amounts = map(self.company.currency_id.format, figures[kind])
            invoiced, written_off, credited, excess = amounts
            self.assertIn(
                f"{name} invoiced {invoiced}, written off {written_off}, credited {credited}: "
                f"{excess} too much.",
                message,
            )
