"""The lines to cards: addresses, wires, what is said to each family, and the one master of each wire; no hall here."""
