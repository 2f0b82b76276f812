// On the ticket's own page: each matter that is over can be rated once; a bad one brings an answer, which is rated once more.

import { html, nothing } from "./vendor/lit-html.js";
import { post } from "./page.js";
import { ratePart, stars } from "./rate.js";

/** The part of the page; `name` names a service in the reader's language, `speak`: {word, say, icon, draw}. */
export const ratingsPart = ({ ratings }, name, speak) =>
  ratings.length ? html`<section class="stack rates" aria-label=${speak.say("rating.ask")}>${ratings.map((each) => matter(each, name, speak))}</section>` : nothing;

const matter = (rating, name, speak) => {
  const { word } = speak;
  return html`<article class="card stack tight">
    <p class="eyebrow">${word("rating.window", { number: rating.window })}</p><h2 class="lead">${name(rating.service)}</h2>
    ${rating.may === "rate"
      ? html`<p>${word("rating.ask")}</p>${ratePart(rating.id, speak, { send: rate, typed: true })}
          <p class="fine">${word("rating.ask_lead")} ${word("rating.until", { date: rating.until })}</p>`
      : html`${said("rating.yours", rating.level, speak)}${rating.level ? nothing : html`<p class="fine">${word("rating.over", { date: rating.until })}</p>`}`}
    ${rating.due_on ? html`<p class="note">${speak.icon("info")}<span>${word("rating.in_hand", { date: rating.due_on })}</span></p>` : nothing}
    ${rating.aside ? html`<p class="note">${speak.icon("info")}<span>${word("rating.aside_told")}</span></p>` : nothing}
    ${rating.answer ? html`<div class="note note--done">${speak.icon("circle-check")}<p><b>${word("rating.answer")}</b> ${rating.answer}</p></div>` : nothing}
    ${rating.may === "again" ? html`<p>${word("rating.again")}</p>${ratePart(rating.id, speak, { send: again, typed: true, plain: true })}` : nothing}
    ${rating.again ? said("rating.again_yours", rating.again, speak) : nothing}
  </article>`;
};

const said = (key, level, speak) => html`<p class="rate__chosen">${speak.word(key)}
  ${level ? html`${stars(level, speak)}<b>${speak.word(`rating.level.${level}`)}</b>` : html`<b>${speak.word("rating.unrated")}</b>`}</p>`;

const rate = (rating, fields, key) => post("rate/", { rating, ...fields }, { key });
const again = (rating, { level, comment = "" }, key) => post("rate-again/", { rating, level, comment }, { key });
