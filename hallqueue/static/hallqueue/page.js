// What every page's script starts from: its data, its texts, and posting with a key so that nothing is done twice.

const data = JSON.parse(document.getElementById("page-data").textContent);

/** What the view handed to this page: {build, lang, texts, hall, …}. */
export const pageData = data;

/** The text of a key in the page's language, `{name}` filled in. */
export function t(key, params = {}) {
  const found = data.texts[key];
  if (found === undefined) throw new Error(`no text ${key}`);
  return fill(found, params);
}

/** A text with its `{names}` filled in, and one that is lacking told; what stands in quotation marks has single ones inside. */
export function fill(text, params = {}) {
  const value = (name) => {
    if (params[name] === undefined) console.error(`no {${name}} for “${text}”`);
    return String(params[name] ?? "");
  };
  const inside = (_, name) => `“${value(name).replaceAll("“", "‘").replaceAll("”", "’")}”`;
  return text.replace(/“\{(\w+)\}”/g, inside).replace(/\{(\w+)\}/g, (_, name) => value(name));
}

/** Whether the hall words its texts in another way than when this page was made; said once, so that no page turns for ever. */
export function hasNewWords(frame) {
  if (frame.words === data.words || sessionStorage.getItem("words") === frame.words) return false;
  sessionStorage.setItem("words", frame.words);
  return true;
}

/** A new idempotency key (crypto.randomUUID needs https; a hall's own network may have none). */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What the server said when it refused: a sentence for the person. */
export class Refusal extends Error {
  constructor(problem, status) {
    super(problem.title);
    this.code = problem.code;
    this.status = status;
    this.params = problem.params ?? {};
  }
}

/** The server did not answer in time; the same key may safely be sent again. */
export class Unreachable extends Error {}

/** Post a verb. A lost reply is asked for again with the same key, so it happens once. Throws Refusal, Unreachable. */
export async function post(url, fields = {}, { key = newKey(), patience = 4000, tries = 2 } = {}) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await postOnce(url, { ...fields, key }, patience);
    } catch (error) {
      if (error instanceof Refusal && error.status !== 503) throw error;
      if (attempt >= tries) throw error instanceof Refusal ? error : new Unreachable(String(error));
      await new Promise((go) => setTimeout(go, 250));
    }
  }
}

async function postOnce(url, body, patience) {
  const response = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(patience),
  });
  const answer = await response.json();
  if (!response.ok) throw new Refusal(answer, response.status);
  return answer;
}

/** Post one file in a form, with fields beside it. Throws Refusal; anything else is a lost link. */
export async function postFile(url, fields, name, blob) {
  const body = new FormData();
  for (const [each, value] of Object.entries(fields)) body.set(each, value);
  body.set(name, blob);
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  const response = await fetch(url, { method: "POST", credentials: "same-origin", headers, body });
  const answer = await response.json();
  if (!response.ok) throw new Refusal(answer, response.status);
  return answer;
}

function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}
