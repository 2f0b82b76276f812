"""Pages, one module per audience; `access.py` says who may open what."""
