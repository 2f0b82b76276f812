// A voice memo: one press begins, the next ends, two minutes at most.

const LONGEST = 115; // seconds: the hall takes 120
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

/** Makes `button` record; `onMemo(blob)` when it ends, `onMissing()` where there is no microphone (or no https). */
export class Memo {
  constructor(button, { idle, recording, onMemo, onMissing }) {
    Object.assign(this, { button, idle, recording, onMemo, onMissing });
    button.addEventListener("click", () => (this.recorder ? this.stop() : void this.start()));
  }

  async start() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      return this.onMissing();
    }
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32_000 });
    this.recorder.ondataavailable = ({ data }) => data.size && this.onMemo(data);
    this.recorder.onstop = () => this.rest(stream);
    this.recorder.start();
    this.seconds = 0;
    this.show(this.recording(0));
    this.timer = setInterval(() => this.tick(), 1000);
  }

  tick() {
    this.show(this.recording(++this.seconds));
    if (this.seconds >= LONGEST) this.stop();
  }

  stop() {
    if (this.recorder?.state === "recording") this.recorder.stop();
  }

  rest(stream) {
    clearInterval(this.timer);
    for (const track of stream.getTracks()) track.stop();
    this.recorder = null;
    this.show(this.idle);
  }

  show(words) {
    this.button.querySelector("span").textContent = words;
    this.button.setAttribute("aria-pressed", String(this.recorder !== null && this.recorder !== undefined));
  }
}
