// Walking with a citizen: one tap a step, two a finding; everything goes through the phone's outbox.

import { look } from "./live.js";
import { newKey, pageData, t } from "./page.js";
import { doorFor, hallClock, keepPages, outboxOf } from "./walkthrough_kept.js";
import { Memo } from "./walkthrough_memo.js";

const byId = (id) => document.getElementById(id);
const { moment, told } = hallClock(pageData.now);

let over = false; // it was finished or dropped elsewhere: once that is read, the record is shown

const outbox = outboxOf(pageData.walkthrough, "", {
  onSent: async ({ verb, words }) => {
    if (verb === "finish") return location.reload();
    if (words) await refresh();
  },
  onChange: showWaiting,
  onRefused: (error, item) => {
    over ||= error.code === "walkthrough_state";
    refuse([item.words, error.message].filter(Boolean).join(" · "));
    if (item.bytes) offerToSave(item);
  },
  onLater: (error) => doorFor(error) && leadToTheDoor(error),
});

const say = (verb, fields = {}, words = "", more = {}) => outbox.add({ verb, fields, words, key: newKey(), ...more });

function showWaiting(items) {
  const place = byId("sending");
  place.dataset.freshness = items.length ? "connecting" : "live";
  place.textContent = items.length ? t("walkthrough.waiting", { count: items.length }) : t("walkthrough.all_sent");
  byId("pending").replaceChildren(...items.filter((each) => each.words).map(pendingRow));
}

function pendingRow({ words }) {
  const row = document.createElement("li");
  row.textContent = `${words} · ${t("walkthrough.not_sent")}`;
  return row;
}

function refuse(words) {
  const place = byId("refused");
  place.querySelector("p").append(...(place.hidden ? [] : [document.createElement("br")]), words);
  place.hidden = false;
}

/** What the hall does not take goes with this message: until then it can be saved on the phone. */
function offerToSave({ bytes, type, words }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = `${words}.${type.split(";")[0].split("/")[1] || "bin"}`;
  link.textContent = t("walkthrough.save_file");
  byId("refused").querySelector("p").append(" ", link);
}

/** Who must sign in, or choose another password, is told so once, with the way there and back: what waits is kept until then. */
function leadToTheDoor(error) {
  if (byId("refused").querySelector("[data-door]")) return;
  const link = document.createElement("a");
  Object.assign(link, { href: `${doorFor(error)}?next=${encodeURIComponent(location.pathname)}`, textContent: error.message });
  link.dataset.door = "on";
  refuse(link);
}

byId("refused").querySelector("button").addEventListener("click", () => {
  if (over) return location.reload();
  byId("refused").hidden = true;
  byId("refused").querySelector("p").textContent = "";
});

/** The moving part, as the hall sees it now; without a link the old one stays. */
async function refresh() {
  const answer = await fetch("?part=line", { credentials: "same-origin", signal: AbortSignal.timeout(4000) }).catch(() => null);
  if (!answer?.ok || answer.redirected) return; // a door is no line
  if (!answer.headers.has("Kept")) told(Number(answer.headers.get("Hall-Now")));
  byId("line").innerHTML = await answer.text();
}

for (const button of document.querySelectorAll("[data-step]")) {
  button.addEventListener("click", () => say("step", { kind: button.dataset.step, at: moment() }, button.textContent));
}

byId("line").addEventListener("click", (event) => {
  const button = event.target.closest("[data-strike]");
  if (button) void say("strike", { step: Number(button.dataset.strike) }, t("walkthrough.strike"));
});

// A finding: its kind, then how bad it is, and it is kept; words, photos and voice may follow.

const dialog = byId("finding");
const finding = { kind: "", ref: "", words: "", note: "" };

for (const button of document.querySelectorAll("[data-find]")) {
  button.addEventListener("click", () => {
    Object.assign(finding, { kind: button.dataset.find, ref: newKey(), words: button.textContent, note: "" });
    byId("finding-title").textContent = button.textContent;
    byId("severity").hidden = false;
    byId("more").hidden = true;
    byId("note").value = byId("kept").textContent = "";
    dialog.showModal();
  });
}

