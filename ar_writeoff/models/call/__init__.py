# In the order in which they build on each other; plain functions and constants stand beside them.
from . import ar_writeoff_call_record
from . import ar_writeoff_call_outcome
from . import ar_writeoff_call_item
from . import ar_writeoff_call
from . import ar_writeoff_call_plan
from . import ar_writeoff_call_check
from . import ar_writeoff_call_rows
from . import ar_writeoff_call_undo
from . import ar_writeoff_call_batch
from . import ar_writeoff_call_batch_check
from . import ar_writeoff_call_batch_outcome
