// The questions of the console: which reason, where to, which ticket; each ends in one verb.

import { t } from "./page.js";
import { html } from "./vendor/lit-html.js";
import { ask, closeDialog, headView, tell } from "./window_dialog.js";
import { asideItems, destinations, pickable } from "./window_find.js";
import { duration, textsUnder } from "./window_words.js";
import { VISIT_QUESTIONS } from "./window_visit.js";
import { helpView } from "./window_view.js";

const LONGEST_PAUSE_REASON = 100;
const LONG_SERVICE = 60_000;
const REMINDERS = [5, 10, 15, 30, 60];

/** What each of these verbs asks before it is said; `desk`: {frame(), now(), url, send(verb, fields)}. */
export const QUESTIONS = {
  ...VISIT_QUESTIONS,
  park: askPark,
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

function askPark(desk) {
  askReason(desk, "park", {
    title: t("window.park_title", desk.frame().current),
    choices: [{ name: "minutes", label: t("life.remind"), options: reminders(), value: "" }],
    submit: ({ reason, values }) => desk.send("park", { reason, ...(values.minutes ? { minutes: Number(values.minutes) } : {}) }),
  });
}

const reminders = () => [["", t("life.remind_never")], ...REMINDERS.map((each) => [String(each), t("life.remind_in", { minutes: each })])];

function askFallback(desk) {
  askWhom(desk, (row, fields) => askReason(desk, "fallback", {
    title: t("window.fallback_title", row),
    lead: desk.frame().hall.fallback_open ? "" : t("window.fallback_closed"),
    submit: ({ reason }) => desk.send("transfer", { ...fields, fallback: true, reason }, "fallback"),
  }));
}

function askTransfer(desk) {
  askWhom(desk, (row, fields) => askWhere(desk, row, fields));
}

/** Who is sent on: the person at the window; with nobody there a parked one, asked for first. */
function askWhom(desk, then) {
  const { current } = desk.frame();
  if (current) return then(current, {});
  askParked(desk, (row) => then(row, { ticket: row.ticket }));
}

function askParked(desk, then) {
  ask({
    title: t("life.which_parked"),
    search: { label: t("window.pick_search"), find: async (query) => asideItems(desk, query, "parked") },
    confirm: t("life.go_on"),
    submit: async ({ item }) => Boolean(item) && (then(item.row), false),
  });
}

const KINDS = ["conditions", "materials", "not_ours", "system", "not_today", "other"];

/** A window that says no says why: which kind, and in words; both go on record. */
function askRefusal(desk) {
  ask({
    title: t("window.refuse_title", desk.frame().current),
    lead: t("window.refuse_lead"),
    search: { label: t("window.refuse_kind"), find: async (query) => kinds(query), few: kinds("") },
    presets: textsUnder("window.presets.refuse"),
    confirm: t("window.verb.refuse"),
    submit: ({ item, reason }) => Boolean(item) && desk.send("refuse", { kind: item.id, words: reason }),
  });
}

const kinds = (query) =>
  KINDS.map((kind) => ({ id: kind, words: t(`fallback.kind.${kind}`) }))
    .filter(({ words }) => words.includes(query.trim()))
    .map(({ id, words }) => ({ id, face: html`<span class="grow">${words}</span>` }));

function askWhere(desk, row, fields) {
  ask({
    choices: [
      { name: "place", label: t("life.place"), options: places(), value: "keep:0" },
      { name: "back", label: t("life.back_here"), options: [["", t("life.no")], ["1", t("life.yes")]], value: "" },
    ],
    title: t("window.transfer_title", row),
    search: { label: t("window.transfer_search"), find: (query) => destinations(desk, query) },
    presets: textsUnder("window.presets.transfer"),
    confirm: t("window.verb.transfer"),
    submit: ({ item, reason, values }) => Boolean(item) && desk.send("transfer", { ...item.fields, ...fields, ...how(values), reason }),
  });
}

const places = () => [
  ["keep:0", t("life.place_keep")], ["front:0", t("life.place_front")], ["back:0", t("life.place_back")],
  ...[1, 3, 5].map((each) => [`after:${each}`, t("life.place_after", { count: each })]),
];

function how({ place, back }) {
  const [where, after] = place.split(":");
  return { place: where, after: Number(after), back: Boolean(back) };
}

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

/** A step back is one press, but a service long under way is not reset by a slip of the finger. */
function askUndo(desk) {
  const { undo, current } = desk.frame();
  const served = undo.verb === "start" && current ? desk.now() - Date.parse(current.started_at) : 0;
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
