from . import account_account
from . import ar_writeoff_reason
from . import res_company
from . import res_config_settings
from . import res_partner
from . import product
from . import account_chart_template
from . import ar_writeoff_customer_rule
