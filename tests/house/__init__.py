"""Rules of the house: shape, craft, texts, colours, rights, and every page as everybody."""
