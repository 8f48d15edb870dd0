from . import ar_writeoff
from . import ar_writeoff_preflight
