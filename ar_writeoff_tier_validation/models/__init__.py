from . import ar_writeoff_posting
