from . import ar_writeoff_ageing_report
from . import ar_writeoff_period_list_report
