// Everything that stands in the hall: how it is and what it shows, asked for anew; codes approved, devices replaced, revoked.

import { pageData, post, t, Refusal } from "./page.js";
import { html, nothing, render } from "./vendor/lit-html.js";
import { repeat } from "./vendor/directives/repeat.js";
import { icon } from "./words.js";

const base = `/${pageData.hall}/devices/`;
const ASK_EVERY = 5000;
const view = { pieces: pageData.pieces, kind: "kiosk", replaces: null, error: "", busy: false, late: false, query: "", whole: new Set() };
const sure = document.getElementById("sure");
const ICONS = { kiosk: "ticket", board: "monitor", screen: "megaphone", pad: "star", card: "monitor-smartphone", printer: "printer", speaker: "volume-2" };
const LOOKS = { ok: "open", warning: "paused", away: "stranded", fault: "stranded", never: "closed", off: "closed" };
const NEEDS_A_HAND = ["away", "fault"];
/** So many of a group stand there at first, and more of what needs a hand; where there are more, one is found by name. */
const [AT_FIRST, IN_NEED] = [6, 24];

const form = () => (view.replaces ? replaceForm(view.replaces) : addForm());

const addForm = () => html`
  <div class="stack tight"><h2>${t("pairing.add")}</h2>
    <p class="soft">${t("pairing.add_lead", { address: `${location.host}/${pageData.hall}/pair/` })}</p></div>
  ${codeField()}
  <div class="field"><label for="kind">${t("pairing.kind")}</label>
    <select class="input" id="kind" name="kind" @change=${(event) => show({ kind: event.target.value })}>
      ${pageData.kinds.map((kind) => html`<option value=${kind}>${t(`pairing.kinds.${kind}`)}</option>`)}</select></div>
  ${["screen", "pad"].includes(view.kind) ? windowField() : nothing}
  <div class="field"><label for="name">${t("pairing.name")}</label>
    <input class="input" id="name" name="name" required maxlength="60" autocomplete="off">
    <p class="field__hint">${t("pairing.name_hint")}</p></div>
  ${view.kind === "board" && pageData.zones.length ? zoneField() : nothing}
  <button class="button button--primary button--wide" aria-busy=${view.busy ? "true" : "false"}>${t("pairing.approve")}</button>`;

const replaceForm = (piece) => html`
  <div class="stack tight"><h2>${t("pairing.replace_name", piece)}</h2>
    <p class="soft">${t("pairing.replace_lead", { address: `${location.host}/${pageData.hall}/pair/` })}</p></div>
  ${codeField()}
  <button class="button button--primary button--wide" aria-busy=${view.busy ? "true" : "false"}>${t("pairing.replace")}</button>
  <button class="button button--wide" type="button" @click=${() => show({ replaces: null, error: "" })}>${t("pairing.not_now")}</button>`;

const codeField = () => html`<div class="field"><label for="code">${t("pairing.code")}</label>
  <input class="input code-input" id="code" name="code" required maxlength="12" autocomplete="off" autocapitalize="characters"
    spellcheck="false" aria-invalid=${view.error ? "true" : "false"} aria-describedby="code-error">
  <p class="field__error" id="code-error" role="alert" ?hidden=${!view.error}>${view.error}</p></div>`;

const windowField = () => html`<div class="field"><label for="window">${t("pairing.window")}</label>
  <select class="input" id="window" name="window">${pageData.windows.map(
    (each) => html`<option value=${each.number}>${t("pairing.window_number", each)}${each.name ? ` · ${each.name}` : ""}</option>`,
  )}</select></div>`;

const zoneField = () => html`<div class="field"><label for="zone">${t("pairing.zone")}</label>
  <select class="input" id="zone" name="zone"><option value="">${t("pairing.all_zones")}</option>
    ${pageData.zones.map((zone) => html`<option>${zone}</option>`)}</select></div>`;

/** What needs a hand comes first, then kind by kind. */
function list() {
  if (!view.pieces.length) return html`<div class="empty">${icon("link-2")}<p>${t("pairing.none")}</p></div>`;
  const asked = view.pieces.filter(isAskedFor);
  const bad = asked.filter((piece) => NEEDS_A_HAND.includes(piece.state));
  const well = asked.filter((piece) => !NEEDS_A_HAND.includes(piece.state));
  const kinds = [...new Set(well.map((piece) => piece.kind))];
  return html`${view.query || view.pieces.length > AT_FIRST ? searchField() : nothing}
    ${asked.length ? nothing : html`<p class="soft" role="status">${t("pairing.nothing_found")}</p>`}
    ${bad.length ? group("bad", t("pairing.needs_a_hand"), bad, IN_NEED) : nothing}
    ${kinds.map((kind) => group(kind, t(`pairing.kinds.${kind}`), well.filter((piece) => piece.kind === kind), AT_FIRST))}`;
}

function isAskedFor(piece) {
  const query = view.query.trim().toLowerCase();
  return [piece.name, piece.place, piece.condition, ...piece.shows].some((words) => words.toLowerCase().includes(query));
}

