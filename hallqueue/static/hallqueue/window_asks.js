// The questions of the console: which reason, where to, which ticket; each ends in one verb.

import { t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { ask, closeDialog, headView, tell } from "./window_dialog.js";
import { duration, number, state, tags, textsUnder } from "./window_words.js";
import { helpView } from "./window_view.js";

const LONGEST_PAUSE_REASON = 100;
const LONG_SERVICE = 60_000;

/** What each of these verbs asks before it is said; `desk`: {frame(), now(), url, send(verb, fields)}. */
export const QUESTIONS = {
  park: (desk) => askReason(desk, "park", { title: t("window.park_title", desk.frame().current) }),
  pause: (desk) =>
    askReason(desk, "pause", { title: t("window.pause_title", desk.frame().window), longest: LONGEST_PAUSE_REASON }),
  fallback: askFallback,
  transfer: askTransfer,
  refuse: askRefusal,
  pick: askPick,
  undo: askUndo,
  help: () => tell(() => html`${headView(t("window.help_title"))}<div class="dialog__body">${helpView()}</div>
    <div class="dialog__foot"><button class="button" type="button" data-first @click=${closeDialog}>${t("window.close_dialog")}<kbd>Esc</kbd></button></div>`),
};

function askReason(desk, verb, plan) {
  ask({
    presets: textsUnder(`window.presets.${verb}`),
    confirm: t(`window.verb.${verb}`),
    submit: ({ reason }) => desk.send(verb, { reason }),
    ...plan,
  });
}

function askFallback(desk) {
  const { current, hall } = desk.frame();
  askReason(desk, "fallback", {
    title: t("window.fallback_title", current),
    lead: hall.fallback_open ? "" : t("window.fallback_closed"),
    submit: ({ reason }) => desk.send("transfer", { fallback: true, reason }, "fallback"),
  });
}

function askTransfer(desk) {
  ask({
    title: t("window.transfer_title", desk.frame().current),
    search: { label: t("window.transfer_search"), find: (query) => destinations(desk, query) },
    presets: textsUnder("window.presets.transfer"),
    confirm: t("window.verb.transfer"),
    submit: ({ item, reason }) => Boolean(item) && desk.send("transfer", { ...item.fields, reason }),
  });
}

const KINDS = ["conditions", "materials", "not_ours", "system", "not_today", "other"];

/** A window that says no says why: which kind, and in words; both go on record. */
function askRefusal(desk) {
  ask({
    title: t("window.refuse_title", desk.frame().current),
    lead: t("window.refuse_lead"),
    search: { label: t("window.refuse_kind"), find: async (query) => kinds(query)},
    presets: textsUnder("window.presets.refuse"),
    confirm: t("window.verb.refuse"),
    submit: ({ item, reason }) => Boolean(item) && desk.send("refuse", { kind: item.id, words: reason }),
  });
}

const kinds = (query) =>
  KINDS.map((kind) => ({ id: kind, words: t(`fallback.kind.${kind}`) }))
    .filter(({ words }) => words.includes(query.trim()))
    .map(({ id, words }) => ({ id, face: html`<span class="grow">${words}</span>` }));

async function destinations(desk, query) {
  const found = await fetched(`${desk.url}destinations/?q=${encodeURIComponent(query)}`);
  const windows = found.windows.map((each) => ({ id: `w${each.number}`, fields: { to_window: each.number }, face: windowFace(each) }));
  const services = found.services.map((each) => ({ id: each.code, fields: { service: each.code }, face: serviceFace(each) }));
  // Typed figures mean a window; typed words mean a service.
  return /^\d+$/.test(query) || !query ? [...windows, ...services] : [...services, ...windows];
}

const windowFace = (each) => html`
  <span class="tag">${t("window.transfer_window")}</span>
  <span class="grow"><b>${t("window.of_number", each)}</b> ${each.name} <span class="fine">${each.zone}</span></span>
  ${each.fallback ? state("fallback", t("window.fallback"), "state--plain") : nothing}
  ${state(each.state, t(`words.window_state.${each.state}`), "state--plain")}`;

const serviceFace = (each) => html`
  <span class="tag tag--plain">${t("window.transfer_service")}</span>
  <span class="grow">${each.name} <span class="fine">${each.department__name}</span></span>
  <span class="fine">${each.open_windows ? t("window.open_windows", { count: each.open_windows }) : t("window.no_open_window")}</span>`;

function askPick(desk, row) {
  ask({
    title: t("window.pick_title"),
    search: { label: t("window.pick_search"), find: (query) => pickable(desk, query) },
    first: row?.ticket,
    presets: textsUnder("window.presets.pick"),
    confirm: t("window.verb.pick"),
    submit: ({ item, reason }) => Boolean(item) && desk.send("pick", { ticket: item.id, reason }),
  });
}

async function pickable(desk, query) {
  const { line, aside } = desk.frame();
  const sign = query.trim().toUpperCase();
  const known = [...line.first.map((row) => ({ state: "waiting", ...row })), ...aside.first];
  const whole = line.count <= line.first.length && aside.count <= aside.first.length;
  const fitting = known.filter((row) => row.label.includes(sign) || row.service.toUpperCase().includes(sign));
  const rows = sign && !whole && !fitting.length ? await searched(desk, sign) : fitting;
  return rows.map((row) => ({ id: row.ticket, face: ticketFace(desk, row) }));
}

const searched = async (desk, sign) => (await fetched(`${desk.url}pickable/?q=${encodeURIComponent(sign)}`)).tickets;

const ticketFace = (desk, row) => html`
  ${number(row.label)} ${state(row.state, t(`words.state.${row.state}`), "state--plain")}
  <span class="grow clip-1">${row.service}</span> ${tags(row)}
  <span class="num fine">${duration(desk.now() - Date.parse(row.since))}</span>`;

/** A step back is one press, but a service long under way is not reset by a slip of the finger. */
function askUndo(desk) {
  const { undo, current } = desk.frame();
  const served = current?.started_at ? desk.now() - Date.parse(current.started_at) : 0;
  const send = () => desk.send("undo", { ticket: undo.ticket });
  if (served < LONG_SERVICE) return send();
  ask({
    title: t("window.undo_title", undo),
    lead: t("window.undo_lead", { time: duration(served) }),
    confirm: t("window.verb.undo"),
    alarm: true,
    submit: send,
  });
}

async function fetched(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(4000) });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

