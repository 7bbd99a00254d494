"""Plays the scenario with every client over every transport: `python conformance/clients/python`."""

import faulthandler
import sys
import unittest

from scenario import KINDS, WAYS, Heartbeat, Scenario, Stage

# The sync client handles every packet in a thread of its own, and an attachment overtakes the packet that announces it when the
# interpreter switches threads at the wrong moment. With long turns it switches only where a thread waits.
sys.setswitchinterval(10)

# A client that hangs is told on.
faulthandler.dump_traceback_later(300, exit=True)


def suite():
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    cases = [
        type(f"{kind.__name__}, {' to '.join(transports)}", (Scenario, Stage), {"kind": kind, "transports": transports})
        for kind in KINDS
        for transports in WAYS
    ]
    return unittest.TestSuite(map(load, [*cases, Heartbeat]))


result = unittest.TextTestRunner(verbosity=2).run(suite())
failed = len(result.failures) + len(result.errors)
print(f"# pass {result.testsRun - failed - len(result.skipped)}")
print(f"# fail {failed}")
sys.exit(not result.wasSuccessful())
