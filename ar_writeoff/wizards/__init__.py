from . import ar_writeoff_wizard
from . import ar_writeoff_wizard_line
from . import ar_writeoff_undo
