// The console of one window: keeps the newest frame, says verbs, and tells the clerk at once when the seat is lost.

import { look } from "./live.js";
import { clock } from "./moments.js";
import { pageData, Refusal, t, Unreachable } from "./page.js";
import { html, render } from "./vendor/lit-html.js";
import { QUESTIONS } from "./window_asks.js";
import { askConcern } from "./window_concern.js";
import { ask, closeDialog, headView, isLasting, refresh, tell, typeIn } from "./window_dialog.js";
import { askSkip } from "./window_journey.js";
import { listen } from "./window_keys.js";
import { callHelper } from "./window_helper.js";
import { listenForSigning } from "./window_message.js";
import { say, saying } from "./window_say.js";
import { consoleView } from "./window_view.js";
import { toast } from "./window_words.js";

const root = document.getElementById("console");
const DOUBLE_TAP_MS = 300;
const desk = { held: pageData.frame, mine: false, me: pageData.me, url: location.pathname, ahead: [] };
const offset = pageData.now * 1000 - Date.now();
const TOLD = ["next", "pick", "recall", "finish", "no_show", "park", "transfer", "refuse", "undo", "requeue", "join", "correct", "note"];
const GOING = ["close", "leave"];
const ASKING = new Set([...Object.keys(QUESTIONS), "concern", "helper"]);
const SAID_AS = { fallback: "transfer", finish_with: "finish" };

const now = () => live.now();
const frame = () => desk.held.data;
const isMine = () => frame().shift?.user === desk.me.user;
const mayAct = () => desk.mine || desk.me.may_manage;

/** Show a frame unless a newer one of the same epoch is shown already. */
function take(next) {
  if (!next || (next.epoch === desk.held.epoch && next.seq < desk.held.seq)) return;
  desk.held = next;
  const had = desk.mine;
  desk.mine = isMine();
  draw();
  if (had && !desk.mine) seatLost();
  else if (!had && desk.mine && isLasting()) closeDialog();
}

function draw() {
  render(consoleView({ frame: frame(), now: now(), mayAct: mayAct(), mine: desk.mine, act, pick, sign, skip: () => askSkip(asker) }), root);
}

const changed = () => {
  draw();
  refresh();
};

/** A press, by key or by pointer. */
function act(verb, event) {
  if (event?.detail) root.focus({ preventScroll: true }); // after a click the keys go on working
  if (verb === "held" || isDoubleTap(verb)) return;
  perform(verb);
}

function perform(verb) {
  if (saying.verb) return keepAhead(verb);
  if (verb === "help") return QUESTIONS.help();
  if (verb === "helper") return callHelper(frame().window.number);
  if (verb === "concern") return askConcern(frame());
  if (verb === "sit") return void sit();
  if (!mayAct()) return toast(t("window.seat_first"), true);
  if (QUESTIONS[verb] && frame().may.includes(SAID_AS[verb] ?? verb)) return void alone(() => QUESTIONS[verb](asker));
  const isHeld = GOING.includes(verb) && frame().current; // nobody goes while somebody is there
  if (!QUESTIONS[verb] || isHeld) return void alone(() => send(verb)); // where it may not be, the hall says why
  toast(t("window.not_now", { verb: t(`window.verb.${verb}`) }), true);
}

/** The same press twice within a blink is one press, also when the first was answered already. */
function isDoubleTap(verb) {
  const last = desk.last;
  desk.last = { verb, at: performance.now() };
  return !QUESTIONS[verb] && last?.verb === verb && desk.last.at - last.at < DOUBLE_TAP_MS;
}

/** A different key struck before the answer is kept, in order; the same key again is the same press. */
function keepAhead(verb) {
  if (!saying.lost && verb !== (desk.ahead.at(-1)?.verb ?? saying.verb)) desk.ahead.push({ verb, key: "" });
}

/** What follows a kept key that may ask something is meant for its dialog, if one opens; else it is a press of its own. */
function typeAhead({ key, repeat }, verb) {
  if (!desk.ahead.some((kept) => ASKING.has(kept.verb))) return false;
  if (key === "Escape") desk.ahead = [];
  else if (key === "Backspace") desk.ahead.splice(-1, desk.ahead.at(-1).key ? 1 : 0);
  else if (key.length > 1 && key !== "Enter") return false;
  else if (!repeat) desk.ahead.push({ verb, key });
  return true;
}

const isAsking = () => Boolean(document.querySelector("dialog[open]"));

/** Say what was kept first; the others wait for its answer, or are typed into what it asks, where only what is seen can be confirmed. */
function goOn() {
  const [first, ...others] = desk.ahead;
  desk.ahead = [];
  if (!first || isAsking()) return;
  perform(first.verb);
  if (isAsking()) return typeIn(others.map(({ key }) => (key.length === 1 ? key : "")).join(""));
  const next = others.findIndex(({ verb }) => verb && verb !== first.verb);
  if (saying.verb && next >= 0) desk.ahead = others.slice(next);
}

