from . import ar_writeoff_share
