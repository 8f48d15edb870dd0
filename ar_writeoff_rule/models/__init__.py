from . import ar_writeoff_rule
from . import ar_writeoff_rule_cell
from . import ar_writeoff_rule_switch
from . import ar_writeoff_rule_brake
from . import ar_writeoff_rule_run
from . import ar_writeoff_rule_job
from . import ar_writeoff_batch
from . import ar_writeoff_eligibility
