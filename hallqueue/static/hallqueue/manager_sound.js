// The alarm's sound: two soft tones made in the browser. A browser lets a page sound only after a click in it.

const TONES = [
  [660, 0],
  [880, 0.22],
];

let audio = null;

/** Whether the browser lets this page sound. */
export const maySound = () => audio?.state === "running";

/** After a click or a key: from now on the page may sound. */
export async function wake() {
  audio ??= new AudioContext();
  if (audio.state !== "running") await audio.resume();
}

/** Ring once; silent while the browser does not let the page sound. */
export function ring() {
  if (!maySound()) return;
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
