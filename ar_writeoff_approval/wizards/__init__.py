from . import account_payment_register
from . import ar_writeoff_decide
from . import ar_writeoff_may
from . import ar_writeoff_wizard
