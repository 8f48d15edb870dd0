from . import ar_writeoff_ageing_report
