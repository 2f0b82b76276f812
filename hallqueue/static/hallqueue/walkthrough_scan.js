// Reads a ticket's QR code by the phone's camera where the browser can; elsewhere the number is typed.

const button = document.getElementById("scan");
const camera = document.getElementById("camera");
const field = document.querySelector("[name=ticket]");

if ("BarcodeDetector" in window && navigator.mediaDevices) {
  button.hidden = false;
  button.addEventListener("click", () => void scan());
}

async function scan() {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    button.hidden = true;
    return field.focus();
  }
  camera.srcObject = stream;
  camera.hidden = false;
  await camera.play();
  field.value = await seen(new BarcodeDetector({ formats: ["qr_code"] }));
  for (const track of stream.getTracks()) track.stop();
  camera.hidden = true;
  document.querySelector("[name=consent]").focus();
}

async function seen(detector) {
  for (;;) {
    const [code] = await detector.detect(camera);
    if (code) return code.rawValue;
    await new Promise(requestAnimationFrame);
  }
}
