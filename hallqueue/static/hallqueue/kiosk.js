// The kiosk: what it knows, what a person may do, and when it goes back to the start by itself.

import { render } from "./vendor/lit-html.js";
import { look } from "./live.js";
import { hasNewWords, newKey, pageData, Refusal } from "./page.js";
import { speak } from "./kiosk_words.js";
import { glass } from "./kiosk_pages.js";
import { askHelp } from "./kiosk_help.js";
import { LATE, paperOf, paperTopic, sayPaper } from "./kiosk_paper.js";
import { fresh } from "./kiosk_rate.js";
import { mattersOf } from "./kiosk_visit.js";
import { watchIdle } from "./kiosk_idle.js";
import { steer } from "./kiosk_keys.js";
import { fetchCatalogue, interrupted, takeNumber, watchServer } from "./kiosk_link.js";
import { fetchWall } from "./kiosk_wall.js";

const HOME = { view: "home", department: null, query: "", chosen: [], service: null, priority: "", shown: 0, result: null, paperSaid: "" };
const AT_ONCE = 60;
// A finger still on its way down from the page before must not press what appears under it.
const SETTLE = 350;

const root = document.getElementById("glass");
const state = {
  ...HOME,
  elder: false,
  busy: false,
  refusal: "",
  reachable: true,
  fresh: null,
  rating: null,
  frame: null,
  paper: null,
  catalogue: null,
  left: null,
  now: Date.now(),
};
let link = null;
let server = null;

/** What a person may do; every page of the kiosk calls these and nothing else. */
export const actions = {
  home: () => go({ ...HOME }),
  department: (id) => go({ view: "department", department: id, shown: AT_ONCE }),
  search: (query = "") => go({ view: "search", query, shown: AT_ONCE }),
  type: (query) => draw({ query, shown: AT_ONCE }),
  more: () => draw({ shown: state.shown + AT_ONCE }),
  choose: (service) => go({ view: "confirm", service, chosen: without(service), priority: state.chosen.length ? state.priority : "", refusal: "", back: state.view }),
  another: () => go({ ...HOME, chosen: mattersOf(state), priority: state.priority }),
  enough: () => go({ view: "confirm", service: state.chosen.at(-1), chosen: state.chosen.slice(0, -1), refusal: "", back: "home" }),
  leaveOut: (service) => draw({ chosen: without(service), refusal: "" }),
  priority: (kind) => draw({ priority: kind }),
  appointment: () => go({ view: "appointment", code: "", refusal: "" }),
  code: (code) => draw({ code: code.slice(0, 16), refusal: "" }),
  checkIn,
  back,
  take,
  journey: (journey) => go({ view: "journey", journey, refusal: "" }),
  takeJourney: () =>
    request({ key: newKey(), at: Date.now(), fields: { journey: state.journey.code, language: state.lang }, service: { names: state.journey.names } }),
  unknown: () => request({ key: newKey(), at: Date.now(), fields: { unknown: true, language: state.lang }, service: null }),
  rate: () => go({ view: "rate", rating: fresh() }),
  rated: (change) => draw({ rating: { ...state.rating, ...change } }),
  help: () => go({ view: "help", helpSaid: "", helpBusy: false }),
  askHelp: (kind) => askHelp(kind, draw),
  wall: () => {
    go({ view: "wall", wall: null });
    fetchWall(draw);
  },
  paper: (yes) => sayPaper(state.result.ticket, yes, draw),
  stay: () => idle.touch(),
  language: (lang) => {
    speak((state.lang = lang));
    draw();
  },
  elder: () => {
    state.elder = !state.elder;
    document.documentElement.toggleAttribute("data-view", state.elder);
    if (state.elder) document.documentElement.dataset.view = "elder";
    draw();
  },
  scroll: (way) => {
    const list = root.querySelector(".glass__body");
    list.scrollBy({ top: way * list.clientHeight * 0.8, behavior: "smooth" });
  },
};

function draw(change = {}) {
  Object.assign(state, change);
  render(glass(state, actions), root);
  root.querySelector(".countdown")?.style.setProperty("--left", state.left / 10);
  const [list, pager] = [root.querySelector(".glass__body"), root.querySelector(".pager")];
  if (pager) pager.hidden = list.scrollHeight <= list.clientHeight + 4;
}