for (const button of document.querySelectorAll("[data-severity]")) {
  button.addEventListener("click", () => {
    const fields = { ref: finding.ref, kind: finding.kind, severity: Number(button.dataset.severity), at: moment() };
    void say("find", fields, finding.words);
    byId("severity").hidden = true;
    byId("more").hidden = false;
  });
}

byId("photo").addEventListener("change", () => {
  for (const file of byId("photo").files) void keepFile("photos", file, t("walkthrough.photo"));
  byId("photo").value = "";
});

const memo = new Memo(byId("memo"), {
  idle: t("walkthrough.record"),
  recording: (seconds) => t("walkthrough.stop", { seconds }),
  onMemo: (blob) => keepFile("memo", blob, t("walkthrough.memo")),
  onMissing: () => refuse(t("walkthrough.no_microphone")),
});

/** Keeps the bytes: the camera's own file may be gone before the link is back, and then nothing behind it would go. */
async function keepFile(name, file, words) {
  const { ref } = finding;
  const bytes = await file.arrayBuffer().catch(() => null);
  if (!bytes) return refuse(`${words} ${t("walkthrough.unreadable")}`);
  await say("files", { ref }, words, { name, bytes, type: file.type });
  byId("kept").textContent = t("walkthrough.kept", { what: words });
}

function leaveFinding() {
  memo.stop();
  keepNote();
}

function keepNote() {
  const note = byId("note").value.trim();
  if (note && note !== finding.note) void say("describe", { ref: finding.ref, note }, finding.words);
  finding.note = note;
}

byId("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", leaveFinding);
// A phone that goes into a pocket, or to the door, may never come back to this page: what is typed so far is kept.
document.addEventListener("visibilitychange", () => document.hidden && dialog.open && keepNote());
addEventListener("pagehide", () => dialog.open && keepNote());

// Papers, facts, the end.

byId("material-rows").addEventListener("change", ({ target }) => void tellMaterial(target.closest(".walk-material")));

function tellMaterial(row) {
  const sides = Object.fromEntries([...row.querySelectorAll("input")].map((box) => [box.dataset.side, box.checked]));
  return say("material", { name: row.querySelector("input").dataset.name, ...sides }, row.querySelector("span").textContent);
}

byId("material-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = event.target.name.value.trim();
  if (!name) return;
  const row = materialRow(name);
  byId("material-rows").append(row);
  event.target.reset();
  void tellMaterial(row);
});

function materialRow(name) {
  const row = document.createElement("div");
  row.className = "walk-material";
  const words = document.createElement("span");
  words.textContent = name;
  row.append(words, checkbox(name, "guide", "walkthrough.in_guide", false), checkbox(name, "asked", "walkthrough.asked", true));
  return row;
}

function checkbox(name, side, key, checked) {
  const label = document.createElement("label");
  label.className = "check";
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked });
  Object.assign(box.dataset, { name, side });
  label.append(box, t(key));
  return label;
}

byId("facts").addEventListener("submit", (event) => {
  event.preventDefault();
  const { trips, windows, reused, suggestion } = Object.fromEntries(new FormData(event.target));
  void say("facts", { trips: Number(trips) || 1, windows: Number(windows) || 0, reused, suggestion }, t("walkthrough.facts"));
});

byId("finish").addEventListener("click", () => byId("ending").showModal());
byId("stay").addEventListener("click", () => byId("ending").close());
byId("end").addEventListener("click", () => {
  byId("ending").close();
  void say("finish", { at: moment() }, t("walkthrough.finish"));
});

if (pageData.topic) look([pageData.topic], { build: pageData.build, onFrame: () => void refresh() });
if (document.documentElement.dataset.kept) void refresh(); // what was sent since the page was kept
void outbox.flush();
void keepPages();
