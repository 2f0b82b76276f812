// The journey of the person at the window, in one line: which step this is, where to go next; and leaving a step out.

import { t } from "./page.js";
import { html, nothing } from "./vendor/lit-html.js";
import { ask } from "./window_dialog.js";
import { icon, textsUnder } from "./window_words.js";

/** Which step of `person.journey` this is and where the person goes next; `skip()` asks what is not needed. */
export function journeyView(person, skip) {
  const way = person?.journey;
  if (!way) return nothing;
  const at = way.steps.findIndex((step) => step.state === "now");
  const next = nextOf(way);
  const words = next.length ? t("journeys.then", { name: next.map(face).join(" / ") }) : t("journeys.last");
  return html`
    <p class="way__line" title=${way.steps.map((step) => `${face(step)} · ${t(`journeys.state.${step.state}`)}`).join("\n")}>
      ${icon("layers")}<b class="num">${way.names.zh}</b>
      <span class="fine num">${at < 0 ? nothing : t("journeys.step_of", { step: at + 1, of: way.steps.length })}</span>
      <span class="grow clip-1">${words}</span>
      ${skip && aheadOf(way).length
        ? html`<button class="button button--quiet button--small" type="button" @click=${skip}>${t("journeys.skip")}</button>`
        : nothing}
    </p>`;
}

const aheadOf = (way) => way.steps.filter((step) => step.state === "ahead" && !step.back);

/** The steps that come next: those of the first stage still ahead. */
function nextOf(way) {
  const ahead = way.steps.filter((step) => step.state === "ahead");
  return ahead.filter((step) => step.stage === ahead[0].stage);
}

const face = ({ back, names, windows }) =>
  (back ? t("journeys.back") : names.zh) + (windows.length ? ` ${windows.slice(0, 4).join("、")}${t("window.number_unit")}` : "");

/** Ask which step is left out, and why. */
export function askSkip(desk) {
  const { current } = desk.frame();
  const steps = aheadOf(current.journey);
  const find = async (query) =>
    steps
      .filter(({ names }) => names.zh.includes(query.trim()))
      .map((step) => ({ id: step.service, face: html`<span class="grow">${face(step)}</span>` }));
  ask({
    title: t("journeys.skip_title", { name: current.journey.names.zh }),
    search: { label: t("journeys.skip_which"), find },
    presets: textsUnder("journeys.presets"),
    confirm: t("journeys.skip"),
    submit: ({ item, reason }) => Boolean(item) && desk.send("skip", { service: item.id, reason }),
  });
}
