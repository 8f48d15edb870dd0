from . import ar_writeoff_outside
