# In the order in which they build on each other.
from . import ar_writeoff_criteria
from . import ar_writeoff_filter
from . import ar_writeoff_selection
from . import ar_writeoff_selection_limits
from . import ar_writeoff_choice
from . import ar_writeoff_batch_figures
from . import ar_writeoff_batch
from . import ar_writeoff_batch_result
from . import ar_writeoff_batch_undo
from . import ar_writeoff_start
from . import ar_writeoff_candidate
from . import ar_writeoff_run
from . import ar_writeoff_runner
from . import ar_writeoff_undo_runner
from . import ar_writeoff_left_out
from . import ar_writeoff_summary
