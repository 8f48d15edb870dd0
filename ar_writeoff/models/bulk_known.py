"""What the set-based way of posting knows of Odoo: where something else is found, it gives way."""

# Whose methods and fields the set-based way knows, and does as they do.
KNOWN_MODULES = (
    "account",
    "analytic",
    "ar_writeoff",
    "base",
    "base_automation",  # its rules are looked at one by one
)
KNOWN_PACKAGES = ("odoo.orm.", *(f"odoo.addons.{name}." for name in KNOWN_MODULES))

# What core, and what is built on it, would be asked for each counterpart and each match.
PASSED_BY = {
    "account.move.line": (
        "create",
        "write",
        "reconcile",
        "_reconcile_plan",
        "_reconcile_plan_with_sync",
        "_optimize_reconciliation_plan",
        "_prepare_reconciliation_plan",
        "_prepare_reconciliation_amls",
        "_prepare_reconciliation_single_partial",
        "_prepare_move_line_residual_amounts",
        "_get_reconciliation_aml_field_value",
        "_check_amls_exigibility_for_reconciliation",
        "_all_reconciled_lines",
        "_reconciled_by_number",
        "_filter_reconciled_by_number",
        "_compute_amount_residual",
        "_compute_debit_credit",
        "_compute_totals",
    ),
    "account.partial.reconcile": (
        "create",
        "write",
        "_get_to_update_payments",
        "_update_matching_number",
        "_compute_max_date",
        "_compute_company_id",
    ),
    "account.full.reconcile": ("create", "write"),
    "account.move": ("_compute_amount", "_prepare_product_base_line_for_taxes_computation"),
}
# What Odoo's own apps change of that: for their expenses and orders, whose lines these are not.
KNOWN_CHANGES = {
    ("hr_expense", "account.move._prepare_product_base_line_for_taxes_computation"),
    ("hr_expense", "account.move.line._check_payable_receivable"),
    ("hr_expense", "account.move.line._compute_totals"),
    ("point_of_sale", "account.move._compute_amount"),
}
WRITTEN_MODELS = ("account.move.line", "account.partial.reconcile", "account.full.reconcile")

# Stored and computed from columns of these models. What the set-based way writes as they would be,
# what it hands back to Odoo to be computed, or what is none of an ordinary pair's.
KNOWN_FIELDS = {
    "account.analytic.line": {"journal_id", "partner_id"},
    "account.bank.statement.line": {"amount_residual", "is_reconciled"},
    "account.move": {
        "always_tax_exigible",
        "amount_residual",
        "amount_residual_signed",
        "amount_tax",
        "amount_tax_signed",
        "amount_total",
        "amount_total_in_currency_signed",
        "amount_total_signed",
        "amount_untaxed",
        "amount_untaxed_in_currency_signed",
        "amount_untaxed_signed",
        "delivery_date",
        "incoterm_location",
        "invoice_date_due",
        "payment_state",
    },
    "account.move.line": {
        "amount_currency",
        "amount_residual",
        "amount_residual_currency",
        "analytic_distribution",
        "credit",
        "debit",
        "is_storno",
        "reconciled",
    },
    "account.partial.reconcile": {
        "company_id",
        "credit_currency_id",
        "debit_currency_id",
        "max_date",
    },
    "account.payment": {
        "amount_company_currency_signed",
        "is_matched",
        "is_reconciled",
        "name",
        "state",
    },
    # Invoiced quantities and amounts of orders: counterparts invoice nothing.
    "purchase.order": {"invoice_count", "invoice_ids"},
    "purchase.order.line": {"qty_invoiced", "qty_to_invoice"},
    "sale.order": {"amount_unpaid", "invoice_status"},
    "sale.order.line": {
        "invoice_status",
        "qty_invoiced",
        "qty_to_invoice",
        "untaxed_amount_invoiced",
        "untaxed_amount_to_invoice",
    },
}
# What differs between a sum and the counterparts it is split into; all else is copied.
OWN_COLUMNS = {
    "name",
    "partner_id",
    "amount_currency",
    "balance",
    "debit",
    "credit",
    "price_subtotal",
    "price_total",
    "amount_residual",
    "amount_residual_currency",
    "reconciled",
    "full_reconcile_id",
    "matching_number",
    "matched_debit_ids",
    "matched_credit_ids",
    "writeoff_line_id",
    "writeoff_target_id",
}
