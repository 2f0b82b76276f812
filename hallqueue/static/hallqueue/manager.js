// The manager's live screen: takes whole frames of the hall, draws them, and sends what the manager decides.

import { look } from "./live.js";
import { openBehind, redrawBehind } from "./manager_behind.js";
import { drawCurve } from "./manager_curve.js";
import { fallback } from "./manager_fallback.js";
import { act, now, setNow } from "./manager_parts.js";
import { maySound, ring, wake } from "./manager_sound.js";
import { openTelling, redrawTelling } from "./manager_tell.js";
import { advice, attention, emergency, head, itemsOf, services, tiles, windows } from "./manager_views.js";
import { clock } from "./moments.js";
import { pageData, t } from "./page.js";
import { render } from "./vendor/lit-html.js";

const CURVE_EVERY = 15_000;
const RING_AGAIN = 20_000;
const byId = (id) => document.getElementById(id);
const view = { frame: null, filter: "", sound: localStorage.getItem("hq-sound") === "on", known: null, curveAt: 0, rangAt: 0 };

const hands = {
  behind: (list, title) => openBehind(view, list, title),
  filter: (filter) => ((view.filter = filter), draw()),
  acknowledge: (alarm) => act("acknowledge/", { alarm }),
  acknowledgeAll: (alarms) => act("acknowledge/", { alarms }),
  setHall: (open) => (open || confirmClosing() ? act("hall/", { open }) : null),
  advise: (row, take) => act("advice/", { advice: row.id, take }),
  tell: (what) => openTelling(view, what),
  endEmergency: () => act("hands/emergency-over/", {}),
  sound: async () => {
    view.sound = view.sound && !view.audible ? true : !view.sound;
    localStorage.setItem("hq-sound", view.sound ? "on" : "off");
    await wake();
    if (view.sound) ring();
    draw();
  },
};

/** Stopping is pressed twice: the first press says what it does. */
function confirmClosing() {
  view.closingUntil = view.closing ? 0 : now() + 6000;
  view.closing = !view.closing;
  draw();
  return !view.closing;
}

function draw() {
  if (!view.frame) return;
  if (view.closing && now() > view.closingUntil) view.closing = false;
  view.audible = maySound();
  const items = itemsOf(view.frame);
  render(head(view, hands), byId("head"));
  render([emergency(view.frame, hands), attention(items, hands), advice(view.frame, hands)], byId("attention"));
  render(tiles(view.frame, hands), byId("tiles"));
  render(windows(view, hands), byId("windows"));
  render(services(view.frame, hands), byId("services"));
  render(fallback(view.frame), byId("fallback"));
  byId("clock").textContent = clock(now());
  redrawBehind(view);
  redrawTelling();
}

function take(frame) {
  view.frame = frame.data;
  const raised = new Set(frame.data.alarms.filter((alarm) => !alarm.seen).map((alarm) => alarm.id));
  const isNew = view.known && [...raised].some((id) => !view.known.has(id));
  view.known = raised;
  if (isNew) alarm();
  draw();
  curve();
}

/** Ring, and again every twenty seconds as long as nobody has seen what stands. */
function alarm() {
  if (!view.sound) return;
  view.rangAt = now();
  ring();
}

/** The curve moves slowly: it is asked for anew when the hall moved, at most every 15 s. */
async function curve() {
  if (now() - view.curveAt < CURVE_EVERY) return;
  view.curveAt = now();
  const points = await fetchCurve();
  if (points) drawCurve(points), tellRanges(points.ranges);
  else view.curveAt = 0; // the server is away; the next frame asks again
}

/** Of those called in the last hour: how many waited as long as they had been told. */
function tellRanges({ shown, inside, longer, miss }) {
  const part = Math.round((100 * inside) / (shown || 1));
  byId("ranges").textContent = shown ? t("manager.ranges", { shown, part, longer, miss }) : t("manager.ranges_none");
}

async function fetchCurve() {
  try {
    const answer = await fetch(`/${pageData.hall}/manager/curve/`, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function tellFreshness({ fresh, since }) {
  const mark = byId("freshness");
  mark.dataset.freshness = fresh ? "live" : "stale";
  mark.textContent = t(fresh ? "manager.live" : "manager.stale");
  byId("stale").hidden = fresh;
  if (!fresh) byId("stale").textContent = t("manager.stale_banner", { time: clock(since) });
}

const live = look([`hall:${pageData.hall}:live`], { build: pageData.build, onFrame: take, onFresh: tellFreshness });
setNow(live.now);
setInterval(() => (draw(), curve(), view.known?.size && now() - view.rangAt > RING_AGAIN && alarm()), 5000);
if (view.sound) for (const press of ["pointerdown", "keydown"]) addEventListener(press, () => void wake().then(draw), { once: true });
