// The alarm's sound: two soft tones made in the browser, so that no file need be fetched.

const TONES = [
  [660, 0],
  [880, 0.22],
];

/** Ring once; silent where the browser does not let pages sound before a click. */
export function ring() {
  const audio = (ring.audio ??= new AudioContext());
  for (const [pitch, after] of TONES) {
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    const begin = audio.currentTime + after;
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0, begin);
    loud.gain.linearRampToValueAtTime(0.2, begin + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.001, begin + 0.5);
    tone.connect(loud).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + 0.5);
  }
}
