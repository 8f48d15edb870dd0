from . import ar_writeoff_wizard_proposal
from . import ar_writeoff_wizard_preview
from . import ar_writeoff_wizard
from . import ar_writeoff_wizard_line
from . import ar_writeoff_undo
from . import ar_writeoff_batch_confirm
from . import ar_writeoff_ageing_options
from . import base_partner_merge
