// A file that is too large is told when it is chosen; a large one is asked for before it goes up, and shows how far it is.

const MB = 1024 * 1024;
const WATCHED = 4 * MB;

const file = document.getElementById("file");
const error = document.getElementById("file-error");
const form = file.form;
const sending = document.getElementById("sending");
const failed = document.getElementById("sending-failed");
const bar = sending.querySelector("progress");
const said = document.getElementById("sending-said");
const inMb = (size) => (size / MB).toFixed(size < 100 * MB ? 1 : 0);
let line = null;

file.addEventListener("change", () => {
  const [chosen] = file.files;
  const kind = chosen?.type.startsWith("video/") ? "video" : "picture";
  const fits = !chosen || chosen.size <= Number(file.dataset[kind]) * MB;
  error.hidden = fits;
  error.textContent = fits ? "" : error.dataset[kind];
  file.setCustomValidity(error.textContent);
});

form.addEventListener("submit", (event) => {
  const [chosen] = file.files;
  if (!line && (chosen?.size ?? 0) < WATCHED) return;
  event.preventDefault();
  if (!line) send(chosen);
});

/** What the server would say to so large a file is heard before a byte of it goes up: some browsers read no answer while they send. */
async function send(chosen) {
  const body = new FormData(form);
  line = new XMLHttpRequest();
  show(0, chosen.size);
  const asked = await fetch(form.action, { method: "POST", headers: { Accept: "application/json", "X-Body-Ahead": chosen.size } }).catch(() => null);
  if (!line) return;
  if (!asked?.ok) return stop(asked ? ((await asked.json().catch(() => null))?.title ?? failed.dataset.cut) : failed.dataset.cut);
  line.upload.addEventListener("progress", ({ loaded }) => show(Math.min(loaded, chosen.size), chosen.size));
  line.addEventListener("load", () => answered(line));
  line.addEventListener("error", () => stop(failed.dataset.cut));
  line.addEventListener("abort", () => stop(failed.dataset.cancelled));
  line.open("POST", form.action);
  line.send(body);
}

/** Saved: the answer is the list. Refused: it is a page that says why; what was typed stands here still. */
function answered(request) {
  if (request.status === 200 && request.responseURL !== form.action) return location.assign(request.responseURL);
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  stop(page.querySelector(".alarm[role=alert] p, .refused h1")?.textContent.trim() || failed.dataset.cut);
}

function show(sent, size) {
  failed.hidden = true;
  sending.hidden = false;
  bar.value = sent / size;
  const words = sent < size ? said.dataset.sending : said.dataset.sent;
  said.textContent = words.replace("{sent}", inMb(sent)).replace("{size}", inMb(size));
  form.querySelector(".form__foot").hidden = true;
}

function stop(sentence) {
  line = null;
  sending.hidden = true;
  form.querySelector(".form__foot").hidden = false;
  failed.hidden = false;
  failed.querySelector("p").textContent = sentence;
  failed.focus();
}

document.getElementById("sending-cancel").addEventListener("click", () => {
  if (line.readyState) return line.abort();
  stop(failed.dataset.cancelled);
});

window.addEventListener("beforeunload", (event) => line?.readyState && line.readyState < 4 && event.preventDefault());
