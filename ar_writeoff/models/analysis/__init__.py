from . import account_journal
from . import ar_writeoff_analysis
from . import ar_writeoff_analysis_query
