# In the order in which they build on each other.
from . import account_account
from . import ar_writeoff_reason
from . import res_company
from . import res_config_settings
from . import res_partner
from . import account_chart_template
from . import ar_writeoff_eligibility
from . import ar_writeoff_check
from . import ar_writeoff_entry
from . import ar_writeoff_undo
from . import ar_writeoff
from . import ar_writeoff_line
from . import account_move_line
from . import account_move
from . import account_partial_reconcile
from . import mail_template
