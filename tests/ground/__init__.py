"""The ground the tests stand on: real servers, a faulty cable, a browser, and the order of runs."""
