// The wall (您反映、我们改) at the kiosk: what people told this hall and what was done about it.

import { html, nothing } from "./vendor/lit-html.js";
import { pageData } from "./page.js";
import { foot, question, told } from "./kiosk_parts.js";
import { icon, name, say, word } from "./kiosk_words.js";

/** The way there, below everything a number can be taken for. */
export const wallPlate = (actions) => html`
  <button class="choice home__wall" type="button" @click=${actions.wall}>
    ${icon("megaphone")}<span class="choice__name">${word("wall.name")}</span><span class="choice__more">${say("wall.lead")}</span>
  </button>
`;

/** Fetch the pieces as they stand now and `show` them; null where the server does not answer. */
export async function fetchWall(show) {
  try {
    const answer = await fetch(`/${pageData.hall}/wall/pieces.json`, { signal: AbortSignal.timeout(8000) });
    show({ wall: answer.ok ? (await answer.json()).pieces : null });
  } catch {
    show({ wall: null });
  }
}

export const wall = (state, actions) => html`
  <main class="glass__body glass__body--scroll stack roomy">
    ${question("wall.name")}
    <p class="lead">${word("wall.lead")}</p>
    ${!state.wall ? nothing : state.wall.length ? html`<ol class="wall__list">${state.wall.map(piece)}</ol>` : empty()}
  </main>
  ${foot(state, actions)}
`;

const empty = () => html`<div class="card empty">${icon("info")}<p class="lead">${word("wall.none")}</p></div>`;

const piece = (each) => html`<li class="card wall__piece">
  <div class="stack tight"><h2 class="wall__name">${word("wall.heard")}</h2><p>${told({ zh: each.heard, mn: each.heard_mn })}</p></div>
  <div class="stack tight wall__did"><h2 class="wall__name">${word("wall.did")}</h2><p>${told({ zh: each.did, mn: each.did_mn })}</p></div>
  <p class="row row--spread"><span>${name({ zh: each.department, en: each.department_en })} <span class="num">${each.on}</span></span>
    <span class="state" data-state=${each.is_done ? "done" : "serving"}>${say(each.is_done ? "wall.done" : "wall.doing")}</span></p></li>`;