function go(change) {
  if (state.busy) return;
  root.classList.add("glass--settling");
  setTimeout(() => root.classList.remove("glass--settling"), SETTLE);
  draw(change);
  root.querySelector(".glass__body").scrollTop = 0;
  (root.querySelector("[data-first]") ?? root.querySelector("h1"))?.focus({ preventScroll: true });
  if (state.renewed) renewPage();
}

const without = (service) => state.chosen.filter((each) => each.id !== service.id);

function back() {
  if (state.view === "confirm" && state.back === "department") return actions.department(state.department);
  if (state.view === "confirm" && state.back === "search") return actions.search(state.query);
  return go({ ...HOME, chosen: state.view === "home" ? [] : state.chosen });
}

function take(toFallback = false) {
  if (state.busy) return;
  const [first, ...others] = mattersOf(state);
  const fields = { service: first.code, priority: state.priority, language: state.lang, to_fallback: toFallback };
  request({ key: newKey(), at: Date.now(), fields: { ...fields, also: others.map((each) => each.code) }, service: first });
}

function checkIn() {
  if (state.busy || !state.code) return;
  request({ key: newKey(), at: Date.now(), path: "check-in", fields: { code: state.code, language: state.lang } });
}

/** One press, one key: until its answer is here nothing else can be pressed. */
async function request(pending) {
  draw({ busy: true, refusal: "" });
  try {
    const result = await takeNumber(pending, () => draw({ reachable: false }));
    finish({ result, service: pending.service });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    draw({ busy: false, reachable: server.there(), refusal: error.message });
  }
}

function finish({ result, service }) {
  Object.assign(state, { busy: false, reachable: Boolean(result) || server.there() });
  if (!result) return go({ ...HOME });
  go({ ...HOME, view: "done", since: Date.now(), result, service: service ?? { names: result.frame.service } });
  setTimeout(draw, LATE + 100);
}

function rest() {
  speak((state.lang = "zh"));
  if (state.elder) actions.elder();
  actions.home();
}

/** Whether the page stands as a newcomer should find it. */
const untouched = () => state.view === "home" && !state.chosen.length && state.lang === "zh" && !state.elder;

const idle = watchIdle({
  calm: () => untouched() || state.busy || (!state.reachable && state.view !== "done"),
  patience: () => (state.view === "done" && !["coming", "late", "asked"].includes(paperOf(state).how) ? 15_000 : 30_000),
  onCount: (left) => draw({ left }),
  onEnd: rest,
});

async function renew(setup) {
  try {
    draw({ catalogue: await fetchCatalogue(setup) });
  } catch {
    setTimeout(() => renew(setup), 2000);
  }
}

/** The program is newer than this page, which loads again once nobody's number stands on it. */
function renewPage() {
  state.renewed = true;
  if (untouched()) location.reload();
}

function onFrame(frame) {
  state.reworded = state.reworded || hasNewWords(frame);
  if (state.reworded && untouched()) return location.reload();
  if (frame.topic === paperTopic()) return draw({ paper: frame.data });
  const setup = frame.data.setup;
  const moved = state.catalogue?.setup !== setup && state.wanted !== setup;
  draw({ frame: frame.data, wanted: setup });
  if (moved) renew(setup);
}

/** What a request has just learnt of the server is newer than the last look; while one is asked for again only its answer ends the trouble. */
function onReach(reachable) {
  if (reachable !== state.reachable && !(state.busy && reachable)) draw({ reachable });
}

function onFresh({ fresh, why }) {
  if (why) location.reload();
  else draw({ fresh });
}

function open() {
  speak((state.lang = "zh"));
  root.replaceChildren();
  draw();
  steer(state, actions);
  link = look([`kiosk:${pageData.hall}:main`, paperTopic()], { build: pageData.build, onFrame, onFresh, onNew: renewPage });
  server = watchServer(onReach);
  setInterval(() => draw({ now: link.now() }), 10_000);
  const unfinished = interrupted();
  if (unfinished) request(unfinished);
}

open();
