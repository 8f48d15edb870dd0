from . import ar_writeoff_decide
from . import ar_writeoff_may
