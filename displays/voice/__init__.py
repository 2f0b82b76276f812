"""The voice of the hall: a call in, a WAV out; knows neither Django nor the hall (see docs/voice.md)."""
