// The questions of the desk: each is one dialog with a list or a reason, chosen by figures, ended by Enter.

import { pageData, t } from "./page.js";
import { html } from "./vendor/lit-html.js";
import { placeOf } from "./desk_aside.js";
import { nameOf } from "./desk_find.js";
import { KEYS } from "./desk_keys.js";
import { nextPrinter, printerName } from "./desk_issue.js";
import { pick as pickOne } from "./pick_dialog.js";
import { find } from "./kiosk_search.js";
import { ask, closeDialog, headView, tell } from "./window_dialog.js";
import { icon, textsUnder } from "./window_words.js";

/** What is asked before a verb is said; `page`: {desk, say(verb, fields, words), hands}. */
export const ASKS = {
  verify: (page) => pick(page, t("desk.verify_title", label(page)), kinds("words.priority", pageData.priorities), (kind) => say(page, "verify", { kind })),
  unverify: (page) => page.hands.verb("unverify", about(page)),
  requeue: (page) => page.hands.verb("requeue", about(page)),
  slip: askSlip,
  redirect: (page) => askReason(page, "redirect"),
  correct: (page) => askService(page, t("desk.correct_title", label(page)), t("desk.verb.correct"), (service) => say(page, "correct", { service: service.code })),
  also: (page) => askService(page, t("desk.also"), t("desk.also_add"), (service) => {
    const { wish } = page.desk;
    if (!wish.also.includes(service)) page.hands.wish({ also: [...wish.also, service] });
    return true;
  }),
  concern: (page) => location.assign(`../concerns/new/?ticket=${encodeURIComponent(label(page).label)}`),
  cancel: (page) => askReason(page, "cancel", true),
  call: (page) => {
    const title = page.desk.view === "sheet" ? t("desk.call_title", label(page)) : t("desk.call_here");
    const where = page.desk.view === "sheet" ? { place: "seat", ...about(page) } : { place: "desk" };
    pick(page, title, kinds("desk.kind", pageData.help_kinds), (kind) => page.say("help", { kind, ...where }));
  },
  done: (page, each) =>
    pick(page, `${t(`desk.kind.${each.kind}`)} · ${placeOf(each)}`, [
      ...kinds("desk.outcome", ["helped", "nobody", "not_needed"]),
      { id: "release", face: html`<span class="grow">${t("desk.verb.help_release")}</span>` },
    ], (outcome) => (outcome === "release" ? page.say("help_release", { call: each.call }) : page.say("help_done", { call: each.call, outcome }))),
  lend: askLend,
  back: askBack,
  keys: () => tell(keysView),
};

const label = ({ desk }) => desk.sheet.data;
const about = ({ desk }) => (desk.view === "sheet" && desk.sheet ? { ticket: desk.sheet.data.ticket } : {});
const say = (page, verb, fields) => page.say(verb, { ...about(page), ...fields });
const kinds = (room, codes) => codes.map((code) => ({ id: code, face: html`<span class="grow">${t(`${room}.${code}`)}</span>` }));

/** Choose one of a few; what the choice says is answered or refused like any press. */
const pick = (page, title, choices, use) => pickOne(title, choices, (id) => page.hands.run(() => use(id)));

function askService(page, title, confirm, submit) {
  const services = page.desk.catalogue?.services ?? [];
  const face = (service) => html`<span class="grow clip-2" title=${service.names.zh}>${nameOf(service.names)}</span>`;
  const rows = (query) => find(services, query).slice(0, 30).map((service) => ({ id: service.code, service, face: face(service) }));
  ask({
    title,
    search: { label: t("desk.search"), find: (query) => Promise.resolve(rows(query)) },
    confirm,
    submit: ({ item }) => Boolean(item) && submit(item.service),
  });
}

function askReason(page, verb, alarm = false) {
  ask({
    title: t(`desk.${verb}_title`, label(page)),
    presets: textsUnder(`desk.presets.${verb}`),
    confirm: t(`desk.verb.${verb}`),
    alarm,
    submit: ({ reason }) => say(page, verb, { reason }),
  });
}

