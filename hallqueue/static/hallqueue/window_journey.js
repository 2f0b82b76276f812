// The journey of the person at the window: its steps, which one this is, where the person goes next, and leaving one out.

import { t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { ask } from "./window_dialog.js";
import { icon, textsUnder } from "./window_words.js";

/** The steps of `person.journey`, the next place in words; `skip(step)` leaves a step out that is still ahead. */
export function journeyView(person, skip) {
  const way = person?.journey;
  if (!way) return nothing;
  const at = way.steps.findIndex((step) => step.state === "now");
  return html`
    <section class="way" aria-label=${way.names.zh}>
      <p class="way__name">${icon("layers")}<b>${way.names.zh}</b>
        <span class="fine">${at < 0 ? nothing : t("journeys.step_of", { step: at + 1, of: way.steps.length })}</span></p>
      <ol class="way__steps">${way.steps.map((step) => stepView(step, skip))}</ol>
    </section>`;
}

const stepView = (step, skip) => html`
  <li class="way__step" data-step=${step.state} aria-current=${step.state === "now" ? "step" : nothing}>
    <span class="grow clip-1" title=${step.names.zh}>${step.back ? t("journeys.back") : step.names.zh}</span>
    <span class="fine num">${where(step)}</span>
    <span class="tag tag--plain">${t(`journeys.state.${step.state}`)}</span>
    ${skip && step.state === "ahead" && !step.back
      ? html`<button class="button button--quiet button--small" type="button" @click=${() => skip(step)}>${t("journeys.skip")}</button>`
      : nothing}
  </li>`;

const where = ({ windows, zones }) =>
  windows.length ? `${windows.slice(0, 4).join("、")}${t("window.number_unit")} ${zones.join("、")}` : "";

/** Ask why a step is left out. */
export function askSkip(desk, step) {
  ask({
    title: t("journeys.skip_title", { name: step.names.zh }),
    presets: textsUnder("journeys.presets"),
    confirm: t("journeys.skip"),
    submit: ({ reason }) => desk.send("skip", { service: step.service, reason }, ""),
  });
}
