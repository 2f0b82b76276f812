"""A small plain model of the hall, and random actions that the hall and the model must answer alike."""