/** Why once more; to the usual printer, or to the one chosen here. */
function askSlip(page) {
  const { desk } = page;
  const whys = kinds("desk.why", desk.sheet.data.papers ? pageData.why : ["asked"]);
  const other = desk.printers.length > 1
    ? [{ id: "printer", face: html`<span class="grow">${icon("printer")} ${printerName(desk.printers, desk.wish.printer)}</span>` }]
    : [];
  pick(page, t("desk.slip_title", label(page)), [...whys, ...other], (why) => {
    if (why === "printer") {
      page.hands.wish({ printer: nextPrinter(desk.printers, desk.wish.printer) });
      return askSlip(page);
    }
    return say(page, "slip", { why, ...(desk.wish.printer === null ? {} : { printer: desk.wish.printer }) });
  });
}

/** What goes out: the lowest free piece, for the ticket that is open if there is one. */
function askLend(page) {
  const { things } = page.desk.main.data;
  if (!things.length) return page.toast(t("desk.no_things"), true);
  const choices = things.slice(0, 9).map((each) => ({
    id: each.code,
    off: each.out >= each.total,
    face: html`${icon(each.icon || "hand-helping")}<span class="grow">${each.name}</span><span class="num">${t("desk.left", { left: each.total - each.out, total: each.total })}</span>`,
  }));
  pick(page, page.desk.view === "sheet" ? t("desk.lend_to", label(page)) : t("desk.lend_title"), choices, (item) => askDeposit(page, item));
}

/** Its figure is the answer; only what is none of these is typed. */
function askDeposit(page, item) {
  if (page.desk.view === "sheet") return say(page, "lend", { item });
  const usual = textsUnder("desk.presets.deposit");
  const choices = [...usual, t("desk.deposit_other")].map((text, id) => ({ id, face: html`<span class="grow">${text}</span>` }));
  pick(page, t("desk.deposit_title"), choices, (id) =>
    id in usual ? page.say("lend", { item, deposit: usual[id] }) : askOtherDeposit(page, item));
  return null;
}

function askOtherDeposit(page, item) {
  ask({
    title: t("desk.deposit_title"),
    reason: { label: t("desk.deposit_thing"), hint: t("desk.deposit_lead") },
    presets: [],
    longest: 60,
    confirm: t("desk.verb.lend"),
    submit: ({ reason }) => page.say("lend", { item, deposit: reason }),
  });
}

/** What comes back: by its number, its thing or its ticket. */
function askBack(page) {
  const { loans } = page.desk.main.data;
  if (!loans.length) return page.toast(t("desk.nothing_out"), true);
  ask({
    title: t("desk.back_title"),
    search: { label: t("desk.back_search"), find: (query) => Promise.resolve(loans.filter((each) => fits(each, query)).map(loanItem)) },
    confirm: t("desk.verb.back"),
    submit: ({ item }) => Boolean(item) && page.say("back", { loan: item.id }),
  });
}

const fits = (each, query) => [each.name, String(each.number), each.label, each.deposit].some((words) => words.toUpperCase().includes(query.trim().toUpperCase()));
const loanItem = (each) => ({
  id: each.loan,
  face: html`${icon(each.icon || "hand-helping")}<span class="grow"><b>${t("desk.piece", each)}</b> ${each.label}</span><span class="fine">${each.deposit}</span>`,
});

const keysView = () => html`${headView(t("desk.keys_title"))}
  <div class="dialog__body"><dl class="facts desk__keys">${KEYS.map(([code, verb]) => html`<dt><kbd>${code.replace("Key", "")}</kbd></dt><dd>${t(`desk.key.${verb}`)}</dd>`)}</dl></div>
  <div class="dialog__foot"><button class="button" type="button" data-first @click=${closeDialog}>${t("window.close_dialog")}<kbd>Esc</kbd></button></div>`;
