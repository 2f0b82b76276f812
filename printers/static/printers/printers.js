// The printers page: what the frame says, drawn whole; reprints by a small dialog; the twin when there is one.

import { look } from "../hallqueue/live.js";
import { exactClock } from "../hallqueue/moments.js";
import { newKey, pageData, post, Refusal, t } from "../hallqueue/page.js";
import { html, nothing, render } from "../hallqueue/vendor/lit-html.js";
import { repeat } from "../hallqueue/vendor/directives/repeat.js";
import { icon, word } from "../hallqueue/words.js";
import { toast } from "../hallqueue/toast.js";
import { offeredView } from "./offered.js";
import { askReprint } from "./reprint.js";
import { drawTwin, twinChanged } from "./twin.js";

const CONDITION_LOOKS = { ok: "open", near_end: "fallback", unknown: "closed", not_asked: "closed" };
const OUTCOME_LOOKS = { on_the_way: "waiting", confirmed: "done", unconfirmed: "serving", failed: "stranded", unknown: "missed" };
const page = document.getElementById("printers");
let shown = null;

function draw() {
  const { printers, jobs, today } = shown;
  render(
    html`<section class="section stack">
        ${printers.length ? html`<div class="grid">${printers.map(printerCard)}</div>` : empty("printer.none")}
      </section>
      ${shown.offered.length ? offeredView(shown, say) : nothing}
      ${repeat(printers.filter((each) => each.twin && pageData.demo), (each) => each.id, (each) => drawTwin(each, draw))}
      <section class="section stack">
        <div class="section__head"><h2>${t("printer.jobs")}</h2></div>
        <div class="grid grid--narrow">${counts(today)}</div>
        ${jobs.length ? jobTable(jobs, printers) : empty("printer.no_jobs")}
      </section>`,
    page,
  );
}

const empty = (key) => html`<div class="empty">${icon("printer", "icon--large")}<p>${t(key)}</p></div>`;

function counts(today) {
  const alarmed = (name) => (today[name] && name !== "printed" && name !== "reprints" ? "alarm" : nothing);
  return ["printed", "failed", "unknown", "reprints"].map(
    (name) => html`<div class="tile" data-level=${alarmed(name)}>
      <p class="tile__name">${t(`printer.today_${name}`)}</p>
      <p class="tile__figure num">${today[name]}<small>${t("printer.papers")}</small></p>
    </div>`,
  );
}

function printerCard(printer) {
  const alarm = printer.active && !printer.ready;
  return html`<article class="card printer ${alarm ? "card--alarm" : ""}">
    <div class="row row--spread">
      <h3 class="printer__name">${icon("printer")} ${printer.name}</h3>
      ${printer.active ? condition(printer) : html`<span class="state" data-state="closed">${t("printer.inactive")}</span>`}
    </div>
    <p class="fine printer__address">
      ${printer.kiosk ? t("printer.of", { name: printer.kiosk }) : t("printer.for_all")} · ${t("printer.width", printer)} ·
      ${printer.twin ? t("printer.twin") : printer.address}
    </p>
    <p class="soft">${word(`printer.advice.${printer.condition}`)} ${t("printer.since", { time: exactClock(printer.since) })}
      ${printer.waiting ? html` · <b class="num">${t("printer.in_line", { count: printer.waiting })}</b>` : nothing}
      ${printer.stand_in ? html`<br>${t("printer.stands_in", printer)}` : nothing}</p>
    <p class="row">${pageData.may_reprint && printer.active
      ? html`<button class="button button--small" type="button" @click=${() => say(`${printer.id}/test/`, {}, "printer.tested")}>${icon("ticket")}${t("printer.test")}</button>`
      : nothing}
    ${pageData.may_set_up ? html`<a class="button button--small" href="/admin/printers/printer/${printer.id}/change/">${icon("pencil")}${t("printer.change")}</a>` : nothing}</p>
  </article>`;
}

/** Say something to the printers; the answer is a sentence at the foot of the page. */
async function say(url, fields, words) {
  try {
    toast(t(words, await post(url, fields, { key: newKey() })));
  } catch (error) {
    toast(error instanceof Refusal ? error.message : t("printer.unreachable"), true);
  }
}

const condition = (printer) =>
  html`<span class="state" data-state=${CONDITION_LOOKS[printer.condition] ?? "stranded"}>${t(`printer.condition.${printer.condition}`)}</span>`;

function jobTable(jobs, printers) {
  const names = new Map(printers.map((each) => [each.id, each.name]));
  const heads = ["number", "service", "outcome", "time", "printer"].map((name) => html`<th scope="col" class="jobs__${name}">${t(`printer.column_${name}`)}</th>`);
  return html`<div class="table-wrap"><table class="table jobs">
    <thead><tr>${heads}<th scope="col"><span class="visually-hidden">${t("printer.reprint")}</span></th></tr></thead>
    <tbody>${repeat(jobs, (job) => job.id, (job) => jobRow(job, names.get(job.printer) ?? ""))}</tbody>
  </table></div>`;
}

function jobRow(job, printer) {
  const series = job.label.match(/^\D*/)[0];
  return html`<tr data-level=${job.state === "failed" ? "alarm" : nothing}>
    <td><span class="ticket-number"><i>${series}</i>${job.label.slice(series.length)}</span></td>
    <td class="jobs__service"><span class="clip-1" title=${job.service}>${job.service}</span></td>
    <td><div class="row">
      <span class="state" data-state=${OUTCOME_LOOKS[job.state]}>${t(`printer.state.${job.state}`)}</span>
      ${job.meant_for ? html`<span class="tag">${t("printer.instead_of", job)}</span>` : nothing}
      ${job.copy > 1 ? html`<span class="tag tag--special">${t("printer.copy", job)}</span>` : nothing}
      ${job.reason ? html`<span class="soft">${word(`printer.reason.${job.reason}`)}</span>` : nothing}
    </div></td>
    <td class="num">${exactClock(job.ended_at ?? job.made_at)}</td>
    <td class="jobs__printer">${printer}</td>
    <td>${pageData.may_reprint && job.again ? html`<button class="button button--small" type="button" @click=${() => askReprint(job)}>${icon("rotate-ccw")}${t("printer.reprint")}</button>` : nothing}</td>
  </tr>`;
}

function show(frame) {
  shown = frame.data;
  draw();
  shown.printers.filter((each) => each.twin && pageData.demo).forEach((each) => twinChanged(each, draw));
}

function freshness({ fresh, since }) {
  const chip = document.getElementById("freshness");
  chip.dataset.freshness = fresh ? "live" : "stale";
  chip.textContent = t(fresh ? "printer.live" : "printer.connecting");
  const banner = document.getElementById("stale");
  banner.hidden = fresh;
  if (!fresh) banner.textContent = t("printer.stale", { time: exactClock(since) });
}

show(pageData.frame);
look([`printer:${pageData.hall}:all`], { build: pageData.build, onFrame: show, onFresh: freshness });
