"""The monthly ledger of persons (党员日常考核台账): filled from what was recorded anyway, nothing entered twice."""
