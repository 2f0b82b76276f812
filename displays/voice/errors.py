"""What can go wrong between a call and its sound."""


class VoiceError(Exception):
    """Any failure of the voice; a board that meets one stays silent, it never stops."""


class UnsayableError(VoiceError):
    """The text holds something that no unit of the vocabulary says."""


class ProgramError(VoiceError):
    """A program that speaks did not deliver."""


class ProgramMissingError(ProgramError):
    """The program is not installed, or may not be started."""


class ProgramTimedOutError(ProgramError):
    """The program was still busy when its time was over; it has been killed."""


class ProgramFailedError(ProgramError):
    """The program ended with an error or wrote something that is not a sound."""


class ReadThroughEnglishError(ProgramError):
    """The voice would read a Chinese syllable with English sounds."""


class PackError(VoiceError):
    """The clip pack is incomplete or one of its files is not a fitting WAV."""


class BrokenWavError(VoiceError):
    """Bytes that are not a whole, mono, 16-bit WAV."""
