"""What a database of a former version becomes."""

from importlib import util

from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tools import SQL, sql

from .common import WriteoffCommon


def _load_script(version, name):
    path = f"{get_module_path('ar_writeoff')}/migrations/{version}/{name}.py"
    spec = util.spec_from_file_location("migration", path)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@tagged("post_install", "-at_install")
class TestMigration(WriteoffCommon):
    def _install_former_columns(self, script):
        """Boxes, as they were before 19.0.1.1.0: ticked, not ticked, or never looked at."""
        self.env.flush_all()
        for name in script.BOXES:
            self.cr.execute(
                SQL(
                    "ALTER TABLE res_company ALTER COLUMN %(box)s TYPE boolean USING NULL",
                    box=SQL.identifier(name),
                )
            )

    def _read(self, companies, name):
        self.env.invalidate_all()
        return [company[name] for company in companies]

    def test_boxes_of_19_0_1_0_0(self):
        """What was on is on, in branches too; a branch that said nothing does as its parent."""
        script = _load_script("19.0.1.1.0", "pre-migration")
        branches = self._branch("Ticked", "Unticked", "Untouched")
        companies = self.company | branches
        for root, expected in (
            (True, [True, True, True, True]),
            (False, [False, True] + [False] * 2),
        ):
            with self.subTest(root=root):
                self._install_former_columns(script)
                values = zip(companies.ids, (root, True, False, None), strict=True)
                for name in script.BOXES:
                    self.assertEqual(
                        sql.table_columns(self.cr, "res_company")[name]["udt_name"], "bool"
                    )
                for company_id, value in values:
                    for name in script.BOXES:
                        self.cr.execute(
                            SQL(
                                "UPDATE res_company SET %s = %s WHERE id = %s",
                                SQL.identifier(name),
                                value,
                                company_id,
                            )
                        )
                script.migrate(self.cr, "19.0.1.0.0")
                script.migrate(self.cr, "19.0.1.0.0")  # whoever starts it twice breaks nothing
                for name in script.BOXES:
                    self.assertEqual(
                        self._read(companies, name),
                        ["yes" if root else "no", "yes", False, False],
                    )
                    self.assertEqual([c._is_writeoff_enabled(name) for c in companies], expected)
                    column = sql.table_columns(self.cr, "res_company")[name]
                    self.assertEqual(column["udt_name"], self.company._fields[name].column_type[0])