const searchField = () => html`<label class="search">${icon("search")}<input class="input" type="search" autocomplete="off"
  placeholder=${t("pairing.find")} aria-label=${t("pairing.find")} @input=${(event) => show({ query: event.target.value })}></label>`;

const group = (name, title, pieces, most) => html`<section class="section stack" aria-label=${title}>
  <div class="section__head"><h2>${title}</h2><span class="num soft">${pieces.length}</span></div>
  <div class="grid pieces">${repeat(view.whole.has(name) ? pieces : pieces.slice(0, most), (piece) => piece.subject, tile)}</div>
  ${pieces.length > most ? wholeOrPart(name, pieces.length - most) : nothing}</section>`;

const wholeOrPart = (name, more) => html`<button class="button button--wide" type="button" aria-expanded=${String(view.whole.has(name))}
  @click=${() => (view.whole.delete(name) || view.whole.add(name), show())}>
  ${view.whole.has(name) ? t("pairing.fewer") : t("pairing.more", { count: more })}</button>`;

const tile = (piece) => html`<article class="card piece ${NEEDS_A_HAND.includes(piece.state) ? "card--alarm" : ""}" id=${piece.subject}>
  <div class="row row--spread"><h3 class="piece__name">${icon(ICONS[piece.kind], "device__icon")}${piece.name}</h3>
    <span class="state" data-state=${LOOKS[piece.state]}>${piece.condition}</span></div>
  ${face(piece)}
  <p class="fine">${[t(`pairing.kinds.${piece.kind}`), piece.place, piece.seen_at ? t("pairing.seen", { time: piece.seen_at }) : ""].filter(Boolean).join(" · ")}</p>
  <div class="row">${piece.page ? html`<a class="button button--small" href=${piece.page}>${icon("eye")}${t(piece.device ? "pairing.look" : "pairing.test")}</a>` : nothing}
    ${piece.device ? hands(piece) : nothing}</div></article>`;

const hands = (piece) => html`
  <button class="button button--small" type="button" @click=${() => replace(piece)}>${icon("refresh-cw")}${t("pairing.replace")}</button>
  <button class="button button--small" type="button" @click=${() => ask(piece)}>${icon("link-2")}${t("pairing.revoke")}</button>`;

const LONG = 16;

/** A bar's text that runs is a long strip: its beginning is shown at a height one can read. */
function isLong({ target }) {
  target.toggleAttribute("data-long", target.naturalWidth > LONG * target.naturalHeight);
}

const face = (piece) =>
  piece.picture
    ? html`<div class="piece__picture" data-kind=${piece.kind}><img src=${piece.picture} alt=${piece.shows.join(" ") || piece.name} loading="lazy" @load=${isLong}></div>`
    : html`<div class="piece__face" data-kind=${piece.kind}>${(piece.shows.length ? piece.shows : ["—"]).map((line) => html`<span>${line}</span>`)}</div>`;

function replace(piece) {
  show({ replaces: piece, error: "" });
  document.getElementById("code").focus();
}

function ask(piece) {
  const revoke = () => {
    sure.close();
    act("revoke/", { device: piece.device }, t("pairing.revoked_name", piece));
  };
  render(
    html`<div class="dialog__head"><h2>${t("pairing.revoke")}</h2></div>
      <div class="dialog__body"><p>${t("pairing.revoke_sure", piece)}</p></div>
      <div class="dialog__foot"><button class="button" @click=${() => sure.close()}>${t("pairing.cancel")}</button>
        <button class="button button--alarm" @click=${revoke}>${t("pairing.revoke")}</button></div>`,
    sure,
  );
  sure.showModal();
}

async function act(path, fields, said) {
  show({ busy: true, error: "" });
  try {
    await post(base + path, fields);
    show({ busy: false, replaces: null });
    toast(said);
    await refresh();
    return true;
  } catch (error) {
    show({ busy: false, error: error instanceof Refusal ? error.message : t("pairing.unreachable") });
    return false;
  }
}

async function refresh() {
  try {
    const answer = await fetch(`${base}list/`, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(4000) });
    if (answer.ok) show({ pieces: (await answer.json()).pieces, late: false });
    else show({ late: true });
  } catch {
    show({ late: true });
  }
}

function toast(words) {
  const box = Object.assign(document.createElement("div"), { className: "toast", textContent: words });
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), 4000);
}

async function approve(event) {
  event.preventDefault();
  const typed = Object.fromEntries(new FormData(event.target));
  if (view.replaces) {
    await act("replace/", { code: typed.code, device: view.replaces.device }, t("pairing.replaced_name", view.replaces));
    return;
  }
  if (typed.window) typed.window = Number(typed.window);
  view.whole.add(typed.kind); // it must be seen among its like
  if (await act("approve/", typed, t("pairing.approved_name", typed))) event.target.reset(), show({ kind: "kiosk" });
}

function show(change = {}) {
  Object.assign(view, change);
  render(form(), document.getElementById("add"));
  render(list(), document.getElementById("list"));
  document.getElementById("late").hidden = !view.late;
}

document.getElementById("add").addEventListener("submit", approve);
show();
setInterval(refresh, ASK_EVERY);