const pick = (row) => {
  if (!mayAct() || saying.verb) return;
  if (!frame().may.includes("pick")) return toast(t("window.not_now", { verb: t("window.verb.pick") }), true);
  QUESTIONS.pick(asker, row);
};

/** Say a verb and show its answer's frame; true when it was answered. Throws Refusal, Unreachable. */
async function send(verb, fields = {}, told = verb) {
  const answer = await say(`${desk.url}${verb}/`, verb, fields, changed);
  if (!answer) return false;
  take(answer.frame);
  if (TOLD.includes(verb)) toast(sentence(verb, answer.answer));
  root.dataset.tookMs = Math.round(saying.tookMs);
  if (!isAsking()) root.focus({ preventScroll: true });
  return true;
}

/** The clerk has read a message: by its id, or the oldest. */
function sign(id = frame().messages[0]?.id) {
  if (id && desk.mine && !saying.verb) void alone(() => send("seen", { message: id }));
}

const asker = { frame, now, url: desk.url, send };

function sentence(verb, answer) {
  const words = { ...answer, state: answer.state ? t(`words.state.${answer.state}`) : "" };
  if (answer.fallback === "transfers") return t("window.done.too_often", words);
  if (verb === "finish" && answer.to) return t("life.goes_on", words);
  if (verb === "requeue") return backWords(words);
  const undo = ["no_show", "park", "transfer", "join", "correct"].includes(verb) ? ` · ${t("window.press_undo")}` : "";
  return t(`window.done.${verb}`, words) + undo;
}

/** Where somebody who is back stands in this line; by the rule alone where that is not seen: in another, or far behind. */
function backWords(words) {
  const place = frame().line.first.findIndex((row) => row.ticket === words.ticket) + 1;
  return place ? t("life.back_at", { ...words, place }) : t(`life.back.${words.place}`, words);
}

/** Run a press that stands alone: what goes wrong becomes a sentence. */
async function alone(press) {
  try {
    await press();
    goOn();
  } catch (error) {
    desk.ahead = [];
    if (error instanceof Refusal && error.status === 401) return signedOut();
    if (!(error instanceof Refusal || error instanceof Unreachable)) throw error;
    toast(error.message, true);
  }
}

async function sit(takeOver = false) {
  await alone(async () => {
    try {
      await send("sit", { take_over: takeOver });
    } catch (error) {
      if (error.code !== "window_taken") throw error;
      askTakeOver(error.message);
    }
  });
}

function askTakeOver(refusal) {
  ask({
    title: t("window.take_over_title", frame().window),
    lead: `${refusal} ${t("window.take_over_told")}`,
    confirm: t("window.take_over"),
    submit: () => send("sit", { take_over: true }),
  });
}

function seatLost() {
  const { shift } = frame();
  const title = shift ? t("window.taken_title", shift) : t("window.ended_title");
  tell(() => farewell(title, t("window.taken_lead"), html`
    <button class="button" type="button" @click=${() => void sit(true)}>${t(shift ? "window.take_back" : "window.sit")}</button>
    <a class="button button--primary" data-first href="../">${t("window.back_to_list")}</a>`), true);
}

const farewell = (title, lead, buttons) => html`
  ${headView(title)}<div class="dialog__body" role="alert"><p class="lead">${lead}</p></div><div class="dialog__foot">${buttons}</div>`;

function signedOut() {
  const back = `/sign-in/?next=${encodeURIComponent(desk.url)}`;
  tell(() => farewell(t("window.signed_out_title"), t("window.signed_out_lead"), html`
    <a class="button button--primary" data-first href=${back}>${t("window.sign_in")}</a>`), true);
}

function notAllowed() {
  tell(() => farewell(t("window.not_allowed_title"), "", html`
    <a class="button button--primary" data-first href="../">${t("window.back_to_list")}</a>`), true);
}

/** The window has left the hall while its console was open. */
function retired() {
  tell(() => farewell(t("window.retired_title", frame().window), t("window.retired_lead"), html`
    <a class="button button--primary" data-first href="../">${t("window.back_to_list")}</a>`), true);
}

function freshness({ fresh, since, why }) {
  if (why === "signed-out") signedOut();
  if (why === "not-allowed") notAllowed();
  const sign = document.getElementById("freshness");
  sign.dataset.freshness = fresh ? "live" : "stale";
  sign.textContent = t(fresh ? "window.live" : "window.offline");
  const banner = document.getElementById("stale");
  banner.hidden = fresh;
  banner.textContent = t("window.stale", { time: clock(since) });
}

const live = look([`window:${pageData.hall}:${frame().window.number}`], {
  build: pageData.build,
  offset,
  onFrame: take,
  onFresh: freshness,
  onRefused: retired,
});

desk.mine = isMine();
draw();
setInterval(draw, 1000);
listen(act, typeAhead);
listenForSigning(() => sign());
for (const verb of ["help", "helper"]) document.getElementById(verb).addEventListener("click", () => act(verb));
if (mayAct()) root.focus({ preventScroll: true });
