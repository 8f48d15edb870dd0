"""What a test run must not hide: errors in Odoo's log, and tests that were skipped."""

import logging

import pytest


class _ErrorLog(logging.Handler):
    def __init__(self):
        super().__init__(level=logging.ERROR)
        self.records = []

    def emit(self, record):
        self.records.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def no_errors_in_the_log():
    """Odoo reports many failures in its log alone, those of the browser included."""
    handler = _ErrorLog()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    assert not handler.records, "Odoo logged errors:\n" + "\n".join(handler.records)


_skipped = []


def pytest_runtest_logreport(report):
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Without a browser, Odoo skips its browser tests silently: that is a failure here."""
    if _skipped and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    if _skipped:
        terminalreporter.section("skipped, which counts as a failure", red=True)
        terminalreporter.write_line("\n".join(_skipped))
