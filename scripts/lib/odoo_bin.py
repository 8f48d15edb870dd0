"""Odoo's command as a file: a server that has to start anew executes its own arguments again.

Started with `python -m odoo`, that would be `odoo/__main__.py` without its package.
"""

from odoo.cli import main

if __name__ == "__main__":
    main()
