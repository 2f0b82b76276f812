"""The same actions for machines under /api/v1, with an OpenAPI document; `rights.py` says who may say what."""
