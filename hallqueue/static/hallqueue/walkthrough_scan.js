// Reads a ticket's QR code by the phone's camera; without one (or without https) the number is typed.

import { t } from "./page.js";
import { keepPages } from "./walkthrough_kept.js";

const WIDEST = 640; // pixels of a look: enough for a slip's code, quick on any phone
const button = document.getElementById("scan");
const camera = document.getElementById("camera");
const hint = document.getElementById("scan-hint");
const field = document.querySelector("[name=ticket]");
let stream = null;

if (navigator.mediaDevices) {
  button.hidden = false;
  button.addEventListener("click", () => (stream ? stop() : void scan()));
}

void keepPages(); // before the walk's own page is opened

async function scan() {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    button.hidden = true;
    hint.textContent = t("walkthrough.no_camera");
    return field.focus();
  }
  camera.srcObject = stream;
  camera.hidden = false;
  say("walkthrough.scan_stop");
  const begun = stream;
  await camera.play().catch(() => {}); // stopped before it began
  const code = await seen(await reader(), begun);
  if (!code) return;
  stop();
  const typed = new FormData(field.form);
  for (const own of ["csrfmiddlewaretoken", "key", "consent"]) typed.delete(own);
  typed.set("ticket", code);
  location.replace(`?${new URLSearchParams(typed)}`); // the hall says which number it is
}

function stop() {
  for (const track of stream.getTracks()) track.stop();
  stream = null;
  camera.hidden = true;
  say("walkthrough.scan");
}

function say(key) {
  button.querySelector("span").textContent = t(key);
}

/** What the camera sees first; null once the stream that was begun is stopped. */
async function seen(read, begun) {
  for (; stream === begun; await new Promise(requestAnimationFrame)) {
    const code = await read();
    if (code && stream === begun) return code;
  }
  return null;
}

/** The browser's own reader of codes; few have one, and telephones without Google's services have none. */
async function reader() {
  const formats = (await window.BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
  if (!formats.includes("qr_code")) return ownReader();
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return async () => (await detector.detect(camera))[0]?.rawValue;
}

async function ownReader() {
  await import("./vendor/jsqr.js");
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  return () => {
    const scale = Math.min(1, WIDEST / camera.videoWidth);
    canvas.width = Math.round(camera.videoWidth * scale);
    canvas.height = Math.round(camera.videoHeight * scale);
    brush.drawImage(camera, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = brush.getImageData(0, 0, canvas.width, canvas.height);
    return self.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data;
  };
}
